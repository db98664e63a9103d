"""Two upgrades of the phone's database, and one that fails, in real tabs: no key is lost, no form disturbed, and the app says so.

Only version 1 was ever shipped, so the later ones are today's sources with steps added at build time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.builds import Stage, changed, coming_up_in
from tests.journeys.peephole import Peephole
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import open_hazard, settle
from tests.journeys.test_old_clients import MAY_COME_MS, assert_arrived, await_new_version
from tests.sync.sim.bundles import Replacement
from tools.run import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LAST_STEP = "database.createObjectStore(name, { keyPath: KEYS[name] });\n  },\n"
WORKS = "  (database) => void database.createObjectStore('later_%d', { keyPath: 'id' }),\n"
FAILS = "  (database) => { database.deleteObjectStore('drafts'); throw new Error('does not work'); },\n"
VERSION = "() => indexedDB.databases().then(all => all.find(one => /^gridwalk-[0-9a-f]{8}-/.test(one.name)).version)"


def later(folder: Path, *steps: str) -> Path:
    """Today's client with these steps behind the last one."""
    return changed(folder, [Replacement("store/schema.ts", LAST_STEP, LAST_STEP + "".join(steps))])


@pytest.fixture
def stage(world_site: Site, tmp_path: Path) -> Stage:
    return Stage(world_site, tmp_path / "stage")


def typed_half(phone: Phone) -> str:
    record = open_hazard(phone)
    phone.find("note").focus()
    phone.page.keyboard.type("fire extinguisher")
    phone.page.evaluate("() => { window.isTheSamePage = true; }")
    return record


def start_new_version_in(phone: Phone, tab: Page, build: Path) -> None:
    """The second tab opens, says yes to the waiting version, and runs it."""
    tab.goto(f"{phone.link.url}/app")
    yes = tab.locator("main > .note-line button")
    expect(yes).to_be_visible()
    with coming_up_in(phone, tab, build):
        yes.tap()


@pytest.mark.prove  # quick, without a browser: tests/client/store/upgrades.test.ts
def test_two_upgrades_with_a_half_filled_form_open_lose_no_key(
    stage: Stage, tmp_path: Path, new_phone: Callable[[Site, str], Phone]
) -> None:
    stage.show(ROOT)
    phone = new_phone(stage.site, "worker")
    settle(phone)
    phone.page.reload()
    record = typed_half(phone)
    shown = "fire extinguisher"
    form = phone.page
    for version, steps in ((2, [WORKS % 2]), (3, [WORKS % 2, WORKS % 3])):
        build = later(tmp_path / f"v{version}", *steps)
        stage.show(build)
        await_new_version(phone)
        tab = phone.another_tab()
        start_new_version_in(phone, tab, build)
        assert Peephole(phone.profile, tab).ask(f"({VERSION})()") == version
        form.bring_to_front()
        phone.find("note").focus()
        form.keyboard.press("End")
        form.keyboard.type(f" and {version}")
        shown += f" and {version}"
        assert_form_stands(phone, shown)
        tap_save_in_vain(phone, shown)
        leave_and_load_anew(phone, build)
        form.evaluate("id => { location.hash = `#/log/hazard/${id}`; }", record)
        expect(phone.find("note")).to_have_value(shown)
        form.evaluate("() => { window.isTheSamePage = true; }")
        tab.close()
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    assert_arrived(stage.site, phone, {record: shown}, photos=0)
    assert form.evaluate(VERSION) == 3


def assert_form_stands(phone: Phone, shown: str) -> None:
    phone.page.wait_for_timeout(MAY_COME_MS)
    expect(phone.page.locator("main > .note-line button")).to_have_count(0)
    expect(phone.page.locator("dialog[open]")).to_have_count(0)
    expect(phone.find("note")).to_have_value(shown)
    assert phone.page.evaluate("() => window.isTheSamePage") is True


def tap_save_in_vain(phone: Phone, shown: str) -> None:
    """This page cannot save any more; it says so and keeps what stands in the form."""
    phone.tap("save")
    expect(phone.page.get_by_text("没有保存")).to_be_visible()
    expect(phone.find("note")).to_have_value(shown)
    phone.shoot("the database is newer than the page")


def leave_and_load_anew(phone: Phone, build: Path) -> None:
    phone.tap("back")
    anew = phone.page.locator("main > .note-line button")
    expect(anew).to_be_visible()
    phone.shoot("the form is left")
    with coming_up_in(phone, phone.page, build):
        phone.tap(anew)


@pytest.mark.prove  # quick, without a browser: tests/client/store/upgrades.test.ts
def test_an_upgrade_that_fails_leaves_everything_and_says_so(
    stage: Stage, tmp_path: Path, new_phone: Callable[[Site, str], Phone]
) -> None:
    stage.show(ROOT)
    phone = new_phone(stage.site, "worker")
    settle(phone)
    phone.page.reload()
    record = typed_half(phone)
    broken, mended = later(tmp_path / "broken", FAILS), later(tmp_path / "mended", WORKS % 2)
    stage.show(broken)
    await_new_version(phone)
    leave_for_the_waiting_version(phone, broken)
    expect(phone.find("broken")).to_be_visible()
    phone.shoot("does not open")
    assert phone.page.evaluate(VERSION) == 1

    stage.show(mended)
    with coming_up_in(phone, phone.page, mended):
        phone.tap("broken-again")  # fetches the mended one by itself
    phone.page.evaluate("id => { location.hash = `#/log/hazard/${id}`; }", record)
    expect(phone.find("note")).to_have_value("fire extinguisher")
    assert phone.page.evaluate(VERSION) == 2


def leave_for_the_waiting_version(phone: Phone, build: Path) -> None:
    phone.tap("back")
    with coming_up_in(phone, phone.page, build):
        phone.tap(phone.page.locator("main > .note-line button"))
