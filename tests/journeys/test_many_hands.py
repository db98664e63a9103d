"""Two tabs, several people on one phone, a new version: nobody's work is lost, doubled or shown to another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import (
    PASSWORD,
    await_first_pull,
    log_hazard,
    object_on_screen,
    open_hazard,
    plain,
    records_page,
    settle,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

TOGETHER_MS = 1_000
PRESS_AT = "([selector, at]) => { setTimeout(() => document.querySelector(selector).click(), at - Date.now()); }"
SAVE = '[data-testid="save"]'
NEWER = "\n/* a newer version */\n"
IS_WAITING = "() => navigator.serviceWorker.getRegistration('/').then((worker) => worker?.waiting != null)"


def test_two_tabs_save_at_the_same_moment_and_both_records_arrive_once(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    first, second = worker.page, worker.another_tab()
    records = set()
    for page in (first, second):
        use(worker, page)
        worker.open()
        records.add(open_hazard(worker))
        worker.find("note").fill(f"标签页 {len(records)}")
    at = first.evaluate("ms => Date.now() + ms", TOGETHER_MS)
    for page in (first, second):
        page.evaluate(PRESS_AT, [SAVE, at])
    for page in (first, second):
        use(worker, page)
        expect(worker.find("tab-today")).to_be_visible()
        worker.wait_until_sent()
        records_page(worker)
        for record in records:
            worker.expect_row(record, delivery="delivered")
    assert sorted(mutation["seq"] for mutation in worker.kept("worker")) == [1, 2]
    assert on_the_server(world_site) == {plain(record): "worker" for record in records}


def test_people_change_on_one_phone_without_a_network_and_each_ones_work_goes_out_under_their_own_name(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    phone = new_phone(world_site, "shared")
    settle(phone, "worker")
    phone.tap("person-switch")
    phone.tap("person-other")
    enter_name(phone, "worker2")
    await_first_pull(phone)

    phone.go_offline()
    hers = log_hazard(phone, "二号记的")
    switch_to(phone, "worker")
    his = log_hazard(phone, "一号记的")
    records_page(phone)
    assert hers not in phone.rows() and phone.rows()[his][0] == "saved"
    phone.shoot("his-records")
    switch_to(phone, "worker2")
    records_page(phone)
    assert his not in phone.rows() and phone.rows()[hers][0] == "saved"

    phone.go_online()
    phone.wait_until_sent()
    switch_to(phone, "worker")
    phone.tap("sign-in-again")  # the browser's session is worker2's
    expect(phone.find("sign-in-name")).to_have_value("worker")
    phone.shoot("sign-in-again")
    enter_name(phone, "worker")
    phone.wait_until_sent()
    assert on_the_server(world_site) == {plain(hers): "worker2", plain(his): "worker"}


def test_a_person_with_unsent_work_cannot_be_removed_from_the_phone(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.go_offline()
    hazard = log_hazard(worker, "还没送出")
    remove(worker)
    expect(worker.page.get_by_text("还有没送出的记录")).to_be_visible()
    worker.shoot("refused")
    records_page(worker)
    worker.expect_row(hazard, delivery="saved")

    worker.go_online()
    worker.wait_until_sent()
    remove(worker)
    expect(worker.find("sign-in-name")).to_be_visible()
    expect(worker.find("person-row")).to_have_count(0)
    assert on_the_server(world_site) == {plain(hazard): "worker"}


def test_a_new_version_waits_while_a_form_is_open(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.page.reload()  # from here on the page is the service worker's
    open_hazard(worker)
    worker.find("note").fill("写到一半来了新版本")
    draft = object_on_screen(worker)
    worker.page.evaluate("() => { window.same_page = true; }")
    worker.link.appended["/sw.js"] = NEWER.encode()
    worker.page.evaluate("() => navigator.serviceWorker.getRegistration('/').then((worker) => worker.update())")
    worker.page.wait_for_function(IS_WAITING)

    update = worker.page.get_by_text("现在换用")
    expect(update).to_have_count(0)
    assert worker.page.evaluate("() => window.same_page")
    expect(worker.find("note")).to_have_value("写到一半来了新版本")
    worker.tap("back")
    worker.shoot("update-offered")
    worker.tap(update)
    worker.page.wait_for_function("() => !window.same_page")
    worker.page.wait_for_function(f"() => ({IS_WAITING})().then((waits) => !waits)")
    worker.tap("tab-today")
    worker.tap("draft-row", id=draft)
    expect(worker.find("note")).to_have_value("写到一半来了新版本")


def test_who_reads_english_reads_it_without_a_network_too(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.open()
    worker.tap("language-switch")  # chosen by hand: the account's own language does not change it
    expect(worker.find("language-switch")).to_have_text("中文")
    settle(worker)
    worker.page.wait_for_function("() => caches.match('/wanted/english')")
    worker.go_offline()
    worker.page.reload()
    expect(worker.find("tab-today")).to_contain_text("Today")


def use(phone: Phone, page: Page) -> None:
    phone.page = page
    page.bring_to_front()


def enter_name(phone: Phone, username: str) -> None:
    phone.find("sign-in-name").fill(username)
    phone.find("sign-in-password").fill(PASSWORD)
    phone.tap("sign-in-submit")
    expect(phone.find("person-switch")).to_be_visible()


def switch_to(phone: Phone, username: str) -> None:
    phone.tap("tab-today")
    phone.tap("person-switch")
    phone.tap("person-row", username=username)
    expect(phone.find("person-sheet")).to_have_count(0)
    expect(phone.find("person-switch")).to_be_visible()


def remove(phone: Phone) -> None:
    phone.tap("tab-me")
    phone.tap("remove-person")
    phone.tap("remove-confirm")


def on_the_server(site: Site) -> dict[str, str]:
    """Record → user name of its author."""
    rows = site.query("SELECT r.id, p.username FROM record r JOIN person p ON p.id = r.author_id")
    return {plain(row["id"]): row["username"] for row in rows}
