"""Reads of the areas room: grids and micro-grids, the units above a place, borders in force, rows for the phone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Border, Grid, MicroGrid, OrgUnit
from server.areas.rules import in_force, outline_in_degrees, tier_of
from server.kernel import clock
from server.kernel.problems import Problem
from server.platform.db import remember

UNITS_CACHE = "units_of_grids"
KINDS_DOWN = ("county", "zone", "department", "town", "subdistrict", "community", "village")
DEEPEST = 8  # no tree of offices is deeper; a circle in the data must not hang a request


def grid(session: Session, grid_id: UUID) -> Grid | None:
    return session.get(Grid, grid_id)


def micro_grid(session: Session, micro_grid_id: UUID) -> MicroGrid | None:
    return session.get(MicroGrid, micro_grid_id)


def unit(session: Session, unit_id: UUID) -> OrgUnit:
    """Problem ``not_found``."""
    found = session.get(OrgUnit, unit_id)
    if found is None:
        raise Problem("not_found")
    return found


def micro_grids_of(session: Session, grid_ids: Iterable[UUID]) -> list[MicroGrid]:
    """Open micro-grids of these grids, by code."""
    statement = sa.select(MicroGrid).where(MicroGrid.grid_id.in_(list(grid_ids)), MicroGrid.closed_on.is_(None))
    return list(session.scalars(statement.order_by(MicroGrid.code)))


def micro_grid_ids_of(session: Session, grid_ids: Iterable[UUID]) -> list[UUID]:
    """Micro-grids of these grids, those that have ended too: what was told in them stays in sight of their grid."""
    return list(session.scalars(_MICRO_GRIDS_OF, {"grid_ids": list(grid_ids)}))


_MICRO_GRIDS_OF = sa.select(MicroGrid.id).where(MicroGrid.grid_id.in_(sa.bindparam("grid_ids", expanding=True)))


def units_under(session: Session, unit_ids: Iterable[UUID]) -> set[UUID]:
    """These units and every unit below them."""
    level = list(unit_ids)
    units: set[UUID] = set(level)
    for _ in range(DEEPEST):
        level = list(session.scalars(sa.select(OrgUnit.id).where(OrgUnit.parent_id.in_(level))))
        if not level:
            break
        units.update(level)
    return units


def names_of_units(session: Session, unit_ids: Iterable[UUID]) -> dict[UUID, str]:
    found = session.execute(sa.select(OrgUnit.id, OrgUnit.name_zh).where(OrgUnit.id.in_(list(unit_ids))))
    return {row.id: row.name_zh for row in found}


def grids_under(session: Session, unit_ids: Iterable[UUID]) -> list[Grid]:
    """Open grids of these units and of every unit below them, by code."""
    units = units_under(session, unit_ids)
    statement = sa.select(Grid).where(Grid.village_id.in_(units), Grid.closed_on.is_(None)).order_by(Grid.code)
    return list(session.scalars(statement))


def units_of_county(session: Session, county_code: str) -> list[OrgUnit]:
    """Every unit of the county, from the county down, by name within a kind."""
    statement = sa.select(OrgUnit).where(OrgUnit.county_code == county_code, OrgUnit.kind.in_(KINDS_DOWN))
    return sorted(session.scalars(statement), key=lambda unit: (KINDS_DOWN.index(unit.kind), unit.name_zh))


def city(session: Session) -> OrgUnit | None:
    """The unit of the city, of which an installation has one at most."""
    return session.scalars(sa.select(OrgUnit).where(OrgUnit.kind == "city").order_by(OrgUnit.id).limit(1)).first()


def units_called(session: Session, words: str, county_code: str | None = None) -> list[OrgUnit]:
    """Units by division code or Chinese name, of one county or of all."""
    called = sa.select(OrgUnit).where(sa.or_(OrgUnit.division_code == words, OrgUnit.name_zh == words))
    if county_code:
        called = called.where(OrgUnit.county_code == county_code)
    return list(session.scalars(called.order_by(OrgUnit.id)))


def counties(session: Session) -> list[OrgUnit]:
    """The counties, districts and zones of the city, by code, a county before a zone of the same code."""
    statement = sa.select(OrgUnit).where(OrgUnit.kind.in_(("county", "zone")))
    return list(session.scalars(statement.order_by(OrgUnit.county_code, OrgUnit.kind, OrgUnit.name_zh)))


def ancestors(session: Session, unit_id: UUID) -> list[OrgUnit]:
    """The unit itself and those above it, nearest first: village, town, county, city. Read once a transaction: a unit never
    goes elsewhere."""
    return list(
        remember(session, ("ancestors", unit_id), lambda: session.scalars(_ANCESTORS, {"unit_id": unit_id}).all())
    )


def counties_under(session: Session, cities: Collection[UUID]) -> list[UUID]:
    """The counties right below these units."""
    below = sa.select(OrgUnit.id).where(OrgUnit.kind == "county", OrgUnit.parent_id.in_(cities))
    return list(session.scalars(below)) if cities else []


def _ancestors() -> sa.Select[OrgUnit]:
    here = OrgUnit.id == sa.bindparam("unit_id", type_=sa.Uuid)
    first = sa.select(OrgUnit.id, OrgUnit.parent_id, sa.literal(0).label("steps")).where(here)
    chain = first.cte("chain", recursive=True)
    above = sa.select(OrgUnit.id, OrgUnit.parent_id, chain.c.steps + 1).join(chain, OrgUnit.id == chain.c.parent_id)
    chain = chain.union_all(above.where(chain.c.steps < DEEPEST - 1))
    return sa.select(OrgUnit).join(chain, chain.c.id == OrgUnit.id).order_by(chain.c.steps)


_ANCESTORS = _ancestors()  # asked several times by every request: made once


@dataclass(frozen=True)
class PlaceOfGrid:
    """Where a grid lies, for the permission table; ``units`` nearest first."""

    county_code: str
    units: tuple[UUID, ...]


def place_of_grid(session: Session, grid_id: UUID) -> PlaceOfGrid | None:
    """Where the grid lies, or None when there is no such open grid."""
    found = session.get(Grid, grid_id)
    if found is None or found.closed_on is not None:
        return None
    return PlaceOfGrid(found.county_code, units_of_grid(session, grid_id))


def units_of_grid(session: Session, grid_id: UUID) -> tuple[UUID, ...]:
    """Ids of the org units above a grid, nearest first; empty for an unknown grid. Kept with the session."""
    cache: dict[UUID, tuple[UUID, ...]] = session.info.setdefault(UNITS_CACHE, {})
    if grid_id not in cache:
        found = session.get(Grid, grid_id)
        cache[grid_id] = tuple(u.id for u in ancestors(session, found.village_id)) if found else ()
    return cache[grid_id]


def thing_of_grid(session: Session, grid_id: UUID) -> dict[str, Any]:
    """``{county_code, units}`` of a grid, for ``people.rules.Thing``; units nearest first. Problem ``grid_unknown``."""
    found = grid(session, grid_id)
    if found is None:
        raise Problem("grid_unknown")
    return {"county_code": found.county_code, "units": units_of_grid(session, grid_id)}


def borders_on(session: Session, area_ids: Iterable[UUID], day: date) -> dict[UUID, Border]:
    """The border in force on the day, by grid or micro-grid."""
    by_area: dict[UUID, list[Border]] = {}
    for border in session.scalars(sa.select(Border).where(Border.area_id.in_(list(area_ids)))):
        by_area.setdefault(border.area_id, []).append(border)
    found = {area: in_force(borders, day) for area, borders in by_area.items()}
    return {area: border for area, border in found.items() if border is not None}


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``grid``, ``micro_grid``, ``org_unit`` as a phone sees them; what is closed has none."""
    return _FEEDS[kind](session, ids)


