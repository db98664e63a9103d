"""An app that was installed long ago, before today's server: it delivers, and takes the new version when nobody types.

The oldest client meets it with every test; all of ``tests/old_clients.txt`` in ``make prove``.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.builds import STARTED_BY, Stage, boot_of, changed, coming_up_in, old_clients, rebuilt
from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.receipts import verify
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, open_hazard
from tests.sync.sim.bundles import Replacement
from tools.run import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

OLDEST, *LATER = old_clients()
MORE = [pytest.param(commit, marks=pytest.mark.prove, id=commit[:7]) for commit in LATER]
EACH = pytest.mark.parametrize("commit", [pytest.param(OLDEST, id="oldest"), *MORE])
LOOK_FOR_UPDATE = "() => navigator.serviceWorker.getRegistration('/').then(found => found.update())"
IS_WAITING = "() => navigator.serviceWorker.getRegistration('/').then(found => !!found.waiting)"
MAY_COME_MS = 3_000  # time in which a prompt or a reload would come, if there were one


@pytest.fixture
def stage(world_site: Site, tmp_path: Path) -> Stage:
    return Stage(world_site, tmp_path / "stage")


def installed(stage: Stage, build: Path, new_phone: Callable[[Site, str], Phone]) -> Phone:
    """Signed in on this build, every file of it on the phone, and the page is its service worker's."""
    stage.show(build)
    phone = new_phone(stage.site, "worker")
    phone.sign_in("worker", PASSWORD)
    phone.await_offline_ready()
    phone.wait_until_sent()
    phone.page.reload()
    expect(phone.find("visit-due").first).to_be_visible()
    assert runs(phone, build)
    return phone


def runs(phone: Phone, build: Path) -> bool:
    return boot_of(build) in phone.page.evaluate(STARTED_BY)


def half_a_hazard(phone: Phone) -> str:
    record = open_hazard(phone)
    phone.find("note").focus()
    phone.page.keyboard.type("fire extinguisher ")
    return record


def await_new_version(phone: Phone) -> None:
    phone.page.evaluate(LOOK_FOR_UPDATE)
    until = time.monotonic() + PATIENCE_MS / 1000
    while not phone.page.evaluate(IS_WAITING):
        assert time.monotonic() < until, "the new version was never fetched"
        phone.page.wait_for_timeout(100)


def assert_nothing_disturbs(phone: Phone) -> None:
    """While the form is open: no word of a new version, no dialog, and the very same page."""
    phone.page.wait_for_timeout(MAY_COME_MS)
    expect(phone.page.locator("main > .note-line button")).to_have_count(0)
    expect(phone.page.locator("dialog[open]")).to_have_count(0)
    assert phone.page.evaluate("() => window.isTheSamePage") is True


@EACH
def test_an_old_client_delivers_and_takes_the_new_version_only_between_two_forms(
    commit: str, stage: Stage, tmp_path: Path, new_phone: Callable[[Site, str], Phone]
) -> None:
    old = rebuilt(commit, tmp_path / "old")
    phone = installed(stage, old, new_phone)
    stage.show(ROOT)
    first = logged_in_a_cellar(phone)
    assert_arrived(stage.site, phone, {first: "fire extinguisher"}, photos=1)
    assert runs(phone, old)

    second = half_a_hazard(phone)
    phone.page.evaluate("() => { window.isTheSamePage = true; }")
    await_new_version(phone)
    phone.page.keyboard.type("empty")
    assert_nothing_disturbs(phone)
    expect(phone.find("note")).to_have_value("fire extinguisher empty")
    phone.shoot("the form, a new version waits")
    take_new_version(phone, ROOT)
    phone.page.evaluate("id => { location.hash = `#/log/hazard/${id}`; }", second)
    expect(phone.find("note")).to_have_value("fire extinguisher empty")
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    both = {first: "fire extinguisher", second: "fire extinguisher empty"}
    assert_arrived(stage.site, phone, both, photos=1)


