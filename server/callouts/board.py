"""The board of a call-out: how many are called, safe, in need, not yet heard of; whom to help and whom to ask next."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.callouts import rules
from server.callouts.models import Callout, CalloutPosition
from server.callouts.tally import Roster, tally_of
from server.kernel import clock
from server.people.models import Person

MOST_NAMED = 200


@dataclass(frozen=True)
class Counts:
    """People, each once. ``answered`` = safe, in need and received together."""

    called: int
    safe: int
    need_help: int
    received: int

    @property
    def answered(self) -> int:
        return self.safe + self.need_help + self.received

    @property
    def waiting(self) -> int:
        return self.called - self.answered


@dataclass(frozen=True)
class Named:
    """One person on the board; ``phone`` and ``has_position`` only for the authority that opened it."""

    person_id: UUID
    name: str
    unit: str
    phone: str | None = None
    at: int | None = None
    has_position: bool = False


@dataclass(frozen=True)
class Board:
    """``units``: (unit, name, counts), by name. ``more_waiting``: how many more than are named."""

    counts: Counts
    units: list[tuple[UUID, str, Counts]]
    need_help: list[Named]
    waiting: list[Named]
    more_waiting: int


def board(session: Session, called: Callout, part: Collection[UUID], *, reach: bool, unit: UUID | None = None) -> Board:
    """The board for the units of ``part``; names of one ``unit`` where asked. ``reach``: with telephones and positions."""
    end = called.ends_at if called.ended_at is None else called.ended_at
    with tally_of(session, called.id) as tally:
        roster, told = tally.roster(session, called, part, clock.day_of(min(clock.now(), end))), tally.told
        shown = roster.units_of if unit is None else roster.places.get(unit, set())
        in_need = [person for person in roster.in_need if person in shown]
        silent = _silent_in(roster, told, unit)
        counts = _counts(roster, unit=None)
        here = counts if unit is None else _counts(roster, unit)
        units = sorted(
            ((one, roster.names[one], _counts(roster, one)) for one in roster.places), key=lambda row: row[1]
        )
        where = {person: roster.unit_name(person) for person in (*in_need, *silent)}
        since = {person: told[person].at for person in in_need}
    named = _named(session, called.id, [*in_need, *silent], reach)
    row = lambda person: named(person, where[person], since.get(person))  # noqa: E731
    return Board(
        counts=counts,
        units=units,
        need_help=sorted(map(row, in_need), key=lambda one: (one.at or 0, one.person_id)),
        waiting=[row(person) for person in silent],
        more_waiting=here.waiting - len(silent),
    )


def _silent_in(roster: Roster, told: Collection[UUID], unit: UUID | None) -> list[UUID]:
    """Who is to be asked next: as many as are named, by unit."""
    if unit is None:
        return roster.silent(told, MOST_NAMED)
    silent = sorted(roster.places.get(unit, set()).difference(told), key=lambda one: (roster.unit_name(one), one))
    return silent[:MOST_NAMED]


def _counts(roster: Roster, unit: UUID | None) -> Counts:
    called = len(roster.units_of) if unit is None else len(roster.places.get(unit, ()))
    numbers = roster.counts.get(unit, {})
    return Counts(called, *(numbers.get(kind, 0) for kind in (rules.SAFE, rules.NEED_HELP, rules.RECEIVED)))


def _named(
    session: Session, callout_id: UUID, people: Collection[UUID], reach: bool
) -> Callable[[UUID, str, int | None], Named]:
    """A maker of lines for these people: telephone and position only where ``reach``."""
    names = sa.select(Person.id, Person.name, Person.phone).where(Person.id.in_(people))
    found = {person: (name, phone) for person, name, phone in session.execute(names)}
    placed: set[UUID] = set()
    if reach:
        of_them = sa.and_(CalloutPosition.callout_id == callout_id, CalloutPosition.person_id.in_(people))
        placed = set(session.scalars(sa.select(CalloutPosition.person_id).where(of_them)))

    def line(person_id: UUID, unit: str, at: int | None) -> Named:
        name, phone = found[person_id]
        return Named(person_id, name, unit, phone if reach else None, at, person_id in placed)

    return line
