"""Reads for the pages of staff: the posts an office sees, one person with posts and acts, gaps, and where one may appoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.areas.models import Grid, MicroGrid, OrgUnit
from server.areas.queries import grids_under, micro_grids_of, units_of_grid, units_under
from server.areas.rules import tier_of
from server.kernel import clock, ids
from server.people import queries as people
from server.people.models import Absence, Appointment, Person, Team
from server.people.rules import FIELD_ROLES, GIVES, TABLE, Holder
from server.platform.lists import Asked, Leaf, ListShape, leaf
from server.workforce.models import StaffAct
from server.workforce.staff_rules import IN_GRID, IN_MICRO, NEEDED, UNITS_OF, gap

ACTION = "staff.keep"
ROLES = (*IN_GRID, IN_MICRO, *UNITS_OF)
NOW, LATER, OVER = "now", "later", "over"
SHAPE = ListShape("staff", "/office/staff", {"state": (NOW, LATER, OVER), "role": ROLES}, ("place", "newest"), page=50)
MOST_GAPS = 60
ONE_DAY = timedelta(days=1)


def offices_of(holder: Holder) -> set[UUID]:
    """The units of the offices by which somebody keeps staff."""
    return {post.org_unit_id for post in holder.posts if post.role in TABLE[ACTION].offices}


def roles_of(holder: Holder) -> list[str]:
    """The roles that somebody may give somewhere, in the usual order."""
    given = {role for post in holder.posts for role in GIVES.get(post.role, ())}
    return [role for role in ROLES if role in given]


def posts_of(session: Session, person_id: UUID) -> list[Appointment]:
    """All posts of a person, past ones and those to come; the newest first."""
    own = sa.select(Appointment).where(Appointment.person_id == person_id)
    return list(session.scalars(own.order_by(Appointment.from_day.desc(), Appointment.id.desc())))


def acts_of(session: Session, person_id: UUID) -> list[StaffAct]:
    """The oldest first."""
    own = sa.select(StaffAct).where(StaffAct.person_id == person_id)
    return list(session.scalars(own.order_by(StaffAct.at, StaffAct.id)))


def is_in_sight(session: Session, holder: Holder, person: Person) -> bool:
    """Of the county, with an open post below the office; or, without open posts, whose last ones lay there."""
    if person.county_code != holder.county_code:
        return False
    posts, today = posts_of(session, person.id), clock.today()
    open_ = [one for one in posts if one.to_day is None or one.to_day > today]
    last = max((one.to_day for one in posts if one.to_day), default=None)
    shown = open_ or [one for one in posts if one.to_day == last]
    return bool({one.org_unit_id for one in shown} & units_under(session, offices_of(holder)))


def person_in_sight(session: Session, holder: Holder, person_id: UUID) -> Person | None:
    found = session.get(Person, person_id)
    return found if found is not None and is_in_sight(session, holder, found) else None


def person_by_account(session: Session, holder: Holder, username: str) -> Person | None:
    found = people.person_named(session, username.strip())
    return found if found is not None and is_in_sight(session, holder, found) else None


# -- the list ----------------------------------------------------------------------------------------------------------


def posts_for_office(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """Posts below the office, narrowed to what was chosen."""
    today = clock.today()
    states = {
        NOW: sa.and_(Appointment.from_day <= today, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > today)),
        LATER: sa.and_(Appointment.from_day > today, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > today)),
        OVER: Appointment.to_day <= today,
    }
    statement = (
        sa.select(Appointment, Person, OrgUnit, Grid, MicroGrid)
        .join(Person, Person.id == Appointment.person_id)
        .join(OrgUnit, OrgUnit.id == Appointment.org_unit_id)
        .outerjoin(Grid, Grid.id == Appointment.grid_id)
        .outerjoin(MicroGrid, MicroGrid.id == Appointment.micro_grid_id)
        .where(
            Appointment.org_unit_id.in_(units_under(session, offices_of(holder))),
        )
    )
    if "state" in asked.chosen:
        statement = statement.where(states[asked.chosen["state"]])
    if "role" in asked.chosen:
        statement = statement.where(Appointment.role == asked.chosen["role"])
    place = sa.func.coalesce(Grid.code, ""), sa.func.coalesce(MicroGrid.code, ""), Appointment.role
    order = place if asked.sort == "place" else (Appointment.from_day.desc(),)
    found = leaf(session, statement.order_by(*order, Appointment.id), asked)
    rows = [
        {"post": post, "person": person, "place": _place_name(unit, grid, micro)}
        for post, person, unit, grid, micro in found.rows
    ]
    return Leaf(rows, found.has_more)


def _place_name(unit: OrgUnit, grid: Grid | None, micro: MicroGrid | None) -> str:
    return " · ".join(one.name_zh for one in (unit, grid, micro) if one is not None)


# -- one person --------------------------------------------------------------------------------------------------------


def post_rows(session: Session, posts: Sequence[Appointment], day: date) -> list[dict[str, Any]]:
    """Each post with the words of its place and whether it is over or still to come."""
    units = _by_id(session, OrgUnit, {one.org_unit_id for one in posts})
    grids = _by_id(session, Grid, {one.grid_id for one in posts if one.grid_id})
    micros = _by_id(session, MicroGrid, {one.micro_grid_id for one in posts if one.micro_grid_id})
    return [
        {
            "post": one,
            "place": _place_name(units[one.org_unit_id], grids.get(one.grid_id), micros.get(one.micro_grid_id)),
            "is_over": one.to_day is not None and one.to_day <= day,
            "is_later": one.from_day > day,
            "never": one.to_day is not None and one.to_day <= one.from_day,
        }
        for one in posts
    ]


def teams_of(session: Session, person_id: UUID, day: date) -> list[Team]:
    """Teams in which the person is still named: a move does not end that."""
    return people.teams_of(session, person_id, day)


def _by_id(session: Session, table: Any, wanted: set[Any]) -> dict[Any, Any]:
    return {one.id: one for one in session.scalars(sa.select(table).where(table.id.in_(wanted)))} if wanted else {}


# -- gaps --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """A grid without a leader or without a full-time worker: from a day, until before a day or for good."""

    grid_id: UUID
    grid: str
    role: str
    from_day: date
    to_day: date | None


@dataclass(frozen=True)
class Away:
    """A post whose holder is away these days, and who stands in; never why."""

    name: str
    place: str
    role: str
    from_day: date
    last_day: date
    stand_in: str | None


def gaps(session: Session, holder: Holder, day: date) -> list[Gap]:
    """What departures leave below the office, those of today first."""
    grids = {one.id: one for one in grids_under(session, offices_of(holder))}
    held: dict[tuple[UUID | None, str], list[tuple[date, date | None]]] = {}
    wanted = sa.select(Appointment.grid_id, Appointment.role, Appointment.from_day, Appointment.to_day).where(
        Appointment.grid_id.in_(grids),
        Appointment.role.in_(NEEDED),
        sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
    )
    for grid_id, role, from_day, to_day in session.execute(wanted):
        held.setdefault((grid_id, role), []).append((from_day, to_day))
    found = [
        Gap(grid.id, grid.name_zh, role, *days)
        for grid in grids.values()
        for role in NEEDED
        if (days := gap(held.get((grid.id, role), ()), day)) is not None
    ]
    return sorted(found, key=lambda one: (one.from_day, grids[one.grid_id].code, one.role))


def away(session: Session, holder: Holder, day: date) -> list[Away]:
    """Absences of today and of the next days among the staff below the office, with whoever stands in."""
    stand_in = aliased(Person)
    statement = (
        sa.select(Absence, Appointment, Person, Grid, stand_in)
        .join(Appointment, Appointment.person_id == Absence.person_id)
        .join(Person, Person.id == Absence.person_id)
        .join(Grid, Grid.id == Appointment.grid_id)
        .outerjoin(stand_in, stand_in.id == Absence.stand_in_id)
        .where(
            Appointment.org_unit_id.in_(units_under(session, offices_of(holder))),
            Appointment.role.in_(FIELD_ROLES),
            Appointment.from_day <= day,
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
            Absence.to_day > day,
            Absence.to_day > Absence.from_day,
        )
        .order_by(Absence.from_day, Grid.code, Appointment.role, Absence.id)
        .limit(MOST_GAPS)
    )
    return [
        Away(
            person.name,
            grid.name_zh,
            post.role,
            absence.from_day,
            absence.to_day - ONE_DAY,
            other.name if other else None,
        )
        for absence, post, person, grid, other in session.execute(statement)
    ]


# -- where -------------------------------------------------------------------------------------------------------------


def areas_of(session: Session, holder: Holder) -> list[OrgUnit]:
    """The office's own units and the towns below them: one is chosen first, a county has thousands of places."""
    units = _by_id(session, OrgUnit, units_under(session, offices_of(holder)))
    own = offices_of(holder)
    shown = [one for one in units.values() if one.id in own or tier_of(one.kind) == "town"]
    return sorted(shown, key=lambda one: (one.id not in own, one.division_code or "", one.name_zh))


