"""A browser that keeps nothing, or opens nothing offline: the app works online, and nothing claims to be saved that is not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Dialog, Error, expect

from tests.journeys.crippled import KEPT, crippled, said
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, object_on_screen, open_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

OPENS_OFFLINE = "没有网也能用|works without a network"
CANNOT = "本浏览器不能离线"
CANNOT_IN_ENGLISH = "This browser cannot work offline"
NewPhone = Callable[[Site, str], Phone]


def asks_before_closing(phone: Phone) -> bool:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    phone.page.once("dialog", stay)
    phone.page.close(run_before_unload=True)
    with suppress(Error):  # it did not ask, and is gone
        for _ in range(20):
            if not asked:
                phone.page.wait_for_timeout(100)
    return asked == ["beforeunload"]


@pytest.mark.parametrize(
    "without",
    [("database",), ("refused",), ("opening",), ("worker", "database")],
    ids=["no-database", "may-not-be-looked-at", "does-not-open", "nothing"],
)
def test_what_is_kept_in_memory_alone_is_said_in_words_and_arrives_online(
    world_site: Site, new_phone: NewPhone, without: tuple[str, ...]
) -> None:
    worker = new_phone(world_site, "worker")
    crippled(worker, *without, forbidden=KEPT)
    worker.open()
    expect(worker.find("plain-memory")).to_contain_text(CANNOT)
    worker.sign_in("worker", PASSWORD)
    expect(worker.find("visit-due").first).to_be_visible()
    worker.shoot("today")
    hazard = open_hazard(worker)
    expect(worker.find("plain-offline")).to_have_count(0)
    worker.go_offline()
    expect(worker.find("plain-offline")).to_contain_text(CANNOT)
    worker.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 800, 600)])
    worker.find("note").fill("只在这个页面里")
    worker.shoot("form-offline")
    assert asks_before_closing(worker)
    worker.tap("back")
    worker.tap("tab-today")
    worker.tap("draft-row", id=hazard)
    expect(worker.find("note")).to_have_value("只在这个页面里")
    expect(worker.page.locator(".photos .photo")).to_have_count(1)
    worker.tap("save")
    expect(worker.page.get_by_text("没有存进手机，只在这个页面里").first).to_be_visible()
    records_page(worker)
    expect(worker.find("record-row", id=hazard)).to_contain_text("没存进手机")
    worker.shoot("records-offline")
    worker.tap("sync-chip")
    expect(worker.find("outbox-row")).to_contain_text("没存进手机")
    worker.tap("outbox-close")
    goes_and_comes_back(worker)
    records_page(worker)
    expect(worker.find("record-row", id=hazard)).to_contain_text("没存进手机")
    assert asks_before_closing(worker)
    assert said(worker) == []

    worker.link.veto = lambda method, path, _body: method == "PATCH"
    worker.go_online()
    expect(worker.find("record-row", id=hazard)).to_contain_text("照片待传 1 张", timeout=120_000)
    assert asks_before_closing(worker)
    worker.link.veto = None
    worker.wait_until_sent()
    worker.expect_row(hazard, delivery="delivered")
    arrived_once(world_site, hazard)
    leader_sees(world_site, new_phone, hazard)
    assert said(worker) == []
    assert not asks_before_closing(worker)


def goes_and_comes_back(phone: Phone) -> None:
    """Signed out and in again, without a network, on the same page: the work is still there."""
    phone.tap("tab-me")
    phone.tap("sign-out")
    expect(phone.find("person-row", username="worker")).to_contain_text("待发")
    phone.find("sign-in-name").fill("worker")
    phone.find("sign-in-password").fill(PASSWORD)
    phone.tap("sign-in-submit")
    expect(phone.find("sync-chip")).not_to_have_attribute("data-waiting", "0")


def arrived_once(site: Site, record: str) -> None:
    assert [str(row["id"]).replace("-", "") for row in site.query("SELECT id FROM record")] == [record.replace("-", "")]
    assert len(site.query("SELECT id FROM mutation_log WHERE name = 'hazards.report'")) == 1
    assert len(site.query("SELECT sha256 FROM photo")) == 1


def leader_sees(site: Site, new_phone: NewPhone, record: str) -> None:
    leader = new_phone(site, "leader")
    leader.sign_in("leader", PASSWORD)
    expect(leader.find("approval-card", id=record)).to_be_visible()
    leader.expect_photos(1)


def test_the_page_in_memory_says_so_in_english_and_holds_back_what_it_says_for_five_seconds(
    world_site: Site, new_phone: NewPhone
) -> None:
    worker = new_phone(world_site, "worker")
    crippled(worker, "database", forbidden=KEPT)
    worker.open("/app?lang=en")
    expect(worker.find("plain-memory")).to_contain_text(CANNOT_IN_ENGLISH)
    worker.find("sign-in-name").fill("worker")
    worker.find("sign-in-password").fill(PASSWORD)
    worker.tap("sign-in-submit")
    expect(worker.find("visit-due").first).to_be_visible()
    expect(worker.find("plain-memory")).to_contain_text(CANNOT_IN_ENGLISH)
    worker.tap("tab-log")
    worker.tap("duty-publicity")
    worker.tap("matter-PUB-01")
    worker.tap("people-add-20")
    worker.tap("save")
    expect(worker.find("undo").last).to_be_visible()
    expect(worker.page.get_by_text("Not kept on the phone").first).to_be_visible()
    worker.tap("person-switch")
    expect(worker.find("person-sheet")).to_contain_text("keeps no records")
    worker.tap(worker.page.locator("dialog[open] .sheet-head button"))
    for tab in ("records", "me"):
        worker.tap(f"tab-{tab}")
        expect(worker.find("plain-memory")).to_be_visible()
        worker.shoot(tab)
    worker.wait_until_sent()
    assert said(worker) == []


def test_without_a_service_worker_records_are_kept_and_the_page_says_that_it_does_not_open_offline(
    world_site: Site, new_phone: NewPhone
) -> None:
    worker = new_phone(world_site, "worker")
    crippled(worker, "worker", forbidden=OPENS_OFFLINE)
    worker.sign_in("worker", PASSWORD)
    expect(worker.find("plain-no-start")).to_contain_text("不能离线打开")
    expect(worker.find("visit-due").first).to_be_visible()
    expect(worker.find("plain-memory")).to_have_count(0)
    hazard = open_hazard(worker)
    worker.go_offline()
    worker.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 800, 600)])
    expect(worker.find("plain-no-start")).to_be_visible()
    worker.tap("save")
    records_page(worker)
    expect(worker.find("record-row", id=hazard)).to_contain_text("已存手机")
    worker.tap("tab-me")
    expect(worker.find("plain-no-start")).to_be_visible()
    worker.shoot("me")
    assert said(worker) == []
    worker.link.veto = lambda method, path, _body: "/sync/" in path or "/uploads" in path
    worker.go_online()
    worker.open("/app?lang=en#/records")
    expect(worker.find("plain-no-start")).to_contain_text("cannot open the app offline")
    expect(worker.find("record-row", id=hazard, delivery="saved")).to_be_visible()
    worker.link.veto = None
    worker.wait_until_sent()
    worker.expect_row(hazard, delivery="delivered")
    arrived_once(world_site, hazard)
    assert said(worker) == []


def test_with_a_service_worker_nothing_of_the_kind_is_said(world_site: Site, new_phone: NewPhone) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    for said_of_others in ("plain-memory", "plain-no-start", "plain-loose"):
        expect(worker.find(said_of_others)).to_have_count(0)


def test_storage_that_fails_in_the_middle_is_told_and_what_was_written_is_not_lost(
    world_site: Site, new_phone: NewPhone
) -> None:
    worker = new_phone(world_site, "worker")
    crippled(worker, forbidden="已存手机，")
    settle(worker)
    hazard = open_hazard(worker)
    worker.find("note").fill("存得住")
    worker.page.evaluate("() => window.take('storage')")
    worker.find("note").fill("存不住了")
    expect(worker.find("plain-loose")).to_be_visible()
    worker.shoot("fails")
    worker.tap("save")
    expect(worker.page.get_by_text("没有保存").first).to_be_visible()
    assert object_on_screen(worker) == hazard
    assert asks_before_closing(worker)
    worker.tap("back")
    worker.page.evaluate("id => { location.hash = `#/log/hazard/${id}`; }", hazard)
    expect(worker.find("note")).to_have_value("存不住了")
    assert said(worker) == []


def test_storage_that_does_not_open_any_more_leaves_a_page_that_works_online_and_says_so(
    world_site: Site, new_phone: NewPhone
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    crippled(worker, "opening", forbidden=KEPT)
    worker.open("/app?again")
    expect(worker.find("plain-memory")).to_contain_text(CANNOT)
    expect(worker.find("plain-shut")).to_be_visible()
    worker.shoot("shut")
    worker.sign_in("worker", PASSWORD)
    hazard = open_hazard(worker)
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    records_page(worker)
    worker.expect_row(hazard, delivery="delivered")
    assert said(worker) == []
