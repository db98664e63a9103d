"""Pull: what has changed since a cursor, scoped by the streams a person may see (sync contract, *Pull*)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.models import Device, ScopeSnapshot
from server.people.queries import newest_scope, scope_numbered
from server.platform import streams
from server.platform.streams import StreamEntry
from server.sync import epochs, rules
from server.sync.feeds import FEEDS
from server.sync.models import OutboxLane
from server.sync.rules import Cursor, stream_hash

PAGE = 400
LEAST_BYTES, MOST_BYTES = 4_096, 2**20


@dataclass
class Batch:
    """One stream's part of an answer."""

    stream: str
    start: int
    to: int
    put: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    gone: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    moved: list[dict[str, Any]] = field(default_factory=list)

    def wire(self) -> dict[str, Any]:
        return {
            "stream": self.stream,
            "from": self.start,
            "to": self.to,
            "put": self.put,
            "gone": self.gone,
            "moved": self.moved,
        }


def changes(session: Session, scope: ScopeSnapshot, cursor_text: str | None, max_bytes: int) -> bytes | None:
    """The body of a pull (docs/wire.md §4) as JSON, or None when nothing changed. Problem ``cursor_expired``."""
    epoch = epochs.current(session)
    cursor = _cursor(cursor_text, epoch)
    keys: Sequence[str] = scope.streams
    newest = streams.counters(session, list(keys))
    _check_not_beyond(cursor, newest)
    grant = [key for key in keys if stream_hash(key) not in cursor.read]
    revoke = _revoked(session, scope, cursor)
    reader = _Reader(session, max(LEAST_BYTES, min(max_bytes, MOST_BYTES)))
    read = {stream_hash(key): cursor.read.get(stream_hash(key), 0) for key in keys}
    batches = []
    for key in keys:
        start = read[stream_hash(key)]
        if newest.get(key, 0) > start and not reader.is_full:
            batch = reader.batch(key, start, newest[key])
            read[stream_hash(key)] = batch.to
            batches.append(batch)
    more = any(newest.get(key, 0) > read[stream_hash(key)] for key in keys)
    if cursor_text and not (grant or revoke or batches) and cursor.scope_version == scope.version:
        return None
    return orjson.dumps(
        {
            "epoch": epoch,
            "server_time": clock.now(),
            "scope_version": scope.version,
            "grant": grant,
            "revoke": revoke,
            "streams": [batch.wire() for batch in batches],
            "cursor": Cursor(epoch, scope.version, read).encode(),
            "more": more,
        }
    )


def no_rows(session: Session, person_id: UUID, cursor_text: str | None) -> bytes | None:
    """The body for somebody who may see nothing: only the epoch, where the cursor is of another one; else None."""
    epoch = epochs.current(session)
    cursor = Cursor.decode(cursor_text or "")
    if cursor is not None and cursor.epoch == epoch:
        return None
    scope = newest_scope(session, person_id)
    version = scope.version if scope else 0
    return orjson.dumps(
        {
            "epoch": epoch,
            "server_time": clock.now(),
            "scope_version": version,
            "grant": [],
            "revoke": [],
            "streams": [],
            "cursor": Cursor(epoch, version, {}).encode(),
            "more": False,
        }
    )


def is_of_another(session: Session, device_id: UUID | None, person_id: UUID) -> bool:
    """Whether this device is registered for somebody else."""
    device = session.get(Device, device_id) if device_id is not None else None
    return device is not None and device.person_id != person_id


def may_wipe(session: Session, device_id: UUID) -> bool:
    """Whether a restricted session's phone has handed over its head and may forget everything."""
    found = session.scalars(sa.select(OutboxLane).where(OutboxLane.device_id == device_id))
    return rules.is_handed_over(
        [{"expected": lane.expected, "head": lane.head, "unsent_photos": lane.unsent_photos} for lane in found]
    )


def _cursor(text: str | None, epoch: str) -> Cursor:
    if not text:
        return Cursor(epoch, 0, {})
    cursor = Cursor.decode(text)
    if cursor is None or cursor.epoch != epoch:
        raise Problem("cursor_expired")
    return cursor


def _check_not_beyond(cursor: Cursor, newest: Mapping[str, int]) -> None:
    for key, version in newest.items():
        if cursor.read.get(stream_hash(key), 0) > version:
            raise Problem("cursor_expired")


def _revoked(session: Session, scope: ScopeSnapshot, cursor: Cursor) -> list[str]:
    """Streams that the phone reads and the person no longer may; their names stand in earlier scopes."""
    held = {stream_hash(key) for key in scope.streams}
    lost = {h for h in cursor.read if h not in held}
    if not lost:
        return []
    before = scope_numbered(session, scope.person_id, cursor.scope_version)
    names = {stream_hash(key): key for key in (before.streams if before else ())}
    if lost - set(names):
        raise Problem("cursor_expired")  # read everything anew; what is not granted then is dropped
    return sorted(names[h] for h in lost)


class _Reader:
    """Reads batches until the answer is large enough."""

    def __init__(self, session: Session, max_bytes: int) -> None:
        self.session = session
        self.left = max_bytes

    @property
    def is_full(self) -> bool:
        return self.left <= 0

    def batch(self, key: str, start: int, newest: int) -> Batch:
        """Entries after ``start``, oldest first, until the bytes are used up; at least one entry."""
        batch = Batch(key, start, start)
        while batch.to < newest and not self.is_full:
            entries = streams.entries_after(self.session, key, batch.to, PAGE)
            if not entries:
                batch.to = newest
                break
            rows = self._rows(entries)
            for entry in entries:
                self._add(batch, entry, rows)
                batch.to = entry.version
                if self.is_full:
                    break
            else:
                if len(entries) < PAGE:
                    batch.to = newest
        return batch

    def _rows(self, entries: Sequence[StreamEntry]) -> dict[tuple[str, UUID], dict[str, Any]]:
        ids: dict[str, list[UUID]] = defaultdict(list)
        for entry in entries:
            if entry.op == "put":
                ids[entry.kind].append(entry.object_id)
        return {(kind, i): row for kind, found in ids.items() for i, row in FEEDS[kind](self.session, found).items()}

    def _add(self, batch: Batch, entry: StreamEntry, rows: Mapping[tuple[str, UUID], dict[str, Any]]) -> None:
        if entry.op == "moved":
            batch.moved.append({"kind": entry.kind, "id": str(entry.object_id), "to": entry.detail})
            self.left -= 120
            return
        row = rows.get((entry.kind, entry.object_id)) if entry.op == "put" else None
        if row is None:
            batch.gone[entry.kind].append({"id": str(entry.object_id), "reason": entry.detail or "removed"})
            self.left -= 60
            return
        batch.put[entry.kind].append(row)
        self.left -= len(orjson.dumps(row))
