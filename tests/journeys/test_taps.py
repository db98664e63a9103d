"""From the home tab: few enough taps for a hazard, publicity and information; and two taps in one blink are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.duties import give_information, hold_session
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, object_on_screen, open_hazard, records_page, settle

SECOND_TAP_MS = 350  # wet glass: later than one blink, sooner than anything can be read
SLOW_DISK = """() => {
  const seal = SubtleCrypto.prototype.encrypt;
  SubtleCrypto.prototype.encrypt = async function (...how) {
    await new Promise(done => setTimeout(done, 700));
    return seal.apply(this, how);
  };
}"""

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


CLICK_TWICE = """([x, y, after]) => {
  const tap = () => document.elementFromPoint(x, y)?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  tap();
  return new Promise(done => setTimeout(() => { tap(); done(); }, after));
}"""


def click_twice(phone: Phone, target: Locator) -> None:
    """On the same spot, whatever stands there by then, as a screen reader or a switch clicks: no finger is swallowed there
    (`Phone.tap_twice` is one). Timed by the page, for a busy machine clicks late.
    """
    box = target.bounding_box()
    assert box
    phone.page.evaluate(CLICK_TWICE, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, SECOND_TAP_MS])


def test_two_taps_on_save_count_once_on_a_phone_that_is_slow_to_save(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    open_hazard(worker)
    worker.find("note").fill("手机慢，又按了一下")
    worker.page.wait_for_timeout(1000)  # the draft is kept
    worker.page.evaluate(SLOW_DISK)
    click_twice(worker, worker.find("save"))
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    assert [m["name"] for m in worker.kept("worker")] == ["hazards.report"]


def test_two_taps_on_assign_give_each_of_two_people_one_task(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    leader.tap("tab-dispatch")
    leader.tap(leader.find("dispatch-matter").locator('[data-testid^="matter-HAZ"]'))
    leader.find("dispatch-words").fill("请看一下桥下的电线")
    for number in range(2):
        leader.tap(leader.find("dispatch-person").nth(number))
    leader.page.evaluate(SLOW_DISK)
    leader.find("dispatch-send").scroll_into_view_if_needed()
    click_twice(leader, leader.find("dispatch-send"))
    expect(leader.find("dispatch-words")).to_have_value("")
    leader.shoot("assigned")
    leader.wait_until_sent()
    tasks = world_site.query("SELECT person_id FROM task")
    assert len(tasks) == len({row["person_id"] for row in tasks}) == 2


def test_the_second_of_two_taps_on_save_does_not_finish_the_patrol_that_comes_back(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("patrol-start")
    worker.tap("patrol-checkpoint")
    worker.tap("patrol-hazard")
    worker.tap(worker.page.locator('[data-testid^="matter-HAZ"]'))
    click_twice(worker, worker.find("save"))
    expect(worker.find("patrol-finish")).to_be_visible()
    worker.page.wait_for_timeout(1000)
    expect(worker.find("patrol-finish")).to_be_visible()
    worker.wait_until_sent()
    assert [row["kind"] for row in world_site.query("SELECT kind FROM record")] == ["hazard"]


def test_the_second_of_two_taps_on_a_decision_does_not_decide_the_next_record(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    for note in ("第一条", "第二条", "第三条"):
        log_hazard(worker, note)
    worker.wait_until_sent()
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    expect(leader.find("approvals-left", left="3")).to_be_visible()
    click_twice(leader, leader.find("approve"))
    leader.page.wait_for_timeout(1000)
    expect(leader.find("approvals-left", left="2")).to_be_visible()
    leader.tap("return")
    leader.tap("return-reason-1")
    click_twice(leader, leader.find("return-confirm"))
    leader.page.wait_for_timeout(1000)
    leader.tap("tab-approvals")  # the second tap fell on a tab, which does no harm
    expect(leader.find("approvals-left", left="1")).to_be_visible()
    leader.wait_until_sent()
    names = sorted(m["name"] for m in leader.kept("leader"))
    assert names == ["approvals.approve", "approvals.return"]
