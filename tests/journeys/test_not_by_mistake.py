"""What a hurried hand would get wrong: a sheet closed too soon, a hazard left in the middle, a button for a card not seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.duties import tell_emergency
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, object_on_screen, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_a_blotted_face_stays_blotted_and_a_hazard_left_in_a_patrol_is_found_there(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("patrol-start")
    worker.tap("patrol-hazard")
    worker.tap(worker.page.locator('[data-testid^="matter-HAZ"]'))
    hazard = object_on_screen(worker)
    worker.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 800, 600)])
    plain = worker.page.locator(".photos img").get_attribute("src")
    worker.tap(worker.page.locator(".photos .photo"))
    keep = worker.page.get_by_role("button", name="保存抹去的 1 处")
    while not keep.count():  # the picture is drawn by and by
        worker.page.locator("canvas").tap(position={"x": 100, "y": 80})
        worker.page.wait_for_timeout(500)
    worker.page.keyboard.press("Escape")
    expect(worker.page.locator("dialog[open]")).to_have_count(0)
    expect(worker.page.locator(".photos img")).not_to_have_attribute("src", str(plain))
    worker.tap("back")
    worker.tap("patrol-draft", id=hazard)
    expect(worker.page.locator(".photos .photo")).to_have_count(1)


def test_a_leader_is_told_which_record_the_buttons_decide_while_emergencies_stand_above_it(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    log_hazard(worker, "楼道里堆了纸箱")
    for _ in range(3):
        tell_emergency(worker)
    worker.wait_until_sent()
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    expect(leader.find("emergency-alarm")).to_have_count(3)
    expect(leader.find("approval-below")).to_contain_text("隐患排查")
    leader.tap("approval-below")
    expect(leader.find("approval-below")).to_have_count(0)
    expect(leader.find("approval-card")).to_be_in_viewport()


def test_a_second_tap_on_the_same_spot_reaches_nothing_that_has_come_there(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap_twice("patrol-start")
    expect(worker.find("patrol-checkpoint").first).to_be_visible()
    worker.page.wait_for_timeout(500)
    expect(worker.find("patrol-checkpoint", result="normal")).to_have_count(0)
    worker.tap("patrol-checkpoint")
    worker.find("draft-drop").scroll_into_view_if_needed()
    worker.tap_twice("draft-drop")
    expect(worker.find("draft-drop-sure")).to_be_visible()
    expect(worker.find("patrol-checkpoint", result="normal")).to_have_count(1)
    worker.tap("draft-drop-sure")
    expect(worker.find("patrol-start")).to_have_attribute("data-state", "none")
    worker.tap("tab-log")
    worker.tap("duty-hazards")
    hazard = object_on_screen(worker)
    worker.tap(worker.page.locator('[data-testid^="matter-HAZ"]'))
    worker.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 800, 600)])
    worker.tap(worker.page.locator(".photos .photo"))
    worker.tap_twice(worker.page.get_by_role("button", name="删掉这张照片"))
    expect(worker.page.locator("dialog[open]")).to_have_count(0)
    worker.page.wait_for_timeout(500)
    assert object_on_screen(worker) == hazard, "the record was sent by the echo of another tap"
    expect(worker.page.locator(".photos .photo")).to_have_count(0)


def test_a_point_marked_as_a_hazard_asks_once_where_the_hazard_is(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("patrol-start")
    worker.tap("check-hazard")
    worker.tap("back")
    worker.tap("patrol-finish")
    expect(worker.page.get_by_text("有 1 个点标了“有隐患”")).to_be_visible()
    expect(worker.find("patrol-finish")).to_be_visible()
    worker.tap("patrol-finish")
    expect(worker.find("undo")).to_be_visible()


def test_a_visit_left_in_the_middle_is_found_again_by_its_door(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    door = worker.find("visit-due").first.locator(".title").inner_text()
    worker.tap("visit-due")
    worker.find("note").fill("敲门没有人")
    worker.tap("back")
    expect(worker.find("draft-row")).to_contain_text(door)
    worker.tap("visit-due")
    expect(worker.find("note")).to_have_value("敲门没有人")
