"""What changes the inbox: a message rings, its owner reads it, old ones leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids, stream_keys
from server.kernel.problems import Problem
from server.messages import rules
from server.messages.models import Delivery, DeliveryAttempt, Message
from server.people.models import Person
from server.people.roster import away_of
from server.platform import streams
from server.platform.db import remember
from server.text import text

KEPT_MS = 92 * clock.DAY_MS
SWEEP = 500
AT_ONCE = 1_000  # rows of one statement
DESK = "desk_waits"  # at an office page; never of what kind: counts of messages are read by other offices too
NO_LINE = frozenset({"callout_opened"})  # rung for many at once: no line in their inboxes, a row of their area says it


def ring(session: Session, person_id: UUID, kind: str, *, at: int, **more: Any) -> UUID:
    """Tell one person that something happened; ``more`` as in ``ring_all``. Answers the message's id."""
    return ring_all(session, [person_id], kind, at=at, **more)[0]


def ring_all(
    session: Session,
    person_ids: Iterable[UUID],
    kind: str,
    *,
    at: int,
    record_id: UUID | None = None,
    task_id: UUID | None = None,
    urgent: bool = False,
    why: str | None = None,
    by_unit: UUID | None = None,
    about: UUID | None = None,
) -> list[UUID]:
    """Tell many persons the same. ``message.<kind>`` must have words (LookupError otherwise); ids in the order given.

    Nothing rings for somebody who is away that day, except what is urgent: the line waits in the inbox (``quiet``).
    How it leaves the house is a row of the same transaction; the sweeper takes it from there (``delivering.py``).
    ``why`` it is urgent and the unit of whoever says so (``by_unit``) are counted; ``about``: whom a leader is to ring up.
    """
    text(f"message.{kind}", "zh")
    session.flush()
    wanted = list(person_ids)
    counties = _counties(session, wanted)
    away = set() if urgent else _away(session, wanted, at)
    shared: dict[str, Any] = {
        "kind": kind, "record_id": record_id, "task_id": task_id, "at": at, "about_person": about,
        "urgent_why": (why or kind) if urgent and about is None else None, "urgent_unit": by_unit if urgent else None,
    }  # fmt: skip
    messages: list[dict[str, Any]] = [
        {"id": ids.new_id(), "county_code": counties[one], "person_id": one, "quiet": one in away, **shared}
        for one in wanted
    ]
    if messages:
        session.execute(sa.insert(Message), messages)
        session.execute(sa.insert(Delivery), [_delivery(message, urgent) for message in messages])
    for message in messages:
        streams.put(session, stream_keys.person(message["person_id"]), "message", message["id"])
    return [message["id"] for message in messages]


def ring_area(
    session: Session, county_code: str, person_ids: Sequence[UUID], kind: str, *, at: int, by_unit: UUID
) -> int:
    """Ring for everybody of an area at once, urgently, whoever is away: emergency mode alone. Returns how many.

    Rows go in by the thousand, and no person's stream is touched: what it is about is one row of their area's stream.
    """
    text(f"message.{kind}", "zh")
    if kind not in NO_LINE:
        raise ValueError(kind)
    for start in range(0, len(person_ids), AT_ONCE):
        told: list[dict[str, Any]] = [
            {
                "id": ids.new_id(), "county_code": county_code, "person_id": person, "kind": kind, "at": at, "quiet": False,
                "urgent_why": kind, "urgent_unit": by_unit,
            }
            for person in person_ids[start : start + AT_ONCE]
        ]  # fmt: skip
        session.execute(sa.insert(Message), told)
        session.execute(sa.insert(Delivery), [_delivery(one, urgent=True) for one in told])
    return len(person_ids)


def note_all(
    session: Session, county_code: str, person_ids: Sequence[UUID], kind: str, *, at: int, record_id: UUID
) -> None:
    """A line in the inboxes of persons of one county, to be found there: it does not ring, and nothing leaves the house."""
    text(f"message.{kind}", "zh")
    told: list[dict[str, Any]] = [
        {
            "id": ids.new_id(), "county_code": county_code, "person_id": person, "kind": kind, "at": at, "quiet": True,
            "record_id": record_id,
        }
        for person in person_ids
    ]  # fmt: skip
    session.flush()
    session.execute(sa.insert(Message), told)
    for line in told:
        streams.put(session, stream_keys.person(line["person_id"]), "message", line["id"])


_UNREAD_OF = sa.select(Message).where(
    Message.person_id == sa.bindparam("person_id", type_=sa.Uuid),
    Message.at == sa.bindparam("at", type_=sa.BigInteger),
    Message.kind == sa.bindparam("kind"),
    Message.read_at.is_(None),
)


def heard(session: Session, person_id: UUID, kind: str, at: int) -> None:
    """The person has answered what rang at ``at``: nothing rings for it any more, and nobody rings up."""
    for message in session.scalars(_UNREAD_OF, {"person_id": person_id, "kind": kind, "at": at}):
        _read(session, message)


