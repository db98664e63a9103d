"""Borders of a neighbourhood on a day as a sheet to work on: what is in force, what is issued until then, and a draft on top."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import lattice
from server.areas.lattice import GRID, MICRO, Shape
from server.areas.models import Border, BorderDraft, DraftArea, Grid, MicroGrid
from server.areas.rules import Ring, box_of

MARGIN = 1_000  # units around what is edited, about ten metres


class Box(NamedTuple):
    """West, south, east, north in units."""

    west: int
    south: int
    east: int
    north: int

    def meets(self, other: Box) -> bool:
        return (
            self.west <= other.east
            and other.west <= self.east
            and self.south <= other.north
            and other.south <= self.north
        )


def box_around(rings: Sequence[Ring], margin: int = MARGIN) -> Box | None:
    if not any(rings):
        return None
    box = box_of(rings)
    return Box(box["west"] - margin, box["south"] - margin, box["east"] + margin, box["north"] + margin)


def joined(boxes: Iterable[Box | None]) -> Box | None:
    found = [box for box in boxes if box is not None]
    if not found:
        return None
    wests, souths, easts, norths = zip(*found, strict=True)
    return Box(min(wests), min(souths), max(easts), max(norths))


def sheet_on(
    session: Session, day: date, box: Box | None, draft: BorderDraft | None, named: Collection[UUID] = ()
) -> dict[UUID, Shape]:
    """Grids and micro-grids that meet the box on the day, and the ``named`` ones wherever they are, drawn or not."""
    sheet: dict[UUID, Shape] = {}
    for table, level in ((Grid, GRID), (MicroGrid, MICRO)):
        for row, rings in session.execute(_in_force(table, day, box, named)):
            parent = row.village_id if level == GRID else row.grid_id
            kind = row.kind if level == GRID else ""
            sheet[row.id] = Shape(level, parent, lattice.ground_of(rings or []), row.name_zh, kind)
    for above in [*issued_until(session, day, draft), *([draft] if draft else [])]:
        _lay_over(sheet, areas_of(session, above.id), box, named, is_own=above is draft)
    return sheet


def grids_on(session: Session, county_codes: Collection[str], day: date, draft: BorderDraft | None) -> list[Shape]:
    """Every grid of these counties with an outline on the day, the draft included."""
    in_force = _in_force(Grid, day, None, ()).where(Grid.county_code.in_(county_codes))
    sheet = {
        row.id: Shape(GRID, row.village_id, lattice.ground_of(rings or []), row.name_zh, row.kind)
        for row, rings in session.execute(in_force)
    }
    everywhere = Box(-(2**31), -(2**31), 2**31, 2**31)
    for above in [*issued_until(session, day, draft), *([draft] if draft else [])]:
        rows = [row for row in areas_of(session, above.id) if row.level == GRID]
        _lay_over(sheet, rows, everywhere, (), is_own=above is draft)
    return list(sheet.values())


def issued_until(session: Session, day: date, but: BorderDraft | None) -> list[BorderDraft]:
    """Issued and not yet in force, with a day of effect up to the day, in the order in which they come into force."""
    statement = sa.select(BorderDraft).where(BorderDraft.state == "issued", BorderDraft.effect_day <= day)
    if but is not None:
        statement = statement.where(BorderDraft.id != but.id)
    return list(session.scalars(statement.order_by(BorderDraft.effect_day, BorderDraft.issued_at, BorderDraft.id)))


def areas_of(session: Session, draft_id: UUID) -> list[DraftArea]:
    statement = sa.select(DraftArea).where(DraftArea.draft_id == draft_id)
    return list(session.scalars(statement.order_by(DraftArea.level, DraftArea.area_id)))


def _in_force(table: Any, day: date, box: Box | None, named: Collection[UUID]) -> sa.Select[Any]:
    is_valid = sa.and_(
        Border.area_id == table.id, Border.from_day <= day, sa.or_(Border.to_day.is_(None), Border.to_day > day)
    )
    statement = sa.select(table, Border.rings).outerjoin(Border, is_valid)
    statement = statement.where(sa.or_(table.closed_on.is_(None), table.closed_on > day)).order_by(table.id)
    if box is None:
        return statement.where(table.id.in_(list(named))) if named else statement
    meets = sa.and_(
        Border.west <= box.east, Border.east >= box.west, Border.south <= box.north, Border.north >= box.south
    )
    return statement.where(sa.or_(meets, table.id.in_(list(named))))


def _lay_over(
    sheet: dict[UUID, Shape], rows: Iterable[DraftArea], box: Box | None, named: Collection[UUID], *, is_own: bool
) -> None:
    for row in rows:
        if row.change == "closed":
            sheet.pop(row.area_id, None)
            continue
        around = box_around(row.rings, 0)
        is_here = box is not None and around is not None and around.meets(box)
        if row.area_id in sheet or row.area_id in named or is_here:
            is_new = is_own and row.change == "new"
            sheet[row.area_id] = Shape(
                row.level, row.parent_id, lattice.ground_of(row.rings), row.name_zh, row.kind, is_new,
                row.came_from if is_new else None,
            )  # fmt: skip
