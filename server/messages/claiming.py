"""The first step of a round: what is due becomes a row for each try, or ends at once.

Few statements, whatever the number. What is to be done is found out while reading, so that the lock of SQLite's one
writer is held for the writing alone; there is one worker, so nobody else claims meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.messages import ladder, rules
from server.messages.claims import Claim, Note, Try
from server.messages.inbox import INBOX
from server.messages.ladder import change
from server.messages.models import Channel, Delivery, DeliveryAttempt, Message, PushHost
from server.messages.queries import ring_rules
from server.people.models import Device, Person, PushSubscription
from server.people.roster import at_desks_alone, away_of
from server.platform import webpush
from server.platform.config import current_settings
from server.text import text

BATCH = 512
SHUT = "host_shut"
EVERY_SECONDS = 2.0
UNNAMED = frozenset(
    {"order_ruled", "paper_waits", "desk_waits"}
)  # a locked screen lies on tables: not even that there is one
# an open call-out stands on top of every screen, so that its kinds go to whatever is the first one
SCREENS = {
    "callout_opened": "", "callout_help": "", "to_call": "team", "order_ruled": "tasks", "stand_in_named": "me",
    "absence_entered": "me", "correction_answered": "mydata",
}  # fmt: skip


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


def plan(session: Session, now: int) -> Claim:
    """What to do with the deliveries that are due: push, call, wait, or end. Writes nothing."""
    due = sa.and_(Delivery.state == "waiting", Delivery.due_at <= now)
    urgent_first = sa.select(Delivery).where(due).order_by(Delivery.urgent.desc(), Delivery.due_at).limit(BATCH)
    found = list(session.scalars(urgent_first))
    made = Claim(now, deliveries={one.id: one for one in found})
    messages = _messages(session, [one.message_id for one in found])
    persons = _persons(session, {one.person_id for one in found})
    away = away_of(session, [one.person_id for one in found if not one.urgent], clock.day_of(now))
    ready: list[Delivery] = []
    for one in _by_day(session, found, made):
        left = persons[one.person_id].left_on
        if messages[one.message_id].read_at is not None:
            made.ends[one] = rules.Next("delivered", rules.READ)
        elif left is not None and left <= clock.day_of(now):
            made.ends[one] = rules.Next("undelivered", rules.LEFT)
        elif one.person_id in away and not one.urgent:  # it waited for a morning or a host, and the leave has begun
            made.ends[one] = rules.Next("undelivered", rules.AWAY)
        else:
            ready.append(one)
    _plan_pushes(session, [one for one in ready if one.channel == "push"], messages, persons, made)
    _plan_calls(session, [one for one in ready if one.channel_id], persons, made)
    return made


def write(session: Session, made: Claim) -> None:
    """The tries of the plan, each a row before it is made; and whatever ended or waits without one."""
    _let_be(session, made)
    if made.rows:
        session.execute(sa.insert(DeliveryAttempt), made.rows)
        tried = {row["delivery_id"] for row in made.rows}
        sending = {"state": "sending", "due_at": None, "tries": Delivery.tries + 1}
        change(session, sa.update(Delivery).where(Delivery.id.in_(tried)).values(**sending))
    for at, waiting in made.morning.items():
        change(session, sa.update(Delivery).where(Delivery.id.in_(waiting)).values(due_at=at))
    for channel_id, at in made.free_at.items():
        change(session, sa.update(Channel).where(Channel.id == channel_id).values(free_at=at))
    ladder.end(session, made.ends, made.now)


def _let_be(session: Session, made: Claim) -> None:
    """What was read, answered or called off since the plan is neither tried nor ended by it."""
    unread = ladder.unread_of(session, {one.message_id for one in made.deliveries.values()})
    waits = sa.and_(Delivery.id.in_(made.deliveries), Delivery.state == "waiting", Delivery.message_id.in_(unread))
    still = set(session.scalars(sa.select(Delivery.id).where(waits).order_by(Delivery.id).with_for_update()))
    if len(still) < len(made.deliveries):
        made.keep(still, {one_id for one_id, one in made.deliveries.items() if one.message_id not in unread})


def _by_day(session: Session, found: list[Delivery], made: Claim) -> list[Delivery]:
    """What may ring now. The rest waits until the quiet hours of its county are over; what is urgent never waits."""
    in_force = ring_rules(session, {one.county_code for one in found})
    day_began, ready = clock.start_of(clock.day_of(made.now)), []
    for one in found:
        rule = in_force[one.county_code]
        at = made.now if one.urgent else rules.rings_at(made.now, day_began, rule.quiet_from, rule.quiet_to)
        if at > made.now:
            made.morning[at].append(one.id)
        else:
            ready.append(one)
    return ready


def _plan_pushes(
    session: Session, found: list[Delivery], messages: dict[UUID, Any], persons: dict[UUID, Any], made: Claim
) -> None:
    wanted = {one.person_id for one in found}
    devices, desks = _subscriptions(session, list(wanted)), at_desks_alone(session, wanted, clock.day_of(made.now))
    hosts, is_on = _Hosts(session, made.now), current_settings().push.is_on
    for delivery in found:
        message, own = messages[delivery.message_id], devices[delivery.person_id]
        reach = [one for one in own if hosts.may_knock(webpush.host_of(one.endpoint))]
        if not is_on or not own:
            made.ends[delivery] = rules.Next("undelivered", "no_subscription" if is_on else "push_off")
        elif not reach:
            until = hosts.open_from(webpush.host_of(one.endpoint) for one in own)
            if delivery.urgent or until - delivery.made_at > rules.KEPT_FOR_S[False] * 1000:
                made.ends[delivery] = rules.Next("undelivered", SHUT)
            else:
                made.ends[delivery] = rules.Next("waiting", wait_s=(until - made.now) / 1000)
        else:
            language = persons[delivery.person_id].language or "zh"
            body = body_of(message, language, at_desk=delivery.person_id in desks)
            for one in reach:
                made.tries.append(_try(delivery, one, message, body, made.now))
                made.rows.append(_row(made.tries[-1].attempt_id, delivery, one.device_id, made.now))


def _plan_calls(session: Session, found: list[Delivery], persons: dict[UUID, Any], made: Claim) -> None:
    """All that waits for a group is one call; for short messages, all of one person. A channel that is not free waits."""
    wanted = {one.channel_id for one in found}
    channels = {one.id: one for one in session.scalars(sa.select(Channel).where(Channel.id.in_(wanted)))}
    by_channel: dict[UUID, list[Delivery]] = defaultdict(list)
    places: dict[UUID, int] = defaultdict(int)
    for delivery in found:
        channel = channels[delivery.channel_id]  # type: ignore[index]
        if channel.ended_at is not None:
            made.ends[delivery] = rules.Next("undelivered", "channel_ended")
        elif channel.kind == "sms" and not persons[delivery.person_id].phone:
            made.ends[delivery] = rules.Next("undelivered", "no_phone")
        elif channel.free_at > made.now:
            made.ends[delivery] = _wait_for(channel, delivery, made.now, places[channel.id])
            places[channel.id] += channel.kind == "sms"
        else:
            by_channel[channel.id].append(delivery)
    for channel_id, waiting in by_channel.items():
        _plan_calls_of(channels[channel_id], waiting, persons, made)


def _plan_calls_of(channel: Channel, waiting: list[Delivery], persons: dict[UUID, Any], made: Claim) -> None:
    merged = list(_merged(channel, waiting, persons))
    now_on = rules.most_now(channel.per_minute)
    free_at = rules.free_again(made.now, min(len(merged), now_on), channel.per_minute)
    for phone, together in merged[:now_on]:
        language = (persons[together[0].person_id].language or "zh") if phone else "zh"
        title, body = _digest(together, language, is_group=phone is None)
        told = tuple(one.id for one in together)
        made.notes.append(Note(channel.id, channel.kind, channel.address, phone, title, body, told, made.now))
        made.rows += [_row(ids.new_id(), one, channel.id, made.now) for one in together]
    for place, (_, together) in enumerate(merged[now_on:]):
        at = rules.free_again(free_at, place, channel.per_minute)
        made.ends |= {one: rules.Next("waiting", wait_s=(at - made.now) / 1000) for one in together}
    made.free_at[channel.id] = free_at


def _wait_for(channel: Channel, delivery: Delivery, now: int, place: int) -> rules.Next:
    """Until it is free, and until those before it had their turn: thousands must not knock again every other second.

    What is urgent climbs instead when the channel is broken, and nothing waits beyond its use.
    """
    is_broken = channel.failures >= rules.OPENS_AFTER
    too_late = channel.free_at - delivery.made_at > rules.KEPT_FOR_S[delivery.urgent] * 1000
    if too_late or (delivery.urgent and is_broken):
        return rules.Next("undelivered", SHUT)
    at = rules.free_again(channel.free_at, place, channel.per_minute)
    return rules.Next("waiting", wait_s=(at - now) / 1000)


def _merged(
    channel: Channel, waiting: list[Delivery], persons: dict[UUID, Any]
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


def _try(delivery: Delivery, one: PushSubscription, message: Any, body: dict[str, Any], now: int) -> Try:
    target = webpush.Target(one.endpoint, one.p256dh, one.auth)
    host = webpush.host_of(one.endpoint)
    said = {"web_push": 8030, **body} if host.endswith(webpush.APPLE) else body
    return Try(ids.new_id(), delivery.id, one.device_id, host, target, said, message.id.hex, delivery.urgent, now)


def body_of(message: Any, language: str, *, at_desk: bool = False) -> dict[str, Any]:
    """What is shown outside: the kind's words and where a tap leads. No name, no place, no word of anybody.

    The phone app has no screen for whoever works at a desk alone: there the inbox of the office is opened.
    """
    path = INBOX if at_desk else _screen_of(message)
    return {
        "notification": {
            "title": text("push.title", language),
            "body": text("push.something" if message.kind in UNNAMED else f"message.{message.kind}", language),
            "lang": "en" if language == "en" else "zh-CN",
            "tag": message.id.hex,
            "navigate": f"{current_settings().base_url.rstrip('/')}{path}",
        }
    }


def _screen_of(message: Any) -> str:
    """Of the phone app: the task, the record, else the screen on which this kind of thing stands."""
    if message.task_id:
        return f"/app#/task/{message.task_id}"
    if message.kind in SCREENS:
        return f"/app#/{SCREENS[message.kind]}"
    return f"/app#/record/{message.record_id}" if message.record_id else "/app"


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


def _messages(session: Session, wanted: list[UUID]) -> dict[UUID, Any]:
    """What of each message is needed here."""
    columns = Message.id, Message.kind, Message.task_id, Message.record_id, Message.read_at
    return {row.id: row for row in session.execute(sa.select(*columns).where(Message.id.in_(wanted)))}


def _persons(session: Session, wanted: set[UUID]) -> dict[UUID, Any]:
    columns = Person.id, Person.language, Person.left_on, Person.phone
    return {row.id: row for row in session.execute(sa.select(*columns).where(Person.id.in_(wanted)))}


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
