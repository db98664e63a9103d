"""Drafts of border edits: begun, worked on step by step, taken back, issued with a number and a day of effect, withdrawn.

Towns, subdistricts and the committees of the two zones delimit and adjust grids (Arts. 6, 25), each in the units below it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import editing, lattice, queries, sheets
from server.areas.editing import Edited, Hand
from server.areas.lattice import GRID, MICRO, Shape
from server.areas.models import BorderDraft, BorderStep, DraftArea, Grid, MicroGrid, OrgUnit
from server.areas.sheets import Box
from server.kernel import clock
from server.kernel.geo import EARTH_M, SCALE
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, Thing, may

DRAWING_UNITS = frozenset({"town", "subdistrict", "zone"})
VILLAGES = frozenset({"village", "community"})
LONGEST_AHEAD = 3 * 366  # days until a day of effect
MOST_STEPS = 500
UNITS_PER_METRE = SCALE * 180 / (EARTH_M * 3.141592653589793)
OPEN, ISSUED, IN_FORCE, WITHDRAWN = "open", "issued", "in_force", "withdrawn"


def thing_of_unit(session: Session, unit_id: UUID) -> Thing:
    """Where an authority over borders lies. Problem ``not_found`` for a unit that draws none."""
    above = queries.ancestors(session, unit_id)
    if not above or above[0].kind not in DRAWING_UNITS:
        raise Problem("not_found")
    return Thing(county_code=above[0].county_code, units=tuple(unit.id for unit in above))


def may_draw(session: Session, by: Holder, unit_id: UUID) -> bool:
    return bool(may(by, "grid.draw", thing_of_unit(session, unit_id)))


def begin(session: Session, by: Holder, unit_id: UUID, effect_day: date) -> BorderDraft:
    """An empty draft of a unit. Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``."""
    thing = thing_of_unit(session, unit_id)
    insist(may(by, "grid.draw", thing))
    _insist_day(effect_day)
    draft = BorderDraft(
        id=new_id(), county_code=thing.county_code, unit_id=unit_id, state=OPEN, effect_day=effect_day,
        made_by=by.person_id, made_at=clock.now(), version=1,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def take_step(
    session: Session, by: Holder, draft_id: UUID, version: int, kind: str, told: Mapping[str, Any]
) -> BorderDraft:
    """One operation: ``draw``, ``split``, ``merge``, ``move``, ``bring``, with ``told`` as JSON values.

    Refuses with the problems of ``editing``, ``not_found``, ``not_allowed``, ``draft_ended``, ``stale``, ``too_large``.
    """
    draft = _open_one(session, by, draft_id, version)
    number = len(steps_of(session, draft.id)) + 1
    if number > MOST_STEPS:
        raise Problem("too_large")
    kept = {**told, "fresh": []}
    _perform(session, draft, kind, kept)
    session.add(
        BorderStep(draft_id=draft.id, number=number, kind=kind, told=kept, by_person=by.person_id, at=clock.now())
    )
    draft.version += 1
    session.flush()
    return draft


def take_back(session: Session, by: Holder, draft_id: UUID, version: int) -> BorderDraft:
    """The last operation is undone. Refuses with ``nothing_drawn``, ``draft_ended``, ``stale``."""
    draft = _open_one(session, by, draft_id, version)
    steps = steps_of(session, draft.id)
    if not steps:
        raise Problem("nothing_drawn")
    session.delete(steps[-1])
    session.flush()
    _work_out(session, draft)
    draft.version += 1
    return draft


def issue(
    session: Session, by: Holder, draft_id: UUID, version: int, *, document_no: str, effect_day: date
) -> BorderDraft:
    """With its number and day of effect; worked out anew on what will be in force then.

    Refuses as ``take_step`` does, and with ``nothing_drawn``, ``day_out_of_range``, ``border_pending``.
    """
    _lock_borders(session, by, draft_id)
    draft = _open_one(session, by, draft_id, version)
    _insist_day(effect_day)
    draft.effect_day, draft.document_no = effect_day, document_no
    session.flush()
    _work_out(session, draft)
    if not sheets.areas_of(session, draft.id):
        raise Problem("nothing_drawn")
    _insist_alone(session, draft, BorderDraft.effect_day > effect_day)
    _give_codes(session, draft)
    draft.state, draft.issued_by, draft.issued_at = ISSUED, by.person_id, clock.now()
    draft.version += 1
    session.flush()
    return draft


def withdraw(session: Session, by: Holder, draft_id: UUID, version: int) -> BorderDraft:
    """Before its day. Refuses with ``draft_ended``, ``border_pending`` (another change builds on it), ``stale``."""
    _lock_borders(session, by, draft_id)
    draft = draft_for(session, by, draft_id, lock=True)
    if draft.state not in (OPEN, ISSUED):
        raise Problem("draft_ended")
    _insist_version(draft, version)
    if draft.state == ISSUED:
        _insist_alone(session, draft, BorderDraft.effect_day >= draft.effect_day)
    draft.state, draft.ended_at = WITHDRAWN, clock.now()
    draft.version += 1
    session.flush()
    return draft


def draft_for(session: Session, by: Holder, draft_id: UUID, *, lock: bool = False) -> BorderDraft:
    """The draft, for whoever may draw in its unit. Problems ``not_found``, ``not_allowed``."""
    draft = session.get(BorderDraft, draft_id, with_for_update=lock or None, populate_existing=lock)
    if draft is None:
        raise Problem("not_found")
    insist(may(by, "grid.draw", thing_of_unit(session, draft.unit_id)))
    return draft


def steps_of(session: Session, draft_id: UUID) -> list[BorderStep]:
    statement = sa.select(BorderStep).where(BorderStep.draft_id == draft_id).order_by(BorderStep.number)
    return list(session.scalars(statement))


def _open_one(session: Session, by: Holder, draft_id: UUID, version: int) -> BorderDraft:
    draft = draft_for(session, by, draft_id, lock=True)
    if draft.state != OPEN:
        raise Problem("draft_ended")
    _insist_version(draft, version)
    return draft


def _insist_version(draft: BorderDraft, version: int) -> None:
    if draft.version != version:
        raise Problem("stale")


def _insist_day(day: date) -> None:
    if not clock.today() <= day <= clock.today() + timedelta(days=LONGEST_AHEAD):
        raise Problem("day_out_of_range", fields=["effect_day"])


def _lock_borders(session: Session, by: Holder, draft_id: UUID) -> None:
    """One at a time issues, withdraws or brings into force, whoever the neighbour is: the root of the units is locked."""
    lock_root(session, draft_for(session, by, draft_id).unit_id)


def lock_root(session: Session, unit_id: UUID) -> None:
    root = queries.ancestors(session, unit_id)[-1].id
    session.execute(sa.select(OrgUnit.id).where(OrgUnit.id == root).with_for_update(key_share=True))


def _work_out(session: Session, draft: BorderDraft) -> None:
    """The draft's areas anew from its steps, on what will be in force on its day."""
    session.execute(sa.delete(DraftArea).where(DraftArea.draft_id == draft.id))
    session.expire_all()
    for step in steps_of(session, draft.id):
        told = dict(step.told)
        _perform(session, draft, step.kind, told)
        step.told = told
        session.flush()