def logged_in_a_cellar(phone: Phone) -> str:
    """With a photo, saved without a network and sent when there is one again."""
    phone.go_offline()
    record = half_a_hazard(phone)
    phone.take_photos([camera_picture(7, datetime.now(ZoneInfo("Asia/Shanghai")), 1600, 1200)])
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    phone.go_online()
    return record


def take_new_version(phone: Phone, build: Path) -> None:
    phone.tap("back")
    update = phone.page.locator("main > .note-line button")
    expect(update).to_be_visible()
    phone.shoot("the form is left")
    with coming_up_in(phone, phone.page, build):
        phone.tap(update)


def assert_arrived(site: Site, phone: Phone, notes: dict[str, str], photos: int) -> None:
    """On the server exactly once each, with their photos, and the phone holds the receipts."""
    phone.wait_until_sent()
    held = [str(row["id"]).replace("-", "") for row in site.query("SELECT id FROM record")]
    assert sorted(held) == sorted(record.replace("-", "") for record in notes)
    kept, keys = phone.kept("worker"), phone.receipt_keys()
    told = [json.loads(str(mutation["payload"])) for mutation in kept]
    assert {payload["id"]: payload["note"].strip() for payload in told} == notes
    assert len(kept) == len(notes)
    for mutation in kept:
        verify(mutation, keys)
    assert len(site.query("SELECT r.sha256 FROM record_photo r JOIN photo p ON p.sha256 = r.sha256")) == photos


def test_a_checkout_without_its_history_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="git fetch --unshallow"):
        rebuilt("0123456789" * 4, tmp_path / "none")


def test_a_new_version_does_not_wait_for_a_call_on_a_dead_line(
    stage: Stage, tmp_path: Path, new_phone: Callable[[Site, str], Phone]
) -> None:
    """A browser changes the workers when the old one is idle; woken by the outbox it would wait for its line to give up."""
    phone = installed(stage, ROOT, new_phone)
    newer = newer_waits(stage, tmp_path, phone)
    phone.page.evaluate(ONLY_BY_A_CHANGE)
    assert stage.site.process
    os.killpg(stage.site.process.pid, signal.SIGSTOP)  # every call is taken and none is answered
    try:
        phone.page.evaluate("() => navigator.serviceWorker.controller.postMessage({ type: 'wake' })")
        phone.page.wait_for_timeout(MAY_COME_MS)
        with coming_up_in(phone, phone.page, newer):
            phone.tap(phone.page.locator("main > .note-line button"))
    finally:
        os.killpg(stage.site.process.pid, signal.SIGCONT)


def newer_waits(stage: Stage, folder: Path, phone: Phone) -> Path:
    """A build that barely differs is handed out, and waits on the phone."""
    newer = changed(folder / "newer", [Replacement("phone.ts", "'browser'", "'a browser'")])
    stage.show(newer)
    await_new_version(phone)
    return newer


# the page's own answer, after seconds, would hide that the browser does not change the workers
ONLY_BY_A_CHANGE = "() => { const at = setTimeout; window.setTimeout = (call, ms) => ms > 3000 ? 0 : at(call, ms); }"
CALLS_ON = "() => { (async () => { for (;;) await fetch('/api/v1/session').catch(() => {}); })(); }"


def test_a_page_that_goes_on_calling_does_not_keep_the_old_version_in_charge(
    stage: Stage, tmp_path: Path, new_phone: Callable[[Site, str], Phone]
) -> None:
    """And that page, of the version before, says itself that there is a newer one: its own files are gone."""
    phone = installed(stage, ROOT, new_phone)
    newer = newer_waits(stage, tmp_path, phone)
    first, yes = phone.page, phone.page.locator("main > .note-line button")
    expect(yes).to_be_visible()
    other = phone.another_tab()
    other.goto(f"{phone.link.url}/app")
    expect(other.get_by_test_id("person-switch")).to_be_visible()
    other.evaluate(CALLS_ON)
    first.bring_to_front()
    first.evaluate(ONLY_BY_A_CHANGE)
    with coming_up_in(phone, first, newer):
        phone.tap(yes)
    other.bring_to_front()
    phone.page = other
    assert not runs(phone, newer)
    with coming_up_in(phone, other, newer):
        phone.tap(other.locator("main > .note-line button"))
