"""The ladder: Web Push, then the channels that serve the person, then, for what is urgent, somebody who rings up.

A rung that fails leads to the next one. What is urgent and arrived, but was not seen within the minutes of the county's
rule, climbs as well. The last rung is a line on the call list and a message to each leader of the person's grid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_under
from server.kernel import clock, ids
from server.messages import commands, rules
from server.messages.models import Channel, Delivery, Message
from server.messages.queries import ring_rules
from server.people.models import Appointment
from server.people.queries import grid_of_post
from server.people.roster import leaders_in

TO_CALL = "to_call"
STAYS = frozenset({rules.AWAY, rules.LEFT})  # ends for which no other channel is tried
LOOKED_AT = 500


def change(session: Session, statement: Any) -> None:
    """An UPDATE or DELETE of many rows that leaves the objects of the session as they were read."""
    session.execute(statement, execution_options={"synchronize_session": False})


def end(session: Session, ends: Mapping[Delivery, rules.Next], now: int) -> None:
    """Write down what became of deliveries, and let those climb that were not delivered and not seen meanwhile."""
    unread = unread_of(session, {one.message_id for one in ends})
    seen = rules.Next("delivered", rules.READ)
    ends = {one: what if what.state == "delivered" or one.message_id in unread else seen for one, what in ends.items()}
    alike: dict[tuple[str, str | None, int | None, int | None], list[UUID]] = defaultdict(list)
    in_force = ring_rules(session, {one.county_code for one, what in ends.items() if _is_looked_at(one, what)})
    for one, what in ends.items():
        due_at = now + int(what.wait_s * 1000) if what.wait_s is not None else None
        if _is_looked_at(one, what):
            due_at = now + in_force[one.county_code].answer_minutes * rules.MINUTE_MS
        alike[what.state, what.reason, due_at, None if what.wait_s is not None else now].append(one.id)
    for (state, reason, due_at, ended_at), same in alike.items():
        values = {"state": state, "reason": reason, "due_at": due_at, "ended_at": ended_at}
        change(session, sa.update(Delivery).where(Delivery.id.in_(same)).values(**values))
    lost = {one: what for one, what in ends.items() if what.state == "undelivered" and what.reason not in STAYS}
    climb(session, {one: what.reason for one, what in lost.items()}, now)


def unread_of(session: Session, messages: Iterable[UUID]) -> set[UUID]:
    """Those that nobody has seen yet. All are locked first, so that none is read while a line to ring up is written."""
    asked = sa.select(Message.id, Message.read_at).where(Message.id.in_(set(messages)))
    found = session.execute(asked.order_by(Message.id).with_for_update()).all()
    return {row.id for row in found if row.read_at is None}


def _is_looked_at(one: Delivery, what: rules.Next) -> bool:
    return one.urgent and what.state == "delivered" and what.reason != rules.READ


def climb_unseen(session: Session, now: int) -> int:
    """What is urgent, arrived, and was not seen in time; answers how many were looked at."""
    due = sa.and_(Delivery.state == "delivered", Delivery.due_at <= now)
    found = list(session.scalars(sa.select(Delivery).where(due).order_by(Delivery.due_at).limit(LOOKED_AT)))
    if not found:
        return 0
    unseen = unread_of(session, [one.message_id for one in found])
    own = [one.id for one in found]
    change(session, sa.update(Delivery).where(Delivery.id.in_(own)).values(due_at=None))
    climb(session, {one: "unseen" for one in found if one.message_id in unseen}, now)
    return len(found)


def climb(session: Session, failed: Mapping[Delivery, str | None], now: int) -> None:
    """The next rung of each. Nothing for what is not urgent and has no channel left: it stays undelivered, with its reason."""
    if not failed:
        return
    tried: dict[UUID, set[UUID | None]] = defaultdict(set)
    for message_id, channel_id in session.execute(
        sa.select(Delivery.message_id, Delivery.channel_id).where(
            Delivery.message_id.in_([one.message_id for one in failed]), Delivery.channel_id.is_not(None)
        )
    ):
        tried[message_id].add(channel_id)
    serving = _channels_of(session, failed, now)
    rows: list[dict[str, Any]] = []
    to_call: dict[Delivery, str | None] = {}
    for one, reason in failed.items():
        channel = next((c for c in serving.get(one.person_id, []) if c.id not in tried[one.message_id]), None)
        if channel is not None:
            rows.append(_row(one, one.rung + 1, channel.kind, now, channel_id=channel.id, state="waiting", due_at=now))
        elif one.urgent:
            to_call[one] = reason
    kinds = _kinds(session, to_call)
    to_call = {one: reason for one, reason in to_call.items() if kinds[one.message_id] != TO_CALL}
    rows += [
        _row(one, rules.CALL_RUNG, "call", now, state="call_list", reason=reason) for one, reason in to_call.items()
    ]
    if rows:
        session.execute(sa.insert(Delivery), rows)
    told_otherwise = commands.NO_LINE  # the board of a call-out names them to the leader already
    _tell_leaders(session, {one.person_id for one in to_call if kinds[one.message_id] not in told_otherwise}, now)


def _row(one: Delivery, rung: int, channel: str, now: int, **more: Any) -> dict[str, Any]:
    return {
        "id": ids.new_id(), "county_code": one.county_code, "message_id": one.message_id, "person_id": one.person_id,
        "rung": rung, "channel": channel, "urgent": one.urgent, "made_at": now, "tries": 0,
        "channel_id": None, "reason": None, "due_at": None, **more,
    }  # fmt: skip


def _channels_of(session: Session, failed: Iterable[Delivery], now: int) -> dict[UUID, list[Channel]]:
    """By person: the channels of the units in which a post is held today, in order."""
    counties = {one.county_code for one in failed}
    statement = sa.select(Channel).where(Channel.county_code.in_(counties), Channel.ended_at.is_(None))
    channels = list(session.scalars(statement.order_by(Channel.position, Channel.made_at, Channel.id)))
    if not channels:
        return {}
    units = {unit_id: units_under(session, [unit_id]) for unit_id in {one.unit_id for one in channels}}
    held = _units_held(session, {one.person_id for one in failed}, now)
    return {person_id: [one for one in channels if units[one.unit_id] & posts] for person_id, posts in held.items()}


def _units_held(session: Session, persons: set[UUID], now: int) -> dict[UUID, set[UUID]]:
    held: dict[UUID, set[UUID]] = defaultdict(set)
    for post in _posts(session, persons, now):
        held[post.person_id].add(post.org_unit_id)
    return held


def _posts(session: Session, persons: set[UUID], now: int) -> list[Appointment]:
    day = clock.day_of(now)
    in_force = sa.and_(Appointment.from_day <= day, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day))
    return list(session.scalars(sa.select(Appointment).where(Appointment.person_id.in_(persons), in_force)))


def _kinds(session: Session, to_call: Iterable[Delivery]) -> dict[UUID, str]:
    """Nobody rings up a leader to say that somebody else is to be rung up: that line waits in the inbox and on the list."""
    asked = sa.select(Message.id, Message.kind).where(Message.id.in_([one.message_id for one in to_call]))
    return {row.id: row.kind for row in session.execute(asked)}


def _tell_leaders(session: Session, persons: set[UUID], now: int) -> None:
    """A line to each leader of their grids for each person, unless an earlier one about the same is still unread."""
    if not persons:
        return
    day = clock.day_of(now)
    grids = {(p.person_id, grid_of_post(session, p.grid_id, p.micro_grid_id)) for p in _posts(session, persons, now)}
    leaders = leaders_in(session, {grid_id for _, grid_id in grids if grid_id}, day)
    wanted = {(leader, who) for who, grid_id in grids if grid_id for leader in leaders[grid_id] if leader != who}
    waiting = sa.select(Message.person_id, Message.about_person).where(
        Message.kind == TO_CALL, Message.read_at.is_(None), Message.about_person.in_(persons)
    )
    told = {(row.person_id, row.about_person) for row in session.execute(waiting)}
    for leader, who in sorted(wanted - told):
        commands.ring(session, leader, TO_CALL, at=now, urgent=True, about=who)
