"""Acts that lean on what a restore has lost and another phone has yet to bring back: held, tried again, given up.

For seven days after a restore an act is held when it names a version that is not there yet, or a row that is not there
at all. Whatever is applied meanwhile wakes the acts that waited for it, and those that waited for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.platform import streams
from server.platform.db import remember
from server.records.rules import Act
from server.sync import epochs, rules
from server.sync.models import MutationLog
from server.sync.mutations import MUTATIONS, Mutation, object_named
from server.sync.running import Result, answer_of, load, run
from server.sync.scoping import VERSIONED, holder_at

Row = tuple[str, UUID]
NAMES_A_ROW: Mapping[str, str] = {
    "household_id": "household",
    "place_id": "place",
    "hazard_id": "record",
    "mediation_id": "record",
    "task_id": "task",
    "case_id": "case",
    "record_id": "record",
}


def may_hold(session: Session) -> bool:
    """Only for seven days after a restore is anything held; a day more, so that nothing held is forgotten."""
    return remember(session, "may_hold", lambda: epochs.began_within(session, rules.HELD_MS + clock.DAY_MS))


def missing(session: Session, mutation: Mutation, loaded: Mapping[str, Any], base_version: int | None) -> Row | None:
    """The first row that this act leans on and that is not there, or not yet in the version named; None when all are."""
    object_id = object_named(mutation, loaded)
    if base_version is not None and object_id is not None and mutation.object_kind in VERSIONED:
        table = VERSIONED[mutation.object_kind]
        version = session.scalar(sa.select(table.version).where(table.id == object_id))
        if version is None or version < base_version:
            return mutation.object_kind, object_id
    for kind, row_id in _rows_named(loaded):
        if session.scalar(sa.select(VERSIONED[kind].id).where(VERSIONED[kind].id == row_id)) is None:
            return kind, row_id
    return None


def _rows_named(loaded: Mapping[str, Any]) -> Iterator[Row]:
    """Rows that other phones may have made; a patrol may be named before it comes, plans are the office's."""
    changes = loaded.get("changes")
    for part in (loaded, changes if isinstance(changes, Mapping) else {}):
        checks = part.get("checks")
        for told in (part, *(c for c in (checks if isinstance(checks, list) else []) if isinstance(c, Mapping))):
            for name, kind in NAMES_A_ROW.items():
                found = _id(told.get(name))
                if found is not None:
                    yield kind, found
    if loaded.get("kind") == "record" and isinstance(loaded.get("object_id"), UUID):  # a look at it
        yield "record", loaded["object_id"]


def _id(value: Any) -> UUID | None:
    """The fields of a change are still as the phone wrote them."""
    return value if isinstance(value, UUID) else parse_id(value)


def try_held(session: Session, object_id: UUID) -> None:
    """This row has moved: acts that waited for it are tried again, oldest first, until nothing moves any more."""
    moved = [object_id]
    while moved:
        waiting = (
            sa.select(MutationLog)
            .where(MutationLog.outcome == "held", MutationLog.object_id == moved.pop(0))
            .order_by(MutationLog.received_at, MutationLog.id)
        )
        moved += [woken for held in list(session.scalars(waiting)) if (woken := _try(session, held)) is not None]


def give_up_held(session: Session, now: int, limit: int = 200) -> int:
    """Held for seven days and what it leans on never came: refused, and kept like every refusal. Returns how many.

    Others are looked at once more: what they wait for may have come in the very moment in which they were held.
    """
    held = sa.select(MutationLog).where(MutationLog.outcome == "held")
    for waiting in list(session.scalars(held.order_by(MutationLog.received_at, MutationLog.id).limit(limit))):
        if waiting.outcome == "held" and (woken := _try(session, waiting)) is not None:
            try_held(session, woken)
    found = list(session.scalars(held.where(MutationLog.received_at < now - rules.HELD_MS).limit(limit)))
    for waiting in found:
        _finish(session, waiting, Result("refused", Problem("base_version_missing")))
    return len(found)


def _try(session: Session, held: MutationLog) -> UUID | None:
    """Apply it if nothing is missing any more; the id of the row that it moved, if it moved one."""
    mutation, now = MUTATIONS[held.name], clock.now()
    loaded = load(mutation, held.version, held.payload)
    lacks = missing(session, mutation, loaded, held.base_version)
    if lacks is not None:
        held.object_kind, held.object_id = lacks
        return None
    holder = holder_at(session, held.person_id, held.scope_version, held.acted_at, now)
    if holder is None:
        return _finish(session, held, Result("refused", Problem("scope_ended")))
    act = Act(holder, held.acted_at, False, now, held.base_version, entered_by=held.taken_in_by)
    return _finish(session, held, run(session, mutation, act, loaded))


def _finish(session: Session, held: MutationLog, result: Result) -> UUID | None:
    mutation = MUTATIONS[held.name]
    held.object_kind = mutation.object_kind
    held.object_id = object_named(mutation, load(mutation, held.version, held.payload))
    held.outcome = result.outcome
    held.problem_code = result.problem.code if result.problem else None
    held.answer = answer_of(held.id, held.hash, result, clock.now())
    session.flush()
    streams.put(session, stream_keys.person(held.person_id), "outcome", held.id)
    return result.applied.object_id
