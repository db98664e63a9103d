"""Reads of emergencies: wire bodies and present values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.emergencies.models import Emergency
from server.records.models import Record
from server.records.spots import spot_of


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of emergencies."""
    return {e.record_id: _body(e) for e in session.scalars(sa.select(Emergency).where(Emergency.record_id.in_(ids)))}


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    matter_code = session.get_one(Record, record_id).matter_code
    return {**_body(session.get_one(Emergency, record_id)), "matter_code": matter_code}


def _body(e: Emergency) -> dict[str, Any]:
    return {
        "calls": e.calls,
        "gas_smell": e.gas_smell,
        "note": e.note,
        "place": spot_of(e),
        "place_id": str(e.place_id) if e.place_id else None,
        "place_words": e.place_words,
    }
