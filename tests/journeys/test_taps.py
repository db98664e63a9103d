"""From the home tab: few enough taps for a hazard, publicity and information; and two taps in one blink are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.duties import give_information, hold_session
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import object_on_screen, open_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

MOST, IN_THE_CAMERA = 7, 2


def test_a_hazard_with_a_photo_takes_seven_taps_two_of_them_in_the_camera(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    picture = camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")))
    with worker.counting(MOST - IN_THE_CAMERA, "hazard with photo"):
        worker.tap("tab-log")
        worker.tap("duty-hazards")
        worker.tap(worker.page.locator('[data-testid^="matter-HAZ"]'))
        hazard = object_on_screen(worker)
        worker.take_photos([picture])
        worker.shoot("hazard")
        worker.tap("save")
    worker.wait_until_sent()
    records_page(worker)
    worker.expect_row(hazard, delivery="delivered")
    assert len(world_site.query("SELECT sha256 FROM photo")) == 1


def test_publicity_takes_five_taps_and_information_six_without_a_word_typed(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    hold_session(worker)
    give_information(worker)
    worker.wait_until_sent()
    kinds = world_site.query("SELECT kind FROM record ORDER BY kind")
    assert [row["kind"] for row in kinds] == ["information", "publicity"]


def test_a_double_tap_on_save_counts_once(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    hazard = open_hazard(worker)
    worker.find("note").fill("手套湿了，按了两下")
    worker.find("save").dblclick(delay=10)
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    assert [m["name"] for m in worker.kept("worker")] == ["hazards.report"]
    rows = world_site.query("SELECT id FROM record")
    assert [str(row["id"]).replace("-", "") for row in rows] == [hazard.replace("-", "")]
