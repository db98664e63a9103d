"""The first step of a round: what is due becomes a row for each try, or ends at once. Few statements, whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.messages import ladder, rules
from server.messages.ladder import change
from server.messages.models import Channel, Delivery, DeliveryAttempt, Message, PushHost
from server.messages.queries import ring_rules
from server.people.models import Device, Person, PushSubscription
from server.platform import webpush
from server.platform.config import current_settings
from server.text import text

BATCH = 1024
SHUT = "host_shut"
EVERY_SECONDS = 2.0
UNNAMED = frozenset({"order_ruled"})  # a locked screen lies on tables: not even that there is one


@dataclass(frozen=True)
class Try:
    """One push to make: everything it needs without the database."""

    attempt_id: UUID
    delivery_id: UUID
    device_id: UUID
    target: webpush.Target
    body: dict[str, Any]
    topic: str
    urgent: bool
    begun_at: int


@dataclass(frozen=True)
class Note:
    """One call of a channel, for all that waits there for a group, or for one person's telephone."""

    channel_id: UUID
    kind: str
    address: str
    phone: str | None
    title: str
    body: str
    deliveries: tuple[UUID, ...]
    begun_at: int


@dataclass
class Claim:
    """What a round is to send, and how many deliveries it moved without sending."""

    tries: list[Try] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    moved: int = 0


def is_something_due(session: Session, now: int) -> bool:
    due = sa.or_(
        Delivery.state == "sending", sa.and_(Delivery.state.in_(("waiting", "delivered")), Delivery.due_at <= now)
    )
    return session.scalar(sa.select(Delivery.id).where(due).limit(1)) is not None


def note_cut(session: Session, now: int) -> None:
    """What an earlier sweeper had under way when it died: nobody knows whether it arrived."""
    cut = list(session.scalars(sa.select(Delivery).where(Delivery.state == "sending")))
    if not cut:
        return
    open_tries = sa.and_(DeliveryAttempt.delivery_id.in_([one.id for one in cut]), DeliveryAttempt.outcome.is_(None))
    change(session, sa.update(DeliveryAttempt).where(open_tries).values(outcome=rules.CUT))
    over = [one for one in cut if one.tries >= rules.MOST_TRIES]
    again = [one.id for one in cut if one.tries < rules.MOST_TRIES]
    change(session, sa.update(Delivery).where(Delivery.id.in_(again)).values(state="waiting", due_at=now))
    ladder.end(session, {one: rules.Next("undelivered", rules.CUT) for one in over}, now)


def claim(session: Session, now: int) -> Claim:
    """Due deliveries become ``sending`` with a row for each try, wait for the morning, or end at once."""
    due = sa.and_(Delivery.state == "waiting", Delivery.due_at <= now)
    urgent_first = sa.select(Delivery).where(due).order_by(Delivery.urgent.desc(), Delivery.due_at).limit(BATCH)
    found = list(session.scalars(urgent_first))
    made = Claim(moved=len(found))
    messages = by_id(session, Message, [one.message_id for one in found])
    persons = by_id(session, Person, [one.person_id for one in found])
    ends: dict[Delivery, rules.Next] = {}
    ready = _by_day(session, found, now)
    for one in list(ready):
        left = persons[one.person_id].left_on
        if messages[one.message_id].read_at is not None:
            ends[one] = rules.Next("delivered", rules.READ)
        elif left is not None and left <= clock.day_of(now):
            ends[one] = rules.Next("undelivered", rules.LEFT)
    ready = [one for one in ready if one not in ends]
    rows: list[dict[str, Any]] = []
    _claim_pushes(session, [one for one in ready if one.channel == "push"], messages, persons, made, rows, ends, now)
    _claim_notes(session, [one for one in ready if one.channel_id], persons, made, rows, ends, now)
    if rows:
        session.execute(sa.insert(DeliveryAttempt), rows)
        tried = {row["delivery_id"] for row in rows}
        sending = {"state": "sending", "due_at": None, "tries": Delivery.tries + 1}
        change(session, sa.update(Delivery).where(Delivery.id.in_(tried)).values(**sending))
    ladder.end(session, ends, now)
    return made