def heard_of(session: Session, person_id: UUID, kind: str, record_id: UUID, *, until: int) -> None:
    """The person has what rang about this by then open before them: nothing rings for it any more, and nobody rings up."""
    for message in session.scalars(unread_about(person_id, kind, record_id).where(Message.at <= until)):
        _read(session, message)


def unread_about(person_id: UUID, kind: str, record_id: UUID) -> sa.Select[Message]:
    of_it = sa.and_(Message.kind == kind, Message.record_id == record_id)
    return sa.select(Message).where(Message.person_id == person_id, of_it, Message.read_at.is_(None))


def call_off(
    session: Session, county_code: str, kind: str, at: int, *, record_id: UUID | None = None, until: int | None = None
) -> None:
    """What rang for many at ``at`` is over, or whatever rang about ``record_id`` since then and not after ``until``: nothing
    rings for it any more, nobody is rung up, nobody looks who saw it."""
    same = Message.at == at if record_id is None else Message.record_id == record_id
    is_it = sa.and_(Message.id == Delivery.message_id, Message.kind == kind, same)
    if until is not None:
        is_it = sa.and_(is_it, Message.at <= until)
    of_it = sa.and_(Delivery.county_code == county_code, Delivery.made_at >= at, sa.exists().where(is_it))
    waits = sa.and_(of_it, Delivery.state.in_(("waiting", "call_list")))
    session.scalars(sa.select(Delivery.id).where(waits).order_by(Delivery.id).with_for_update()).all()  # as the sweeper
    over = {"state": "undelivered", "reason": rules.OVER, "due_at": None, "ended_at": clock.now()}
    session.execute(sa.update(Delivery).where(waits).values(**over), execution_options={"synchronize_session": False})
    looked_at = sa.update(Delivery).where(of_it, Delivery.state == "delivered").values(due_at=None)
    session.execute(looked_at, execution_options={"synchronize_session": False})


def _counties(session: Session, person_ids: list[UUID]) -> dict[UUID, str]:
    if len(person_ids) == 1:
        (one,) = person_ids
        return {one: remember(session, ("county", one), lambda: session.get_one(Person, one).county_code)}
    found = session.execute(sa.select(Person.id, Person.county_code).where(Person.id.in_(person_ids)))
    return {row.id: row.county_code for row in found}


def _away(session: Session, person_ids: list[UUID], at: int) -> set[UUID]:
    day = clock.day_of(at)
    return remember(session, ("away", tuple(person_ids), day), lambda: away_of(session, person_ids, day))


def _delivery(message: dict[str, Any], urgent: bool) -> dict[str, Any]:
    """The first rung of the ladder. A quiet message stays in the house."""
    quiet, at = message["quiet"], message["at"]
    return {
        "id": ids.new_id(),
        "county_code": message["county_code"],
        "message_id": message["id"],
        "person_id": message["person_id"],
        "rung": rules.PUSH_RUNG,
        "channel": "push",
        "urgent": urgent,
        "state": "undelivered" if quiet else "waiting",
        "reason": "away" if quiet else None,
        "tries": 0,
        "made_at": at,
        "due_at": None if quiet else at,
        "ended_at": at if quiet else None,
    }


def mark_read(session: Session, person_id: UUID, message_id: UUID) -> None:
    """The owner has read it; again changes nothing. Problem ``not_found`` for anybody else's."""
    message = session.get(Message, message_id)
    if message is None or message.person_id != person_id:
        raise Problem("not_found")
    if message.read_at is None:
        _read(session, message)


def mark_all_read(session: Session, person_id: UUID, until: int) -> None:
    """All of the owner's that rang until then, ``AT_ONCE`` of them at the most; what rang later stays unread."""
    unread = sa.and_(Message.person_id == person_id, Message.read_at.is_(None), Message.at <= until)
    newest = sa.select(Message).where(unread).order_by(Message.at.desc(), Message.id).limit(AT_ONCE)
    for message in session.scalars(newest).all():
        _read(session, message)


def _read(session: Session, message: Message) -> None:
    message.read_at = clock.now()
    message.version += 1
    _end_what_waits(session, message)
    if message.kind not in NO_LINE:
        streams.put(session, stream_keys.person(message.person_id), "message", message.id)


def _end_what_waits(session: Session, message: Message) -> None:
    """Whoever has seen it needs no other channel, and nobody rings up."""
    own = Delivery.message_id == message.id
    waits = sa.and_(own, Delivery.state.in_(("waiting", "call_list")))
    read = {"state": "delivered", "reason": rules.READ, "due_at": None, "ended_at": message.read_at}
    session.execute(sa.update(Delivery).where(waits).values(**read))
    session.execute(sa.update(Delivery).where(own, Delivery.state == "delivered").values(due_at=None))


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
