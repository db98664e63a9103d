"""Reads of the households room: rows by id, where they lie, equal doors, and what phones get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import units_of_grid
from server.households.models import FieldChange, Household, Place, VisitPlan
from server.households.rules import same_door
from server.kernel.geo import to_degrees
from server.people.duty_days import WhoIsDue, first_days_on_duty
from server.people.rules import Thing
from server.platform.keys import keyring

DOOR = "household.door"


def household(session: Session, household_id: UUID) -> Household | None:
    return session.get(Household, household_id)


def place(session: Session, place_id: UUID) -> Place | None:
    return session.get(Place, place_id)


def visit_plan(session: Session, plan_id: UUID) -> VisitPlan | None:
    return session.get(VisitPlan, plan_id)


def planned_places(session: Session, grid_id: UUID) -> list[Place]:
    """The check points that a patrol of the grid is to look at."""
    statement = sa.select(Place).where(Place.grid_id == grid_id, Place.in_plan, Place.closed_on.is_(None))
    return list(session.scalars(statement.order_by(Place.id)))


def open_plans_of(session: Session, household_id: UUID) -> list[VisitPlan]:
    statement = sa.select(VisitPlan).where(VisitPlan.household_id == household_id, VisitPlan.closed_on.is_(None))
    return list(session.scalars(statement))


def names_of_targets(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """By id: the door of a household, with no name of anybody, or the name of a place."""
    wanted = set(ids)
    doors = session.scalars(sa.select(Household).where(Household.id.in_(wanted)))
    places = session.scalars(sa.select(Place).where(Place.id.in_(wanted)))
    return {**{one.id: one.door for one in doors}, **{one.id: one.name for one in places}}


def open_plans_at(session: Session, place_id: UUID) -> list[VisitPlan]:
    """Open plans of visits to a place."""
    statement = sa.select(VisitPlan).where(VisitPlan.place_id == place_id, VisitPlan.closed_on.is_(None))
    return list(session.scalars(statement.order_by(VisitPlan.due, VisitPlan.id)))


def thing_of(session: Session, row: Household | Place | VisitPlan) -> Thing:
    """Where the row lies, for the permission table."""
    return Thing(
        county_code=row.county_code,
        grid_id=row.grid_id,
        micro_grid_id=row.micro_grid_id,
        units=units_of_grid(session, row.grid_id),
        team_id=row.team_id if isinstance(row, VisitPlan) else None,
    )


def door_hash(micro_grid_id: UUID, door: str) -> bytes:
    """A keyed hash: equal for equal doors of one micro-grid."""
    return keyring().blind(f"{micro_grid_id}\0{same_door(door)}", DOOR)


def known_doors(session: Session, hashes: Iterable[bytes]) -> set[bytes]:
    """Those of the hashes that an open household has."""
    wanted = list(hashes)
    found: set[bytes] = set()
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        statement = sa.select(Household.door_hash).where(Household.door_hash.in_(chunk), Household.closed_on.is_(None))
        found.update(bytes(h) for h in session.scalars(statement))
    return found


def households_at(session: Session, micro_grid_ids: Iterable[UUID], door: str) -> list[Household]:
    """The open households behind this door in any of the micro-grids: found by the keyed hash, no door is opened."""
    hashes = [door_hash(one, door) for one in micro_grid_ids]
    found: list[Household] = []
    for start in range(0, len(hashes), 500):
        chunk = hashes[start : start + 500]
        statement = sa.select(Household).where(Household.door_hash.in_(chunk), Household.closed_on.is_(None))
        found += session.scalars(statement)
    return sorted(found, key=lambda one: one.id)


def changes_after(session: Session, object_id: UUID, version: int) -> list[FieldChange]:
    """Changes made after a version, newest first: what to undo in thought to see the row as it was."""
    statement = sa.select(FieldChange).where(FieldChange.object_id == object_id, FieldChange.version > version)
    return list(session.scalars(statement.order_by(FieldChange.version.desc())))


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``household``, ``place``, ``visit_plan`` as a phone sees them."""
    return _FEEDS[kind](session, ids)


def _household_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    return {
        found.id: {
            "id": str(found.id),
            "version": found.version,
            "micro_grid_id": str(found.micro_grid_id),
            "grid_id": str(found.grid_id),
            "door": found.door,
            "contact_name": found.contact_name,
            "contact_phone": found.contact_phone,
            "initials": found.initials,
            **({"closed": True} if found.closed_on else {}),
        }
        for found in session.scalars(sa.select(Household).where(Household.id.in_(ids)))
    }


def _place_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    return {
        found.id: {
            "id": str(found.id),
            "version": found.version,
            "grid_id": str(found.grid_id),
            "micro_grid_id": _text(found.micro_grid_id),
            "kind": found.kind,
            "name": found.name,
            "address": found.address,
            "lng": to_degrees(found.lng),
            "lat": to_degrees(found.lat),
            "radius_m": found.radius_m,
            "matters": found.matters,
            "in_plan": found.in_plan,
        }
        for found in session.scalars(sa.select(Place).where(Place.id.in_(ids), Place.closed_on.is_(None)))
    }


def _visit_plan_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    statement = (
        sa.select(VisitPlan, Household.door, Place.name)
        .outerjoin(Household, Household.id == VisitPlan.household_id)
        .outerjoin(Place, Place.id == VisitPlan.place_id)
        .where(VisitPlan.id.in_(ids), VisitPlan.closed_on.is_(None))
    )
    found = list(session.execute(statement))
    due = first_days_on_duty(session, [_asked(plan) for plan, _, _ in found])
    return {plan.id: _plan_row(plan, door or name or "", due[_asked(plan)]) for plan, door, name in found}


def _asked(plan: VisitPlan) -> WhoIsDue:
    return WhoIsDue(plan.grid_id, plan.for_role, plan.team_id, plan.due)


def _plan_row(plan: VisitPlan, door: str, due: date) -> dict[str, Any]:
    return {
        "id": str(plan.id),
        "version": plan.version,
        "grid_id": str(plan.grid_id),
        "household_id": _text(plan.household_id),
        "place_id": _text(plan.place_id),
        "team_id": _text(plan.team_id),
        "matter_code": plan.matter_code,
        "every_days": plan.every_days,
        "due": due.isoformat(),
        **({"due_was": plan.due.isoformat()} if due != plan.due else {}),
        "last_visit": _day(plan.last_visit),
        "door": door,
        "for_role": plan.for_role,
    }


def _text(found: UUID | None) -> str | None:
    return str(found) if found else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


_FEEDS = {"household": _household_rows, "place": _place_rows, "visit_plan": _visit_plan_rows}