def _by_day(session: Session, found: list[Delivery], now: int) -> list[Delivery]:
    """What may ring now. The rest waits until the quiet hours of its county are over; what is urgent never waits."""
    in_force = ring_rules(session, {one.county_code for one in found})
    morning: dict[int, list[UUID]] = defaultdict(list)
    day_began, ready = clock.start_of(clock.day_of(now)), []
    for one in found:
        rule = in_force[one.county_code]
        at = now if one.urgent else rules.rings_at(now, day_began, rule.quiet_from, rule.quiet_to)
        if at > now:
            morning[at].append(one.id)
        else:
            ready.append(one)
    for at, waiting in morning.items():
        change(session, sa.update(Delivery).where(Delivery.id.in_(waiting)).values(due_at=at))
    return ready


def _claim_pushes(
    session: Session, found: list[Delivery], messages: dict[UUID, Message], persons: dict[UUID, Person], made: Claim,
    rows: list[dict[str, Any]], ends: dict[Delivery, rules.Next], now: int,
) -> None:  # fmt: skip
    devices = _subscriptions(session, list({one.person_id for one in found}))
    hosts, is_on = _Hosts(session, now), current_settings().push.is_on
    for delivery in found:
        message, own = messages[delivery.message_id], devices[delivery.person_id]
        reach = [one for one in own if hosts.may_knock(webpush.host_of(one.endpoint))]
        if not is_on or not own:
            ends[delivery] = rules.Next("undelivered", "no_subscription" if is_on else "push_off")
        elif not reach:
            until = hosts.open_from(webpush.host_of(one.endpoint) for one in own)
            if delivery.urgent or until - delivery.made_at > rules.KEPT_FOR_S[False] * 1000:
                ends[delivery] = rules.Next("undelivered", SHUT)
            else:
                ends[delivery] = rules.Next("waiting", wait_s=(until - now) / 1000)
        else:
            body = body_of(message, persons[delivery.person_id].language or "zh")
            for one in reach:
                made.tries.append(_try(delivery, one, message, body, now))
                rows.append(_row(made.tries[-1].attempt_id, delivery, one.device_id, now))


def _claim_notes(
    session: Session, found: list[Delivery], persons: dict[UUID, Person], made: Claim,
    rows: list[dict[str, Any]], ends: dict[Delivery, rules.Next], now: int,
) -> None:  # fmt: skip
    """All that waits for a group is one call; for short messages, all of one person. A channel that is not free waits."""
    channels = by_id(session, Channel, list({one.channel_id for one in found if one.channel_id}))
    by_channel: dict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in found:
        channel = channels[delivery.channel_id]
        if channel.ended_at is not None:
            ends[delivery] = rules.Next("undelivered", "channel_ended")
        elif channel.kind == "sms" and not persons[delivery.person_id].phone:
            ends[delivery] = rules.Next("undelivered", "no_phone")
        elif channel.free_at > now:
            ends[delivery] = _wait_for(channel, delivery, now)
        else:
            by_channel[channel.id].append(delivery)
    for channel_id, waiting in by_channel.items():
        channel, calls = channels[channel_id], 0
        for phone, merged in _merged(channel, waiting, persons):
            if calls >= rules.most_now(channel.per_minute):
                until = rules.free_again(now, calls, channel.per_minute)
                ends |= {one: rules.Next("waiting", wait_s=(until - now) / 1000) for one in merged}
                continue
            calls += 1
            language = (persons[merged[0].person_id].language or "zh") if phone else "zh"
            title, body = _digest(merged, language, is_group=phone is None)
            told = tuple(one.id for one in merged)
            made.notes.append(Note(channel_id, channel.kind, channel.address, phone, title, body, told, now))
            rows += [_row(ids.new_id(), one, channel_id, now) for one in merged]
        channel.free_at = rules.free_again(now, calls, channel.per_minute)


