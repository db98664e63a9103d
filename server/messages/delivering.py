"""The sweeper that takes messages out of the house, up each person's ladder (``ladder.py``).

One round is three steps, each its own transaction or none: claim what is due and write down each try; send, holding no
lock; write down what came of it. The longer work of each is done before its transaction, since SQLite has one writer.
A sweeper that dies in between leaves tries without an outcome. There is one worker and its rounds follow one another, so
whatever is ``sending`` when a round begins was cut: it is noted and tried again as one more row. The push's topic is the
message, so a host that has both keeps one, and the phone shows one.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.messages import claiming, ladder, rules
from server.messages.claiming import EVERY_SECONDS
from server.messages.claims import Claim, Note, Try
from server.messages.ladder import change
from server.messages.models import Channel, Delivery, DeliveryAttempt, PushHost
from server.people import commands as people
from server.platform import channels, webpush
from server.platform.config import current_settings
from server.platform.db import reading, transaction
from server.platform.pushing import Answer, Pusher

__all__ = ["EVERY_SECONDS", "round_"]
AT_ONCE = 32
MOST_WAITS = 6  # of ten seconds each on SQLite
_pushers: dict[webpush.PushSettings, Pusher] = {}


def round_(now: int) -> int:
    """One batch; answers how many deliveries were moved on."""
    with reading() as session:
        if not claiming.is_something_due(session, now):
            _hang_up()
            return 0
    with _afresh() as session:
        claiming.note_cut(session, now)
        looked_at = ladder.climb_unseen(session, now)
    with reading() as session:
        claim = claiming.plan(session, now)
    with _afresh() as session:
        claiming.write(session, claim)
    answers = _send_pushes(claim.tries)
    heard = _call(claim.notes)
    if claim.tries or claim.notes:
        _write_down(claim, answers, heard)
    return len(claim.deliveries) + looked_at


@contextmanager
def _afresh() -> Iterator[Session]:
    """A transaction that reads rows anew: the steps write by statements, which objects read earlier know nothing of."""
    with transaction() as session:
        session.expunge_all()
        yield session


def _pusher() -> Pusher:
    """Kept from round to round while there is something to send, with its open connections."""
    settings = current_settings().push
    if settings not in _pushers:
        _pushers[settings] = Pusher(settings, AT_ONCE)
    return _pushers[settings]


def _hang_up() -> None:
    while _pushers:
        _pushers.popitem()[1].close()


def _send_pushes(tries: list[Try]) -> list[Answer | None]:
    """The answer to each; None = not tried, since its host met trouble three times in a row in this very round."""
    pusher, trouble = _pusher(), _Trouble()

    def send(one: Try) -> Answer | None:
        host = one.host
        if trouble.is_shut(host):
            return None
        urgency, ttl = "high" if one.urgent else "normal", rules.KEPT_FOR_S[one.urgent]
        answer = pusher.send(one.target, one.body, one.begun_at, ttl=ttl, urgency=urgency, topic=one.topic)
        trouble.note(host, rules.meaning(answer.status, answer.trouble))
        return answer

    if not tries:
        return []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, tries))


def _call(notes: list[Note]) -> list[tuple[Note, Answer | None]]:
    """The answer to each, one after the other; None = not called, since its channel met trouble three times in a row."""
    trouble, heard = _Trouble(), list[tuple[Note, Answer | None]]()
    for note in notes:
        way = str(note.channel_id)
        if trouble.is_shut(way):
            heard.append((note, None))
            continue
        answer = channels.send(note.address, note.title, note.body, note.phone)
        trouble.note(way, rules.meaning(answer.status, answer.trouble))
        heard.append((note, answer))
    return heard


class _Trouble:
    """The circuit breakers within one round, so that a silent host does not hold it up with every message it has."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def is_shut(self, host: str) -> bool:
        return self._failures[host] >= rules.OPENS_AFTER

    def note(self, host: str, outcome: str) -> None:
        with self._lock:
            self._failures[host] = self._failures[host] + 1 if outcome in rules.TROUBLED else 0


def _write_down(claim: Claim, answers: list[Answer | None], heard: list[tuple[Note, Answer | None]]) -> None:
    """What was sent is sent: a database that others hold for long, such as the worker's other lane, is waited for, or the same
    would be sent once more. Raises OperationalError when it stays shut."""
    for left in reversed(range(MOST_WAITS)):
        try:
            with _afresh() as session:
                _settle(session, claim, answers, heard)
            return
        except sa.exc.OperationalError:
            if not left:
                raise


