"""The chain over the audit log: one entry for each row of it, with a hash over the entry before; and how it is verified.

An entry holds a number, the id of the row, when it was linked, and two hashes; the row's hash is salted with 16 random
bytes that lie in the row and go with it, so nobody can guess from the chain what a deleted row said. The worker links, in
order, what writers have committed: writers wait for nobody, and the entries are numbered without a gap. Whoever links
holds one advisory lock on PostgreSQL (SQLite has one writer anyway), so two workers cannot fork it
(docs/decisions/0027-an-audit-chain.md).
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.platform.audit import AuditEvent
from server.platform.db import Base
from server.platform.exports import ListExport
from server.platform.looks import Look
from server.platform.types import Instant

LOCK = 3_304_240_002  # PostgreSQL advisory lock: one linker at a time
GENESIS = hashlib.sha256(b"gridwalk audit chain 1").digest()
SALT_BYTES = 16
BATCH = 1_000
CHUNK = 500


class AuditEntry(Base):
    """One link. ``digest``: salted hash of the row; ``hash``: over the hash before and everything else here."""

    __tablename__ = "audit_entry"
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(sa.String(12))
    event_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    linked_at: Mapped[int] = mapped_column(Instant, index=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary)


@dataclass(frozen=True)
class Source:
    """A table whose rows are linked, and the columns that the hash covers. A later column makes a source of a new name.

    ``written``: the column with the server's time of the row.
    """

    name: str
    model: Any
    columns: tuple[str, ...]
    written: str = "at"

    def digest(self, row: Mapping[str, Any], salt: bytes) -> bytes:
        told = orjson.dumps([self.name, *(row[name] for name in self.columns)], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(salt + told).digest()

    def select(self) -> sa.Select[Any]:
        table = self.model.__table__
        return sa.select(*(table.c[name] for name in (*self.columns, "salt", "chain_seq")))


SOURCES = {
    source.name: source
    for source in (
        Source("look", Look, ("id", "person_id", "kind", "object_id", "at", "noted_at", "door"), "noted_at"),
        Source(
            "export",
            ListExport,
            (
                "id",
                "county_code",
                "person_id",
                "at",
                "list_name",
                "narrowed",
                "file_format",
                "row_count",
                "is_personal",
                "purpose",
            ),
        ),
        Source(
            "act",
            AuditEvent,
            ("id", "county_code", "person_id", "at", "act", "object_kind", "object_id", "details"),
        ),
    )
}


class Tip(NamedTuple):
    """Where the chain ends: the number and hash that the next entry builds on."""

    seq: int
    hash: bytes


def hash_of(before: bytes, seq: int, source: str, event_id: uuid.UUID, linked_at: int, digest: bytes) -> bytes:
    told = f"{seq}|{source}|{event_id}|{linked_at}|{digest.hex()}"
    return hashlib.sha256(before + told.encode()).digest()


def tip(session: Session, start: Tip) -> Tip:
    """The end of the chain; ``start`` where no entry is left."""
    statement = sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    found = session.execute(statement).first()
    return Tip(found.seq, bytes(found.hash)) if found and found.seq > start.seq else start


def link(session: Session, now: int, start: Tip) -> int:
    """Link up to ``BATCH`` rows, the oldest first; answers how many. Under the lock.

    ``start``: what the first entry builds on.
    """
    waiting = [
        (source, dict(row))
        for source in SOURCES.values()
        for row in session.execute(
            source.select().where(source.model.chain_seq.is_(None)).order_by(source.model.id).limit(BATCH)
        ).mappings()
    ]
    waiting.sort(key=lambda pair: pair[1]["id"].bytes)
    last, entries = tip(session, start), []
    marks: dict[str, list[dict[str, Any]]] = {name: [] for name in SOURCES}
    for source, row in waiting[:BATCH]:
        salt, seq = os.urandom(SALT_BYTES), last.seq + 1
        digest = source.digest(row, salt)
        last = Tip(seq, hash_of(last.hash, seq, source.name, row["id"], now, digest))
        entries.append(
            {
                "seq": seq,
                "source": source.name,
                "event_id": row["id"],
                "linked_at": now,
                "digest": digest,
                "hash": last.hash,
            }
        )
        marks[source.name].append({"row_id": row["id"], "new_salt": salt, "new_seq": seq})
    if not entries:
        return 0
    session.execute(sa.insert(AuditEntry.__table__), entries)  # type: ignore[arg-type]
    for name, rows in marks.items():
        _mark(session, SOURCES[name], rows)
    return len(entries)


def hold_lock(session: Session) -> None:
    """Until the end of the transaction nobody else links, anchors or closes."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def _mark(session: Session, source: Source, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    table = source.model.__table__
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row_id"))
        .values(salt=sa.bindparam("new_salt"), chain_seq=sa.bindparam("new_seq"))
    )
    session.connection().execute(statement, rows)


