"""Who stands where on a day: leaders and advisers of a grid, care teams, who is away, who stands in for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.people.models import Absence, Appointment, Person, Team, TeamMember
from server.people.rules import ADVISER, GRID_ROLES, LEADER, OFFICE_ROLES, Post, may_stand_in
from server.platform.db import remember

_DAY = sa.bindparam("day", type_=sa.Date)
_ACTING = (  # asked at every request: made once
    sa.select(Appointment, Absence)
    .join(Absence, Absence.person_id == Appointment.person_id)
    .join(Person, Person.id == Absence.person_id)
    .where(
        Absence.stand_in_id == sa.bindparam("person_id", type_=sa.Uuid),
        Absence.to_day > _DAY,
        Absence.from_day <= _DAY,
        Appointment.from_day <= _DAY,
        sa.or_(Appointment.to_day.is_(None), Appointment.to_day > _DAY),
        sa.or_(Person.left_on.is_(None), Person.left_on > _DAY),
    )
    .order_by(Appointment.id, Absence.id)
)


def post_of(appointment: Appointment) -> Post:
    return Post(
        role=appointment.role,
        org_unit_id=appointment.org_unit_id,
        grid_id=appointment.grid_id,
        micro_grid_id=appointment.micro_grid_id,
        from_day=appointment.from_day,
        to_day=appointment.to_day,
    )


def acting_posts(session: Session, person_id: UUID, day: date, own: Sequence[Post]) -> list[Post]:
    """Posts of absent colleagues that the person fills on the day, with the days of the absence."""
    found: dict[UUID, Post] = {}
    for held, absence in session.execute(_ACTING, {"person_id": person_id, "day": day}):
        post = post_of(held)
        if held.id not in found and may_stand_in(own, post):
            found[held.id] = replace(
                post, from_day=absence.from_day, to_day=absence.to_day, acting_for=absence.person_id
            )
    return list(found.values())


def leaders_of(session: Session, grid_id: UUID, day: date) -> list[UUID]:
    """Persons who lead the grid on the day, stand-ins among them."""
    return _holders(session, grid_id, LEADER, day)


def advisers_of(session: Session, grid_id: UUID, day: date) -> list[UUID]:
    """Persons who advise the grid on the day, stand-ins among them."""
    return _holders(session, grid_id, ADVISER, day)


def care_team_of(session: Session, person_id: UUID, grid_id: UUID, day: date) -> UUID | None:
    """The oldest open care team of the grid in which the person is named, or None."""
    statement = (
        sa.select(Team.id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(
            Team.grid_id == grid_id,
            Team.purpose == "care",
            sa.or_(Team.closed_on.is_(None), Team.closed_on > day),
            TeamMember.person_id == person_id,
            TeamMember.from_day <= day,
            sa.or_(TeamMember.to_day.is_(None), TeamMember.to_day > day),
        )
        .order_by(Team.created_at, Team.id)
        .limit(1)
    )
    return session.scalar(statement)


def _holders(session: Session, grid_id: UUID, role: str, day: date) -> list[UUID]:
    return remember(session, ("holders", grid_id, role, day), lambda: _read_holders(session, grid_id, role, day))


def _read_holders(session: Session, grid_id: UUID, role: str, day: date) -> list[UUID]:
    return sorted(_holders_in(session, [grid_id], role, day)[grid_id])


def leaders_in(session: Session, grid_ids: Collection[UUID], day: date) -> dict[UUID, set[UUID]]:
    """For each grid: who leads it on the day, stand-ins among them."""
    return _holders_in(session, grid_ids, LEADER, day)


def _holders_in(session: Session, grid_ids: Collection[UUID], role: str, day: date) -> dict[UUID, set[UUID]]:
    post, colleague = Appointment, aliased(Appointment)
    named = sa.select(post.grid_id, post.person_id).where(_is_held(post, grid_ids, day, [role]))
    acting = (
        sa.select(post.grid_id, Absence.stand_in_id)
        .join(Absence, Absence.person_id == post.person_id)
        .join(colleague, sa.and_(colleague.person_id == Absence.stand_in_id, colleague.grid_id == post.grid_id))
        .where(
            _is_held(post, grid_ids, day, [role]),
            _is_held(colleague, grid_ids, day, GRID_ROLES),
            Absence.from_day <= day,
            Absence.to_day > day,
        )
    )
    found: dict[UUID, set[UUID]] = {grid_id: set() for grid_id in grid_ids}
    rows: Any = session.execute(sa.union(named, acting))
    for grid_id, person_id in rows:
        found[grid_id].add(person_id)
    return found


def _is_held(post: Any, grid_ids: Collection[UUID], day: date, roles: Any) -> sa.ColumnElement[bool]:
    in_force = sa.and_(post.from_day <= day, sa.or_(post.to_day.is_(None), post.to_day > day))
    return sa.and_(post.grid_id.in_(grid_ids), post.role.in_(roles), in_force)


def held_under(session: Session, unit_ids: Collection[UUID], day: date) -> list[tuple[UUID, UUID]]:
    """Everybody with a post in one of these units on the day, grids and micro-grids included: (person, unit), each once."""
    statement = (
        sa.select(Appointment.person_id, Appointment.org_unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.org_unit_id.in_(unit_ids),
            Appointment.from_day <= day,
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
            sa.or_(Person.left_on.is_(None), Person.left_on > day),
        )
        .distinct()
    )
    return [(row.person_id, row.org_unit_id) for row in session.execute(statement)]


def at_desks_alone(session: Session, person_ids: Collection[UUID], day: date) -> set[UUID]:
    """Those of the persons who hold an office that day and no post in a grid or a micro-grid: no phone app is theirs."""
    roles: dict[UUID, set[str]] = defaultdict(set)
    if person_ids:
        in_force = sa.and_(Appointment.from_day <= day, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day))
        held = sa.select(Appointment.person_id, Appointment.role).where(Appointment.person_id.in_(person_ids), in_force)
        for person_id, role in session.execute(held):
            roles[person_id].add(role)
    return {person_id for person_id, own in roles.items() if own <= OFFICE_ROLES}


# -- absences ----------------------------------------------------------------------------------------------------------


def is_away(session: Session, person_id: UUID, day: date) -> bool:
    """Whether the person is not on duty that day."""
    return remember(session, ("away", person_id, day), lambda: bool(away_of(session, [person_id], day)))


def away_of(session: Session, person_ids: Sequence[UUID], day: date) -> set[UUID]:
    """Those of the persons who are not on duty that day."""
    statement = sa.select(Absence.person_id).where(
        Absence.person_id.in_(person_ids), Absence.from_day <= day, Absence.to_day > day
    )
    return set(session.scalars(statement))


def away_from(session: Session, person_ids: Sequence[UUID], day: date) -> dict[UUID, list[dict[str, Any]]]:
    """What colleagues may know: days that are not over yet and who stands in. Never the kind, never the past."""
    statement = sa.select(Absence).where(
        Absence.person_id.in_(person_ids), Absence.to_day > day, Absence.to_day > Absence.from_day
    )
    absences = list(session.scalars(statement.order_by(Absence.from_day, Absence.id)))
    names = _names(session, absences)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for absence in absences:
        found.setdefault(absence.person_id, []).append(_shown(absence, names))
    return found


def absence_rows(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, dict[str, Any]]:
    """Rows ``absence`` of the person's own stream, with the kind. What was called off has none."""
    statement = sa.select(Absence).where(Absence.id.in_(ids), Absence.to_day > Absence.from_day)
    absences = list(session.scalars(statement))
    names = _names(session, absences)
    own = lambda a: {"version": a.version, "kind": a.kind, "by_other": a.entered_by != a.person_id or None}  # noqa: E731
    rows = {a.id: {**_shown(a, names), **own(a)} for a in absences}
    return {i: {name: value for name, value in row.items() if value is not None} for i, row in rows.items()}


def _shown(absence: Absence, names: dict[UUID, str]) -> dict[str, Any]:
    row = {"id": str(absence.id), "from": absence.from_day.isoformat(), "to": absence.to_day.isoformat()}
    if absence.stand_in_id is not None:
        row |= {"stand_in_id": str(absence.stand_in_id), "stand_in_name": names.get(absence.stand_in_id, "")}
    return row


def _names(session: Session, absences: Sequence[Absence]) -> dict[UUID, str]:
    ids = {a.stand_in_id for a in absences if a.stand_in_id}
    return {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(ids)))} if ids else {}
