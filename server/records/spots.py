"""Where something was: the place of a hazard or an emergency, as the phone tells it and as its table keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.queries import borders_on
from server.areas.rules import outline_in_degrees
from server.households.models import Place
from server.kernel.geo import Position, contains, to_degrees, to_units
from server.kernel.problems import Problem
from server.platform.db import remember
from server.records.models import Spotted

Told = Mapping[str, Any] | None


def put_spot(row: Spotted, told: Told) -> None:
    """Write a told place (degrees) into the row; without a position it is none."""
    spot = told or {"source": "none"}
    is_known = spot.get("lng") is not None and spot.get("lat") is not None
    row.lng = to_units(spot["lng"]) if is_known else None
    row.lat = to_units(spot["lat"]) if is_known else None
    row.accuracy_m = spot.get("accuracy_m")
    row.place_source = spot["source"] if is_known else "none"


def spot_of(row: Spotted) -> dict[str, Any]:
    """The place as the wire has it."""
    if row.lng is None or row.lat is None:
        return {"source": "none"}
    spot: dict[str, Any] = {"lng": to_degrees(row.lng), "lat": to_degrees(row.lat), "source": row.place_source}
    if row.accuracy_m is not None:
        spot["accuracy_m"] = row.accuracy_m
    return spot


def check_place(session: Session, grid_id: UUID, place_id: UUID | None) -> None:
    """A registered place that is named lies in the grid. Problem ``place_elsewhere``."""
    if place_id is None:
        return
    place = session.get(Place, place_id)
    if place is None or place.grid_id != grid_id:
        raise Problem("place_elsewhere")


def lies_in_grid(session: Session, grid_id: UUID, told: Told, day: date) -> bool | None:
    """None when there is no position or no border; a position outside is a hint, never a refusal."""
    if told is None or told.get("lng") is None or told.get("lat") is None:
        return None
    outline = remember(session, ("outline", grid_id, day), lambda: _outline(session, grid_id, day))
    return contains(outline[0], Position(told["lng"], told["lat"])) if outline else None


def _outline(session: Session, grid_id: UUID, day: date) -> list[list[list[float]]]:
    border = borders_on(session, [grid_id], day).get(grid_id)
    return outline_in_degrees(border.rings) if border else []