def _grid_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    grids = list(session.scalars(sa.select(Grid).where(Grid.id.in_(ids), Grid.closed_on.is_(None))))
    borders = borders_on(session, [g.id for g in grids], clock.today())
    rows: dict[UUID, dict[str, Any]] = {}
    for found in grids:
        above = ancestors(session, found.village_id)
        town = next((u for u in above if tier_of(u.kind) == "town"), None)
        rows[found.id] = {
            "id": str(found.id),
            "version": found.version,
            "code": found.code,
            "name": found.name_zh,
            "kind": found.kind,
            "outline": _outline(borders.get(found.id)),
            "village_id": str(found.village_id),
            "village_name": above[0].name_zh,
            "town_name": town.name_zh if town else "",
        }
    return rows


def _micro_grid_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    statement = sa.select(MicroGrid).where(MicroGrid.id.in_(ids), MicroGrid.closed_on.is_(None))
    micro_grids = list(session.scalars(statement))
    borders = borders_on(session, [m.id for m in micro_grids], clock.today())
    return {
        found.id: {
            "id": str(found.id),
            "version": found.version,
            "grid_id": str(found.grid_id),
            "code": found.code,
            "name": found.name_zh,
            "outline": _outline(borders.get(found.id)),
        }
        for found in micro_grids
    }


def _org_unit_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    units = session.scalars(sa.select(OrgUnit).where(OrgUnit.id.in_(ids)))
    return {
        unit.id: {
            "id": str(unit.id),
            "version": unit.version,
            "kind": tier_of(unit.kind),
            "name": unit.name_zh,
            "phone": unit.phone,
        }
        for unit in units
        if tier_of(unit.kind)
    }


def _outline(border: Border | None) -> list[list[list[float]]]:
    return outline_in_degrees(border.rings) if border else []


_FEEDS = {"grid": _grid_rows, "micro_grid": _micro_grid_rows, "org_unit": _org_unit_rows}
