"""Reads of mediations: wire bodies and present values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.mediations import rules
from server.duties.mediations.models import Mediation, MediationStep
from server.people.queries import names_of


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of mediations: what is not there is left out."""
    steps = _steps(session, ids)
    rows = session.scalars(sa.select(Mediation).where(Mediation.record_id.in_(ids)))
    return {
        row.record_id: {
            "unsuited": row.unsuited or None,
            "parties": [{name: value for name, value in party.items() if value} for party in row.parties],
            "outcome": row.outcome,
            "note": row.note,
            "revisit_on": row.revisit_on.isoformat() if row.revisit_on else None,
            "steps": steps[row.record_id],
        }
        for row in rows
    }


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    row = session.get_one(Mediation, record_id)
    return {
        "unsuited": row.unsuited,
        "parties": row.parties,
        "outcome": row.outcome,
        "note": row.note,
        "revisit_on": row.revisit_on,
    }


def is_ended(session: Session, record_id: UUID) -> bool:
    row = session.get_one(Mediation, record_id)
    return rules.is_ended(row.outcome, row.revisit_on)


def _steps(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    statement = sa.select(MediationStep).where(MediationStep.mediation_id.in_(ids))
    rows = list(session.scalars(statement.order_by(MediationStep.at, MediationStep.id)))
    names = names_of(session, [r.by_person for r in rows])
    for r in rows:
        step = {"id": str(r.id), "at": r.at, "by_name": names[r.by_person], "words": r.words}
        more = {"outcome": r.outcome, "kept": r.kept}
        found[r.mediation_id].append({**step, **{name: value for name, value in more.items() if value is not None}})
    return found
