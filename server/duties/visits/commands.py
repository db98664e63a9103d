"""Report a visit and change it. A plan moves on with the visit that fulfils it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.visits import rules
from server.duties.visits.models import Visit
from server.households.chosen import micro_grid_of_household
from server.households.commands import visit_done
from server.households.models import Place, VisitPlan
from server.kernel.problems import Problem, insist
from server.records.commands import NewRecord, make, name_matter
from server.records.models import Record
from server.records.rules import Act


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """A visit as the phone tells it.

    Refuses with ``day_out_of_range``, ``household_elsewhere``, ``place_elsewhere`` and what ``records.make`` refuses.
    """
    insist(rules.next_is_plausible(act.day, told["next_on"]))
    if told["grid_id"] not in {post.grid_id for post in act.holder.posts}:
        raise Problem("not_found")
    plan = _plan(session, act, told)
    micro_grid_id = _micro_grid_of(session, act, told)
    made = make(
        session,
        act,
        NewRecord(
            kind="visit",
            duty="visits",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=told["matter_code"],
            micro_grid_id=micro_grid_id,
            team_id=plan.team_id if plan else None,
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
        ),
    )
    next_on = rules.next_visit(act.day, plan.every_days if plan else None, told["next_on"])
    names = ("household_id", "place_id", "mode", "all_well", "ticks", "needs", "note")
    session.add(
        Visit(record_id=made.id, plan_id=plan.id if plan else None, next_on=next_on, **{n: told[n] for n in names})
    )
    session.flush()
    if plan is not None:
        visit_done(session, plan.id, act.day, told["next_on"])
    return made


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``). Refuses with ``day_out_of_range``, ``matter_stays``."""
    visit = session.get_one(Visit, record_id)
    record = session.get_one(Record, record_id)
    if "matter_code" in values:
        if visit.plan_id is not None:
            raise Problem("matter_stays")  # it was the plan's
        name_matter(session, record, "visits", values["matter_code"])
    if values.get("next_on"):
        insist(rules.next_is_plausible(record.day, values["next_on"]))
        if visit.plan_id is not None:
            visit_done(session, visit.plan_id, record.day, values["next_on"])
    for name, value in values.items():
        if name != "matter_code":
            setattr(visit, name, value)
    session.flush()


def forget_household(session: Session, household_id: UUID) -> None:
    """The household is to be deleted: its visits stay, without saying where. For the households room."""
    plans = sa.select(VisitPlan.id).where(VisitPlan.household_id == household_id)
    session.execute(sa.update(Visit).where(Visit.plan_id.in_(plans)).values(plan_id=None))
    session.execute(sa.update(Visit).where(Visit.household_id == household_id).values(household_id=None))


def _plan(session: Session, act: Act, told: Mapping[str, Any]) -> VisitPlan | None:
    """The plan that this visit fulfils; a plan of a team that the person is not in, or of another matter, is none."""
    if told["plan_id"] is None:
        return None
    plan = session.get(VisitPlan, told["plan_id"])
    if plan is None or (plan.team_id is not None and plan.team_id not in act.holder.teams):
        return None
    return plan if plan.matter_code == told["matter_code"] and plan.grid_id == told["grid_id"] else None


def _micro_grid_of(session: Session, act: Act, told: Mapping[str, Any]) -> UUID | None:
    """Where the visit was. A household that is nowhere, in another grid or outside the scope is one answer."""
    if told["household_id"] is not None:
        return micro_grid_of_household(session, act.holder, told["grid_id"], told["household_id"])
    if told["place_id"] is not None:
        place = session.get(Place, told["place_id"])
        if place is None or place.grid_id != told["grid_id"]:
            raise Problem("place_elsewhere")
        return place.micro_grid_id
    return None
