"""Reads of publicity: wire bodies and present values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.publicity.models import Publicity
from server.records.models import Record


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of publicity."""
    return {p.record_id: _values(p) for p in session.scalars(sa.select(Publicity).where(Publicity.record_id.in_(ids)))}


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    matter_code = session.get_one(Record, record_id).matter_code
    return {**_values(session.get_one(Publicity, record_id)), "matter_code": matter_code}


def _values(p: Publicity) -> dict[str, Any]:
    return {"people": p.people, "households": p.households, "note": p.note}
