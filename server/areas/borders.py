"""Borders as pages read them: of a unit on any day, with names and documents; the city's figures and what they warn of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.areas import queries, sheets
from server.areas.drafting import DRAWING_UNITS, thing_of_unit
from server.areas.lattice import GRID, MICRO
from server.areas.models import Border, BorderDraft, DraftArea, Grid, GridMeasure, MicroGrid, OrgUnit, OtherArea
from server.areas.registry import households_in
from server.areas.rules import is_valid_on
from server.kernel.problems import Problem
from server.people.models import Appointment, Person
from server.people.rules import FIELD_ROLES, Holder, may

BESIDE = 200_000  # units of others' ground shown around one's own, about two kilometres


@dataclass
class Area:
    """A grid or micro-grid on a day. ``change``: what a draft does to it, or None. ``households``: known today."""

    id: UUID
    level: str
    parent: UUID
    code: str
    name: str
    kind: str
    rings: list[Any]
    from_day: date | None = None
    document_no: str | None = None
    change: str | None = None
    households: int = 0
    warning: str | None = None
    people: list[tuple[str, str]] = field(default_factory=list)  # name and role


def units_seen(session: Session, holder: Holder) -> list[OrgUnit]:
    """Towns, subdistricts and zones whose borders the holder may look at, by code."""
    units = session.scalars(sa.select(OrgUnit).where(OrgUnit.kind.in_(DRAWING_UNITS)))
    above = _above_own_village(session, holder)
    seen = [u for u in units if u.id in above or may(holder, "grid.see", thing_of_unit(session, u.id))]
    return sorted(seen, key=lambda unit: (unit.county_code, unit.division_code or "", unit.name_zh))


def unit_seen(session: Session, holder: Holder, unit_id: UUID) -> OrgUnit:
    """The unit, for whoever may look at its borders: from above, or from a village within. Problem ``not_found``."""
    thing = thing_of_unit(session, unit_id)
    if unit_id not in _above_own_village(session, holder) and not may(holder, "grid.see", thing):
        raise Problem("not_found")
    return queries.unit(session, unit_id)


def _above_own_village(session: Session, holder: Holder) -> set[UUID]:
    own = [post.org_unit_id for post in holder.posts if post.role == "village_committee"]
    return {unit.id for village in own for unit in queries.ancestors(session, village)}


def villages_of(session: Session, unit_id: UUID) -> list[OrgUnit]:
    """Villages and communities below, by code."""
    below = queries.units_under(session, [unit_id])
    here = sa.and_(OrgUnit.id.in_(below), OrgUnit.kind.in_(("village", "community")))
    return list(session.scalars(sa.select(OrgUnit).where(here).order_by(OrgUnit.division_code, OrgUnit.name_zh)))


def areas_on(session: Session, villages: Collection[UUID], day: date, draft: BorderDraft | None = None) -> list[Area]:
    """Grids, then micro-grids of these villages as they were, are or will be on the day, by code.

    An area without an outline is among them while it exists. ``draft``: laid on top.
    """
    found: dict[UUID, Area] = {}
    for row, border in session.execute(_on(Grid, day).where(Grid.village_id.in_(villages))):
        found[row.id] = _area(row, GRID, row.village_id, row.kind, border)
    of_these = MicroGrid.grid_id.in_(sa.select(Grid.id).where(Grid.village_id.in_(villages)))
    for row, border in session.execute(_on(MicroGrid, day).where(of_these)):
        found[row.id] = _area(row, MICRO, row.grid_id, "", border)
    for above in sheets.issued_until(session, day, draft):
        _lay_over(found, sheets.areas_of(session, above.id), above, villages, is_shown=False)
    if draft is not None:
        _lay_over(found, sheets.areas_of(session, draft.id), draft, villages, is_shown=True)
    return sorted(found.values(), key=lambda area: (area.level != GRID, area.code or "~", area.name))


def _on(table: Any, day: date) -> sa.Select[Any]:
    valid = sa.and_(Border.from_day <= day, sa.or_(Border.to_day.is_(None), Border.to_day > day))
    statement = sa.select(table, Border).outerjoin(Border, sa.and_(Border.area_id == table.id, valid))
    is_open = sa.or_(table.closed_on.is_(None), table.closed_on > day)
    ever = aliased(Border)
    never_drawn = ~sa.exists().where(ever.area_id == table.id)
    return statement.where(is_open, sa.or_(Border.id.is_not(None), never_drawn))


def _area(row: Any, level: str, parent: UUID, kind: str, border: Border | None) -> Area:
    drawn = (border.rings, border.from_day, border.document_no) if border else ([], None, None)
    return Area(row.id, level, parent, row.code, row.name_zh, kind, *drawn)


def _lay_over(
    found: dict[UUID, Area],
    rows: Iterable[DraftArea],
    draft: BorderDraft,
    villages: Collection[UUID],
    *,
    is_shown: bool,
) -> None:
    ordered = sorted(rows, key=lambda row: row.level != GRID)
    for row in ordered:
        if row.change == "closed":
            found.pop(row.area_id, None)
            continue
        if row.parent_id not in (villages if row.level == GRID else found):
            continue
        code = row.code or (found[row.area_id].code if row.area_id in found else "")
        found[row.area_id] = Area(
            row.area_id, row.level, row.parent_id, code, row.name_zh, row.kind, row.rings, draft.effect_day,
            draft.document_no, row.change if is_shown else None,
        )  # fmt: skip


def grids_beside(session: Session, areas: Iterable[Area], villages: Collection[UUID], day: date) -> list[Area]:
    """Grids of others around these areas, to be seen while one draws; all of these villages' counties where none is drawn."""
    around = sheets.box_around([ring for area in areas for ring in area.rings], BESIDE)
    if around is not None:
        meets = sa.and_(
            Border.west <= around.east, Border.east >= around.west,
            Border.south <= around.north, Border.north >= around.south,
        )  # fmt: skip
    else:
        counties = sa.select(OrgUnit.county_code).where(OrgUnit.id.in_(villages))
        meets = Grid.county_code.in_(counties)
    statement = _on(Grid, day).where(meets, Grid.village_id.not_in(villages), Border.id.is_not(None))
    return [_area(row, GRID, row.village_id, row.kind, border) for row, border in session.execute(statement)]


