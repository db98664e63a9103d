"""Days off duty: who hears of them, who stands in, what moves, what keeps quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.approvals.queries import for_the_office
from server.households.models import VisitPlan
from server.kernel import clock
from server.people.commands import appoint, end_appointment, turn_absences
from server.people.models import Appointment
from server.people.queries import holder_of
from server.people.rules import may_show_reset_code
from server.platform.db import transaction
from tests.sync.phone import Phone, absence, emergency, hazard
from tests.world import World


def done(phone: Phone, name: str, payload: dict[str, Any], **more: Any) -> str:
    result = phone.do(name, payload, **more)
    code: str = result["outcome"] if result["outcome"] == "applied" else result["problem"]["code"]
    return code


def again(app: Flask, who: str) -> Phone:
    return Phone(app, who)


def held(phone: Phone) -> set[tuple[str, str | None]]:
    return {(role["role"], role.get("acting_for")) for role in phone.answer["roles"]}


def later(days: int) -> None:
    at = clock.now() + days * clock.DAY_MS
    clock.set_source(lambda: at)


def waiting_in_office(app: Flask, world: World, who: str = "village") -> set[str]:
    with app.app_context(), transaction() as session:
        return {row["id"] for row in for_the_office(session, holder_of(session, world.people[who], clock.today()))}


def test_colleagues_hear_of_the_days_and_never_of_the_kind(app: Flask, world: World) -> None:
    worker, leader, other = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "worker3")
    told = absence(world, "worker", stand_in="worker2")
    assert done(worker, "absences.save", told) == "applied"
    mine = worker.pull()["absence"][told["id"]]
    assert (mine["kind"], mine["from"], mine["stand_in_name"], mine["_stream"]) == (
        "sick", told["from_day"], "张worker2", f"person:{world.people['worker']}",
    )  # fmt: skip
    rows = leader.pull()
    row = next(r for r in rows["staff"].values() if r["person_id"] == str(world.people["worker"]))
    assert row["away"] == [
        {"id": told["id"], "from": told["from_day"], "to": told["to_day"],
         "stand_in_id": told["stand_in_id"], "stand_in_name": "张worker2"}
    ]  # fmt: skip
    assert "absence" not in rows and "sick" not in str(rows)
    assert "'away'" not in str(other.pull())
    assert [m["kind"] for m in Phone(app, "worker2").pull()["message"].values()] == ["stand_in_named"]


def test_a_leader_tells_it_for_own_people_alone(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    told = absence(world, "parttime")
    assert done(leader, "absences.save", told) == "applied"
    parttime = Phone(app, "parttime").pull()
    assert parttime["absence"][told["id"]]["by_other"] is True
    assert [m["kind"] for m in parttime["message"].values()] == ["absence_entered"]
    assert done(leader, "absences.save", absence(world, "worker3")) == "not_found"
    assert done(Phone(app, "worker"), "absences.save", absence(world, "worker2")) == "not_allowed"
    assert done(Phone(app, "worker2"), "absences.end", {"id": told["id"], "to_day": told["from_day"]}) == "not_allowed"
    assert done(Phone(app, "worker3"), "absences.end", {"id": told["id"], "to_day": told["from_day"]}) == "not_found"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to_day": "2020-01-01"}, "day_out_of_range"),
        ({"from_day": "2020-01-01"}, "day_out_of_range"),
        ({"to_day": "2199-01-01"}, "day_out_of_range"),
        ({"kind": "flu"}, "invalid"),
        ({"words": "发烧"}, "invalid"),
    ],
)
def test_what_is_no_absence_is_refused(app: Flask, world: World, change: dict[str, Any], code: str) -> None:
    assert done(Phone(app, "worker"), "absences.save", {**absence(world, "worker"), **change}) == code


@pytest.mark.parametrize("who", ["worker", "worker3", "micro", "town"])
def test_a_stand_in_is_another_colleague_of_the_grid(app: Flask, world: World, who: str) -> None:
    told = absence(world, "worker", stand_in=who)
    assert done(Phone(app, "worker"), "absences.save", told) == "stand_in_not_here"


def test_the_stand_in_of_a_leader_reviews_in_these_days_and_not_after(app: Flask, world: World) -> None:
    report = hazard(world)
    assert done(Phone(app, "worker2"), "hazards.report", report) == "applied"
    before = again(app, "worker")
    assert done(before, "approvals.approve", {"record_id": report["id"]}, base_version=1) == "not_allowed"
    told = absence(world, "leader", stand_in="worker", ahead=1)
    assert done(Phone(app, "leader"), "absences.save", told) == "applied"
    assert held(again(app, "worker")) == {("full_time_worker", None)}
    later(1)
    worker = again(app, "worker")
    assert held(worker) == {("full_time_worker", None), ("grid_leader", "张leader")}
    assert worker.answer["scope_version"] > before.answer["scope_version"]
    assert done(worker, "approvals.approve", {"record_id": report["id"]}, base_version=1) == "applied"
    own = hazard(world)
    assert done(worker, "hazards.report", own) == "applied"
    assert done(worker, "approvals.approve", {"record_id": own["id"]}, base_version=1) == "own_record"
    assert waiting_in_office(app, world) == {own["id"]}
    later(2)
    assert held(again(app, "worker")) == {("full_time_worker", None)}
    late = hazard(world)
    assert done(Phone(app, "worker2"), "hazards.report", late) == "applied"
    assert done(again(app, "worker"), "approvals.approve", {"record_id": late["id"]}, base_version=1) == "not_allowed"


def test_a_stand_in_of_a_leader_shows_no_reset_codes(app: Flask, world: World) -> None:
    assert done(Phone(app, "leader"), "absences.save", absence(world, "leader", stand_in="worker")) == "applied"
    with app.app_context(), transaction() as session:
        worker = holder_of(session, world.people["worker"], clock.today())
        assert not may_show_reset_code(worker, holder_of(session, world.people["worker2"], clock.today()))


def test_what_a_stand_in_holds_is_not_handed_on(app: Flask, world: World) -> None:
    assert done(Phone(app, "leader"), "absences.save", absence(world, "leader", stand_in="worker")) == "applied"
    assert done(Phone(app, "worker"), "absences.save", absence(world, "worker", stand_in="parttime")) == "applied"
    assert held(Phone(app, "parttime")) == {("part_time_worker", None), ("full_time_worker", "张worker")}


def test_a_stand_in_gains_no_team(app: Flask, world: World) -> None:
    assert done(Phone(app, "worker"), "absences.save", absence(world, "worker", stand_in="worker2")) == "applied"
    phone = Phone(app, "worker2")
    phone.pull()
    assert not any(stream.startswith("team:") for stream in phone.streams)


def test_without_a_stand_in_the_village_reviews(app: Flask, world: World) -> None:
    report = hazard(world)
    assert done(Phone(app, "worker"), "hazards.report", report) == "applied"
    assert waiting_in_office(app, world) == set()
    told = absence(world, "leader")
    assert done(Phone(app, "leader"), "absences.save", told) == "applied"
    assert waiting_in_office(app, world) == {report["id"]}
    assert (
        done(Phone(app, "leader"), "absences.end", {"id": told["id"], "to_day": clock.today().isoformat()}) == "applied"
    )
    assert waiting_in_office(app, world) == set()
    assert "absence" not in Phone(app, "leader").pull()


def due(phone: Phone, world: World) -> tuple[str, str | None]:
    row = phone.pull()["visit_plan"][str(world.plan)]
    return row["due"], row.get("due_was")


def plan_of(app: Flask, world: World) -> tuple[str, str]:
    with app.app_context(), transaction() as session:
        plan = session.get_one(VisitPlan, world.plan)
        return plan.due.isoformat(), plan.for_role


def test_a_due_visit_waits_for_the_first_day_back_and_comes_back_with_it(app: Flask, world: World) -> None:
    first, role = plan_of(app, world)
    assert role == "full_time_worker"
    ahead = (clock.parse_day(first) - clock.today()).days  # type: ignore[operator]
    leader = Phone(app, "leader")
    one = absence(world, "worker", ahead=ahead, days=3)
    assert done(leader, "absences.save", one) == "applied"
    assert due(leader, world) == (first, None)  # the other full-time worker is there
    two = absence(world, "worker2", ahead=ahead, days=2)
    assert done(leader, "absences.save", two) == "applied"
    back = (clock.parse_day(first) + timedelta(days=2)).isoformat()  # type: ignore[operator]
    assert due(leader, world) == (back, first)
    assert done(leader, "absences.end", {"id": one["id"], "to_day": one["from_day"]}) == "applied"
    assert due(leader, world) == (first, None)


def moves(app: Flask, world: World, who: str, to: str) -> None:
    """From the grid where somebody is in post to another, from the day on which the plan is due."""
    with app.app_context(), transaction() as session:
        person, today = world.people[who], session.get_one(VisitPlan, world.plan).due
        for post in session.scalars(sa.select(Appointment).where(Appointment.person_id == person)).all():
            if post.to_day is None:
                end_appointment(session, post.id, today)
        here = {"org_unit_id": world.areas["village"], "grid_id": world.areas[to], "from_day": today}
        appoint(session, person_id=person, role="full_time_worker", **here)


def test_phones_hear_of_a_due_day_that_moves_because_a_colleague_came_or_went(app: Flask, world: World) -> None:
    first, _ = plan_of(app, world)
    ahead = (clock.parse_day(first) - clock.today()).days  # type: ignore[operator]
    leader = Phone(app, "leader")
    one = absence(world, "worker", ahead=ahead, days=3)
    assert done(leader, "absences.save", one) == "applied"
    back = (clock.parse_day(first) + timedelta(days=3)).isoformat()  # type: ignore[operator]
    for to, wanted in (("other_grid", (back, first)), ("grid", (first, None)), ("other_grid", (back, first))):
        moves(app, world, "worker2", to)
        assert due(leader, world) == wanted
    moves(app, world, "worker", "other_grid")  # whose absence is called off later, from there
    assert due(leader, world) == (first, None)  # nobody holds the post at all: nothing moves
    moves(app, world, "worker", "grid")
    assert due(leader, world) == (back, first)


def test_an_absence_called_off_after_a_move_is_told_where_the_person_is_now(app: Flask, world: World) -> None:
    first, _ = plan_of(app, world)
    ahead = (clock.parse_day(first) - clock.today()).days  # type: ignore[operator]
    moves(app, world, "worker", "other_grid")
    worker, leader = again(app, "worker"), Phone(app, "leader")
    assert due(leader, world) == (first, None)
    one = absence(world, "worker", ahead=ahead, days=3)
    assert done(worker, "absences.save", one) == "applied"
    moves(app, world, "worker2", "other_grid")
    moves(app, world, "worker", "grid")
    back = (clock.parse_day(first) + timedelta(days=3)).isoformat()  # type: ignore[operator]
    assert due(leader, world) == (back, first)
    assert done(leader, "absences.end", {"id": one["id"], "to_day": one["from_day"]}) == "applied"
    assert due(leader, world) == (first, None)


def test_with_a_stand_in_no_due_day_moves(app: Flask, world: World) -> None:
    first, _ = plan_of(app, world)
    ahead = (clock.parse_day(first) - clock.today()).days  # type: ignore[operator]
    leader = Phone(app, "leader")
    for who, other in (("worker", "parttime"), ("worker2", None)):
        assert done(leader, "absences.save", absence(world, who, ahead=ahead, stand_in=other)) == "applied"
    assert due(leader, world) == (first, None)


def test_nothing_rings_for_somebody_away_but_an_emergency(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    assert done(leader, "absences.save", absence(world, "leader", stand_in="adviser")) == "applied"
    worker = Phone(app, "worker")
    assert done(worker, "hazards.report", hazard(world)) == "applied"
    assert done(worker, "emergencies.report", emergency(world), lane="urgent") == "applied"
    rung = {m["kind"]: m.get("quiet") for m in leader.pull()["message"].values()}
    assert rung == {"hazard_reported": True, "emergency_reported": None}
    rung = {m["kind"]: m.get("quiet") for m in Phone(app, "adviser").pull()["message"].values()}
    assert rung == {"stand_in_named": None, "hazard_reported": None, "emergency_reported": None}


def test_days_that_are_over_leave_the_colleagues_phones(app: Flask, world: World) -> None:
    assert done(Phone(app, "worker"), "absences.save", absence(world, "worker")) == "applied"
    leader = Phone(app, "leader")
    assert "'away'" in str(leader.pull()["staff"])
    later(2)
    with app.app_context(), transaction() as session:
        assert turn_absences(session, clock.today()) == 1
        assert turn_absences(session, clock.today()) == 1
    with app.app_context(), transaction() as session:
        assert turn_absences(session, clock.today()) == 0
    assert "'away'" not in str(leader.pull()["staff"])
