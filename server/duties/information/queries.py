"""Reads of information: wire bodies and present values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.information.models import Information


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of information: what is not there is left out."""
    rows = session.scalars(sa.select(Information).where(Information.record_id.in_(ids)))
    return {row.record_id: _body(row) for row in rows}


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    row = session.get_one(Information, record_id)
    return {
        "finding": row.finding,
        "business_name": row.business_name,
        "place_words": row.place_words,
        "wants_answer": row.wants_answer,
        "note": row.note,
    }


def _body(row: Information) -> dict[str, Any]:
    return {
        "household_id": str(row.household_id) if row.household_id else None,
        "finding": row.finding,
        "business_name": row.business_name or None,
        "place_words": row.place_words or None,
        "wants_answer": row.wants_answer or None,
        "note": row.note,
    }
