"""What people ask at the counter about their own data: taken down with a clock, answered once, with words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.duties.information.models import Information
from server.duties.visits.models import Visit
from server.households.commands import erase_household
from server.households.models import Household
from server.households.queries import households_at
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, Thing, may
from server.platform.workdays import add_working_days
from server.privacy import figures, keeping, rules
from server.privacy.commands import add_once
from server.privacy.models import DataRequest
from server.privacy.queries import held_ids
from server.records.models import Record

TAKERS = ("town_government", "village_committee")
MOST = 100


def thing_of(session: Session, one: DataRequest) -> Thing:
    """Where a request lies: in the unit that took it down."""
    return _thing_of_unit(session, one.org_unit_id)


def _thing_of_unit(session: Session, unit_id: UUID) -> Thing:
    above = areas.ancestors(session, unit_id)
    return Thing(county_code=above[0].county_code, units=tuple(unit.id for unit in above))


def own_units(holder: Holder) -> list[UUID]:
    """The offices of the holder that take requests down, the town first."""
    return [post.org_unit_id for role in TAKERS for post in holder.posts if post.role == role]


def take(session: Session, by: Holder, told: Mapping[str, Any]) -> DataRequest:
    """Write it down; the clock runs from now by the figure in force.

    Refuses with ``not_allowed``, ``record_exists``, ``door_unknown``, ``door_ambiguous``.
    """
    units = own_units(by)
    if not units:
        raise Problem("not_allowed")
    insist(may(by, "data_request.take", _thing_of_unit(session, units[0])))
    now = clock.now()
    figure = figures.in_force(session, by.county_code, clock.day_of(now)).get("request_days")
    made = DataRequest(
        id=told["id"],
        county_code=by.county_code,
        org_unit_id=units[0],
        kind=told["kind"],
        asker_name=told["asker_name"],
        asker_contact=told["asker_contact"],
        household_id=_household(session, units, told["door"], told.get("grid_id")) if told["door"] else None,
        words=told["words"],
        received_at=now,
        received_by=by.person_id,
        due=add_working_days(clock.day_of(now), figure.value) if figure else None,
        document_no=figure.document_no if figure else None,
    )
    add_once(session, made)
    return made


def _household(session: Session, units: list[UUID], door: str, grid_id: UUID | None) -> UUID:
    grids = [grid.id for grid in areas.grids_under(session, units) if grid_id in (None, grid.id)]
    found = households_at(session, [micro.id for micro in areas.micro_grids_of(session, grids)], door)
    if not found:
        raise Problem("door_unknown", fields=["door"])
    if len(found) > 1:
        raise Problem("door_ambiguous", fields=["grid_id"])
    return found[0].id


def answer(session: Session, by: Holder, request_id: UUID, said: str, words: str) -> DataRequest:
    """Once. A deletion that is done deletes the household here and now, with every copy of its fields.

    Refuses with ``not_found``, ``not_allowed``, ``request_answered``, ``invalid``, ``held``, ``no_household_named``,
    ``still_needed``.
    """
    found = session.get(DataRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(by, "data_request.answer", thing_of(session, found)))
    named = found.household_id
    held = bool(named and held_ids(session, {named, found.id}))
    is_found = named is not None and session.get(Household, named) is not None
    insist(rules.may_answer_request(found.kind, said, words, found.answer, is_found=is_found, is_held=held))
    if found.kind == "delete" and said == "done" and named is not None:
        erase_household(session, named)
        keeping.forget_copies(session, [named])
    found.answer, found.answer_words = said, words
    found.answered_by, found.answered_at = by.person_id, clock.now()
    return found


def for_the_office(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """What this office has taken or has to answer: open ones first, the nearest clock on top."""
    unit_ids = areas.units_under(session, own_units(holder)) | set(own_units(holder))
    statement = (
        sa.select(DataRequest)
        .where(DataRequest.county_code == holder.county_code, DataRequest.org_unit_id.in_(unit_ids))
        .order_by(DataRequest.answered_at.is_not(None), DataRequest.received_at.desc())
        .limit(MOST)
    )
    today = clock.today()
    found = list(session.scalars(statement))
    found.sort(key=lambda one: (one.answer is not None, -(one.answered_at or 0), one.due or today, one.received_at))
    return [_row(session, holder, one) for one in found]


def _row(session: Session, holder: Holder, one: DataRequest) -> dict[str, Any]:
    answered_on = clock.day_of(one.answered_at) if one.answered_at else None
    return {
        "request": one,
        "clock": rules.clock_state(one.due, answered_on, clock.today()),
        "may_answer": bool(may(holder, "data_request.answer", thing_of(session, one))),
        "has_household": bool(one.household_id and session.get(Household, one.household_id)),
    }


def one(session: Session, holder: Holder, request_id: UUID) -> dict[str, Any]:
    """One request, for whoever answers it. Refuses with ``not_found``, ``not_allowed``."""
    found = session.get(DataRequest, request_id)
    if found is None:
        raise Problem("not_found")
    insist(may(holder, "data_request.answer", thing_of(session, found)))
    return _row(session, holder, found)


def copy_of(session: Session, by: Holder, request_id: UUID) -> dict[str, Any]:
    """What is kept of the household of a request, to be shown to whoever asked. Class S is its team's and not here.

    Refuses with ``not_found``, ``not_allowed``, ``no_household_named``.
    """
    found = session.get(DataRequest, request_id)
    if found is None:
        raise Problem("not_found")
    insist(may(by, "data_request.answer", thing_of(session, found)))
    household = session.get(Household, found.household_id) if found.household_id else None
    if household is None or found.answer is not None:
        raise Problem("no_household_named")
    return {"request": found, "household": household, "records": _records_of(session, household.id)}


def _records_of(session: Session, household_id: UUID) -> list[Any]:
    """That there was a visit or something told, on which day, for which matter; nothing that a team handles."""
    own = sa.union_all(
        sa.select(Visit.record_id).where(Visit.household_id == household_id),
        sa.select(Information.record_id).where(Information.household_id == household_id),
    ).subquery()
    statement = (
        sa.select(Record.kind, Record.day, Record.matter_code)
        .where(Record.id.in_(sa.select(own)), Record.team_id.is_(None))
        .order_by(Record.day.desc(), Record.id)
        .limit(MOST)
    )
    return list(session.execute(statement))


def take_id() -> UUID:
    """For the form: the same form sent twice is one request."""
    return ids.new_id()