def _perform(session: Session, draft: BorderDraft, kind: str, told: dict[str, Any]) -> None:
    """``told["fresh"]``: the ids that new areas got when this was first done; more are added where more are made."""
    used: list[str] = []
    given = iter(list(told["fresh"]))

    def fresh() -> UUID:
        used.append(next(given, None) or str(new_id()))
        return UUID(used[-1])

    hand = Hand(fresh)
    board = _Board(session, draft)
    before, after = _OPERATIONS[kind](board, told, hand)
    edited = editing.judged(before, after, board.cover)
    _keep(session, draft, before, edited, hand.heirs)
    told["fresh"] = used


class _Board:
    """What an operation of a draft may see and touch: its day, its villages, the sheet around a place."""

    def __init__(self, session: Session, draft: BorderDraft) -> None:
        self.session, self.draft = session, draft
        self.villages = queries.units_under(session, [draft.unit_id])

    def named(self, areas: list[UUID]) -> dict[UUID, Shape]:
        """The areas, all of them the draft's own to edit. Problem ``not_found``."""
        found = sheets.sheet_on(self.session, self.draft.effect_day, None, self.draft, areas)
        above = {found[i].parent for i in areas if i in found and found[i].level == MICRO}
        if above - found.keys():
            found |= sheets.sheet_on(self.session, self.draft.effect_day, None, self.draft, above)
        for area in areas:
            grid = found.get(found[area].parent) if area in found and found[area].level == MICRO else found.get(area)
            if grid is None or grid.parent not in self.villages:
                raise Problem("not_found")
        return {area: found[area] for area in areas}

    def around(self, areas: Mapping[UUID, Shape], rings: list[Any]) -> dict[UUID, Shape]:
        """Everything near these areas and rings."""
        boxes = [_box(shape) for shape in areas.values()] + [sheets.box_around([ring]) for ring in rings]
        parents = {shape.parent for shape in areas.values() if shape.level == MICRO}
        box = sheets.joined(boxes)
        return sheets.sheet_on(self.session, self.draft.effect_day, box, self.draft, {*areas, *parents})

    def own_grids(self, sheet: Mapping[UUID, Shape]) -> set[UUID]:
        return {area for area, shape in sheet.items() if shape.level == GRID and shape.parent in self.villages}

    def cover(self) -> lattice.Geometry:
        named = sa.select(OrgUnit.county_code).where(OrgUnit.id.in_(self.villages)).distinct()
        counties = set(self.session.scalars(named))
        found = sheets.grids_on(self.session, counties, self.draft.effect_day, self.draft)
        return lattice.union(shape.ground for shape in found)


