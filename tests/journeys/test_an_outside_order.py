"""Told to do something outside the list: said offline with a screenshot, past the leader, ruled on by the county, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
UNDO_MS = 5_500
GIVER, WORDS = "某主任口头通知", "去收停车罚款"


def screenshot() -> bytes:
    return camera_picture(3, datetime.now(ZoneInfo("Asia/Shanghai")), 900, 1600)


def test_said_offline_taken_back_said_again_and_answered_by_the_county_alone(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    settle(leader, "leader")
    worker.tap("tab-tasks")
    worker.tap("outside-open")
    expect(worker.find("outside-form")).to_be_visible()
    worker.tap("tab-me")
    worker.go_offline()
    with worker.counting(3, "an order outside the list, from Me, one of them for the screenshot"):
        worker.tap("me-outside")
        worker.find("outside-giver").fill(GIVER)
        worker.find("outside-words").fill(WORDS)
        worker.take_photos([screenshot()], "outside-photo")
        expect(worker.page.locator("button.photo img")).to_be_visible()
        worker.shoot("form")
        worker.tap("outside-ground-2")
    expect(worker.find("outside-row", delivery="saved")).to_contain_text(WORDS)
    worker.shoot("saved, not sent")
    worker.tap("undo")
    expect(worker.find("outside-words")).to_have_value(WORDS)
    worker.page.reload()
    expect(worker.find("outside-words")).to_have_value(WORDS)
    worker.tap("outside-ground-2")
    worker.page.wait_for_timeout(UNDO_MS)
    worker.go_online()
    sent(worker, world_site, "orders.report")
    worker.wait_until_sent()
    expect(worker.find("outside-row", delivery="delivered", ruling="waiting")).to_be_visible()
    assert world_site.query("SELECT count(*) AS n FROM outside_order")[0]["n"] == 1

    leader.page.reload()
    expect(leader.find("sync-chip").first).to_be_visible()
    for tab in ("approvals", "dispatch", "team", "me"):
        leader.tap(f"tab-{tab}")
        assert WORDS not in leader.page.inner_text("body")
    expect(leader.find("message-row")).to_have_count(0)

    with desk_of(worker.playwright, world_site, "county", "/office/orders") as page:
        panel = page.locator("article.panel")
        expect(panel).to_contain_text(GIVER)
        expect(panel.locator("img")).to_have_js_property("complete", True)
        assert panel.locator("img").evaluate("image => image.naturalWidth") > 0
        panel.locator("input[name=words]").fill("罚款由执法部门收")
        panel.locator("button[value=upheld]").click()
        expect(page.get_by_role("status")).to_be_visible()

    worker.page.reload()
    answered = worker.find("outside-row", ruling="upheld")
    expect(answered).to_contain_text("罚款由执法部门收")
    worker.shoot("answered")
    worker.tap("tab-today")
    expect(worker.find("message-row")).to_contain_text("清单外的事已有答复")