def _settle(
    session: Session, claim: Claim, answers: list[Answer | None], heard: list[tuple[Note, Answer | None]]
) -> None:
    """What came of each try: attempts, hosts, forgotten subscriptions, and what each delivery does next."""
    now, base_s = clock.now(), current_settings().push.retry_seconds
    outcomes: dict[UUID, list[tuple[str, int | None]]] = defaultdict(list)
    noted: dict[tuple[int | None, str], list[UUID]] = defaultdict(list)
    by_host: dict[str, list[str]] = defaultdict(list)
    put_back: list[Try] = []
    for one, answer in zip(claim.tries, answers, strict=True):
        if answer is None:
            put_back.append(one)
            continue
        outcome = rules.meaning(answer.status, answer.trouble)
        noted[answer.status, outcome].append(one.attempt_id)
        outcomes[one.delivery_id].append((outcome, answer.retry_after))
        by_host[one.host].append(outcome)
        if outcome == rules.GONE:
            people.forget_subscription(session, one.device_id, one.begun_at)
    for (status, outcome), same in noted.items():
        told = {"status": status, "outcome": outcome}
        change(session, sa.update(DeliveryAttempt).where(DeliveryAttempt.id.in_(same)).values(**told))
    for note, answer in heard:
        if answer is None:
            _take_back(session, _tries_of(note), set(note.deliveries), now)
        else:
            _note_call(session, note, answer, outcomes, now, base_s)
    for host, told_by_host in by_host.items():
        _note_host(session, host, told_by_host, now, base_s)
    _put_back(session, put_back, set(outcomes), now)
    sent = {claim.deliveries[delivery_id]: told for delivery_id, told in outcomes.items()}
    ladder.end(session, {one: _next(one, told, now, base_s) for one, told in sent.items()}, now)


def _next(one: Delivery, outcomes: list[tuple[str, int | None]], now: int, base_s: float) -> rules.Next:
    return rules.after(outcomes, one.tries + 1, (now - one.made_at) / 1000, one.urgent, base_s)


def _put_back(session: Session, tries: Iterable[Try], tried: set[UUID], now: int) -> None:
    """Nothing was sent for these, so no try of theirs stands in a row. A person's other device may have been tried."""
    attempts = [one.attempt_id for one in tries]
    if not attempts:
        return
    untouched = {one.delivery_id for one in tries} - tried
    _take_back(session, DeliveryAttempt.id.in_(attempts), untouched, now)


def _take_back(session: Session, attempts: sa.ColumnElement[bool], untouched: set[UUID], now: int) -> None:
    change(session, sa.delete(DeliveryAttempt).where(attempts))
    waits = {"state": "waiting", "due_at": now, "tries": Delivery.tries - 1}
    change(session, sa.update(Delivery).where(Delivery.id.in_(untouched)).values(**waits))


def _note_call(
    session: Session,
    note: Note,
    answer: Answer,
    outcomes: dict[UUID, list[tuple[str, int | None]]],
    now: int,
    base_s: float,
) -> None:
    outcome = rules.meaning(answer.status, answer.trouble)
    change(session, sa.update(DeliveryAttempt).where(_tries_of(note)).values(status=answer.status, outcome=outcome))
    for delivery_id in note.deliveries:
        outcomes[delivery_id].append((rules.REFUSED if outcome == rules.GONE else outcome, answer.retry_after))
    channel = session.get_one(Channel, note.channel_id)
    channel.failures, shut_until = rules.breaker(channel.failures, [outcome], now, base_s)
    channel.free_at = max(channel.free_at, shut_until, now + (answer.retry_after or 0) * 1000)


def _tries_of(note: Note) -> sa.ColumnElement[bool]:
    """The tries of one call that have no outcome yet."""
    return sa.and_(
        DeliveryAttempt.delivery_id.in_(note.deliveries),
        DeliveryAttempt.device_id == note.channel_id,
        DeliveryAttempt.outcome.is_(None),
    )


def _note_host(session: Session, host: str, outcomes: list[str], now: int, base_s: float) -> None:
    kept = session.get(PushHost, host)
    if kept is None:
        session.add(kept := PushHost(host=host, failures=0, shut_until=0))
    kept.failures, kept.shut_until = rules.breaker(kept.failures, outcomes, now, base_s)
