"""Reads about boards: what each says today, which posters are out of date, which grid an address or a place lies in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import Border, Grid, MicroGrid, OrgUnit
from server.areas.rules import tier_of
from server.badges.queries import supervision_phones
from server.badges.rules import ROLE_ORDER
from server.boards import rules
from server.boards.models import BoardArea, BoardNote, PostingPlace, WorkPhone
from server.kernel.geo import Position
from server.kernel.problems import Problem, insist
from server.people.models import Appointment, Person
from server.people.rules import FIELD_ROLES, Holder, Thing, may


@dataclass(frozen=True)
class Member:
    """One of Art. 15 (2): the work telephone is None until the town has entered one."""

    person_id: UUID
    role: str
    name: str
    phone: str | None
    micro_grid: str | None


@dataclass(frozen=True)
class Board:
    """What the board of one grid says on a day. ``path``: the outline as SVG; ``mark``: fingerprint of all of it."""

    grid: Grid
    village: str
    town: str
    words_zh: str
    words_en: str
    path: str
    members: tuple[Member, ...]
    supervision: str | None
    notes: tuple[BoardNote, ...]
    mark: str


def boards_of(session: Session, grids: Sequence[Grid], day: date) -> list[Board]:
    """The boards of these grids, in their order."""
    ids = [grid.id for grid in grids]
    villages = {grid.village_id: areas.ancestors(session, grid.village_id) for grid in _one_of_each_village(grids)}
    members, borders = _members(session, ids, day), areas.borders_on(session, ids, day)
    words = {row.grid_id: row for row in session.scalars(sa.select(BoardArea).where(BoardArea.grid_id.in_(ids)))}
    phones = supervision_phones(session, villages, day)
    notes = _notes(session, ids, {unit.id for chain in villages.values() for unit in chain})
    made = []
    for grid in grids:
        chain, border, said = villages[grid.village_id], borders.get(grid.id), words.get(grid.id)
        own = [note for key in (grid.id, *(unit.id for unit in chain)) for note in notes.get(key, [])]
        made.append(
            _board(
                grid=grid,
                village=chain[0].name_zh,
                town=next((unit.name_zh for unit in chain if tier_of(unit.kind) == "town"), ""),
                words_zh=said.words_zh if said else "",
                words_en=(said.words_en if said else "") or "",
                path=rules.outline_path(border.rings) if border else "",
                members=tuple(members.get(grid.id, [])),
                supervision=phones.get(grid.village_id),
                notes=tuple(sorted(own, key=lambda note: (note.day, note.id.hex), reverse=True)),
            )
        )
    return made


def _board(**said: Any) -> Board:
    grid = said["grid"]
    content = {
        "name": grid.name_zh,
        "code": grid.code,
        **{name: said[name] for name in ("village", "town", "words_zh", "words_en", "path", "supervision")},
        "members": [[m.role, m.name, m.phone, m.micro_grid] for m in said["members"]],
        "notes": [[note.day.isoformat(), note.words] for note in said["notes"]],
    }
    return Board(mark=rules.mark_of(content), **said)


def _one_of_each_village(grids: Sequence[Grid]) -> list[Grid]:
    return list({grid.village_id: grid for grid in grids}.values())


def _members(session: Session, grid_ids: Collection[UUID], day: date) -> dict[UUID, list[Member]]:
    """Whoever holds a post of Art. 7 in these grids on the day; stand-ins of a few days are on no poster."""
    place = sa.func.coalesce(Appointment.grid_id, MicroGrid.grid_id)
    statement = (
        sa.select(place, Appointment.role, Person, MicroGrid, WorkPhone)
        .outerjoin(MicroGrid, MicroGrid.id == Appointment.micro_grid_id)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(WorkPhone, WorkPhone.person_id == Person.id)
        .where(
            place.in_(grid_ids),
            Appointment.role.in_(FIELD_ROLES),
            Appointment.from_day <= day,
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
            sa.or_(Person.left_on.is_(None), Person.left_on > day),
        )
    )
    rows = session.execute(statement).all()
    found: dict[UUID, list[Member]] = {}
    for grid_id, role, person, micro, phone in sorted(rows, key=_in_order):
        member = Member(person.id, role, person.name, phone.phone if phone else None, micro.name_zh if micro else None)
        found.setdefault(grid_id, []).append(member)
    return found


def _in_order(row: Any) -> tuple[int, str, str, str]:
    """As Art. 7 names the roles, micro-grids by code, then by name: the same every day, or posters would seem to change."""
    _, role, person, micro, _ = row
    return ROLE_ORDER.index(role), micro.code if micro else "", person.name, person.id.hex


def _notes(session: Session, grid_ids: Collection[UUID], unit_ids: Collection[UUID]) -> dict[UUID, list[BoardNote]]:
    here = sa.or_(BoardNote.grid_id.in_(grid_ids), BoardNote.org_unit_id.in_(unit_ids))
    found: dict[UUID, list[BoardNote]] = {}
    for note in session.scalars(sa.select(BoardNote).where(here, BoardNote.removed_at.is_(None))):
        key = note.grid_id or note.org_unit_id
        assert key is not None, "the table's own check"
        found.setdefault(key, []).append(note)
    return found


def board_coded(session: Session, code: str, day: date) -> Board:
    """The board of the open grid of this code. Problem ``not_found``."""
    grid = session.scalars(sa.select(Grid).where(Grid.code == code, Grid.closed_on.is_(None))).first()
    if grid is None:
        raise Problem("not_found")
    return boards_of(session, [grid], day)[0]


# -- finding a grid ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A grid as a list of grids names it."""

    code: str
    name: str
    village: str
    town: str