def _wait_for(channel: Channel, delivery: Delivery, now: int) -> rules.Next:
    """Until it is free. What is urgent climbs instead when the channel is broken, and nothing waits beyond its use."""
    is_broken = channel.failures >= rules.OPENS_AFTER
    too_late = channel.free_at - delivery.made_at > rules.KEPT_FOR_S[delivery.urgent] * 1000
    if too_late or (delivery.urgent and is_broken):
        return rules.Next("undelivered", SHUT)
    return rules.Next("waiting", wait_s=(channel.free_at - now) / 1000)


def _merged(
    channel: Channel, waiting: list[Delivery], persons: dict[UUID, Person]
) -> Iterable[tuple[str | None, list[Delivery]]]:
    if channel.kind != "sms":
        return [(None, waiting)]
    own: dict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in waiting:
        own[delivery.person_id].append(delivery)
    return [(persons[person_id].phone, merged) for person_id, merged in own.items()]


def _digest(merged: list[Delivery], language: str, is_group: bool) -> tuple[str, str]:
    """How many wait, never whose or what about. A gateway's template has room for the number alone."""
    urgent = any(one.urgent for one in merged)
    key = f"digest.{'group' if is_group else 'own'}{'_urgent' if urgent else ''}"
    return text("push.title", language), text(key, language, count=len(merged))


def _row(attempt_id: UUID, delivery: Delivery, target_id: UUID, now: int) -> dict[str, Any]:
    return {
        "id": attempt_id, "delivery_id": delivery.id, "device_id": target_id, "number": delivery.tries + 1, "at": now,
    }  # fmt: skip


def _try(delivery: Delivery, one: PushSubscription, message: Message, body: dict[str, Any], now: int) -> Try:
    target = webpush.Target(one.endpoint, one.p256dh, one.auth)
    said = {"web_push": 8030, **body} if webpush.host_of(one.endpoint).endswith(webpush.APPLE) else body
    return Try(ids.new_id(), delivery.id, one.device_id, target, said, message.id.hex, delivery.urgent, now)


def body_of(message: Message, language: str) -> dict[str, Any]:
    """What is shown outside: the kind's words and where a tap leads. No name, no place, no word of anybody."""
    path = "/app"
    if message.task_id or message.record_id:
        path = f"/app#/task/{message.task_id}" if message.task_id else f"/app#/record/{message.record_id}"
    return {
        "notification": {
            "title": text("push.title", language),
            "body": text("push.something" if message.kind in UNNAMED else f"message.{message.kind}", language),
            "lang": "en" if language == "en" else "zh-CN",
            "tag": message.id.hex,
            "navigate": f"{current_settings().base_url.rstrip('/')}{path}",
        }
    }


class _Hosts:
    """Which push hosts may be tried in this round; one that was shut is tried with a single message first."""

    def __init__(self, session: Session, now: int) -> None:
        self._now = now
        troubled = session.scalars(sa.select(PushHost).where(PushHost.shut_until > 0))
        self._shut = {one.host: one.shut_until for one in troubled}
        self._trying: set[str] = set()

    def may_knock(self, host: str) -> bool:
        if host not in self._shut:
            return True
        if self._shut[host] > self._now or host in self._trying:
            return False
        self._trying.add(host)
        return True

    def open_from(self, hosts: Iterable[str]) -> int:
        return max(min(self._shut[host] for host in hosts), self._now + int(EVERY_SECONDS * 1000))


def by_id(session: Session, table: Any, wanted: list[UUID]) -> dict[Any, Any]:
    return {row.id: row for row in session.scalars(sa.select(table).where(table.id.in_(wanted)))} if wanted else {}


def _subscriptions(session: Session, persons: list[UUID]) -> dict[UUID, list[PushSubscription]]:
    statement = (
        sa.select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.person_id.in_(persons), Device.revoked_at.is_(None))
    )
    own: dict[UUID, list[PushSubscription]] = defaultdict(list)
    for one in session.scalars(statement):
        own[one.person_id].append(one)
    return own