def _box(shape: Shape) -> Box | None:
    return sheets.box_around(lattice.rings_of(shape.ground))


Both = tuple[Mapping[UUID, Shape], dict[UUID, Shape]]


def _draw(board: _Board, told: dict[str, Any], hand: Hand) -> Both:
    parent, is_micro = UUID(told["parent_id"]), told["level"] == MICRO
    around = board.named([parent]) if is_micro else {}
    if is_micro and around[parent].level != GRID:
        raise Problem("not_found")
    village = None if is_micro else board.session.get(OrgUnit, parent)
    if not is_micro and (village is None or village.id not in board.villages or village.kind not in VILLAGES):
        raise Problem("not_found")
    sheet = board.around(around, [told["points"]])
    ground = _outline(sheet, told)
    kind = "" if village is None else editing.SPECIAL if told["special"] else village.kind
    shape = Shape(told["level"], parent, ground, told["name"], kind, is_new=True)
    own = board.own_grids(sheet)
    after = editing.draw(sheet, hand.fresh(), shape, own=own, trim=told["trim"], hand=hand)
    return sheet, after


def _split(board: _Board, told: dict[str, Any], hand: Hand) -> Both:
    area = UUID(told["area_id"])
    sheet = board.around(board.named([area]), [])
    line = lattice.snapped(told["points"], [sheet[area].ground], _reach(told)) if told["points"] else []
    return sheet, editing.split(sheet, area, line, told["name"], hand)


def _merge(board: _Board, told: dict[str, Any], hand: Hand) -> Both:
    areas = [UUID(one) for one in told["area_ids"]]
    if len(areas) < 2:
        raise Problem("invalid", fields=["area_ids"])
    sheet = board.around(board.named(areas), [])
    return sheet, editing.merge(sheet, areas, hand)


def _move(board: _Board, told: dict[str, Any], _hand: Hand) -> Both:
    area, other = UUID(told["area_id"]), UUID(told["other_id"]) if told.get("other_id") else None
    named = board.named([area, *([other] if other else [])])
    sheet = board.around(named, [told["points"]])
    return sheet, editing.move(sheet, area, _outline(sheet, told), other)


def _bring(board: _Board, told: dict[str, Any], hand: Hand) -> Both:
    """Many outlines at once, as a file brings them: of areas there are, and of new ones."""
    known = [UUID(one["area_id"]) for one in told["areas"] if one.get("area_id")]
    parents = [UUID(one["parent_id"]) for one in told["areas"] if not one.get("area_id") and one["level"] == MICRO]
    named = board.named([*known, *parents])
    if any(named[parent].level != GRID for parent in parents):
        raise Problem("not_found")
    sheet = board.around(named, [ring for one in told["areas"] for ring in one["rings"]])
    after = dict(sheet)
    for one in told["areas"]:
        ground = lattice.ground_of(one["rings"])
        if one.get("area_id"):
            after[UUID(one["area_id"])] = sheet[UUID(one["area_id"])].on(ground)
            continue
        if one["level"] == GRID and UUID(one["parent_id"]) not in board.villages:
            raise Problem("not_found")
        parent = UUID(one["parent_id"])
        after[hand.fresh()] = Shape(one["level"], parent, ground, one["name"], one["kind"], is_new=True)
    return sheet, after


_OPERATIONS: Mapping[str, Callable[[_Board, dict[str, Any], Hand], Both]] = {
    "draw": _draw,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "bring": _bring,
}


def _outline(sheet: Mapping[UUID, Shape], told: Mapping[str, Any]) -> lattice.Geometry:
    borders = [shape.ground for shape in sheet.values() if not shape.ground.is_empty]
    return editing.outline(lattice.snapped(told["points"], borders, _reach(told)))


