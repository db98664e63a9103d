"""Reads of the envelope: the wire row of a record, where it lies, who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import thing_of_grid
from server.people.models import Person, Team
from server.people.rules import Holder, Thing, may
from server.photos.queries import held_photos
from server.platform.looks import Look
from server.records import registry
from server.records.models import Record, RecordPhoto, RecordStep


def record(session: Session, record_id: UUID) -> Record | None:
    return session.get(Record, record_id)


def thing_of(session: Session, found: Record) -> Thing:
    """Where a record lies, for the permission table."""
    reviewer = session.get_one(Team, found.team_id).reviewer_id if found.team_id else None
    return Thing(
        **thing_of_grid(session, found.grid_id),
        grid_id=found.grid_id,
        micro_grid_id=found.micro_grid_id,
        team_id=found.team_id,
        author_id=found.author_id,
        reviewer_id=reviewer,
        decided_by=found.reviewed_by if found.review_status == "disputed" else None,
        entered_by=found.entered_by if found.confirmation else None,
    )


def looks_at_own(session: Session, author_id: UUID, most: int = 200) -> list[dict[str, Any]]:
    """Who opened sensitive records of this author, newest first: a person may know who looked at their own work."""
    statement = (
        sa.select(Look.at, Look.door, Person.name, Record.id, Record.kind, Record.day)
        .join(Record, sa.and_(Look.kind == "record", Record.id == Look.object_id))
        .join(Person, Person.id == Look.person_id)
        .where(Record.author_id == author_id, Look.person_id != author_id)
        .order_by(Look.at.desc())
        .limit(most)
    )
    return [
        {"at": at, "door": door, "by_name": name, "record_id": str(record_id), "kind": kind, "day": day.isoformat()}
        for at, door, name, record_id, kind, day in session.execute(statement)
    ]


def may_see(session: Session, holder: Holder, record_id: UUID) -> bool:
    """Whether this person may see this record (photos ask here)."""
    found = record(session, record_id)
    return found is not None and bool(may(holder, "record.see", thing_of(session, found)))


def is_sensitive(session: Session, record_id: UUID) -> bool:
    found = record(session, record_id)
    return found is not None and found.team_id is not None


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5) of records, in five queries whatever their number."""
    records = list(session.scalars(sa.select(Record).where(Record.id.in_(ids))))
    if not records:
        return {}
    bodies = _bodies(session, records)
    photos = _photos(session, [r.id for r in records])
    steps = _steps(session, [r.id for r in records])
    people = {r.author_id for r in records} | {r.reviewed_by for r in records}
    people |= {s.by_person for found in steps.values() for s in found}
    names = _names(session, [p for p in people if p])
    return {r.id: _row(r, bodies[r.id], photos[r.id], steps[r.id], names) for r in records}


def _bodies(session: Session, records: Sequence[Record]) -> dict[UUID, dict[str, Any]]:
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for found in records:
        by_kind[found.kind].append(found.id)
    bodies: dict[UUID, dict[str, Any]] = {}
    for kind, ids in by_kind.items():
        bodies.update(registry.duty_of(kind).bodies(session, ids))
    return bodies


def _photos(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = list(
        session.scalars(
            sa.select(RecordPhoto)
            .where(RecordPhoto.record_id.in_(ids))
            .order_by(RecordPhoto.record_id, RecordPhoto.position)
        )
    )
    held = held_photos(session, {row.sha256 for row in rows})
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        photo: dict[str, Any] = {"sha256": row.sha256, "role": row.role, "held": row.sha256 in held}
        if row.taken_at is not None:
            photo["taken_at"] = row.taken_at
        found[row.record_id].append(photo)
    return found


def _steps(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[RecordStep]]:
    found: dict[UUID, list[RecordStep]] = defaultdict(list)
    statement = (
        sa.select(RecordStep)
        .where(RecordStep.record_id.in_(ids))
        .order_by(RecordStep.record_id, RecordStep.version, RecordStep.id)
    )
    for step in session.scalars(statement):
        found[step.record_id].append(step)
    return found


def _names(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    return {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(ids)))}


def _row(
    r: Record, body: dict[str, Any], photos: list[dict[str, Any]], steps: list[RecordStep], names: dict[UUID, str]
) -> dict[str, Any]:
    review = {
        "status": r.review_status,
        "due": r.review_due.isoformat() if r.review_due else None,
        "reason": r.review_reason,
        "words": r.review_words,
        "by_name": names.get(r.reviewed_by) if r.reviewed_by else None,
        "by_id": _text(r.reviewed_by),
        "at": r.reviewed_at,
        "hints": r.hints or None,
    }
    row = {
        "id": str(r.id),
        "version": r.version,
        "kind": r.kind,
        "grid_id": str(r.grid_id),
        "micro_grid_id": _text(r.micro_grid_id),
        "team_id": _text(r.team_id),
        "matter_code": r.matter_code,
        "author_id": str(r.author_id),
        "author_name": names.get(r.author_id, ""),
        "entered_by_other": True if r.entered_by else None,
        "entered_by_id": _text(r.entered_by) if r.confirmation else None,
        "confirmation": r.confirmation,
        "acted_at": r.acted_at,
        "acted_at_held": r.acted_at_held or None,
        "received_at": r.received_at,
        "patrol_id": _text(r.patrol_id),
        "day": r.day.isoformat(),
        "state": r.state,
        "photo_gap": r.photo_gap,
        "obstructed": r.obstructed or None,
        "photos": photos,
        "review": _filled(review),
        "body": _filled(body),
        "history": [
            _filled(
                {
                    "at": s.at,
                    "by_name": names.get(s.by_person) if s.by_person else None,
                    "step": s.step,
                    "reason": s.reason,
                    "words": s.words,
                }
            )
            for s in steps
        ],
    }
    return _filled(row)


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
