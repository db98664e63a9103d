"""Who stands where on a day: leaders and advisers of a grid, the care team of a person there."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.people.models import Appointment, Team, TeamMember
from server.people.rules import ADVISER, LEADER
from server.platform.db import remember


def leaders_of(session: Session, grid_id: UUID, day: date) -> list[UUID]:
    """Persons who lead the grid on the day."""
    return _holders(session, grid_id, LEADER, day)


def advisers_of(session: Session, grid_id: UUID, day: date) -> list[UUID]:
    """Persons who advise the grid on the day."""
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
    statement = (
        sa.select(Appointment.person_id)
        .where(
            Appointment.grid_id == grid_id,
            Appointment.role == role,
            Appointment.from_day <= day,
            sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
        )
        .distinct()
        .order_by(Appointment.person_id)
    )
    return list(session.scalars(statement))
