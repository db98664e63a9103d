"""The auditor's two questions: who looked at this person or household, and what did this user look at, take out or do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.duties.information.models import Information
from server.duties.visits.models import Visit
from server.households.models import Household, VisitPlan
from server.households.queries import households_at
from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.models import Person
from server.people.queries import names_of, person_named
from server.platform.audit import AuditEvent
from server.platform.exports import ListExport
from server.platform.looks import Look
from server.privacy.rules import SUBJECTS
from server.records.models import Record

MOST = 200
IdsOf = Callable[[Sequence[UUID]], sa.Select[UUID]]
_of_people: list[IdsOf] = []


def also_of_people(ids_of: IdsOf) -> None:
    """Another room notes looks at something of people's; plugged by ``app.py``."""
    if ids_of not in _of_people:
        _of_people.append(ids_of)


@dataclass(frozen=True)
class Span:
    """Days, both counted."""

    since: date
    until: date

    @property
    def from_at(self) -> int:
        return clock.start_of(self.since)

    @property
    def to_at(self) -> int:
        return clock.start_of(self.until + timedelta(days=1))


@dataclass(frozen=True)
class Line:
    """One line of an answer: when, who, what (``look``, ``export``, ``act``), and what it was about."""

    at: int
    person_id: UUID | None
    what: str
    kind: str
    object_id: UUID | None
    where: str
    seq: int | None
    rows: int | None = None
    purpose: str | None = None


@dataclass(frozen=True)
class Answer:
    lines: list[Line]
    names: dict[UUID, str]
    has_more: bool


def subject_of(session: Session, county_code: str, kind: str, words: str) -> list[UUID]:
    """Whom the auditor means: a user name, the door of a household, or the number of a record.

    Refuses with ``invalid``, ``subject_unknown``. One door may be in several micro-grids; all of them are meant.
    """
    if kind not in SUBJECTS:
        raise Problem("invalid", fields=["kind"])
    found = _SUBJECTS[kind](session, county_code, words)
    if not found:
        raise Problem("subject_unknown", fields=["subject"])
    return found


def _user(session: Session, county_code: str, words: str) -> list[UUID]:
    found = person_named(session, words)
    return [found.id] if found is not None and found.county_code == county_code else []


def _door(session: Session, county_code: str, words: str) -> list[UUID]:
    micro_grids = session.scalars(sa.select(areas.MicroGrid.id).where(areas.MicroGrid.county_code == county_code))
    return [one.id for one in households_at(session, list(micro_grids), words)]


def _record(session: Session, county_code: str, words: str) -> list[UUID]:
    named = parse_id(words.lower())
    found = session.get(Record, named) if named else None
    return [found.id] if found is not None and found.county_code == county_code else []


_SUBJECTS = {"person": _user, "household": _door, "record": _record}


def who_looked(session: Session, kind: str, subject: Sequence[UUID], span: Span) -> Answer:
    """Looks at the subject and all that is kept about it, and acts at a desk that named it; the newest first."""
    ids = _about(kind, subject)
    looks = sa.select(Look).where(Look.object_id.in_(ids), Look.at >= span.from_at, Look.at < span.to_at)
    acts = sa.select(AuditEvent).where(
        AuditEvent.object_id.in_(ids), AuditEvent.at >= span.from_at, AuditEvent.at < span.to_at
    )
    return _answer(session, [_looks(session, looks), _acts(session, acts)])


def what_was_seen(session: Session, person_id: UUID, span: Span) -> Answer:
    """What this user looked at, took out as files, and did at a desk; the newest first."""

    def within(model: Any) -> tuple[Any, ...]:
        return (model.person_id == person_id, model.at >= span.from_at, model.at < span.to_at)

    return _answer(
        session,
        [
            _looks(session, sa.select(Look).where(*within(Look))),
            _exports(session, sa.select(ListExport).where(*within(ListExport))),
            _acts(session, sa.select(AuditEvent).where(*within(AuditEvent))),
        ],
    )


def _about(kind: str, subject: Sequence[UUID]) -> Any:
    """Ids under which looks at the subject are noted: itself, its records, plans, positions."""
    if kind == "record":
        return list(subject)
    if kind == "person":
        own = [
            sa.select(Person.id).where(Person.id.in_(subject)),
            sa.select(Record.id).where(Record.author_id.in_(subject)),
            *(ids_of(subject) for ids_of in _of_people),
        ]
    else:
        own = [
            sa.select(Household.id).where(Household.id.in_(subject)),
            sa.select(VisitPlan.id).where(VisitPlan.household_id.in_(subject)),
            sa.select(Visit.record_id).where(Visit.household_id.in_(subject)),
            sa.select(Information.record_id).where(Information.household_id.in_(subject)),
        ]
    return sa.select(sa.union_all(*own).subquery().c[0])


def _looks(session: Session, statement: sa.Select[Any]) -> list[Line]:
    found = session.scalars(statement.order_by(Look.at.desc(), Look.id).limit(MOST + 1))
    return [Line(one.at, one.person_id, "look", one.kind, one.object_id, one.door, one.chain_seq) for one in found]


def _acts(session: Session, statement: sa.Select[Any]) -> list[Line]:
    found = session.scalars(statement.order_by(AuditEvent.at.desc(), AuditEvent.id).limit(MOST + 1))
    return [Line(one.at, one.person_id, "act", one.act, one.object_id, "office", one.chain_seq) for one in found]


def _exports(session: Session, statement: sa.Select[Any]) -> list[Line]:
    found = session.scalars(statement.order_by(ListExport.at.desc(), ListExport.id).limit(MOST + 1))
    return [
        Line(one.at, one.person_id, "export", one.list_name, None, "office", one.chain_seq, one.row_count, one.purpose)
        for one in found
    ]


def _answer(session: Session, parts: list[list[Line]]) -> Answer:
    lines = sorted((line for part in parts for line in part), key=lambda line: -line.at)
    shown = lines[:MOST]
    names = names_of(session, [line.person_id for line in shown if line.person_id])
    return Answer(shown, names, len(lines) > MOST)
