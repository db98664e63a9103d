"""What happens to doors, places and plans when borders of grids come into force: they go with the ground they stand on.

A household has no coordinates: it goes with its micro-grid. Where a line cuts a micro-grid, its households stay with the part
that keeps its name until the office says otherwise. A place lies where its point lies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.registry import Ground, Moved
from server.households import queries
from server.households.models import FieldChange, Household, Place, VisitPlan
from server.households.plans import stream_of
from server.kernel import clock, stream_keys
from server.kernel.geo import Position, contains
from server.kernel.ids import new_id
from server.platform import streams


def count_by_micro_grid(session: Session, micro_grid_ids: Collection[UUID]) -> dict[UUID, int]:
    """Open households of each micro-grid."""
    here = sa.and_(Household.micro_grid_id.in_(list(micro_grid_ids)), Household.closed_on.is_(None))
    counted = sa.select(Household.micro_grid_id, sa.func.count()).where(here).group_by(Household.micro_grid_id)
    return {row[0]: row[1] for row in session.execute(counted)}


def follow_borders(session: Session, moved: Moved) -> None:
    """Households by their micro-grid, places by their point, plans with either; phones hear of each."""
    _households_follow(session, moved)
    _places_follow(session, moved)


def _households_follow(session: Session, moved: Moved) -> None:
    for old, (grid_id, micro_grid_id) in moved.micros.items():
        for found in session.scalars(sa.select(Household).where(Household.micro_grid_id == old)):
            found.grid_id, found.micro_grid_id = grid_id, micro_grid_id
            found.door_hash = queries.door_hash(micro_grid_id, found.door)
            _note(session, found, {"micro_grid_id": old})
            if found.closed_on is None:
                streams.moved(session, stream_keys.micro(old), stream_keys.micro(micro_grid_id), "household", found.id)
            _plans_follow(session, VisitPlan.household_id == found.id, grid_id, micro_grid_id)


def _places_follow(session: Session, moved: Moved) -> None:
    here = sa.or_(Place.grid_id.in_({*moved.grids, *moved.cut}), Place.micro_grid_id.in_(set(moved.micros)))
    for found in session.scalars(sa.select(Place).where(here, Place.closed_on.is_(None))):
        ground = _ground(moved.grounds, found)
        grid_id = ground.grid_id if ground else moved.grids.get(found.grid_id, found.grid_id)
        micro = _micro_of(moved, found, grid_id)
        if (grid_id, micro) == (found.grid_id, found.micro_grid_id):
            continue
        was, before = {"micro_grid_id": found.micro_grid_id}, found.grid_id
        found.grid_id, found.micro_grid_id = grid_id, micro
        _note(session, found, was)
        if grid_id == before:
            streams.put(session, stream_keys.grid(grid_id), "place", found.id)
        else:
            streams.moved(session, stream_keys.grid(before), stream_keys.grid(grid_id), "place", found.id)
        _plans_follow(session, VisitPlan.place_id == found.id, grid_id, micro)


def _micro_of(moved: Moved, found: Place, grid_id: UUID) -> UUID | None:
    """Its micro-grid of before, or what took its place, if that lies in the grid."""
    if found.micro_grid_id is None:
        return None
    grid, micro = moved.micros.get(found.micro_grid_id, (found.grid_id, found.micro_grid_id))
    return micro if grid == grid_id else None


def _ground(grounds: Collection[Ground], found: Place) -> Ground | None:
    """The grid in which the point lies now, if it is one of those that changed."""
    point = Position(found.lng, found.lat)
    return next((g for g in grounds if g.micro_grid_id is None and _holds(g.rings, point)), None)


def _holds(rings: list[list[list[int]]], point: Position) -> bool:
    return sum(contains(ring, point) for ring in rings) % 2 == 1


def _plans_follow(session: Session, which: Any, grid_id: UUID, micro_grid_id: UUID | None) -> None:
    for plan in session.scalars(sa.select(VisitPlan).where(which)):
        before = stream_of(plan)
        plan.grid_id, plan.micro_grid_id = grid_id, micro_grid_id
        plan.version += 1
        if plan.closed_on is not None:
            continue
        if stream_of(plan) == before:
            streams.put(session, before, "visit_plan", plan.id)
        else:
            streams.moved(session, before, stream_of(plan), "visit_plan", plan.id)


def _note(session: Session, found: Household | Place, was: Mapping[str, Any]) -> None:
    """A version of its own, by nobody: the border moved."""
    found.version += 1
    session.add(
        FieldChange(
            id=new_id(), object_id=found.id, version=found.version, at=clock.now(), by_person_id=None, was=dict(was)
        )
    )
