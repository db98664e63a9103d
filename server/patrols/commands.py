"""A patrol is told once, at its finish (decision 0002). Where none is reviewed, its leaders find a line in their inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import Place
from server.kernel.problems import Problem, insist
from server.patrols import rules
from server.patrols.models import Patrol, PatrolCheck
from server.records.commands import NewRecord, make
from server.records.models import Record
from server.records.rules import Act


def report(session: Session, act: Act, told: Mapping[str, Any]) -> Record:
    """A finished patrol. Refuses with ``duplicate_check``, ``place_elsewhere`` and what ``records.make`` refuses."""
    checks: Sequence[Mapping[str, Any]] = told["checks"]
    insist(rules.checks_are_distinct([c["place_id"] for c in checks]))
    if not act.holder.roles_in_grid(told["grid_id"]):
        raise Problem("not_found")  # check points are the grid's; a micro-grid's leader has none
    made = make(
        session,
        act,
        NewRecord(
            kind="patrol",
            duty="patrols",
            id=told["id"],
            grid_id=told["grid_id"],
            matter_code=None,
            photos=told["photos"],
            photo_gap=told["photo_gap"],
            obstructed=told["obstructed"],
            outside=sum(1 for c in checks if c["fix"] and c["fix"]["inside"] == "outside"),
            tells="patrol_reported",
            rings=False,
        ),
    )
    _places_lie_in(session, told["grid_id"], [c["place_id"] for c in checks])
    coverage = rules.coverage(_planned(session, told["grid_id"]), [c["result"] for c in checks])
    session.add(Patrol(record_id=made.id, planned=coverage.planned, looked_at=coverage.looked_at, note=told["note"]))
    session.flush()
    _write_checks(session, made.id, checks)
    return made


def change(session: Session, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Write corrected values (see ``records.correct``)."""
    patrol = session.get_one(Patrol, record_id)
    if "note" in values:
        patrol.note = values["note"]
    if "checks" in values:
        checks = values["checks"]
        _places_lie_in(session, session.get_one(Record, record_id).grid_id, [c["place_id"] for c in checks])
        session.execute(sa.delete(PatrolCheck).where(PatrolCheck.patrol_id == record_id))
        patrol.looked_at = rules.coverage(patrol.planned, [c["result"] for c in checks]).looked_at
        _write_checks(session, record_id, checks)


def _write_checks(session: Session, patrol_id: UUID, checks: Sequence[Mapping[str, Any]]) -> None:
    for position, check in enumerate(checks):
        fix = check.get("fix")
        session.add(
            PatrolCheck(
                patrol_id=patrol_id,
                place_id=check["place_id"],
                position=position,
                result=check["result"],
                at=check["at"],
                matters=list(check.get("matters") or []),
                accuracy_m=fix["accuracy_m"] if fix else None,
                inside=fix["inside"] if fix else None,
            )
        )
    session.flush()


def _planned(session: Session, grid_id: UUID) -> int:
    statement = (
        sa.select(sa.func.count())
        .select_from(Place)
        .where(Place.grid_id == grid_id, Place.in_plan.is_(True), Place.closed_on.is_(None))
    )
    return session.scalar(statement) or 0


def _places_lie_in(session: Session, grid_id: UUID, place_ids: Sequence[UUID]) -> None:
    found = set(session.scalars(sa.select(Place.id).where(Place.id.in_(place_ids), Place.grid_id == grid_id)))
    if found != set(place_ids):
        raise Problem("place_elsewhere")
