"""Reads of the workforce room: equipment, commendations, helpers, and what one person has achieved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import grids_under, names_of_units
from server.kernel import clock
from server.people.models import Appointment, Person
from server.people.queries import names_of
from server.people.rules import TABLE, Holder
from server.workforce import rules, training
from server.workforce.models import Commendation, Equipment, Helper

MOST = 500


def equipment_of_county(session: Session, county_code: str) -> list[tuple[Equipment, Person]]:
    """What is out, then what was given back, the newest first."""
    statement = (
        sa.select(Equipment, Person)
        .join(Person, Person.id == Equipment.person_id)
        .where(Equipment.county_code == county_code)
        .order_by(Equipment.returned_on.is_not(None), Equipment.issued_on.desc(), Equipment.id.desc())
        .limit(MOST)
    )
    return [(one, person) for one, person in session.execute(statement)]


def equipment_of(session: Session, person_id: UUID) -> list[Equipment]:
    """The newest first."""
    own = sa.select(Equipment).where(Equipment.person_id == person_id)
    return list(session.scalars(own.order_by(Equipment.issued_on.desc(), Equipment.id)))


def commendations_for(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """Those that the office proposed; the county's office all. What waits for a decision first, then the newest."""
    statement = sa.select(Commendation).where(Commendation.county_code == holder.county_code)
    if not {post.role for post in holder.posts} & TABLE["commendation.decide"].anywhere:
        own = {post.org_unit_id for post in holder.posts if post.role in TABLE["commendation.propose"].offices}
        statement = statement.where(Commendation.proposed_unit.in_(own))
    order = (Commendation.decided_at.is_not(None), Commendation.proposed_at.desc())
    return _shown(session, list(session.scalars(statement.order_by(*order).limit(MOST))))


def _shown(session: Session, found: Sequence[Commendation]) -> list[dict[str, Any]]:
    people = names_of(session, [one.person_id for one in found if one.person_id])
    units = names_of_units(session, {u for one in found for u in (one.unit_id, one.proposed_unit) if u})
    return [
        {
            "row": one,
            "name": people.get(one.person_id, "") if one.person_id
            else units.get(one.unit_id, "") if one.unit_id
            else rules.masked(one.resident or ""),
            "proposed_by": units.get(one.proposed_unit, ""),
        }
        for one in found
    ]  # fmt: skip


def helpers_under(session: Session, holder: Holder) -> list[tuple[Helper, str]]:
    """Helpers in the grids below the office, those that still help first, with the grid's name."""
    grids = {one.id: one.name_zh for one in grids_of(session, holder)}
    ended = sa.and_(Helper.to_day.is_not(None), Helper.to_day < clock.today())
    statement = sa.select(Helper).where(Helper.grid_id.in_(grids)).order_by(ended, Helper.from_day.desc(), Helper.id)
    return [(one, grids[one.grid_id]) for one in session.scalars(statement.limit(MOST))]


def grids_of(session: Session, holder: Holder) -> list[Any]:
    """The grids below the offices that may take helpers."""
    offices = {post.org_unit_id for post in holder.posts if post.role in TABLE["helper.keep"].offices}
    return grids_under(session, offices)


def achievement_of(session: Session, person: Person) -> dict[str, Any]:
    """What a record for an application under Art. 20 says: posts, courses that count, commendations by document.

    No mark, no score, no complaint, nothing about anybody else.
    """
    posts = session.scalars(
        sa.select(Appointment).where(Appointment.person_id == person.id).order_by(Appointment.from_day, Appointment.id)
    ).all()
    units = names_of_units(session, {one.org_unit_id for one in posts})
    granted = sa.select(Commendation).where(Commendation.person_id == person.id, Commendation.decision == rules.GRANTED)
    return {
        "name": person.name,
        "county_code": person.county_code,
        "posts": [
            {
                "role": one.role, "unit": units.get(one.org_unit_id, ""), "from": one.from_day.isoformat(),
                "to": one.to_day.isoformat() if one.to_day else None,
            }
            for one in posts
        ],
        "training": [
            {"title": one.title, "day": one.day.isoformat(), "last_day": one.last_day.isoformat() if one.last_day else None}
            for one in training.passed_by(session, person.id)
        ],
        "commendations": [
            {"words": one.words, "document_no": one.document_no, "day": str(clock.day_of(one.decided_at or 0))}
            for one in session.scalars(granted.order_by(Commendation.decided_at))
        ],
    }  # fmt: skip
