"""What changes the inbox: a message rings, its owner reads it, old ones leave."""

from __future__ import annotations

from collections.abc import Sequence
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
AT_ONCE = 1_000  # rows of one statement
NO_LINE = frozenset(
    {"callout_opened"}
)  # rung for many at once: it is no line in their inboxes, a row of their area says it


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


def ring_all(session: Session, county_code: str, person_ids: Sequence[UUID], kind: str, *, at: int) -> int:
    """Ring for everybody of an area at once, urgently, whoever is away: emergency mode alone. Returns how many.

    Rows go in by the thousand, and no person's stream is touched: what it is about is one row of their area's stream.
    """
    text(f"message.{kind}", "zh")
    if kind not in NO_LINE:
        raise ValueError(kind)
    for start in range(0, len(person_ids), AT_ONCE):
        told = [
            {"id": ids.new_id(), "county_code": county_code, "person_id": person, "kind": kind, "at": at}
            for person in person_ids[start : start + AT_ONCE]
        ]
        session.execute(sa.insert(Message), [{**one, "quiet": False, "version": 1} for one in told])
        out = [
            {
                "id": ids.new_id(),
                "county_code": county_code,
                "message_id": one["id"],
                "person_id": one["person_id"],
                "channel": "push",
                "urgent": True,
                "state": "waiting",
                "tries": 0,
                "made_at": at,
                "due_at": at,
            }
            for one in told
        ]
        session.execute(sa.insert(Delivery), out)
    return len(person_ids)


def heard(session: Session, person_id: UUID, kind: str, at: int) -> None:
    """The person has answered what rang at ``at``: nothing rings for it any more."""
    own = sa.and_(Message.person_id == person_id, Message.at == at, Message.kind == kind, Message.read_at.is_(None))
    session.execute(sa.update(Message).where(own).values(read_at=clock.now(), version=Message.version + 1))


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
        if message.kind not in NO_LINE:
            streams.gone(session, stream_keys.person(message.person_id), "message", message.id)
        session.delete(message)
    return len(old)