def drafts_of(session: Session, unit_ids: Collection[UUID], most: int = 50) -> list[BorderDraft]:
    """Of these units, the newest first."""
    statement = sa.select(BorderDraft).where(BorderDraft.unit_id.in_(unit_ids))
    return list(session.scalars(statement.order_by(BorderDraft.made_at.desc()).limit(most)))


def ended_by(session: Session, draft: BorderDraft) -> list[DraftArea]:
    """Areas that end by the draft, by name."""
    rows = [row for row in sheets.areas_of(session, draft.id) if row.change == "closed"]
    return sorted(rows, key=lambda row: (row.level != GRID, row.name_zh))


def mark_changes(session: Session, areas: Iterable[Area], draft: BorderDraft) -> None:
    """What a draft that is in force did to these areas."""
    changes = {row.area_id: row.change for row in sheets.areas_of(session, draft.id)}
    for area in areas:
        area.change = changes.get(area.id)


def days_of_change(session: Session, villages: Collection[UUID]) -> list[date]:
    """Days on which borders of these villages changed, the newest first."""
    grids = sa.select(Grid.id).where(Grid.village_id.in_(villages))
    micros = sa.select(MicroGrid.id).where(MicroGrid.grid_id.in_(grids))
    here = sa.or_(Border.area_id.in_(grids), Border.area_id.in_(micros))
    return list(session.scalars(sa.select(Border.from_day).where(here).distinct().order_by(Border.from_day.desc())))


def others_on(session: Session, county_codes: Collection[str], day: date) -> list[OtherArea]:
    """Areas drawn under other laws that are in force on the day, by name."""
    statement = sa.select(OtherArea).where(OtherArea.county_code.in_(county_codes)).order_by(OtherArea.name_zh)
    return [area for area in session.scalars(statement) if is_valid_on(area, day)]


# -- the city's figures ------------------------------------------------------------------------------------------------


def measure_on(session: Session, day: date) -> GridMeasure | None:
    """The city's measures in force on the day; None before there are any, then nothing is warned of."""
    newest = sa.select(GridMeasure).where(GridMeasure.from_day <= day)
    return session.scalars(newest.order_by(GridMeasure.from_day.desc(), GridMeasure.at.desc()).limit(1)).first()


def measures(session: Session) -> list[GridMeasure]:
    return list(session.scalars(sa.select(GridMeasure).order_by(GridMeasure.from_day.desc(), GridMeasure.at.desc())))


def with_households(
    session: Session, areas: list[Area], draft: BorderDraft | None, measure: GridMeasure | None
) -> None:
    """Fill in households and what the measures warn of: ``few``, ``many`` or nothing. Households follow their micro-grid."""
    rows = sheets.areas_of(session, draft.id) if draft else []
    goes_to = {row.area_id: row.goes_to for row in rows if row.change == "closed" and row.level == MICRO}
    micros = {area.id: area for area in areas if area.level == MICRO}
    for micro, count in households_in(session, {*micros, *goes_to}).items():
        at: UUID | None = micro
        while at in goes_to:
            at = goes_to[at]
        if at in micros:
            micros[at].households += count
    grids = {area.id: area for area in areas if area.level == GRID}
    for area in micros.values():
        if area.parent in grids:
            grids[area.parent].households += area.households
    for area in areas:
        area.warning = _warning(area, measure)


def _warning(area: Area, measure: GridMeasure | None) -> str | None:
    if measure is None or not area.households or area.kind == "special_area":
        return None
    is_grid = area.level == GRID
    least, most = (measure.grid_least, measure.grid_most) if is_grid else (measure.micro_least, measure.micro_most)
    if least is not None and area.households < least:
        return "few"
    return "many" if most is not None and area.households > most else None


def with_people(session: Session, areas: Iterable[Area], day: date) -> None:
    """Who holds a post in each area on the day: names and roles, for whoever draws."""
    by_id: Mapping[UUID, Area] = {area.id: area for area in areas}
    held = sa.and_(Appointment.from_day <= day, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day))
    here = sa.or_(Appointment.grid_id.in_(list(by_id)), Appointment.micro_grid_id.in_(list(by_id)))
    statement = sa.select(Appointment, Person).join(Person, Person.id == Appointment.person_id)
    for post, person in session.execute(statement.where(held, here, Appointment.role.in_(FIELD_ROLES))):
        at = post.micro_grid_id or post.grid_id
        area = by_id.get(at) if at is not None else None
        if area is not None:
            area.people.append((person.name, post.role))
