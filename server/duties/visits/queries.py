"""Reads of visits: wire bodies and present values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.visits.models import Visit
from server.records.models import Record


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of visits."""
    visits = session.scalars(sa.select(Visit).where(Visit.record_id.in_(ids)))
    return {
        v.record_id: {
            "household_id": str(v.household_id) if v.household_id else None,
            "place_id": str(v.place_id) if v.place_id else None,
            "plan_id": str(v.plan_id) if v.plan_id else None,
            "mode": v.mode,
            "all_well": v.all_well,
            "ticks": v.ticks,
            "needs": v.needs,
            "note": v.note,
            "next_on": v.next_on.isoformat() if v.next_on else None,
        }
        for v in visits
    }


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    v = session.get_one(Visit, record_id)
    return {
        "matter_code": session.get_one(Record, record_id).matter_code,
        "mode": v.mode,
        "all_well": v.all_well,
        "ticks": v.ticks,
        "needs": v.needs,
        "note": v.note,
        "next_on": v.next_on,
    }