def area_with(session: Session, areas: Sequence[OrgUnit], place: str) -> OrgUnit | None:
    """The lowest of the areas in which a grid lies, named as ``places_in`` names it."""
    kind, _, text = place.partition(":")
    grid_id = ids.parse_id(text)
    above = units_of_grid(session, grid_id) if kind == "grid" and grid_id else ()
    by_id = {one.id: one for one in areas}
    return next((by_id[unit] for unit in above if unit in by_id), None)


def places_in(session: Session, holder: Holder, area: OrgUnit) -> list[tuple[str, str]]:
    """What a post may name in one area: its units; below the county also the grids and their micro-grids."""
    units = _by_id(session, OrgUnit, units_under(session, [area.id]))
    is_county = tier_of(area.kind) == "county" and area.kind != "zone"
    if is_county:
        kinds = {"county", "department", "town", "subdistrict"}
        units = {key: one for key, one in units.items() if one.kind in kinds}
    named = sorted(units.values(), key=lambda one: (one.id != area.id, one.kind, one.division_code or "", one.name_zh))
    found = [(f"unit:{one.id}", one.name_zh) for one in named]
    return found if is_county else [*_grids_in(session, area), *found]


def _grids_in(session: Session, area: OrgUnit) -> list[tuple[str, str]]:
    grids = grids_under(session, [area.id])
    villages: Mapping[UUID, OrgUnit] = _by_id(session, OrgUnit, {one.village_id for one in grids})
    micros: dict[UUID, list[MicroGrid]] = {}
    for one in micro_grids_of(session, [grid.id for grid in grids]):
        micros.setdefault(one.grid_id, []).append(one)
    found = []
    for grid in grids:
        words = f"{villages[grid.village_id].name_zh} · {grid.name_zh}"
        found.append((f"grid:{grid.id}", words))
        found += [(f"micro:{one.id}", f"{words} · {one.name_zh}") for one in micros.get(grid.id, ())]
    return found
