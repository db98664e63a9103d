"""Retention: what would be deleted today (a dry run), and the run of the night. Only what a county has set a figure for.

A hold (``privacy.queries.held_ids``) stops each thing that it names, in the dry run as in the run itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import counties
from server.kernel import clock
from server.platform import audit
from server.platform.anchors import hand_out, start_of
from server.platform.chain import AuditEntry
from server.platform.db import in_one_transaction, reading
from server.privacy import figures, keeping
from server.privacy.keeping import AFTER_ALL, BATCH, Keeping
from server.privacy.queries import held_ids

MOST_COUNTED = 20_000
AUDIT = ("audit_rows", "audit_chain")


@dataclass(frozen=True)
class Trial:
    """What a run would do with one class: ``due`` things, of which a hold keeps ``held``. Without a figure: nothing."""

    name: str
    due: int = 0
    held: int = 0
    is_set: bool = False
    has_more: bool = False


def try_out(session: Session, county_code: str, now: int) -> dict[str, Trial]:
    """The dry run for one county; nothing is changed."""
    set_now = figures.in_force(session, county_code, clock.day_of(now))
    found = {}
    for one in keeping.keepings():
        figure = set_now.get(one.name)
        found[one.name] = _count(session, one, county_code, _cutoff(now, figure.value)) if figure else Trial(one.name)
    return {**found, **_try_audit(session, now)}


def _cutoff(now: int, days: int) -> int:
    return now - days * clock.DAY_MS


def _count(session: Session, one: Keeping, county_code: str, cutoff: int) -> Trial:
    due = held = 0
    after = AFTER_ALL
    while due < MOST_COUNTED:
        rows = one.due(session, county_code, cutoff, after, BATCH)
        if not rows:
            return Trial(one.name, due, held, is_set=True)
        due, held, after = due + len(rows), held + len(_held_of(session, rows)), rows[-1].id
    return Trial(one.name, due, held, is_set=True, has_more=True)


def _held_of(session: Session, rows: list[keeping.Due]) -> set[uuid.UUID]:
    held = held_ids(session, {named for row in rows for named in row.named})
    return {row.id for row in rows if row.named & held}


def _try_audit(session: Session, now: int) -> dict[str, Trial]:
    found = {name: Trial(name) for name in AUDIT}
    through = _audit_through(session, "audit_rows", now)
    if through is not None:
        due = held = after = 0
        while rows := keeping.due_audit_rows(session, through, after, BATCH):
            due, held, after = due + len(rows), held + len(_held_of(session, [r[2] for r in rows])), rows[-1][0]
            if due >= MOST_COUNTED:
                break
        found["audit_rows"] = Trial("audit_rows", due, held, is_set=True, has_more=due >= MOST_COUNTED)
    closing = _audit_through(session, "audit_chain", now)
    if closing is not None and through is not None:
        last = min(closing, through)
        older = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.seq <= last)
        found["audit_chain"] = Trial("audit_chain", session.scalar(older) or 0, is_set=True)
    return found


def _audit_through(session: Session, name: str, now: int) -> int | None:
    """The last number whose time is over; None where a county has set no figure."""
    days = figures.longest_of_all(session, name, clock.day_of(now))
    return None if days is None else keeping.last_linked_before(session, _cutoff(now, days))


# -- the run -----------------------------------------------------------------------------------------------------------


def run(now: int) -> int:
    """Every county and class, batch by batch, each in a transaction of its own; answers how many things were forgotten.

    What was done stands in the audit log by class and number. For the worker and ``flask retention``.
    """
    today = clock.day_of(now)
    with reading() as session:
        codes = sorted({unit.county_code for unit in counties(session)})
        set_now = {code: {n: f.value for n, f in figures.in_force(session, code, today).items()} for code in codes}
    total = 0
    for code in codes:
        done = {
            one.name: _forget_class(one, code, _cutoff(now, set_now[code][one.name]))
            for one in keeping.keepings()
            if one.name in set_now[code]
        }
        _note(code, done)
        total += sum(done.values())
    return total + _run_audit(now)


def _forget_class(one: Keeping, county_code: str, cutoff: int) -> int:
    done, after = 0, AFTER_ALL
    while True:
        last, count = in_one_transaction(lambda session, after=after: _forget_batch(session, one, county_code, cutoff, after))  # type: ignore[misc]  # fmt: skip
        if last is None:
            return done
        done, after = done + count, last


def _forget_batch(
    session: Session, one: Keeping, county_code: str, cutoff: int, after: uuid.UUID
) -> tuple[uuid.UUID | None, int]:
    rows = one.due(session, county_code, cutoff, after, BATCH)
    if not rows:
        return None, 0
    held = _held_of(session, rows)
    free = [row.id for row in rows if row.id not in held]
    if free:
        one.forget(session, free)
    return rows[-1].id, len(free)


def _run_audit(now: int) -> int:
    with reading() as session:
        through, closing = _audit_through(session, "audit_rows", now), _audit_through(session, "audit_chain", now)
    done = after = 0
    while through and (found := in_one_transaction(_audit_batch(through, after, now))):
        after, count = found
        done += count
    if through and closing:

        def close(session: Session) -> int:
            return keeping.close_audit_chain(session, closing, now) if closing > start_of(session).seq else 0

        closed = in_one_transaction(close)
        _note("", {"audit_chain": closed})
    _note("", {"audit_rows": done})
    hand_out(now)  # nothing of the log is gone behind an anchor that nobody else has
    return done


def _audit_batch(through: int, after: int, now: int) -> Callable[[Session], tuple[int, int] | None]:
    def work(session: Session) -> tuple[int, int] | None:
        rows = keeping.due_audit_rows(session, through, after, BATCH)
        if not rows:
            return None
        held = _held_of(session, [row[2] for row in rows])
        free = [(name, due.id) for _seq, name, due in rows if due.id not in held]
        if free:
            keeping.forget_audit_rows(session, through, free, now)
        return rows[-1][0], len(free)

    return work


def _note(county_code: str, done: dict[str, Any]) -> None:
    told = {name: count for name, count in done.items() if count}
    if told:
        in_one_transaction(lambda session: audit.note(session, "retention.run", county_code=county_code, details=told))


def nightly(now: int) -> int:
    """The worker's round, once a day."""
    run(now)
    return 0