def _reach(told: Mapping[str, Any]) -> float:
    return float(told["snap_m"]) * UNITS_PER_METRE


def _keep(
    session: Session, draft: BorderDraft, before: Mapping[UUID, Shape], edited: Edited, heirs: Mapping[UUID, UUID]
) -> None:
    rows = {row.area_id: row for row in sheets.areas_of(session, draft.id)}
    for area in before.keys() - edited.sheet.keys():
        row = rows.get(area)
        if row is not None and row.change == "new":
            session.delete(row)
            for one in rows.values():
                if one.goes_to == area:
                    one.goes_to = heirs.get(area)
            continue
        _write(session, draft, row, area, before[area], "closed", goes_to=heirs.get(area))
    for area in edited.meant | edited.noded:
        if area not in edited.sheet:
            continue
        shape, row = edited.sheet[area], rows.get(area)
        was_meant = row is not None and row.change == "changed"
        change = "new" if shape.is_new else "changed" if area in edited.meant or was_meant else "noded"
        _write(session, draft, row, area, shape, change)
    session.flush()


def _write(
    session: Session,
    draft: BorderDraft,
    row: DraftArea | None,
    area: UUID,
    shape: Shape,
    change: str,
    goes_to: UUID | None = None,
) -> None:
    if row is None:
        row = DraftArea(draft_id=draft.id, area_id=area)
        session.add(row)
    row.level, row.change, row.parent_id, row.kind = shape.level, change, shape.parent, shape.kind
    row.name_zh, row.rings, row.goes_to = shape.name, lattice.rings_of(shape.ground), goes_to
    row.came_from = shape.came_from if shape.is_new else None


def _box_of_draft(session: Session, draft: BorderDraft) -> Box | None:
    return sheets.joined(sheets.box_around(row.rings, 0) for row in sheets.areas_of(session, draft.id))


def _insist_alone(session: Session, draft: BorderDraft, later: Any) -> None:
    """No other issued change of these days lies at the same place: it was drawn on borders that would not come."""
    mine = _box_of_draft(session, draft)
    others = sa.select(BorderDraft).where(BorderDraft.state == ISSUED, BorderDraft.id != draft.id, later)
    for other in session.scalars(others):
        box = _box_of_draft(session, other)
        if mine is not None and box is not None and mine.meets(box):
            raise Problem("border_pending", document_no=other.document_no, effect_day=other.effect_day.isoformat())


def _give_codes(session: Session, draft: BorderDraft) -> None:
    """New areas get the next serial of their village or grid: 12 + 3 digits, a micro-grid 15 + 3."""
    rows = [row for row in sheets.areas_of(session, draft.id) if row.change == "new"]
    codes: dict[UUID, str] = {}
    for row in sorted(rows, key=lambda row: row.level != GRID):
        begins = _village_code(session, row.parent_id) if row.level == GRID else codes.get(row.parent_id)
        if begins is None:
            begins = _grid_code(session, row.parent_id)
        taken = _serials(session, row.level, begins) | {
            int(code[len(begins) :])
            for code in codes.values()
            if code.startswith(begins) and len(code) == len(begins) + 3
        }
        row.code = codes[row.area_id] = f"{begins}{max(taken, default=0) + 1:03d}"


def _grid_code(session: Session, grid_id: UUID) -> str:
    """Of a grid in force, or of one that another issued draft begins before this one's day."""
    found = session.get(Grid, grid_id)
    if found is not None:
        return found.code
    coming = sa.select(DraftArea.code).where(DraftArea.area_id == grid_id, DraftArea.code.is_not(None))
    code = session.scalars(coming.limit(1)).first()
    if code is None:
        raise Problem("not_found")
    return code


def _village_code(session: Session, village_id: UUID) -> str:
    village = session.get_one(OrgUnit, village_id)
    if village.division_code and len(village.division_code) == 12:
        return village.division_code
    known = session.scalars(sa.select(Grid.code).where(Grid.village_id == village_id).limit(1)).first()
    return known[:12] if known else (village.division_code or village.county_code).ljust(12, "0")[:12]


def _serials(session: Session, level: str, begins: str) -> set[int]:
    table = Grid if level == GRID else MicroGrid
    pattern = f"{begins}___"
    codes = [
        *session.scalars(sa.select(table.code).where(table.code.like(pattern))),
        *session.scalars(sa.select(DraftArea.code).where(DraftArea.code.like(pattern))),
    ]
    return {int(code[-3:]) for code in codes if code and code[-3:].isdigit()}
