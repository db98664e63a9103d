"""What somebody may do is asked of the scope of the act; what they may see, of the scope of today. On both databases."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.people import commands as people
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.db import transaction
from server.platform.looks import Look
from server.sync import epochs
from tests.sync.phone import Phone, hazard, visit
from tests.world import World

HOUR = 3_600_000


def later(milliseconds: int) -> None:
    now = clock.now() + milliseconds
    clock.set_source(lambda: now)


def move_to_the_other_grid(app: Flask, world: World, phone: Phone, role: str) -> int:
    """The person works elsewhere from today, and the phone has heard of it; the number of the scope before."""
    phone.pull()
    before: int = phone.answer["scope_version"]
    with app.app_context(), transaction() as session:
        mine = sa.select(Appointment).where(
            Appointment.person_id == world.people[phone.username], Appointment.grid_id == world.areas["grid"]
        )
        people.end_appointment(session, session.scalars(mine).one().id, clock.today())
        people.appoint(
            session,
            person_id=world.people[phone.username],
            role=role,
            org_unit_id=world.areas["village"],
            grid_id=world.areas["other_grid"],
            from_day=clock.today(),
        )
    phone.pull()
    assert f"grid:{world.areas['grid']}" not in phone.streams
    return before


def test_the_row_of_a_conflict_is_not_shown_to_somebody_who_has_left(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world)
    worker.do("hazards.report", told)
    before = move_to_the_other_grid(app, world, leader, "grid_leader")
    worker.do("records.correct", {"id": told["id"], "changes": {"note": "写于他走后"}}, base_version=1)
    met = leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1, scope_version=before)
    assert (met["outcome"], met["problem"]["code"]) == ("conflict", "stale")
    assert "server" not in met and "写于他走后" not in str(met)


def test_a_conflict_told_again_after_leaving_no_longer_shows_the_row(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world)
    worker.do("hazards.report", told)
    worker.do("records.correct", {"id": told["id"], "changes": {"note": "新"}}, base_version=1)
    act = leader.mutation("approvals.approve", {"record_id": told["id"]}, base_version=1)
    first = leader.push(act).json["results"][0]
    assert first["server"]["body"]["note"] == "新"
    move_to_the_other_grid(app, world, leader, "grid_leader")
    again = leader.push(act).json["results"][0]
    assert "server" not in again
    assert {**again, "server": first["server"]} == first


def test_a_class_s_row_is_shown_to_its_team_alone_and_the_look_is_noted(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    worker.do("visits.report", told)
    leader.pull()
    before = leader.answer["scope_version"]
    worker.do("records.correct", {"id": told["id"], "changes": {"note": "只给小组"}}, base_version=1)
    met = leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1)
    assert met["server"]["body"]["note"] == "只给小组"
    with app.app_context(), transaction() as session:
        looks = list(session.scalars(sa.select(Look)))
        assert [(str(x.object_id), x.person_id) for x in looks] == [(told["id"], world.people["leader"])]
        town = holder_of(session, world.people["town"], clock.today())
        people.close_team(session, town, world.team, clock.today())
    leader.pull()
    outside = leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1, scope_version=before)
    assert (outside["outcome"], outside.get("server")) == ("conflict", None)


def test_an_act_later_than_its_scope_counts_under_the_scope_then_in_force(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world)
    worker.do("hazards.report", told)
    before = move_to_the_other_grid(app, world, leader, "grid_leader")
    later(HOUR)
    worker.do("records.correct", {"id": told["id"], "changes": {"note": "新"}}, base_version=1)
    for name, payload, base in (
        ("approvals.approve", {"record_id": told["id"]}, 2),
        ("households.save", {"id": str(world.households[1]), "changes": {"contact_name": "甲"}}, 1),
    ):
        done = leader.do(name, payload, base_version=base, scope_version=before)
        assert (done["outcome"], done["problem"]["code"]) == ("refused", "not_found"), name
    assert worker.pull()["record"][told["id"]]["review"]["status"] == "waiting"


def test_what_was_done_before_leaving_still_counts_and_a_new_scope_takes_nothing_away(app: Flask, world: World) -> None:
    worker, worker2 = Phone(app, "worker"), Phone(app, "worker2")
    done_at = clock.now()
    later(HOUR)
    before = move_to_the_other_grid(app, world, worker, "full_time_worker")
    later(HOUR)
    kept = worker.do("hazards.report", hazard(world), made_at=done_at, scope_version=before)
    assert kept["outcome"] == "applied"
    with app.app_context(), transaction() as session:
        town = holder_of(session, world.people["town"], clock.today())
        two = {world.people[name]: (clock.today(), None) for name in ("worker2", "leader")}
        people.name_team(
            session, town, grid_id=world.areas["grid"], name="新组", purpose="care", members=two,
            reviewer_id=world.people["leader"],
        )  # fmt: skip
    old = worker2.answer["scope_version"]
    worker2.pull()
    later(HOUR)
    assert worker2.do("hazards.report", hazard(world), scope_version=old)["outcome"] == "applied"


def test_a_late_conflict_names_the_fields_and_not_the_row(app: Flask, world: World) -> None:
    worker, leader, village = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "village")
    with app.app_context(), transaction() as session:
        epochs.begin(session, "restore")
    told = hazard(world)
    act = leader.mutation("approvals.approve", {"record_id": told["id"]}, base_version=2)
    assert leader.push(act).json["results"][0]["outcome"] == "held"
    worker.do("hazards.report", told)
    village.do("approvals.approve", {"record_id": told["id"]}, base_version=1)
    late = leader.pull()["outcome"][act["id"]]
    assert (late["outcome"], late["problem"]["code"]) == ("conflict", "already_decided")
    assert late["server"] == {"id": told["id"], "version": 2, "fields": []}
