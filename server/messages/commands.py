"""What changes the inbox: a message rings, its owner reads it, old ones leave."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids, stream_keys
from server.kernel.problems import Problem
from server.messages.models import Delivery, DeliveryAttempt, Message
from server.people.models import Person
from server.people.roster import is_away
from server.platform import streams
from server.platform.db import remember
from server.text import text

KEPT_MS = 92 * clock.DAY_MS
SWEEP = 500


def ring(
    session: Session,
    person_id: UUID,
    kind: str,
    *,
    record_id: UUID | None = None,
    task_id: UUID | None = None,
    at: int,
    urgent: bool = False,
) -> UUID:
    """Tell one person that something happened. ``message.<kind>`` must have words (LookupError otherwise).

    Nothing rings for somebody who is away that day, except what is urgent: the line waits in the inbox (``quiet``).
    How it leaves the house is a row of the same transaction; the sweeper takes it from there (``delivering.py``).
    """
    text(f"message.{kind}", "zh")
    county_code = remember(session, ("county", person_id), lambda: session.get_one(Person, person_id).county_code)
    message = Message(
        id=ids.new_id(),
        county_code=county_code,
        person_id=person_id,
        kind=kind,
        record_id=record_id,
        task_id=task_id,
        at=at,
        quiet=not urgent and is_away(session, person_id, clock.day_of(at)),
    )
    session.add(message)
    session.flush()
    session.add(_delivery(message, urgent))
    streams.put(session, stream_keys.person(person_id), "message", message.id)
    return message.id


def _delivery(message: Message, urgent: bool) -> Delivery:
    """The first rung of the ladder. A quiet message stays in the house."""
    return Delivery(
        id=ids.new_id(),
        county_code=message.county_code,
        message_id=message.id,
        person_id=message.person_id,
        channel="push",
        urgent=urgent,
        state="undelivered" if message.quiet else "waiting",
        reason="away" if message.quiet else None,
        made_at=message.at,
        due_at=None if message.quiet else message.at,
        ended_at=message.at if message.quiet else None,
    )


def mark_read(session: Session, person_id: UUID, message_id: UUID) -> None:
    """The owner has read it; again changes nothing. Problem ``not_found`` for anybody else's."""
    message = session.get(Message, message_id)
    if message is None or message.person_id != person_id:
        raise Problem("not_found")
    if message.read_at is None:
        message.read_at = clock.now()
        message.version += 1
        streams.put(session, stream_keys.person(person_id), "message", message.id)


def drop_old(session: Session, now: int) -> int:
    """Messages of more than 92 days leave the inbox and the table; answers how many."""
    old = session.scalars(sa.select(Message).where(Message.at <= now - KEPT_MS).limit(SWEEP)).all()
    gone = sa.select(Delivery.id).where(Delivery.message_id.in_([message.id for message in old]))
    session.execute(sa.delete(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(gone)))
    session.execute(sa.delete(Delivery).where(Delivery.id.in_(gone)))
    for message in old:
        streams.gone(session, stream_keys.person(message.person_id), "message", message.id)
        session.delete(message)
    return len(old)
