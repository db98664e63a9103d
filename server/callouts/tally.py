"""Where everybody called stands, kept in memory between two looks at a board: a look reads what came since the last one.

A board is asked every five seconds by every office that looks on; told anew for 41,000 people it costs a second of processor.
Answers are only added, so the newest few seconds and one count of all rows, in one statement and so in one state of the
database, say whether anything is missing. Numbers that do not agree (a transaction that took longer than ``OVERLAP_MS``, an
older state, a restored database) are answered by reading all of it again. Nothing here outlives the process or is shared.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import names_of_units
from server.callouts import rules
from server.callouts.models import Callout, CalloutAnswer
from server.people.roster import held_under

OVERLAP_MS = 5_000  # a writing transaction is shorter; what is not costs one whole reading
ROSTER_S = 30  # who holds a post is read again that often
MOST_KEPT = 16  # call-outs, and parts of each that somebody looks at


class Standing(NamedTuple):
    """The answer that counts: kind, when (ms). ``rank`` orders a person's answers, as ``rules.standing`` does."""

    kind: str
    at: int
    rank: tuple[bool, int, int]


@dataclass
class Roster:
    """Who is called in a part of the area, and how many of each unit stand where."""

    places: dict[UUID, set[UUID]]
    units_of: dict[UUID, list[UUID]]
    names: dict[UUID, str]
    order: list[UUID]  # everybody, by the name of the unit
    read_at: float
    kinds: dict[UUID, str] = field(default_factory=dict)
    in_need: set[UUID] = field(default_factory=set)
    counts: dict[UUID | None, dict[str, int]] = field(default_factory=dict)  # None: the whole part
    upto: int = 0
    answered_before: int = 0  # of ``order``, so many at its beginning have answered

    def unit_name(self, person: UUID) -> str:
        return self.names[self.units_of[person][0]]

    def count(self, changes: list[UUID], told: dict[UUID, Standing]) -> None:
        """Take in the people whose standing has changed since the last look."""
        for person in changes[self.upto :]:
            if person not in self.units_of:
                continue
            before, now = self.kinds.get(person), told[person].kind
            if before == now:
                continue
            self.kinds[person] = now
            (self.in_need.add if now == rules.NEED_HELP else self.in_need.discard)(person)
            for unit in (None, *self.units_of[person]):
                numbers = self.counts.setdefault(unit, dict.fromkeys(rules.KINDS, 0))
                numbers[now] += 1
                if before is not None:
                    numbers[before] -= 1
        self.upto = len(changes)

    def silent(self, told: Collection[UUID], most: int) -> list[UUID]:
        """The first who have not answered: nobody who has answered becomes silent again."""
        while self.answered_before < len(self.order) and self.order[self.answered_before] in told:
            self.answered_before += 1
        found: list[UUID] = []
        for place in range(self.answered_before, len(self.order)):
            if len(found) == most:
                break
            if self.order[place] not in told:
                found.append(self.order[place])
        return found


@dataclass
class Tally:
    """One call-out. ``changes``: people in the order in which their standing changed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: set[UUID] = field(default_factory=set)
    newest: int = 0
    told: dict[UUID, Standing] = field(default_factory=dict)
    changes: list[UUID] = field(default_factory=list)
    rosters: OrderedDict[Any, Roster] = field(default_factory=OrderedDict)

    def read(self, session: Session, callout_id: UUID) -> None:
        """What came since; everything when the count of rows does not agree."""
        if not self._take(session, callout_id, self.newest - OVERLAP_MS):
            self.seen, self.newest, self.told, self.changes = set(), 0, {}, []
            self.rosters.clear()
            self._take(session, callout_id, 0)

    def _take(self, session: Session, callout_id: UUID, since: int) -> bool:
        of_it = CalloutAnswer.callout_id == callout_id
        many = sa.select(sa.func.count().label("many")).where(of_it).select_from(CalloutAnswer).subquery()
        row = CalloutAnswer.__table__.c
        columns = sa.select(many.c.many, row.id, row.person_id, row.kind, row.at, row.received_at)
        is_new = sa.and_(of_it, CalloutAnswer.received_at >= since)
        total = 0
        for total, answer_id, person, kind, at, received_at in session.execute(  # noqa: B007
            columns.select_from(many.outerjoin(CalloutAnswer, is_new))
        ):
            if answer_id is None or answer_id in self.seen:
                continue
            self.seen.add(answer_id)
            self.newest = max(self.newest, received_at)
            standing, before = Standing(kind, at, (kind != rules.RECEIVED, at, answer_id.int)), self.told.get(person)
            if before is None or standing.rank > before.rank:
                self.told[person] = standing
                self.changes.append(person)
        return total == len(self.seen)

    def roster(self, session: Session, called: Callout, part: Collection[UUID], day: date) -> Roster:
        """Who is called in the part on the day, counted up to the last answer read."""
        key = (frozenset(part), day)
        found = self.rosters.get(key)
        if found is None or time.monotonic() - found.read_at > ROSTER_S:
            found = self.rosters[key] = _read_roster(session, called, part, day)
            while len(self.rosters) > MOST_KEPT:
                self.rosters.popitem(last=False)
        found.count(self.changes, self.told)
        return found


_kept: OrderedDict[UUID, Tally] = OrderedDict()
_keeping = threading.Lock()


@contextmanager
def tally_of(session: Session, callout_id: UUID) -> Iterator[Tally]:
    """The call-out's tally, up to date with what the session sees; nobody else reads it meanwhile."""
    with _keeping:
        found = _kept.setdefault(callout_id, Tally())
        _kept.move_to_end(callout_id)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    with found.lock:
        found.read(session, callout_id)
        yield found


def _read_roster(session: Session, called: Callout, part: Collection[UUID], day: date) -> Roster:
    places: dict[UUID, set[UUID]] = {}
    for person, place in held_under(session, part, day):
        if person != called.opened_by:
            places.setdefault(place, set()).add(person)
    names = names_of_units(session, places)
    units_of: dict[UUID, list[UUID]] = {}
    order: list[UUID] = []
    for unit in sorted(places, key=lambda one: (names[one], one)):
        for person in sorted(places[unit]):
            if person not in units_of:
                order.append(person)
            units_of.setdefault(person, []).append(unit)
    return Roster(places, units_of, names, order, time.monotonic())
