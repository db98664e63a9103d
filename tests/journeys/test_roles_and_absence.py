"""Every role has its home; days off duty and who stands in; a record entered for a colleague and confirmed by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import (
    PASSWORD,
    hand_back,
    lead_second_grid,
    log_hazard,
    object_on_screen,
    person_id,
    sent,
    settle,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NewPhone = Callable[[Site, str], Phone]
SENT_MS = 30_000


def test_an_absence_told_offline_brings_the_stand_in_the_visits_and_a_way_back(
    world_site: Site, new_phone: NewPhone
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("tab-today")
    worker.go_offline()
    with worker.counting(5, "telling days off"):
        worker.tap("tab-me")
        worker.tap("away-tell")
        worker.tap("away-sick")
        worker.tap(worker.find("away-stand-in").filter(has_text="parttime"))
        worker.shoot("sheet")
        worker.tap("away-save")
    expect(worker.find("away-row")).to_contain_text("张parttime")
    worker.shoot("me")
    worker.tap("tab-today")
    expect(worker.find("today-away")).to_be_visible()
    expect(worker.find("visit-due")).to_have_count(0)
    worker.shoot("today")
    worker.page.wait_for_timeout(5500)
    worker.go_online()
    worker.wait_until_sent()
    parttime = new_phone(world_site, "parttime")
    parttime.sign_in("parttime", PASSWORD)
    expect(parttime.find("visit-due").first).to_be_visible()
    parttime.shoot("stand in today")
    parttime.tap("tab-me")
    expect(parttime.page.get_by_text("代张worker")).to_be_visible()
    parttime.shoot("stand in me")
    kinds = world_site.query("SELECT kind FROM message")
    assert [row["kind"] for row in kinds] == ["stand_in_named"]
    worker.tap("away-back")
    sent(worker, world_site, "absences.end")
    expect(worker.find("visit-due").first).to_be_visible()


def test_a_leaders_stand_in_reviews_and_goes_back_to_the_own_work_afterwards(
    world_site: Site, new_phone: NewPhone
) -> None:
    leader, worker, other = (new_phone(world_site, name) for name in ("leader", "worker", "worker2"))
    settle(worker)
    settle(other, "worker2")
    record = log_hazard(other, "楼道堆物")
    other.wait_until_sent()
    settle(leader, "leader")
    leader.tap("tab-me")
    leader.tap("away-tell")
    leader.tap("away-leave")
    leader.tap(leader.find("away-stand-in").filter(has_text="worker").filter(has_not_text="worker2"))
    leader.tap("away-save")
    sent(leader, world_site, "absences.save")
    worker.page.reload()
    worker.tap("mode-switch")
    expect(worker.find("approval-card", id=record)).to_be_visible()
    worker.shoot("stand in approvals")
    worker.tap("approve")
    sent(worker, world_site, "approvals.approve")
    assert world_site.query("SELECT review_status FROM record") == [{"review_status": "approved"}]
    worker.page.reload()
    expect(worker.find("approvals-left")).to_be_visible()  # the mode is remembered
    leader.tap("away-back")
    sent(leader, world_site, "absences.end")
    worker.page.reload()
    expect(worker.find("tab-today")).to_be_visible(timeout=SENT_MS)
    expect(worker.find("mode-switch")).to_have_count(0)


def test_a_leader_tells_days_off_for_a_worker_and_sees_them_in_the_team(world_site: Site, new_phone: NewPhone) -> None:
    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    leader.tap("tab-team")
    leader.tap(leader.find("team-row").filter(has_text="worker2").locator('[data-testid="colleague"]'))
    leader.shoot("colleague")
    leader.tap("away-tell")
    leader.tap("away-training")
    leader.tap("away-other")
    leader.shoot("other days")
    leader.tap("away-tomorrow")
    leader.tap("away-save")
    expect(leader.find("team-away")).to_be_visible()
    leader.shoot("team")
    expect(leader.find("team-away")).not_to_contain_text("培训")
    sent(leader, world_site, "absences.save")
    worker = new_phone(world_site, "worker2")
    settle(worker, "worker2")
    worker.tap("tab-me")
    expect(worker.find("away-row")).to_contain_text("培训")


def test_a_record_entered_from_paper_is_the_workers_after_one_tap(world_site: Site, new_phone: NewPhone) -> None:
    leader, worker = new_phone(world_site, "leader"), new_phone(world_site, "worker")
    settle(worker)
    settle(leader, "leader")
    leader.tap("tab-team")
    leader.tap(leader.find("team-row", id=person_id(world_site, "worker")).locator('[data-testid="colleague"]'))
    leader.tap("behalf-hazard")
    expect(leader.find("behalf-line")).to_contain_text("张worker")
    leader.tap("behalf-day-1")
    leader.tap(leader.page.locator('[data-testid^="matter-HAZ"]'))
    leader.find("note").fill("纸上记的：楼道堆物")
    leader.shoot("form")
    record = object_on_screen(leader)
    leader.tap("save")
    expect(leader.find("tab-approvals")).to_be_visible()
    leader.wait_until_sent()
    expect(leader.find("approval-card", id=record)).to_have_count(0)
    worker.page.reload()
    expect(worker.find("confirm-row", id=record)).to_be_visible()
    worker.shoot("today")
    with worker.counting(1, "confirming"):
        worker.tap("confirm-mine")
    expect(worker.find("confirm-row")).to_have_count(0)
    sent(worker, world_site, "records.confirm")
    rows = world_site.query("SELECT confirmation, entered_by IS NOT NULL AS by_other FROM record")
    assert [(row["confirmation"], bool(row["by_other"])) for row in rows] == [("confirmed", True)]


def test_an_adviser_reads_and_rules_on_a_disputed_return(world_site: Site, new_phone: NewPhone) -> None:
    worker, leader, adviser = (new_phone(world_site, name) for name in ("worker", "leader", "adviser"))
    settle(worker)
    record = log_hazard(worker, "楼道堆物")
    worker.wait_until_sent()
    settle(leader, "leader")
    hand_back(leader)
    sent(leader, world_site, "approvals.return")
    worker.page.reload()
    worker.tap(worker.find("record-row", id=record, review="returned"))
    worker.tap("dispute")
    worker.tap("dispute-confirm")
    sent(worker, world_site, "approvals.dispute")
    settle(adviser, "adviser")
    expect(adviser.find("approval-card", id=record)).to_be_visible()
    expect(adviser.find("approve")).to_have_count(0)
    adviser.shoot("adviser")
    adviser.tap("rule")
    adviser.tap("rule-uphold")
    sent(adviser, world_site, "approvals.rule")
    assert world_site.query("SELECT review_status FROM record") == [{"review_status": "approved"}]


def test_a_micro_grid_leader_works_within_the_micro_grid(world_site: Site, new_phone: NewPhone) -> None:
    micro = new_phone(world_site, "micro")
    micro.sign_in("micro", PASSWORD)
    micro.wait_until_sent()
    tabs = micro.page.locator("nav.tabs a").evaluate_all("tabs => tabs.map(tab => tab.dataset.testid)")
    assert tabs == ["tab-today", "tab-log", "tab-me"]
    micro.shoot("micro today")
    expect(micro.find("patrol-start")).to_have_count(0)
    micro.tap("tab-log")
    expect(micro.find("patrol-start")).to_have_count(0)
    micro.tap("duty-visits")
    expect(micro.find("household-row")).to_have_count(1)  # the due one of the own two
    micro.tap("back")
    micro.tap("tab-me")
    expect(micro.find("away-tell")).to_be_visible()


def test_a_leader_of_two_grids_sees_both_and_can_look_at_one(world_site: Site, new_phone: NewPhone) -> None:
    lead_second_grid(world_site)
    worker, other, leader = (new_phone(world_site, name) for name in ("worker", "worker3", "leader"))
    settle(worker)
    first = log_hazard(worker, "第一网格")
    worker.wait_until_sent()
    other.sign_in("worker3", PASSWORD)
    other.wait_until_sent()
    second = log_hazard(other, "第二网格")
    other.wait_until_sent()
    settle(leader, "leader")
    expect(leader.find("approvals-left", left="2")).to_be_visible()
    leader.shoot("two grids")
    for name, shown, hidden in (("第2网格", second, first), ("第1网格", first, second)):
        leader.tap(leader.page.get_by_role("button", name=name))
        expect(leader.find("approvals-left", left="1")).to_be_visible()
        expect(leader.find("approval-card", id=shown)).to_be_visible()
        expect(leader.find("approval-card", id=hidden)).to_have_count(0)
