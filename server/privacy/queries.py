"""Reads of correction requests: the person's own rows, and what a town's office has to answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel.problems import Problem, insist
from server.people.models import Person
from server.people.queries import names_of
from server.people.registry import neighbours
from server.people.rules import Holder, Thing, may
from server.privacy.models import CorrectionRequest
from server.records.models import Record

MOST = 100


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``correction_request``): in the person's own stream alone."""
    found = list(session.scalars(sa.select(CorrectionRequest).where(CorrectionRequest.id.in_(ids))))
    names = names_of(session, [one.answered_by for one in found if one.answered_by])
    return {one.id: _row(one, names) for one in found}


def _row(one: CorrectionRequest, names: dict[UUID, str]) -> dict[str, Any]:
    row = {
        "id": str(one.id),
        "version": one.version,
        "about": one.about,
        "record_id": str(one.record_id) if one.record_id else None,
        "words": one.words,
        "asked_at": one.asked_at,
        "state": "answered" if one.answer else "asked",
        "answer": one.answer,
        "answer_words": one.answer_words,
        "answered_at": one.answered_at,
        "answered_by_name": names.get(one.answered_by) if one.answered_by else None,
    }
    return {name: value for name, value in row.items() if value is not None}


def thing_of(session: Session, one: CorrectionRequest) -> Thing:
    """Where a request lies: in the unit of the post that the person held when asking."""
    units = tuple(unit.id for unit in neighbours().units_above(session, one.org_unit_id))
    return Thing(county_code=one.county_code, units=units, author_id=one.person_id)


def for_the_office(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """What this office answers: open ones first, the oldest on top; then the answered ones, the newest on top."""
    still_open = CorrectionRequest.answer.is_(None)
    statement = (
        sa.select(CorrectionRequest, Person, Record.kind, Record.day)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .outerjoin(Record, Record.id == CorrectionRequest.record_id)
        .where(CorrectionRequest.county_code == holder.county_code)
        .order_by(
            sa.case((still_open, 0), else_=1),
            sa.case((still_open, CorrectionRequest.asked_at), else_=-CorrectionRequest.asked_at),
        )
    )
    rows = [
        {"request": one, "name": person.name, "phone": person.phone, "kind": kind, "day": day}
        for one, person, kind, day in session.execute(statement)
        if may(holder, "correction.answer", thing_of(session, one))
    ]
    return rows[:MOST]


def to_reveal(session: Session, holder: Holder, request_id: UUID) -> UUID:
    """Whose number a request is about, for whoever answers it. Refuses with ``not_found``, ``not_allowed``."""
    found = session.get(CorrectionRequest, request_id)
    if found is None or found.about != "phone":
        raise Problem("not_found")
    insist(may(holder, "correction.answer", thing_of(session, found)))
    return found.person_id


HoldsAny = Callable[[Session, Collection[UUID]], set[UUID]]
_holds: list[HoldsAny] = []


def plug_holds(held: HoldsAny) -> None:
    """Whoever keeps legal holds says which of the ids are named by one; plugged by ``app.py``."""
    if held not in _holds:
        _holds.append(held)


def held_ids(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids (records, households, people, requests) that a legal hold keeps: nothing of them is deleted."""
    return set().union(*(held(session, ids) for held in _holds)) if ids else set()
