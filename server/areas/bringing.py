"""A GeoJSON file as one step of a draft: which of its areas are known, which are new, and where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas import borders, editing
from server.areas.lattice import GRID, MICRO
from server.areas.models import BorderDraft
from server.kernel.ids import parse_id
from server.kernel.problems import Problem

Feature = tuple[Mapping[str, Any], Sequence[Any]]


def as_step(session: Session, draft: BorderDraft, features: Sequence[Feature]) -> dict[str, Any]:
    """What ``drafting.take_step(…, "bring", …)`` is told.

    A feature is known by its ``id`` or ``code``; a new grid names its ``village`` (code or name), a new micro-grid its
    ``grid``, both a ``name``; ``kind`` may say special_area. Problem ``geojson_unreadable`` with the number of the feature.
    """
    known = borders.areas_on(
        session, [v.id for v in borders.villages_of(session, draft.unit_id)], draft.effect_day, draft
    )
    by_id = {str(area.id): area for area in known} | {area.code: area for area in known if area.code}
    villages = {
        key: village
        for village in borders.villages_of(session, draft.unit_id)
        for key in (str(village.id), village.division_code, village.name_zh)
        if key
    }
    told: list[dict[str, Any]] = []
    for number, (properties, rings) in enumerate(features, 1):
        area = by_id.get(_word(properties, "id")) or by_id.get(_word(properties, "code"))
        if area is not None:
            told.append({"area_id": str(area.id), "level": area.level, "rings": list(rings)})
            continue
        name = _word(properties, "name")[:80]
        grid, village = by_id.get(_word(properties, "grid")), villages.get(_word(properties, "village"))
        if not name or parse_id(_word(properties, "id")) or (grid is None and village is None):
            raise Problem("geojson_unreadable", feature=number)
        if grid is not None and grid.level == GRID:
            told.append(_new(MICRO, grid.id, name, "", rings))
        elif village is not None:
            kind = editing.SPECIAL if _word(properties, "kind") == editing.SPECIAL else village.kind
            told.append(_new(GRID, village.id, name, kind, rings))
        else:
            raise Problem("geojson_unreadable", feature=number)
    named = [one["area_id"] for one in told if "area_id" in one]
    if len(set(named)) != len(named):
        raise Problem("geojson_unreadable")
    return {"areas": told}


def _new(level: str, parent: UUID, name: str, kind: str, rings: Sequence[Any]) -> dict[str, Any]:
    return {"level": level, "parent_id": str(parent), "name": name, "kind": kind, "rings": list(rings)}


def _word(properties: Mapping[str, Any], name: str) -> str:
    found = properties.get(name)
    return found.strip() if isinstance(found, str) else ""
