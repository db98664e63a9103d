"""An issued change of borders comes into force on its day: areas begin and end, people's posts and what lies there follow.

Records, cases and tasks keep the grid they were made in, and whoever had a post in a grid that was merged keeps it until the
office ends it, so that what was begun there can be finished (docs/decisions/0028).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries, sheets
from server.areas.commands import set_border
from server.areas.drafting import IN_FORCE, ISSUED, lock_root
from server.areas.lattice import GRID, MICRO
from server.areas.models import Border, BorderDraft, DraftArea, Grid, MicroGrid
from server.areas.registry import Ground, Moved, follow_all
from server.kernel import clock, stream_keys
from server.people import commands as people
from server.people.models import Appointment
from server.people.rules import GRID_ROLES
from server.platform import streams


def apply_due(session: Session, now: int) -> int:
    """The first issued change whose day has come. Returns 1, or 0 when none is due."""
    due = sa.and_(BorderDraft.state == ISSUED, BorderDraft.effect_day <= clock.day_of(now))
    first = sa.select(BorderDraft).where(due).order_by(BorderDraft.effect_day, BorderDraft.issued_at, BorderDraft.id)
    found = session.scalars(first.limit(1)).first()
    if found is None:
        return 0
    lock_root(session, found.unit_id)
    draft = session.get(BorderDraft, found.id, with_for_update=True, populate_existing=True)
    if draft is None or draft.state != ISSUED:
        return 1  # withdrawn or done by another while this one waited: look again
    _apply(session, draft)
    draft.state, draft.ended_at = IN_FORCE, now
    draft.version += 1
    session.flush()
    return 1


def _apply(session: Session, draft: BorderDraft) -> None:
    rows = sheets.areas_of(session, draft.id)
    day = draft.effect_day
    for row in sorted(rows, key=lambda row: row.level != GRID):
        if row.change == "new":
            _begin_area(session, draft, row)
    session.flush()
    for row in rows:
        if row.change == "closed":
            _end_area(session, row, day)
        else:
            set_border(session, _area(session, row), row.rings, day, draft.document_no)
    session.flush()
    session.info.pop(queries.UNITS_CACHE, None)
    for row in rows:
        _people_follow(session, rows, row, day)
    follow_all(session, _moved(rows, day))


def _begin_area(session: Session, draft: BorderDraft, row: DraftArea) -> None:
    common = {
        "id": row.area_id,
        "county_code": draft.county_code,
        "code": row.code,
        "name_zh": row.name_zh,
        "version": 0,
    }
    if row.level == GRID:
        village = queries.unit(session, row.parent_id)
        common["county_code"] = village.county_code
        session.add(Grid(**common, village_id=row.parent_id, kind=row.kind, created_at=clock.now()))
    else:
        common["county_code"] = session.get_one(Grid, row.parent_id).county_code
        session.add(MicroGrid(**common, grid_id=row.parent_id))
    session.flush()


def _area(session: Session, row: DraftArea) -> Grid | MicroGrid:
    if row.level == GRID:
        return session.get_one(Grid, row.area_id)
    return session.get_one(MicroGrid, row.area_id)


def _end_area(session: Session, row: DraftArea, day: date) -> None:
    is_grid, area = row.level == GRID, _area(session, row)
    area.closed_on = day
    area.version += 1
    still = sa.and_(Border.area_id == area.id, sa.or_(Border.to_day.is_(None), Border.to_day > day))
    session.execute(sa.update(Border).where(still).values(to_day=day))
    key = stream_keys.grid(area.id) if is_grid else stream_keys.micro(area.id)
    streams.gone(session, key, "grid" if is_grid else "micro_grid", area.id)


def _heir(rows: Iterable[DraftArea], area: UUID) -> UUID | None:
    """Where what was in an ended area is now, along the chain of merges within the draft."""
    goes_to = {row.area_id: row.goes_to for row in rows if row.change == "closed"}
    found = goes_to.get(area)
    while found in goes_to:
        found = goes_to[found]
    return found


def _people_follow(session: Session, rows: list[DraftArea], row: DraftArea, day: date) -> None:
    heir = _heir(rows, row.area_id)
    if row.change == "closed" and heir is not None:
        for post in _posts_in(session, row.level, row.area_id, day):
            _appoint_like(session, post, row.level, heir, day)
            if row.level == MICRO:
                people.end_appointment(session, post.id, max(day, post.from_day))
    if row.change == "new" and row.came_from is not None and _heir(rows, row.came_from) != row.area_id:
        for post in _posts_in(session, row.level, row.came_from, day):
            _appoint_like(session, post, row.level, row.area_id, day)


def _posts_in(session: Session, level: str, area: UUID, day: date) -> list[Appointment]:
    still = sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day)
    if level == GRID:
        here = sa.and_(Appointment.grid_id == area, Appointment.role.in_(GRID_ROLES))
    else:
        here = Appointment.micro_grid_id == area
    return list(session.scalars(sa.select(Appointment).where(here, still).order_by(Appointment.id)))


def _appoint_like(session: Session, post: Appointment, level: str, area: UUID, day: date) -> None:
    """The same person in the same role in another area, unless so appointed there already."""
    present = [(p.person_id, p.role) for p in _posts_in(session, level, area, day)]
    if (post.person_id, post.role) in present:
        return
    grid_id = area if level == GRID else session.get_one(MicroGrid, area).grid_id
    people.appoint(
        session,
        person_id=post.person_id,
        role=post.role,
        org_unit_id=session.get_one(Grid, grid_id).village_id,
        grid_id=grid_id if level == GRID else None,
        micro_grid_id=area if level == MICRO else None,
        from_day=max(day, post.from_day),
        to_day=post.to_day,
    )


def _moved(rows: list[DraftArea], day: date) -> Moved:
    kept = {row.area_id: row for row in rows if row.change != "closed"}
    micros: dict[UUID, tuple[UUID, UUID]] = {}
    grids: dict[UUID, UUID] = {}
    for row in rows:
        heir = _heir(rows, row.area_id)
        if row.change != "closed" or heir is None:
            continue
        if row.level == GRID:
            grids[row.area_id] = heir
        else:
            parent = next((r.parent_id for r in rows if r.area_id == heir), None)
            if parent is not None:
                micros[row.area_id] = parent, heir
    grounds = [
        Ground(
            row.parent_id if row.level == MICRO else row.area_id, row.area_id if row.level == MICRO else None, row.rings
        )
        for row in kept.values()
    ]
    cut = frozenset(row.area_id for row in kept.values() if row.level == GRID and row.change == "changed")
    return Moved(day, micros, grids, cut, tuple(grounds))
