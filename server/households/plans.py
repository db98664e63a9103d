"""Plans of visits: made, moved on by a visit, ended. Part of the room's commands, apart for its size."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import Household, Place, VisitPlan
from server.households.rules import next_due, stream_of_plan
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.matters.rules import MatterFacts
from server.people.duty_days import days_without
from server.people.queries import members_of
from server.platform import streams
from server.workforce.training import insist_trained


def add_plan(
    session: Session,
    *,
    matter: MatterFacts,
    target: Household | Place,
    due: date,
    for_role: str,
    every_days: int | None = None,
    team_id: UUID | None = None,
) -> VisitPlan:
    """When a household or place is to be visited.

    Problems: ``team_needed``, a class-S matter without a care team; ``training_lacking``, a member of the team lacks the
    training that the matter asks for and the county's document on training is in force (Arts. 9, 21).
    """
    if matter.data_class == "S" and team_id is None:
        raise Problem("team_needed", matter=matter.code)
    if matter.data_class == "S" and team_id is not None:
        _insist_trained(session, target.county_code, team_id, matter)
    is_household = isinstance(target, Household)
    plan = VisitPlan(
        id=new_id(), county_code=target.county_code, grid_id=target.grid_id, micro_grid_id=target.micro_grid_id,
        household_id=target.id if is_household else None, place_id=None if is_household else target.id,
        team_id=team_id if matter.data_class == "S" else None, matter_code=matter.code, data_class=matter.data_class,
        every_days=every_days, due=due, for_role=for_role, version=1,
    )  # fmt: skip
    session.add(plan)
    streams.put(session, stream_of(plan), "visit_plan", plan.id)
    return plan


def _insist_trained(session: Session, county_code: str, team_id: UUID, matter: MatterFacts) -> None:
    today = clock.today()
    members = [m.person_id for m in members_of(session, [team_id])[team_id] if m.to_day is None or m.to_day > today]
    insist_trained(session, county_code, members, matter.data_class, matter.training, today)


def visit_done(session: Session, plan_id: UUID, day: date, next_on: date | None = None) -> VisitPlan | None:
    """A visit was paid on ``day``: the plan's next due day, or its end. A visit older than the last changes nothing."""
    plan = session.get(VisitPlan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None or plan.closed_on is not None:
        return None
    if plan.last_visit is not None and day < plan.last_visit:
        return plan
    due = next_due(day, plan.every_days, next_on)
    plan.last_visit = day
    if due is None:
        end_plan(session, plan, day)
        return plan
    plan.due = due
    plan.version += 1
    streams.put(session, stream_of(plan), "visit_plan", plan.id)
    return plan


def stream_of(plan: VisitPlan) -> str:
    """The one stream of a plan."""
    return stream_of_plan(
        plan.data_class,
        grid_id=plan.grid_id,
        micro_grid_id=plan.micro_grid_id,
        household_id=plan.household_id,
        team_id=plan.team_id,
    )


def follow(session: Session, plan: VisitPlan, micro_grid_id: UUID) -> None:
    """The plan shows the household's door and lies where it lies."""
    before = stream_of(plan)
    plan.micro_grid_id = micro_grid_id
    plan.version += 1
    if stream_of(plan) == before:
        streams.put(session, before, "visit_plan", plan.id)
    else:
        streams.moved(session, before, stream_of(plan), "visit_plan", plan.id)


def tell_due_between(session: Session, grid_id: UUID, for_role: str, from_day: date, to_day: date) -> None:
    """The people for these plans come or go in these days: phones hear their due day anew (``queries.due_of``)."""
    statement = sa.select(VisitPlan).where(
        VisitPlan.grid_id == grid_id,
        VisitPlan.for_role == for_role,
        VisitPlan.closed_on.is_(None),
        VisitPlan.due >= from_day,
        VisitPlan.due < to_day,
    )
    for plan in session.scalars(statement):
        streams.put(session, stream_of(plan), "visit_plan", plan.id)


def tell_where_posts_changed(session: Session, grid_id: UUID) -> None:
    """Somebody came to the grid or leaves it: whether a colleague's absence moves a visit may have changed."""
    away = days_without(session, grid_id)
    if not away:
        return
    falls = sa.or_(*(sa.and_(VisitPlan.due >= a, VisitPlan.due < b) for a, b in away))
    statement = sa.select(VisitPlan).where(VisitPlan.grid_id == grid_id, VisitPlan.closed_on.is_(None), falls)
    for plan in session.scalars(statement):
        streams.put(session, stream_of(plan), "visit_plan", plan.id)


def end_plan(session: Session, plan: VisitPlan, day: date) -> None:
    plan.closed_on = day
    plan.version += 1
    streams.gone(session, stream_of(plan), "visit_plan", plan.id)
