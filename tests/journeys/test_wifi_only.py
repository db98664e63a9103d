"""Photos over Wi-Fi only: a switch on Me where the browser tells what the link is; the record says why it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.crippled import MOBILE_LINK, crippled
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, open_hazard, records_page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

NOW_WIFI = """() => { navigator.connection.type = 'wifi'; navigator.connection.dispatchEvent(new Event('change')); }"""
NOT_TOLD = "Object.defineProperty(navigator, 'connection', { value: undefined });"


def photos(site: Site) -> int:
    return len(site.query("SELECT sha256 FROM photo"))


def hazard_with_photo(phone: Phone, seed: int) -> str:
    record = open_hazard(phone)
    phone.take_photos([camera_picture(seed, datetime.now(ZoneInfo("Asia/Shanghai")), 640, 480)])
    phone.tap("save")
    records_page(phone)
    return record


def test_photos_wait_for_wifi_the_record_says_so_and_one_tap_or_wifi_sends_them(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(MOBILE_LINK)
    crippled(worker, "worker")  # the service worker of this machine's browser is told nothing of a link
    worker.sign_in("worker", PASSWORD)
    expect(worker.find("visit-due").first).to_be_visible()
    worker.tap("tab-me")
    worker.find("wifi-only").get_by_role("switch").check()
    worker.find("wifi-only").scroll_into_view_if_needed()
    worker.shoot("me")
    first = hazard_with_photo(worker, 1)
    row = worker.find("record-row", id=first)
    expect(row).to_contain_text("照片等 Wi-Fi", timeout=120_000)
    assert photos(world_site) == 0
    worker.tap(row)
    expect(worker.find("photos-for-wifi")).to_contain_text("1 张照片")
    worker.shoot("waits")
    worker.tap("photos-now")
    worker.wait_until_sent()
    expect(worker.find("photos-for-wifi")).to_have_count(0)
    assert photos(world_site) == 1
    worker.tap("back")
    second = hazard_with_photo(worker, 2)
    expect(worker.find("record-row", id=second)).to_contain_text("照片等 Wi-Fi", timeout=120_000)
    assert photos(world_site) == 1
    worker.page.evaluate(NOW_WIFI)
    worker.wait_until_sent()
    assert photos(world_site) == 2


def test_where_the_browser_does_not_tell_the_link_there_is_no_switch_but_words(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(NOT_TOLD)
    worker.sign_in("worker", PASSWORD)
    worker.tap("tab-me")
    expect(worker.find("wifi-unknown")).to_contain_text("不告诉应用是不是 Wi-Fi")
    expect(worker.find("wifi-only")).to_have_count(0)
