"""The sweeper that takes messages out of the house, up the ladder: Web Push, then the leader's call list for what is urgent.

One round is three steps, each its own transaction or none: claim what is due and write down each try; send, holding no
lock; write down what came of it. A sweeper that dies in between leaves tries without an outcome. There is one worker and
its rounds follow one another, so whatever is ``sending`` when a round begins was cut: it is noted and tried again as one
more row. The push's topic is the message, so a host that has both keeps one, and the phone shows one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.messages import rules
from server.messages.models import Delivery, DeliveryAttempt, Message, PushHost
from server.people import commands as people
from server.people.models import Device, Person, PushSubscription
from server.platform import webpush
from server.platform.config import current_settings
from server.platform.db import reading, transaction
from server.text import text

EVERY_SECONDS = 2.0
BATCH, AT_ONCE = 64, 16
SHUT = "host_shut"
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


def round_(now: int) -> int:
    """One batch; answers how many deliveries were moved on."""
    if not _is_something_due(now):
        return 0
    with transaction() as session:
        _note_cut(session, now)
        tries, moved = _claim(session, now)
    push = current_settings().push
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(_sender(push), tries))
    if tries:
        with transaction() as session:
            _settle(session, list(zip(tries, answers, strict=True)), push.retry_seconds)
    return moved


def _sender(push: webpush.PushSettings) -> Callable[[Try], webpush.Answer]:
    def send(one: Try) -> webpush.Answer:
        urgency, ttl = "high" if one.urgent else "normal", rules.KEPT_FOR_S[one.urgent]
        return webpush.send(one.target, one.body, push, one.begun_at, ttl=ttl, urgency=urgency, topic=one.topic)

    return send


def _is_something_due(now: int) -> bool:
    due = sa.or_(Delivery.state == "sending", sa.and_(Delivery.state == "waiting", Delivery.due_at <= now))
    with reading() as session:
        return session.scalar(sa.select(Delivery.id).where(due).limit(1)) is not None


def _note_cut(session: Session, now: int) -> None:
    """What an earlier sweeper had under way when it died: nobody knows whether it arrived."""
    for delivery in session.scalars(sa.select(Delivery).where(Delivery.state == "sending")):
        open_tries = sa.and_(DeliveryAttempt.delivery_id == delivery.id, DeliveryAttempt.outcome.is_(None))
        session.execute(sa.update(DeliveryAttempt).where(open_tries).values(outcome=rules.CUT))
        if delivery.tries >= rules.MOST_TRIES:
            _end(session, delivery, rules.Next("undelivered", rules.CUT), now)
        else:
            delivery.state, delivery.due_at = "waiting", now
    session.flush()


def _claim(session: Session, now: int) -> tuple[list[Try], int]:
    """Due deliveries become ``sending`` with a row for each try, or end at once; answers the tries, and how many moved."""
    due = sa.and_(Delivery.state == "waiting", Delivery.due_at <= now)
    urgent_first = sa.select(Delivery).where(due).order_by(Delivery.urgent.desc(), Delivery.due_at).limit(BATCH)
    found = session.scalars(urgent_first).all()
    messages = _by_id(session, Message, [delivery.message_id for delivery in found])
    persons = _by_id(session, Person, [delivery.person_id for delivery in found])
    devices = _subscriptions(session, list(persons))
    hosts = _Hosts(session, now)
    is_on = current_settings().push.is_on
    tries: list[Try] = []
    for delivery in found:
        message, own = messages[delivery.message_id], devices[delivery.person_id]
        reach = [one for one in own if hosts.may_knock(webpush.host_of(one.endpoint))]
        if message.read_at is not None:
            _end(session, delivery, rules.Next("delivered", "read"), now)
        elif not is_on or not own:
            _end(session, delivery, rules.Next("undelivered", "no_subscription" if is_on else "push_off"), now)
        elif not reach:
            _put_off(session, delivery, hosts.open_from(webpush.host_of(one.endpoint) for one in own), now)
        else:
            delivery.state, delivery.due_at, delivery.tries = "sending", None, delivery.tries + 1
            body = body_of(message, persons[delivery.person_id].language or "zh")
            tries += [_try(session, delivery, one, message, body, now) for one in reach]
    return tries, len(found)


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


def _try(
    session: Session, delivery: Delivery, one: PushSubscription, message: Message, body: dict[str, Any], now: int
) -> Try:
    attempt = DeliveryAttempt(
        id=ids.new_id(), delivery_id=delivery.id, device_id=one.device_id, number=delivery.tries, at=now
    )
    session.add(attempt)
    target = webpush.Target(one.endpoint, one.p256dh, one.auth)
    said = {"web_push": 8030, **body} if _is_apple(one.endpoint) else body
    return Try(attempt.id, delivery.id, one.device_id, target, said, message.id.hex, delivery.urgent, now)


def _settle(session: Session, made: list[tuple[Try, webpush.Answer]], base_s: float) -> None:
    """What came of each try: attempts, hosts, forgotten subscriptions, and what each delivery does next."""
    now = clock.now()
    by_delivery: dict[UUID, list[tuple[str, int | None]]] = defaultdict(list)
    by_host: dict[str, list[str]] = defaultdict(list)
    for one, answer in made:
        outcome = rules.meaning(answer.status, answer.trouble)
        noted = {"status": answer.status, "outcome": outcome}
        session.execute(sa.update(DeliveryAttempt).where(DeliveryAttempt.id == one.attempt_id).values(**noted))
        by_delivery[one.delivery_id].append((outcome, answer.retry_after))
        by_host[webpush.host_of(one.target.endpoint)].append(outcome)
        if outcome == rules.GONE:
            people.forget_subscription(session, one.device_id, one.begun_at)
    for host, outcomes in by_host.items():
        _note_host(session, host, outcomes, now, base_s)
    for delivery in _by_id(session, Delivery, list(by_delivery)).values():
        age_s = (now - delivery.made_at) / 1000
        _end(
            session,
            delivery,
            rules.after(by_delivery[delivery.id], delivery.tries, age_s, delivery.urgent, base_s),
            now,
        )


def _note_host(session: Session, host: str, outcomes: list[str], now: int, base_s: float) -> None:
    kept = session.get(PushHost, host)
    if kept is None:
        session.add(kept := PushHost(host=host, failures=0, shut_until=0))
    kept.failures, kept.shut_until = rules.breaker(kept.failures, outcomes, now, base_s)


def _put_off(session: Session, delivery: Delivery, until: int, now: int) -> None:
    """Every host of this person is left alone for a while: what is urgent goes up the ladder, the rest waits its time."""
    if until - delivery.made_at > rules.KEPT_FOR_S[delivery.urgent] * 1000 or delivery.urgent:
        _end(session, delivery, rules.Next("undelivered", SHUT), now)
    else:
        delivery.due_at = until


def _end(session: Session, delivery: Delivery, what: rules.Next, now: int) -> None:
    delivery.state, delivery.reason = what.state, what.reason
    if what.wait_s is not None:
        delivery.due_at = now + int(what.wait_s * 1000)
        return
    delivery.due_at, delivery.ended_at = None, now
    if what.state == "undelivered" and delivery.urgent:
        session.add(_to_call(delivery, now))


def _to_call(delivery: Delivery, now: int) -> Delivery:
    """The next rung: somebody rings this person up."""
    return Delivery(
        id=ids.new_id(),
        county_code=delivery.county_code,
        message_id=delivery.message_id,
        person_id=delivery.person_id,
        channel="call",
        urgent=True,
        state="call_list",
        reason=delivery.reason,
        made_at=now,
    )


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


def _is_apple(endpoint: str) -> bool:
    return webpush.host_of(endpoint).endswith(webpush.APPLE)


def _by_id(session: Session, table: Any, wanted: list[UUID]) -> dict[UUID, Any]:
    return {row.id: row for row in session.scalars(sa.select(table).where(table.id.in_(wanted)))}


def _subscriptions(session: Session, persons: list[UUID]) -> dict[UUID, list[PushSubscription]]:
    statement = (
        sa.select(PushSubscription)
        .join(Device, Device.id == PushSubscription.device_id)
        .join(Person, Person.id == PushSubscription.person_id)
        .where(PushSubscription.person_id.in_(persons), Device.revoked_at.is_(None))
        .where(sa.or_(Person.left_on.is_(None), Person.left_on > clock.today()))
    )
    own: dict[UUID, list[PushSubscription]] = defaultdict(list)
    for one in session.scalars(statement):
        own[one.person_id].append(one)
    return own
