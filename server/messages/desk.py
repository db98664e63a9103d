"""Reads of the office: how messages arrived, by cause and state; whom to ring up; the channels and the rule of a county.

Figures are of messages, never of persons: no name, no time at which somebody saw something.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import names_of_units, units_of_county, units_under
from server.kernel import clock
from server.messages import rules
from server.messages.models import Channel, Delivery, Message, RingRule
from server.messages.queries import RuleInForce, ring_rules
from server.people.models import Appointment, Person
from server.people.rules import TABLE, Holder
from server.platform.lists import Asked, ListShape

PAGE = 50
USUAL_DAYS, OTHER_DAYS = 7, ("1", "30", "90")
ARRIVED, UNDER_WAY, TO_CALL, LOST = "arrived", "under_way", "to_call", "lost"
STATES = (ARRIVED, UNDER_WAY, TO_CALL, LOST)
_RANKS = {"call_list": 4, "delivered": 3, "waiting": 2, "sending": 2, "undelivered": 1}
_STATE_OF = {4: TO_CALL, 3: ARRIVED, 2: UNDER_WAY, 1: LOST}


def persons_under(session: Session, by: Holder, action: str) -> sa.Select[Any]:
    """Ids of whoever holds a post today in the units that the office's right covers, and those below them."""
    offices = {post.org_unit_id for post in by.posts if post.role in TABLE[action].offices}
    units, day = units_under(session, offices), clock.today()
    in_force = sa.and_(Appointment.from_day <= day, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day))
    return sa.select(Appointment.person_id).where(
        Appointment.county_code == by.county_code, Appointment.org_unit_id.in_(units), in_force
    )


@dataclass
class Cause:
    """Messages of one kind since a day: how many are in each state, and why some did not arrive."""

    kind: str
    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    reasons: dict[str, int] = field(default_factory=dict)


def shape_for(session: Session, by: Holder) -> ListShape:
    """What the list may be narrowed to; ``kind``: those that this office's people were sent within the longest time."""
    since = clock.start_of(clock.today() - timedelta(days=int(OTHER_DAYS[-1])))
    sent = sa.and_(Message.county_code == by.county_code, Message.at >= since)
    theirs = Message.person_id.in_(persons_under(session, by, "delivery.see"))
    kinds = session.scalars(sa.select(Message.kind).where(sent, theirs).distinct().order_by(Message.kind))
    return ListShape("deliveries", "/office/deliveries", {"days": OTHER_DAYS, "kind": tuple(kinds), "state": STATES})


def since_of(asked: Asked) -> date:
    """The first day that counts: so many days back, today among them; a week unless another time is asked for."""
    return clock.today() - timedelta(days=int(asked.chosen.get("days", USUAL_DAYS)) - 1)


def by_cause(session: Session, by: Holder, asked: Asked) -> list[Cause]:
    """One line for each kind of message to the office's people, by name of the kind; ``state``: kinds with some in it."""
    ends = _ends(session, by, since_of(asked))
    grouped = sa.select(ends.c.kind, ends.c.rank, sa.func.count()).group_by(ends.c.kind, ends.c.rank)
    found: dict[str, Cause] = {}
    for kind, rank, count in session.execute(grouped):
        found.setdefault(kind, Cause(kind)).states[_STATE_OF[rank]] += count
    last = sa.and_(Delivery.message_id == ends.c.message_id, Delivery.rung == ends.c.last)
    reasons = (
        sa.select(ends.c.kind, Delivery.reason, sa.func.count())
        .select_from(ends)
        .join(Delivery, last)
        .where(ends.c.rank == _RANKS["undelivered"])
        .group_by(ends.c.kind, Delivery.reason)
    )
    for kind, reason, count in session.execute(reasons):
        found[kind].reasons[reason] = count
    kind, state = asked.chosen.get("kind"), asked.chosen.get("state")
    of_kinds = [found[one] for one in sorted(found) if kind in (None, one)]
    return [one for one in of_kinds if state is None or one.states[state]]


