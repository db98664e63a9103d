"""Entered for another, from paper or by voice: whose record it is, who confirms it, who may not review it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from tests.sync.phone import Phone, hazard, information, publicity, visit
from tests.sync.test_absences import done, waiting_in_office
from tests.world import World


def of(world: World, told: dict[str, Any], who: str = "worker", days_ago: int = 0) -> dict[str, Any]:
    day = clock.today() - timedelta(days=days_ago)
    return {**told, "on_behalf": {"person_id": str(world.people[who]), "day": day.isoformat()}}


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("visits.report", visit),
        ("hazards.report", hazard),
        ("information.report", information),
        ("publicity.report", publicity),
    ],
)
def test_the_record_is_the_workers_once_the_worker_says_so(app: Flask, world: World, name: str, make: Any) -> None:
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    told = of(world, make(world), days_ago=1)
    assert done(leader, name, told) == "applied"
    rows = worker.pull()
    row = rows["record"][told["id"]]
    assert (row["author_id"], row["entered_by_other"], row["confirmation"]) == (worker.person, True, "waiting")
    assert (row["entered_by_id"], row["history"][0]["by_name"]) == (leader.person, "张leader")
    assert row["day"] == told["on_behalf"]["day"]
    assert [m["kind"] for m in rows["message"].values()] == ["entry_to_confirm"]
    assert done(Phone(app, "worker2"), "records.confirm", {"record_id": told["id"], "mine": True}) == "not_allowed"
    assert done(worker, "records.confirm", {"record_id": told["id"], "mine": True}) == "applied"
    row = worker.pull()["record"][told["id"]]
    assert (row["confirmation"], row["history"][-1]["step"]) == ("confirmed", "confirmed")
    again = worker.do("records.confirm", {"record_id": told["id"], "mine": False})
    assert (again["outcome"], again["problem"]["code"]) == ("conflict", "not_to_confirm")


def test_what_is_not_mine_goes_back_to_whoever_entered_it(app: Flask, world: World) -> None:
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    told = of(world, hazard(world))
    assert done(leader, "hazards.report", told) == "applied"
    assert done(worker, "records.confirm", {"record_id": told["id"], "mine": False}) == "applied"
    rows = leader.pull()
    assert rows["record"][told["id"]]["confirmation"] == "denied"
    assert rows["record"][told["id"]]["state"] == "open"  # the hazard itself is still there
    assert [m["kind"] for m in rows["message"].values()] == ["entry_denied"]


def test_whoever_entered_it_does_not_review_it_the_stand_in_or_the_village_does(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    told = of(world, hazard(world))
    assert done(leader, "hazards.report", told) == "applied"
    assert done(leader, "approvals.approve", {"record_id": told["id"]}, base_version=1) == "own_record"
    assert told["id"] in waiting_in_office(app, world)
    assert done(Phone(app, "village"), "approvals.approve", {"record_id": told["id"]}, base_version=1) == "applied"


def test_setting_it_right_says_that_it_is_mine(app: Flask, world: World) -> None:
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    told = of(world, hazard(world))
    assert done(leader, "hazards.report", told) == "applied"
    assert done(worker, "records.correct", {"id": told["id"], "changes": {"note": "三楼"}}, base_version=1) == "applied"
    assert worker.pull()["record"][told["id"]]["confirmation"] == "confirmed"


@pytest.mark.parametrize(
    ("by", "who", "days_ago", "code"),
    [
        ("worker2", "worker", 0, "not_allowed"),
        ("adviser", "worker", 0, "not_allowed"),
        ("leader2", "worker", 0, "not_found"),
        ("leader", "worker3", 0, "not_for_others"),
        ("leader", "leader", 0, "not_for_others"),
        ("leader", "village", 0, "not_for_others"),
        ("leader", "worker", 8, "day_out_of_range"),
        ("leader", "worker", -1, "day_out_of_range"),
        ("village", "worker", 0, "applied"),
        ("leader", "micro", 0, "applied"),
    ],
)
def test_for_whom_and_for_which_day(app: Flask, world: World, by: str, who: str, days_ago: int, code: str) -> None:
    assert done(Phone(app, by), "hazards.report", of(world, hazard(world), who, days_ago)) == code


def test_what_is_sensitive_is_told_by_whoever_did_it(app: Flask, world: World) -> None:
    care = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    assert done(Phone(app, "leader"), "visits.report", of(world, care)) == "not_for_others"


def test_nobody_confirms_what_was_not_entered_for_them(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = hazard(world)
    assert done(worker, "hazards.report", told) == "applied"
    assert done(worker, "records.confirm", {"record_id": told["id"], "mine": True}) == "not_to_confirm"


@pytest.mark.parametrize("mode", ["phone", "door"])
def test_an_evening_telephone_visit_counts_like_any_other(app: Flask, world: World, mode: str) -> None:
    evening = clock.start_of(clock.today()) + 21 * 3_600_000
    clock.set_source(lambda: evening)
    worker = Phone(app, "worker")
    told = visit(world, mode=mode)
    assert done(worker, "visits.report", told) == "applied"
    rows = worker.pull()
    row = rows["record"][told["id"]]
    assert "acted_at_held" not in row and not row["review"].get("hints")
    assert rows["visit_plan"][str(world.plan)]["last_visit"] == clock.today().isoformat()
