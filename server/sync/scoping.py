"""Under which scope an act counts, and which rows its author may be shown now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.models import CaseFile
from server.households.models import Household, Place
from server.kernel import clock, stream_keys
from server.kernel.problems import Conflict
from server.people.commands import current_scope
from server.people.models import ScopeSnapshot
from server.people.queries import scope_numbered
from server.people.rules import Holder
from server.people.scopes import holder_from_json
from server.platform.db import remember
from server.platform.looks import note_look
from server.records.models import Record
from server.records.rules import DRIFT_MS
from server.sync import rules
from server.sync.feeds import FEEDS
from server.tasks.models import Task

VERSIONED: Mapping[str, Any] = {
    "record": Record,
    "household": Household,
    "place": Place,
    "task": Task,
    "case": CaseFile,
}
STREAM_OF: Mapping[str, Callable[[Any], str]] = {
    "record": lambda row: row.stream,
    "household": lambda row: stream_keys.micro(row.micro_grid_id),
    "place": lambda row: stream_keys.grid(row.grid_id),
    "task": lambda row: row.stream,
    "case": lambda row: row.stream,
}


class _Scope(NamedTuple):
    version: int
    holder: Holder
    to_at: int | None


def seed_scope(session: Session, snapshot: ScopeSnapshot) -> None:
    """The scope of now, just read: most acts of a push name it."""
    remember(session, ("scope", snapshot.person_id, snapshot.version), lambda: _read(snapshot))


def holder_at(session: Session, person_id: UUID, scope_version: int | None, acted_at: int, now: int) -> Holder | None:
    """The person's scope for an act: the one it names, unless the act is later than that scope; then the one in force.

    None when the scope named ended more than 30 days ago. A phone in the field does not know yet that its scope is about
    to end: a scope ends when the server first hears of that person after the change, and a little later for one act.
    """
    named = remember(session, ("scope", person_id, scope_version), lambda: _named(session, person_id, scope_version))
    if named is None or (named.to_at is not None and now - named.to_at > rules.SCOPE_GRACE_MS):
        return None
    if named.to_at is None or acted_at <= named.to_at + DRIFT_MS:
        return named.holder
    return _in_force(session, person_id, named.version, acted_at).holder


def _named(session: Session, person_id: UUID, scope_version: int | None) -> _Scope | None:
    snapshot = scope_numbered(session, person_id, scope_version or 0)
    if snapshot is None:  # a number from before a restore, or none given: the newest counts
        statement = sa.select(ScopeSnapshot).where(ScopeSnapshot.person_id == person_id)
        snapshot = session.scalars(statement.order_by(ScopeSnapshot.version.desc()).limit(1)).first()
    return _read(snapshot) if snapshot is not None else None


def _in_force(session: Session, person_id: UUID, after: int, at: int) -> _Scope:
    later = (
        sa.select(ScopeSnapshot)
        .where(ScopeSnapshot.person_id == person_id, ScopeSnapshot.version > after)
        .order_by(ScopeSnapshot.version.desc())
    )
    known = session.scalars(later.where(ScopeSnapshot.from_at <= at).limit(1)).first()
    found = known or session.scalars(later.limit(1)).first()
    return _read(found) if found is not None else _Scope(after, Holder(person_id, ""), None)


def _read(snapshot: ScopeSnapshot) -> _Scope:
    return _Scope(snapshot.version, holder_from_json(snapshot.holder), snapshot.to_at)


def row_met(session: Session, person_id: UUID, conflict: Conflict) -> dict[str, Any] | None:
    """The server's row of a conflict with the names in question; None when it lies outside the person's present scope.

    The scope of the act decides what may be done, the scope of today what may be seen. A look at class S is noted.
    """
    if not is_in_scope(session, person_id, conflict.kind, conflict.object_id):
        return None
    row = FEEDS[conflict.kind](session, [conflict.object_id]).get(conflict.object_id)
    if row is None:
        return None
    if row.get("team_id"):
        note_look(session, person_id, conflict.kind, conflict.object_id, "phone")
    return {**row, "fields": list(conflict.differing)}


def is_in_scope(session: Session, person_id: UUID, kind: str | None, object_id: UUID | None) -> bool:
    """Whether one of the streams that the person may see today carries this row (archived ones count by their stream)."""
    table = VERSIONED.get(kind or "")
    row = session.get(table, object_id) if table is not None and object_id is not None else None
    return row is not None and STREAM_OF[kind or ""](row) in current_scope(session, person_id, clock.now()).streams
