"""Browsers that lack a part that the app uses when it is there: the core of a day goes on without it, in two tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.crippled import crippled
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, open_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

MISSING = {
    "no-canvas-off-the-page": ("canvas",),
    "no-private-folder": ("folder",),
    "no-promise-to-keep": ("promise",),
    "no-locks": ("locks", "worker"),  # a browser without them has none in its service worker either
    "none-of-them": ("canvas", "folder", "promise", "locks", "worker"),
}


def hazard_with_photo(phone: Phone, seed: int) -> str:
    record = open_hazard(phone)
    phone.take_photos([camera_picture(seed, datetime.now(ZoneInfo("Asia/Shanghai")), 1200, 900)])
    phone.tap("save")
    records_page(phone)
    phone.expect_row(record, delivery="saved")
    return record


@pytest.mark.parametrize("without", MISSING.values(), ids=MISSING)
def test_two_tabs_without_it_keep_offline_and_deliver_each_record_once(
    world_site: Site, new_phone: Callable[[Site, str], Phone], without: tuple[str, ...]
) -> None:
    phone = new_phone(world_site, "worker")
    crippled(phone, *without)
    if "worker" in without:
        phone.sign_in("worker", PASSWORD)
        expect(phone.find("visit-due").first).to_be_visible()
        phone.wait_until_sent()
    else:
        settle(phone)
    tabs = [phone.page, phone.another_tab()]
    tabs[1].goto(phone.page.url)
    expect(tabs[1].get_by_test_id("tab-log")).to_be_visible()
    phone.page = tabs[1]
    open_hazard(phone)  # every part is there before the network goes
    phone.tap("back")
    phone.go_offline()
    records = []
    for seed, tab in enumerate([*tabs, *tabs]):
        phone.page = tab
        tab.bring_to_front()
        records.append(hazard_with_photo(phone, seed))
    if "worker" not in without:
        phone.page.reload()
        records_page(phone)
        expect(phone.find("plain-no-start")).to_have_count(0)
    for record in records:
        phone.expect_row(record, delivery="saved")
    phone.go_online()
    for tab in tabs:
        phone.page = tab
        tab.bring_to_front()
        phone.wait_until_sent()
        for record in records:
            phone.expect_row(record, delivery="delivered")
    names = [row["name"] for row in world_site.query("SELECT name FROM mutation_log")]
    assert names.count("hazards.report") == len(records)
    rows = world_site.query("SELECT id FROM record")
    assert sorted(str(row["id"]).replace("-", "") for row in rows) == sorted(one.replace("-", "") for one in records)
    assert len(world_site.query("SELECT sha256 FROM photo")) == len(records)
    pushed = [path for method, path, _ in phone.link.seen if method == "PATCH" and "/uploads/" in path]
    assert len(set(pushed)) == len(records), "a photo was sent by two tabs"