def grids_of_unit(session: Session, unit_id: UUID) -> list[Found]:
    """The open grids of a unit and those below it, by code."""
    return _named(session, areas.grids_under(session, [unit_id]))


def by_words(session: Session, asked: str) -> list[Found]:
    """The grids that an address or a name speaks of, the best first."""
    words = {row.grid_id: row.words_zh for row in session.execute(sa.select(BoardArea.grid_id, BoardArea.words_zh))}
    grids = list(session.scalars(sa.select(Grid).where(Grid.closed_on.is_(None)).order_by(Grid.code)))
    scored = []
    for grid, found in zip(grids, _named(session, grids), strict=True):
        points = rules.score(asked, (found.name, found.village, found.town, words.get(grid.id, "")))
        if asked.strip() == found.code:
            points += 1_000
        if points:
            scored.append((-points, found.code, found))
    return [found for _, _, found in sorted(scored, key=lambda one: one[:2])[: rules.MOST_FOUND]]


def by_place(session: Session, point: Position, day: date) -> list[Found]:
    """The grid that holds the point; none outside every border."""
    statement = (
        sa.select(Grid, Border)
        .join(Border, Border.area_id == Grid.id)
        .where(
            Grid.closed_on.is_(None),
            Border.from_day <= day,
            sa.or_(Border.to_day.is_(None), Border.to_day > day),
        )
        .order_by(Border.from_day)
    )
    latest = {grid.id: (grid, border) for grid, border in session.execute(statement)}
    return _named(session, [grid for grid, border in latest.values() if rules.holds(border.rings, point)])


def _named(session: Session, grids: Sequence[Grid]) -> list[Found]:
    units = {u.id: u for u in session.scalars(sa.select(OrgUnit).where(OrgUnit.kind != "department"))}
    found = []
    for grid in grids:
        village = units[grid.village_id]
        town = units.get(village.parent_id) if village.parent_id else None
        found.append(Found(grid.code, grid.name_zh, village.name_zh, town.name_zh if town else ""))
    return found


def units_in(session: Session, unit_id: UUID | None) -> list[OrgUnit]:
    """The towns of a county or zone, the villages of a town; for None the counties and zones."""
    if unit_id is None:
        return areas.counties(session)
    below = sa.select(OrgUnit).where(OrgUnit.parent_id == unit_id, OrgUnit.kind != "department")
    return list(session.scalars(below.order_by(OrgUnit.division_code, OrgUnit.name_zh)))


# -- the office --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posted:
    """A posting place and whether its poster is out of date."""

    place: PostingPlace
    is_old: bool


def thing_of(session: Session, grid_id: UUID) -> Thing:
    return Thing(grid_id=grid_id, **areas.thing_of_grid(session, grid_id))


def grid_for(session: Session, holder: Holder, grid_id: UUID, action: str) -> Grid:
    """The open grid, when the office may do this with its board. Problems ``not_found``, ``not_allowed``."""
    grid = session.get(Grid, grid_id)
    if grid is None or grid.closed_on is not None:
        raise Problem("not_found")
    insist(may(holder, action, thing_of(session, grid_id)))
    return grid


def places_of(session: Session, boards: Sequence[Board]) -> dict[UUID, list[Posted]]:
    """By grid: where posters hang, and which of them no longer say what the board says."""
    marks = {board.grid.id: board.mark for board in boards}
    statement = sa.select(PostingPlace).where(PostingPlace.grid_id.in_(marks), PostingPlace.removed_at.is_(None))
    found: dict[UUID, list[Posted]] = {grid_id: [] for grid_id in marks}
    for place in session.scalars(statement.order_by(PostingPlace.name, PostingPlace.id)):
        found[place.grid_id].append(Posted(place, rules.needs_update(place.confirmed_mark, marks[place.grid_id])))
    return found


def grids_of(session: Session, holder: Holder) -> list[Grid]:
    """The grids whose boards this office sees, by code."""
    roles = ("village_committee", "town_government", "county_authority")
    return areas.grids_under(session, {unit for role in roles for unit in holder.office_units(role)})


def notes_of_units(session: Session, unit_ids: Collection[UUID]) -> list[BoardNote]:
    """What these units tell on the boards of all their grids, the newest first."""
    statement = sa.select(BoardNote).where(BoardNote.org_unit_id.in_(unit_ids), BoardNote.removed_at.is_(None))
    return list(session.scalars(statement.order_by(BoardNote.day.desc(), BoardNote.id)))
