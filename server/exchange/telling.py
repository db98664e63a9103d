"""The sweeper that tells other systems of changes: ids and kinds alone, signed; who wants more fetches it by the token.

One round: look for steps taken since the last one (ids of steps are made by this server's clock, and a step may become
visible some time after its id: each look begins a little earlier, and a unique key keeps each notice single); write down
the try with the moment of the next one; call, holding no lock; write down what came of it. A worker that dies in between
has lost nothing: what was tried is due again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import requests
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.areas.queries import units_under
from server.cases.models import CaseFile, CaseStep
from server.exchange import queries, rules
from server.exchange.models import ExchangeHook, ExchangeNotice, ExchangeToken
from server.kernel import clock, ids
from server.platform import webpush
from server.platform.config import current_settings
from server.platform.db import reading, transaction, upsert
from server.platform.logs import log
from server.platform.pushing import ANSWER_SECONDS, CONNECT_SECONDS, NOT_SENT, SILENT, UNREACHABLE, Answer, seconds
from server.records.models import Record, RecordStep

EVERY_SECONDS = 10.0
OVERLAP_MS = 2 * 60_000  # longer than any transaction
MOST_STEPS, MOST_TOLD, MOST_HOOKS, MOST_DROPPED = 500, 50, 20, 1000
KEPT_MS = 92 * clock.DAY_MS


@dataclass(frozen=True)
class Call:
    """What one webhook is told at once."""

    hook_id: UUID
    url: str
    secret: str
    notices: tuple[UUID, ...]
    body: bytes
    at: int


def round_(now: int) -> int:
    """One batch; answers how many notices were found or tried."""
    with reading() as session:
        hooks = [hook.id for hook in _live_hooks(session)]
    found = 0
    for hook_id in hooks:
        with transaction() as session:
            session.expunge_all()
            found += _look(session, hook_id, now)
    with transaction() as session:
        session.expunge_all()
        calls = _claim(session, now)
    for call in calls:
        answer = _send(call)
        with transaction() as session:
            session.expunge_all()
            _settle(session, call, answer)
    return found + sum(len(call.notices) for call in calls)


def drop_old(session: Session, now: int) -> int:
    """Notices that are over and older than three months."""
    old = (
        sa.select(ExchangeNotice.id)
        .where(ExchangeNotice.state != rules.WAITING, ExchangeNotice.made_at < now - KEPT_MS)
        .limit(MOST_DROPPED)
    )
    ended = list(session.scalars(old))
    session.execute(sa.delete(ExchangeNotice).where(ExchangeNotice.id.in_(ended)))
    return len(ended)


def _live_hooks(session: Session) -> list[ExchangeHook]:
    today = clock.today()
    statement = (
        sa.select(ExchangeHook)
        .join(ExchangeToken, ExchangeToken.id == ExchangeHook.token_id)
        .where(ExchangeHook.ended_at.is_(None), ExchangeToken.revoked_at.is_(None), ExchangeToken.last_day >= today)
        .order_by(ExchangeHook.id)
    )
    return list(session.scalars(statement))


# -- what is new -------------------------------------------------------------------------------------------------------


def _look(session: Session, hook_id: UUID, now: int) -> int:
    """Notices of steps taken since the last look; answers how many are new."""
    hook = session.get_one(ExchangeHook, hook_id)
    token = session.get_one(ExchangeToken, hook.token_id)
    units = frozenset(units_under(session, [token.area_unit]))
    since = _first_id(hook.looked_at - OVERLAP_MS)
    steps: set[tuple[str, UUID, int]] = set()
    cut_at: list[int] = []
    for scope in sorted(set(hook.kinds) & set(token.scopes)):
        changes = _CHANGES[scope](session, token.county_code, units, since, hook.made_at)
        steps |= {(rules.NOTICED[scope], object_id, version) for _, object_id, version in changes}
        if len(changes) == MOST_STEPS:
            cut_at.append(changes[-1][0].int >> 80)
    told = set(
        session.execute(
            sa.select(ExchangeNotice.kind, ExchangeNotice.object_id, ExchangeNotice.version).where(
                ExchangeNotice.hook_id == hook_id, ExchangeNotice.object_id.in_({one[1] for one in steps})
            )
        ).tuples()
    )
    new = sorted(steps - told, key=str)
    rows: list[dict[str, Any]] = [
        {
            "id": ids.new_id(), "hook_id": hook_id, "kind": kind, "object_id": object_id, "version": version,
            "made_at": now, "state": rules.WAITING, "due_at": now, "tries": 0,
        }
        for kind, object_id, version in new
    ]  # fmt: skip
    upsert(session, ExchangeNotice, rows, ["hook_id", "kind", "object_id", "version"], update=[])
    hook.looked_at = min(cut_at) + OVERLAP_MS if cut_at else now
    return len(rows) + len(cut_at)


def _first_id(at: int) -> UUID:
    """The least id that could be made at this moment."""
    return UUID(int=at << 80)


Changes = Sequence[tuple[UUID, UUID, int]]


def _record_changes(session: Session, county: str, units: frozenset[UUID], since: UUID, made_at: int) -> Changes:
    statement = (
        sa.select(RecordStep.id, Record.id, RecordStep.version)
        .join(Record, Record.id == RecordStep.record_id)
        .join(Grid, Grid.id == Record.grid_id)
        .where(queries.may_leave(session, county), Grid.village_id.in_(units))
    )
    return _after(session, statement, RecordStep.id, since, made_at)


def _case_changes(session: Session, county: str, units: frozenset[UUID], since: UUID, made_at: int) -> Changes:
    statement = (
        sa.select(CaseStep.id, CaseFile.id, CaseStep.version)
        .join(CaseFile, CaseFile.id == CaseStep.case_id)
        .join(Grid, Grid.id == CaseFile.grid_id)
        .outerjoin(Record, Record.id == CaseFile.record_id)
        .where(queries.case_may_leave(session, county), Grid.village_id.in_(units))
    )
    return _after(session, statement, CaseStep.id, since, made_at)


def _after(session: Session, statement: Any, key: Any, since: UUID, made_at: int) -> Changes:
    """The next steps in order; none from before the webhook was made."""
    begin = max(since, _first_id(made_at))
    return list(session.execute(statement.where(key >= begin).order_by(key).limit(MOST_STEPS)).all())


_CHANGES: Mapping[str, Any] = {rules.RECORDS: _record_changes, rules.CASES: _case_changes}


# -- telling -----------------------------------------------------------------------------------------------------------


def _claim(session: Session, now: int) -> list[Call]:
    """What is due, a batch for each webhook, with the try written down; what may no longer be told is given up."""
    live = {hook.id: hook for hook in _live_hooks(session)}
    due = sa.and_(ExchangeNotice.state == rules.WAITING, ExchangeNotice.due_at <= now)
    _give_up(session, sa.and_(due, ExchangeNotice.hook_id.not_in(list(live))))
    calls = []
    open_hooks = [hook for hook in live.values() if hook.shut_until <= now]
    for hook in open_hooks[:MOST_HOOKS]:
        mine = sa.select(ExchangeNotice).where(due, ExchangeNotice.hook_id == hook.id)
        found = list(session.scalars(mine.order_by(ExchangeNotice.made_at, ExchangeNotice.id).limit(MOST_TOLD)))
        for notice in found:
            notice.tries += 1
            notice.tried_at, notice.due_at = now, now + 1000 * rules.wait_s(notice.tries, None)
        if found:
            calls.append(_call(hook, found, now))
    session.flush()
    return calls


def _call(hook: ExchangeHook, notices: list[ExchangeNotice], now: int) -> Call:
    told = [
        {
            "id": str(one.id),
            "kind": one.kind,
            "object_id": str(one.object_id),
            "version": one.version,
            "at": one.made_at,
        }
        for one in notices
    ]
    body = orjson.dumps({"hook_id": str(hook.id), "sent_at": now, "notices": told})
    return Call(hook.id, hook.url, hook.secret, tuple(one.id for one in notices), body, now)


def _give_up(session: Session, which: sa.ColumnElement[bool]) -> None:
    ended = {"state": rules.GIVEN_UP, "outcome": rules.OUT_OF_SCOPE}
    session.execute(sa.update(ExchangeNotice).where(which).values(**ended).execution_options(synchronize_session=False))


def _send(call: Call) -> Answer:
    """One call, five seconds at most, no redirect followed. Never raises."""
    if not webpush.may_go_to(call.url, current_settings().hook_hosts):
        return Answer(None, NOT_SENT)
    at_s = call.at // 1000
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "gridwalk-webhook/1",
        "X-Gridwalk-Timestamp": str(at_s),
        "X-Gridwalk-Signature": rules.signature(call.secret, at_s, call.body),
    }
    try:
        with requests.post(
            call.url,
            data=call.body,
            headers=headers,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Answer(answer.status_code, None, seconds(answer.headers.get("Retry-After", "")))
    except requests.Timeout:
        return Answer(None, SILENT)
    except requests.RequestException:
        return Answer(None, UNREACHABLE)
    except Exception as error:
        log().warning("webhook_not_sent", error=type(error).__name__)
        return Answer(None, NOT_SENT)


def _settle(session: Session, call: Call, answer: Answer) -> None:
    is_accepted = rules.is_accepted(answer.status)
    now, next_try = clock.now(), 0
    for notice in session.scalars(sa.select(ExchangeNotice).where(ExchangeNotice.id.in_(call.notices))):
        notice.status, notice.outcome = answer.status, answer.trouble
        notice.state = rules.after(is_accepted, notice.tries)
        if notice.state == rules.WAITING:
            notice.due_at = now + 1000 * rules.wait_s(notice.tries, answer.retry_after)
            next_try = max(next_try, notice.due_at)
    hook = session.get_one(ExchangeHook, call.hook_id)
    hook.shut_until = 0 if is_accepted else min(next_try, now + 1000 * rules.FIRST_WAIT_S) if next_try else 0
    session.flush()
