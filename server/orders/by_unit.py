"""Art. 12 in figures of units: upheld refusals by who assigned, upheld orders by who gave them. Never of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_of_county
from server.kernel import clock
from server.orders.models import OutsideOrder
from server.people.rules import Holder
from server.tasks.models import Refusal, Task
from server.tasks.rules import STOOD, UPHELD


@dataclass(frozen=True)
class UnitFigures:
    """One unit of the county; a refusal that stood for want of a ruling is told apart from one that was upheld."""

    name: str
    refusals: int
    stood: int
    orders: int


def figures_by_unit(session: Session, holder: Holder, since: date) -> list[UnitFigures]:
    """Of what was ruled since a day; units with nothing are left out, in the order of the county's units."""
    start = clock.start_of(since)
    refusals = sa.select(Task.assigned_unit, sa.func.count()).join(Refusal, Refusal.task_id == Task.id)
    refusals = refusals.where(Refusal.county_code == holder.county_code, Refusal.ruled_at >= start)
    orders = sa.select(OutsideOrder.given_unit, sa.func.count()).where(
        OutsideOrder.county_code == holder.county_code, OutsideOrder.ruled_at >= start, OutsideOrder.ruling == UPHELD
    )
    upheld = _counts(session, refusals.where(Refusal.ruling == UPHELD).group_by(Task.assigned_unit))
    stood = _counts(session, refusals.where(Refusal.ruling == STOOD).group_by(Task.assigned_unit))
    told = _counts(session, orders.group_by(OutsideOrder.given_unit))
    return [
        UnitFigures(unit.name_zh, upheld.get(unit.id, 0), stood.get(unit.id, 0), told.get(unit.id, 0))
        for unit in units_of_county(session, holder.county_code)
        if unit.id in upheld or unit.id in stood or unit.id in told
    ]


def _counts(session: Session, statement: sa.Select[*tuple[Any, ...]]) -> dict[UUID, int]:
    return {row[0]: row[1] for row in session.execute(statement)}
