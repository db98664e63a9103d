"""The board of a call-out: how many are called, safe, in need, not yet heard of; whom to help and whom to ask next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import names_of_units
from server.callouts import rules
from server.callouts.models import Callout, CalloutAnswer, CalloutPosition
from server.kernel import clock
from server.people.models import Person
from server.people.roster import held_under

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
    held = held_under(session, part, clock.day_of(min(clock.now(), end)))
    places: dict[UUID, set[UUID]] = defaultdict(set)
    for person, place in held:
        if person != called.opened_by:
            places[place].add(person)
    everybody = set[UUID]().union(*places.values())
    told = _standings(session, called.id)
    names = names_of_units(session, places)
    first = {person: place for place in sorted(places, key=lambda one: names[one]) for person in places[place]}
    shown = places.get(unit, set()) if unit is not None else everybody
    in_need = [person for person in shown if told.get(person, ("", 0))[0] == rules.NEED_HELP]
    silent = sorted((person for person in shown if person not in told), key=lambda one: (names[first[one]], one))
    named = _named(session, called.id, [*in_need, *silent[:MOST_NAMED]], reach)
    row = lambda person: named(person, names[first[person]], told.get(person, ("", None))[1])  # noqa: E731
    return Board(
        counts=_counts(everybody, told),
        units=sorted(((u, names[u], _counts(people, told)) for u, people in places.items()), key=lambda one: one[1]),
        need_help=sorted((row(person) for person in in_need), key=lambda one: (one.at or 0, one.person_id)),
        waiting=[row(person) for person in silent[:MOST_NAMED]],
        more_waiting=max(0, len(silent) - MOST_NAMED),
    )


def _counts(people: Collection[UUID], told: dict[UUID, tuple[str, int]]) -> Counts:
    found = [told[person][0] for person in people if person in told]
    return Counts(len(people), *(found.count(kind) for kind in (rules.SAFE, rules.NEED_HELP, rules.RECEIVED)))


def _standings(session: Session, callout_id: UUID) -> dict[UUID, tuple[str, int]]:
    """Where each stands who has answered, and since when: the same rule as ``rules.standing``, for 41,000 at once."""
    only_received = sa.case((CalloutAnswer.kind == rules.RECEIVED, 1), else_=0)
    order = sa.func.row_number().over(
        partition_by=CalloutAnswer.person_id, order_by=(only_received, CalloutAnswer.at.desc(), CalloutAnswer.id.desc())
    )
    ranked = (
        sa.select(CalloutAnswer.person_id, CalloutAnswer.kind, CalloutAnswer.at, order.label("place"))
        .where(CalloutAnswer.callout_id == callout_id)
        .subquery()
    )
    newest = sa.select(ranked.c.person_id, ranked.c.kind, ranked.c.at).where(ranked.c.place == 1)
    return {person: (kind, at) for person, kind, at in session.execute(newest)}


def _named(
    session: Session, callout_id: UUID, people: Collection[UUID], reach: bool
) -> Callable[[UUID, str, int | None], Named]:
    """A maker of lines for these people: telephone and position only where ``reach``."""
    found = {one.id: one for one in session.scalars(sa.select(Person).where(Person.id.in_(people)))}
    placed: set[UUID] = set()
    if reach:
        of_them = sa.and_(CalloutPosition.callout_id == callout_id, CalloutPosition.person_id.in_(people))
        placed = set(session.scalars(sa.select(CalloutPosition.person_id).where(of_them)))

    def line(person_id: UUID, unit: str, at: int | None) -> Named:
        person = found[person_id]
        return Named(person_id, person.name, unit, person.phone if reach else None, at, person_id in placed)

    return line
