"""What the people room asks of the areas room, in its own words: units above a unit, grids under it (wired in ``app.py``)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.people import registry as people


def units_above(session: Session, unit_id: UUID) -> list[people.Unit]:
    return [people.Unit(u.id, u.kind, u.name_zh) for u in areas.ancestors(session, unit_id)]


def grid_of_micro(session: Session, micro_grid_id: UUID) -> UUID | None:
    found = areas.micro_grid(session, micro_grid_id)
    return found.grid_id if found else None


def grid_place(session: Session, grid_id: UUID) -> people.GridPlace | None:
    found = session.get(areas.Grid, grid_id)
    if found is None:
        return None
    units = tuple(units_above(session, found.village_id))
    return people.GridPlace(found.id, found.name_zh, found.county_code, units)


def grids_under(session: Session, unit_ids: Iterable[UUID]) -> list[people.GridPlace]:
    above: dict[UUID, tuple[people.Unit, ...]] = {}
    places = []
    for found in areas.grids_under(session, unit_ids):
        if found.village_id not in above:
            above[found.village_id] = tuple(units_above(session, found.village_id))
        places.append(people.GridPlace(found.id, found.name_zh, found.county_code, above[found.village_id]))
    return places
