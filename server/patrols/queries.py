"""Reads of patrols: the wire body, present values for a correction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import Place
from server.patrols.models import Patrol, PatrolCheck


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of patrols."""
    checks: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    statement = (
        sa.select(PatrolCheck, Place.name)
        .join(Place, Place.id == PatrolCheck.place_id)
        .where(PatrolCheck.patrol_id.in_(ids))
        .order_by(PatrolCheck.patrol_id, PatrolCheck.position)
    )
    for check, name in session.execute(statement):
        checks[check.patrol_id].append({**_wire(check), "place_name": name})
    patrols = session.scalars(sa.select(Patrol).where(Patrol.record_id.in_(ids)))
    return {
        p.record_id: {
            "checks": checks[p.record_id],
            "planned": p.planned,
            "looked_at": p.looked_at,
            "note": p.note or None,
        }
        for p in patrols
    }


def _wire(check: PatrolCheck) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "place_id": str(check.place_id),
        "result": check.result,
        "at": check.at,
        "matters": check.matters,
    }
    if check.inside is not None:
        wire["fix"] = {"accuracy_m": check.accuracy_m, "inside": check.inside}
    return wire


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change, as JSON values."""
    patrol = session.get_one(Patrol, record_id)
    statement = sa.select(PatrolCheck).where(PatrolCheck.patrol_id == record_id).order_by(PatrolCheck.position)
    return {"checks": [_wire(c) for c in session.scalars(statement)], "note": patrol.note}
