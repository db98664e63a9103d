"""Writes of the areas room. Towns and subdistricts delimit grids and micro-grids (Art. 6); the door knows who asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries
from server.areas.models import Border, Division, Grid, GridMeasure, MicroGrid, OrgUnit, OtherArea
from server.areas.rules import Ring, box_of, is_ring, tier_of
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, may
from server.platform import streams


def add_division(session: Session, *, code: str, name_zh: str, kind: str, from_day: date) -> Division:
    """One statistical division code, reference data."""
    division = Division(id=new_id(), code=code, name_zh=name_zh, kind=kind, from_day=from_day)
    session.add(division)
    return division


def add_unit(
    session: Session,
    *,
    kind: str,
    name_zh: str,
    county_code: str,
    parent_id: UUID | None = None,
    name_en: str | None = None,
    division_code: str | None = None,
    phone: str | None = None,
    unit_id: UUID | None = None,
) -> OrgUnit:
    """An organisation; units that phones list (village, town, county) go out in their own ``area`` stream."""
    unit = OrgUnit(
        id=unit_id or new_id(),
        county_code=county_code,
        parent_id=parent_id,
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        division_code=division_code,
        phone=phone,
        version=1,
    )
    session.add(unit)
    if tier_of(kind):
        streams.put(session, stream_keys.area(unit.id), "org_unit", unit.id)
    return unit


def add_grid(session: Session, *, village_id: UUID, code: str, kind: str, name_zh: str) -> Grid:
    """A grid of a village or community (Art. 2). Problem ``not_found`` when there is no such unit."""
    village = session.get(OrgUnit, village_id)
    if village is None:
        raise Problem("not_found")
    found = Grid(
        id=new_id(),
        county_code=village.county_code,
        code=code,
        village_id=village_id,
        kind=kind,
        name_zh=name_zh,
        created_at=clock.now(),
        version=1,
    )
    session.add(found)
    streams.put(session, stream_keys.grid(found.id), "grid", found.id)
    return found


def add_micro_grid(session: Session, *, grid_id: UUID, code: str, name_zh: str) -> MicroGrid:
    """A micro-grid inside a grid (Art. 6). Problem ``grid_unknown``."""
    above = queries.grid(session, grid_id)
    if above is None:
        raise Problem("grid_unknown")
    found = MicroGrid(
        id=new_id(), county_code=above.county_code, grid_id=grid_id, code=code, name_zh=name_zh, version=1
    )
    session.add(found)
    streams.put(session, stream_keys.micro(found.id), "micro_grid", found.id)
    return found


def set_border(
    session: Session, area: Grid | MicroGrid, rings: Sequence[Ring], from_day: date, document_no: str | None = None
) -> Border:
    """The outline from a day on; the one before ends on that day. Problem ``invalid`` for something that is no ring."""
    if not rings or not all(is_ring(ring) for ring in rings):
        raise Problem("invalid", fields=["rings"])
    is_open = sa.or_(Border.to_day.is_(None), Border.to_day > from_day)
    ending = sa.update(Border).where(Border.area_id == area.id, Border.from_day < from_day, is_open)
    session.execute(ending.values(to_day=from_day))
    session.execute(sa.delete(Border).where(Border.area_id == area.id, Border.from_day >= from_day))
    border = Border(
        id=new_id(),
        county_code=area.county_code,
        area_id=area.id,
        rings=[[list(p) for p in r] for r in rings],
        document_no=document_no,
        from_day=from_day,
        **box_of(rings),
    )
    session.add(border)
    area.version += 1
    is_grid = isinstance(area, Grid)
    stream = stream_keys.grid(area.id) if is_grid else stream_keys.micro(area.id)
    streams.put(session, stream, "grid" if is_grid else "micro_grid", area.id)
    return border


FIGURES = (("grid_least", "grid_most"), ("micro_least", "micro_most"))


def set_measure(
    session: Session, by: Holder, *, document_no: str, from_day: date, figures: Mapping[str, int | None]
) -> GridMeasure:
    """The city's measures from a day on (Art. 6); earlier ones stay as they were. Refuses with ``not_allowed``, ``invalid``."""
    insist(may(by, "grid.measure"))
    for least, most in FIGURES:
        low, high = figures.get(least), figures.get(most)
        if low is not None and high is not None and low > high:
            raise Problem("invalid", fields=[most])
    if all(figures.get(name) is None for pair in FIGURES for name in pair):
        raise Problem("invalid", fields=[FIGURES[0][0]])
    found = GridMeasure(
        id=new_id(), document_no=document_no, from_day=from_day, at=clock.now(), by_person=by.person_id, **figures
    )
    session.add(found)
    session.flush()
    return found


def keep_other_areas(
    session: Session,
    by: Holder,
    *,
    basis: str,
    from_day: date,
    drawn: Sequence[tuple[Mapping[str, Any], Sequence[Ring]]],
) -> int:
    """Areas that another law lets somebody draw (Art. 6), brought in to be seen. Refuses with ``not_allowed``, ``invalid``."""
    insist(may(by, "other_area.keep"))
    names = [str(properties.get("name") or "").strip()[:80] for properties, _ in drawn]
    if not all(names):
        raise Problem("invalid", fields=["name"], feature=names.index("") + 1)
    for name, (_, rings) in zip(names, drawn, strict=True):
        session.add(
            OtherArea(
                id=new_id(), county_code=by.county_code, name_zh=name, basis=basis, rings=[list(r) for r in rings],
                from_day=from_day, at=clock.now(), by_person=by.person_id,
            )
        )  # fmt: skip
    session.flush()
    return len(names)


def end_other_area(session: Session, by: Holder, area_id: UUID, to_day: date) -> None:
    """It is shown until the day before. Refuses with ``not_found`` for another county's, ``not_allowed``."""
    insist(may(by, "other_area.keep"))
    found = session.get(OtherArea, area_id, with_for_update=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    if found.to_day is None:
        found.to_day = max(to_day, found.from_day)
    session.flush()