def _ends(session: Session, by: Holder, since: date) -> sa.Subquery:
    """Of each message its best rung: a line still on the call list stands above all, arrived above under way above lost."""
    rank = sa.case(_RANKS, value=Delivery.state, else_=0)
    return (
        sa.select(
            Delivery.message_id, Message.kind, sa.func.max(rank).label("rank"), sa.func.max(Delivery.rung).label("last")
        )
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Delivery.county_code == by.county_code,
            Delivery.made_at >= clock.start_of(since),
            Message.person_id.in_(persons_under(session, by, "delivery.see")),
        )
        .group_by(Delivery.message_id, Message.kind)
        .subquery()
    )


def urgent_by_unit(session: Session, by: Holder, since: date) -> list[tuple[str | None, int]]:
    """How often a unit said that something was urgent, each act once, however many heard of it; None: what workers reported.

    In the order of the names.
    """
    statement = (
        sa.select(Message.urgent_unit, Message.task_id, Message.record_id, Message.kind, Message.at)
        .where(
            Message.county_code == by.county_code,
            Message.at >= clock.start_of(since),
            Message.urgent_why.is_not(None),
            Message.person_id.in_(persons_under(session, by, "delivery.see")),
        )
        .distinct()
    )
    counts: dict[UUID | None, int] = defaultdict(int)
    for unit_id, *_ in session.execute(statement):
        counts[unit_id] += 1
    names = names_of_units(session, [unit_id for unit_id in counts if unit_id])
    told = [(names.get(unit_id) if unit_id else None, count) for unit_id, count in counts.items()]
    return sorted(told, key=lambda one: (one[0] is None, one[0] or ""))


@dataclass(frozen=True)
class Call:
    """A line of the call list: whom to ring up and since when; never what the message says."""

    id: UUID
    name: str
    phone: str | None
    since: int
    reason: str | None


def calls(session: Session, by: Holder, number: int) -> tuple[list[Call], bool]:
    """The oldest on top, ``PAGE`` lines; and whether there are more."""
    statement = (
        sa.select(Delivery, Person)
        .join(Person, Person.id == Delivery.person_id)
        .where(
            Delivery.state == "call_list",
            Delivery.county_code == by.county_code,
            Delivery.person_id.in_(persons_under(session, by, "call.close")),
        )
        .order_by(Delivery.made_at, Delivery.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = [
        Call(line.id, person.name, person.phone, line.made_at, line.reason)
        for line, person in session.execute(statement)
    ]
    return found[:PAGE], len(found) > PAGE


def channels_of_county(session: Session, county_code: str) -> list[tuple[Channel, str]]:
    """The open channels in the order of the ladder, with the unit each serves."""
    statement = sa.select(Channel).where(Channel.county_code == county_code, Channel.ended_at.is_(None))
    found = list(session.scalars(statement.order_by(Channel.position, Channel.made_at, Channel.id)))
    names = {unit.id: unit.name_zh for unit in units_of_county(session, county_code)}
    return [(one, names.get(one.unit_id, "")) for one in found]


def rule_and_history(session: Session, county_code: str) -> tuple[RuleInForce, list[RingRule]]:
    statement = sa.select(RingRule).where(RingRule.county_code == county_code).order_by(RingRule.made_at.desc())
    return ring_rules(session, [county_code])[county_code], list(session.scalars(statement.limit(PAGE)))


def clock_words(minute: int) -> str:
    """A minute of the day as it is written: 21:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(words: str) -> int | None:
    """The minute of the day written as ``HH:MM``, or None."""
    hours, colon, minutes = words.partition(":")
    if not (colon and hours.isascii() and minutes.isascii() and hours.isdigit() and minutes.isdigit()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if int(minutes) < 60 and found < rules.DAY_MINUTES else None
