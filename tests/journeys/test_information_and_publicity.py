"""Two duties on the phone beyond their forms: need without a care team, and a returned session of publicity set right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import object_on_screen, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_need_told_to_somebody_without_a_team_stays_on_the_phone_and_says_why(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker2")
    settle(worker, "worker2")
    worker.tap("tab-log")
    worker.tap("duty-information")
    worker.tap("matter-more")
    worker.tap("matter-INFO-04")
    expect(worker.find("no-team")).to_be_visible()
    worker.tap(worker.find("household-row").first)
    worker.tap("finding-wants_help")
    worker.shoot("no team")
    record = object_on_screen(worker)
    worker.tap("save")
    worker.page.locator('[data-testid=sync-chip][data-refused="1"]').first.wait_for()
    assert world_site.query("SELECT id FROM record") == []
    worker.tap("tab-records")
    worker.expect_row(record, delivery="refused")
    worker.tap(worker.find("record-row", id=record))
    worker.tap("record-edit")
    expect(worker.find("finding-wants_help")).to_have_attribute("aria-checked", "true")


def test_a_returned_session_is_set_right_and_approved(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    worker.tap("tab-log")
    worker.tap("duty-publicity")
    worker.tap("matter-PUB-02")
    worker.find("people").fill("3o")
    expect(worker.find("people")).to_have_value("3")
    record = object_on_screen(worker)
    worker.tap("save")
    expect(worker.find("undo")).to_be_visible()
    worker.wait_until_sent()
    settle(leader, "leader")
    expect(leader.find("approval-card", id=record)).to_be_visible()
    leader.tap("return")
    leader.tap("return-reason-1")
    leader.tap("return-confirm")
    expect(leader.find("undo")).to_be_visible()
    leader.wait_until_sent()
    worker.page.reload()
    worker.tap(worker.find("record-row", id=record, review="returned"))
    worker.tap("correct")
    expect(worker.find("matter-PUB-02")).to_be_visible()
    worker.tap("matter-change")
    worker.tap("matter-PUB-01")
    worker.tap("people-add-20")
    worker.tap("save")
    worker.wait_until_sent()
    leader.page.reload()
    card = leader.find("approval-card", id=record)
    expect(card).to_contain_text("23")
    assert world_site.query("SELECT matter_code FROM record") == [{"matter_code": "PUB-01"}]
    leader.tap("approve")
    expect(leader.find("undo")).to_be_visible()
    leader.wait_until_sent()
    steps = world_site.query("SELECT step FROM record_step ORDER BY version")
    assert [row["step"] for row in steps] == ["saved", "returned", "corrected", "approved"]