def unlinked(session: Session, until: int | None = None) -> int:
    """How many rows wait for the worker; with ``until``, of those written up to then."""
    counts = (
        sa.select(sa.func.count())
        .select_from(source.model)
        .where(source.model.chain_seq.is_(None))
        .where(sa.true() if until is None else getattr(source.model, source.written) <= until)
        for source in SOURCES.values()
    )
    return sum(session.scalar(count) or 0 for count in counts)


# -- verifying ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What does not hold at which number: ``gap``, ``hash``, ``changed``, ``missing``, ``stray``."""

    kind: str
    seq: int
    words: str = ""


@dataclass
class Report:
    """What verifying found. ``hashes``, ``linked``: of the entries asked for, to be compared with anchors."""

    faults: list[Fault]
    first: int = 0
    last: int = 0
    count: int = 0
    hashes: dict[int, bytes] = field(default_factory=dict)
    linked: dict[int, int] = field(default_factory=dict)


MOST_FAULTS = 100


def verify(session: Session, start: Tip, cleared_through: int, wanted: frozenset[int] = frozenset()) -> Report:
    """Walk the whole chain and every row it stands for.

    ``start``: what the first entry must build on · ``cleared_through``: up to this number rows may be gone ·
    ``wanted``: numbers whose hashes are answered.
    """
    report = Report([], hashes={start.seq: start.hash})
    before = start
    while len(report.faults) < MOST_FAULTS:
        entries = list(
            session.execute(
                sa.select(AuditEntry.__table__).where(AuditEntry.seq > before.seq).order_by(AuditEntry.seq).limit(BATCH)
            )
        )
        if not entries:
            break
        rows = _rows_of(session, entries)
        for entry in entries:
            _check(entry, before, rows.get((entry.source, entry.event_id)), cleared_through, report)
            before = Tip(entry.seq, bytes(entry.hash))
            if entry.seq in wanted:
                report.hashes[entry.seq], report.linked[entry.seq] = before.hash, entry.linked_at
        report.first = report.first or entries[0].seq
        report.last, report.count = entries[-1].seq, report.count + len(entries)
    report.faults += _strays(session, start)
    return report


def _rows_of(session: Session, entries: Sequence[Any]) -> dict[tuple[str, uuid.UUID], Mapping[str, Any]]:
    found: dict[tuple[str, uuid.UUID], Mapping[str, Any]] = {}
    for name, source in SOURCES.items():
        ids = [entry.event_id for entry in entries if entry.source == name]
        for at in range(0, len(ids), CHUNK):
            statement = source.select().where(source.model.id.in_(ids[at : at + CHUNK]))
            found.update({(name, row["id"]): dict(row) for row in session.execute(statement).mappings()})
    return found


def _check(entry: Any, before: Tip, row: Mapping[str, Any] | None, cleared_through: int, report: Report) -> None:
    faults, seq = report.faults, entry.seq
    if seq != before.seq + 1:
        faults.append(Fault("gap", before.seq + 1, f"{seq - before.seq - 1}"))
    digest, source = bytes(entry.digest), SOURCES.get(entry.source)
    told = hash_of(before.hash, seq, entry.source, entry.event_id, entry.linked_at, digest)
    if told != bytes(entry.hash):
        faults.append(Fault("hash", seq))
    if row is None or source is None:
        if seq > cleared_through:
            faults.append(Fault("missing", seq, str(entry.event_id)))
        return
    if row["chain_seq"] != seq or source.digest(row, bytes(row["salt"] or b"")) != digest:
        faults.append(Fault("changed", seq, str(entry.event_id)))


def _strays(session: Session, start: Tip) -> list[Fault]:
    """Rows that claim a number which the chain has not, or has for another row."""
    faults = []
    for name, source in SOURCES.items():
        theirs = sa.and_(
            AuditEntry.seq == source.model.chain_seq,
            AuditEntry.event_id == source.model.id,
            AuditEntry.source == name,
        )
        statement = (
            sa.select(source.model.chain_seq, source.model.id)
            .outerjoin(AuditEntry, theirs)
            .where(source.model.chain_seq > start.seq, AuditEntry.seq.is_(None))
            .order_by(source.model.chain_seq)
            .limit(MOST_FAULTS)
        )
        faults += [Fault("stray", row.chain_seq, str(row.id)) for row in session.execute(statement)]
    return faults
