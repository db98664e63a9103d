"""An emergency from the home tab without a network: three taps and the call; with the network it goes before all that waits."""

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
from tests.journeys.steps import log_hazard, object_on_screen, open_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

OF_ALL = "SELECT name, lane FROM mutation_log WHERE name LIKE '%.report' ORDER BY received_at, lane DESC, seq"


def test_told_last_it_is_sent_first_with_its_photo_and_the_leader_sees_the_call(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    worker.go_offline()
    open_hazard(worker)
    worker.take_photos([camera_picture(1, now)])
    worker.tap("save")
    for number in range(4):
        log_hazard(worker, f"第{number}处")
    emergency = tell_emergency(worker)
    worker.shoot("told")
    worker.tap("undo")  # a photo is at hand after all
    expect(worker.find("emergency-calls")).to_be_visible()
    worker.take_photos([camera_picture(2, now)])
    worker.tap("save")
    expect(worker.find("emergency-add")).to_be_visible()
    worker.go_online()
    worker.wait_until_sent()
    names = [(row["name"], row["lane"]) for row in world_site.query(OF_ALL)]
    assert names == [("emergencies.report", "urgent")] + [("hazards.report", "normal")] * 5
    held = world_site.query("SELECT sha256 FROM photo ORDER BY held_at")
    named = world_site.query(
        "SELECT p.sha256 FROM record_photo p JOIN record r ON r.id = p.record_id WHERE r.kind = 'emergency'"
    )
    assert len(held) == 2 and [held[0]] == named
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    alarm = leader.find("emergency-alarm", id=emergency)
    expect(alarm).to_be_visible()
    expect(alarm.locator('[data-number="119"]')).to_be_visible()
    leader.shoot("alarm")
    leader.tap("emergency-seen")
    expect(alarm).to_have_count(0)


def test_a_micro_grid_leader_tells_one_too(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    micro = new_phone(world_site, "micro")
    micro.sign_in("micro", "gridwalk-test")
    micro.await_offline_ready()
    micro.wait_until_sent()
    micro.tap("tab-log")
    micro.tap("duty-emergencies")
    expect(micro.find("emergency-call-110")).to_be_visible()
    expect(micro.find("matter-change")).to_be_visible()
    emergency = object_on_screen(micro)
    micro.tap("save")
    expect(micro.find("record-page", id=emergency)).to_be_visible()
    micro.wait_until_sent()
    rows = world_site.query("SELECT stream, kind FROM record")
    assert [(row["stream"].partition(":")[0], row["kind"]) for row in rows] == [("micro", "emergency")]
    micro.page.reload()
    expect(micro.find("emergency-add")).to_be_visible()  # the platform's row, not only the own copy
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    expect(leader.find("emergency-alarm", id=emergency)).to_be_visible()
