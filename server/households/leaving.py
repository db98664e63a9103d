"""Plans of visits under a matter that leaves the list (Art. 9): whom they concern, and their end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import VisitPlan
from server.households.plans import end_plan
from server.kernel import clock
from server.people.models import Appointment
from server.people.queries import members_of


def people_of_matter(session: Session, county_code: str, code: str) -> set[UUID]:
    """Whoever is to pay these visits today: the named team, else whoever holds the plan's role in its grid."""
    today = clock.today()
    plans = session.execute(
        sa.select(VisitPlan.grid_id, VisitPlan.for_role, VisitPlan.team_id).where(*_open(county_code, code)).distinct()
    ).all()
    found: set[UUID] = set()
    for members in members_of(session, [team for _grid, _role, team in plans if team]).values():
        found |= {m.person_id for m in members if m.from_day <= today and (m.to_day is None or m.to_day > today)}
    grids: dict[str, set[UUID]] = defaultdict(set)
    for grid, role, team in plans:
        if team is None:
            grids[role].add(grid)
    for role, ids in grids.items():
        in_force = sa.and_(
            Appointment.from_day <= today, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > today)
        )
        held = sa.select(Appointment.person_id).where(Appointment.role == role, Appointment.grid_id.in_(ids), in_force)
        found |= set(session.scalars(held))
    return found


def end_plans_of_matter(session: Session, county_code: str, code: str, _due_from: date | None = None) -> None:
    """Every open plan ends today and leaves the phones."""
    today = clock.today()
    for plan in session.scalars(sa.select(VisitPlan).where(*_open(county_code, code)).with_for_update()).all():
        end_plan(session, plan, today)


def _open(county_code: str, code: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (VisitPlan.county_code == county_code, VisitPlan.matter_code == code, VisitPlan.closed_on.is_(None))
