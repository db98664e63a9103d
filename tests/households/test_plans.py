"""Plans of visits: the next due day, the stream by class of data, the end; closed households go when their days are over."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from server.duties.visits.models import Visit
from server.households import commands, queries
from server.households.models import FieldChange, Household, VisitPlan
from server.households.rules import next_due, stream_of_plan
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.matters.queries import matter_in_force
from server.records.models import Record
from tests.county import entries
from tests.world import COUNTY

TODAY = clock.today()


def later(days: int):
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("every", "wished", "due"),
    [
        (30, None, 30),
        (30, 5, 5),
        (30, 300, 30),
        (None, 5, 5),
        (None, 300, 300),
        (None, None, None),
        (30, 0, 30),
        (30, -3, 30),
    ],
)
def test_the_next_visit_is_the_day_agreed_or_the_rhythm(every, wished, due) -> None:
    named = None if wished is None else later(wished)
    assert next_due(TODAY, every, named) == (None if due is None else later(due))


def test_a_sensitive_plan_lives_in_its_team_alone() -> None:
    where = {"grid_id": uuid4(), "micro_grid_id": uuid4(), "household_id": uuid4()}
    team = uuid4()
    assert stream_of_plan("S", **where, team_id=team) == stream_keys.team(team)
    assert stream_of_plan("P", **where, team_id=None) == stream_keys.micro(where["micro_grid_id"])
    of_place = {**where, "household_id": None}
    assert stream_of_plan("N", **of_place, team_id=None) == stream_keys.grid(where["grid_id"])
    with pytest.raises(ValueError):
        stream_of_plan("S", **where, team_id=None)


def test_a_sensitive_plan_needs_a_team(session, world) -> None:
    care = matter_in_force(session, COUNTY, "VIS-01", TODAY)
    household = session.get_one(Household, world.households[2])
    with pytest.raises(Problem, match=r"^team_needed$"):
        commands.add_plan(session, matter=care, target=household, due=TODAY, for_role="full_time_worker")


def test_only_the_team_hears_of_its_plan(session, world) -> None:
    assert entries(session, stream_keys.team(world.team), "visit_plan") == {world.care_plan: "put"}
    assert world.care_plan not in entries(session, stream_keys.micro(world.areas["micro1"]), "visit_plan")
    row = queries.feed_rows(session, "visit_plan", [world.care_plan])[world.care_plan]
    assert (row["team_id"], row["door"], row["every_days"]) == (str(world.team), "横港路1号", 7)


def test_a_visit_moves_the_plan_on(session, world) -> None:
    plan = commands.visit_done(session, world.plan, TODAY)
    assert (plan.due, plan.last_visit, plan.version) == (later(30), TODAY, 2)
    assert entries(session, stream_keys.micro(world.areas["micro1"]), "visit_plan") == {world.plan: "put"}


def test_a_visit_told_late_does_not_move_it_back(session, world) -> None:
    commands.visit_done(session, world.plan, TODAY, later(3))
    plan = commands.visit_done(session, world.plan, later(-10))
    assert (plan.due, plan.last_visit) == (later(3), TODAY)


def test_a_plan_without_a_rhythm_ends_with_its_visit(session, world) -> None:
    session.get_one(VisitPlan, world.plan).every_days = None
    commands.visit_done(session, world.plan, TODAY)
    assert entries(session, stream_keys.micro(world.areas["micro1"]), "visit_plan") == {world.plan: "gone"}
    assert commands.visit_done(session, world.plan, TODAY) is None


def test_a_changed_door_shows_in_the_plan(session, acts, world) -> None:
    told = {"id": world.households[1], "changes": {"door": "新桥路9号"}}
    commands.save_household(session, acts.by("worker"), told)
    row = queries.feed_rows(session, "visit_plan", [world.plan])[world.plan]
    assert (row["door"], row["version"]) == ("新桥路9号", 2)


def visited(session, world) -> Record:
    """A visit to the second household, as it lies in the database."""
    record = Record(
        id=new_id(), county_code=COUNTY, kind="visit", grid_id=world.areas["grid"], stream="x", matter_code="VIS-08",
        data_class="P", author_id=world.people["worker"], acted_at=clock.now(), acted_at_held=False, day=TODAY,
        received_at=clock.now(), review_status="none", hints=[],
    )  # fmt: skip
    session.add(record)
    session.flush()
    session.add(
        Visit(
            record_id=record.id, household_id=world.households[1], plan_id=world.plan, mode="door", all_well=True,
            ticks=[], needs=[], note="",
        )
    )  # fmt: skip
    session.flush()
    return record


def test_a_closed_household_goes_when_its_days_are_over(session, acts, world) -> None:
    record = visited(session, world)
    commands.close_household(session, acts.by("worker"), {"id": world.households[1], "reason": "moved_out"})
    assert commands.delete_closed_households(session, later(89)) == 0
    assert commands.delete_closed_households(session, later(90)) == 1
    session.flush()
    session.expire_all()
    assert session.get(Household, world.households[1]) is None
    assert session.get(VisitPlan, world.plan) is None
    assert session.scalars(sa.select(FieldChange).where(FieldChange.object_id == world.households[1])).all() == []
    visit = session.get_one(Visit, record.id)
    assert (visit.household_id, visit.plan_id) == (None, None)  # the visit stays, without saying where
    assert entries(session, stream_keys.micro(world.areas["micro1"]), "household")[world.households[1]] == "gone"
    assert commands.delete_closed_households(session, later(900)) == 0
