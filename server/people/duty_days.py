"""A due day that falls where everybody whose work it is is away, and nobody stands in, moves to the first day back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.people.models import Absence, Appointment, TeamMember
from server.people.rules import LONGEST_ABSENCE

MOST_STEPS = 40


@dataclass(frozen=True)
class WhoIsDue:
    """Work of one role in a grid (of a team's members alone, where it is a team's) that is due on a day."""

    grid_id: UUID
    role: str
    team_id: UUID | None
    due: date


def first_days_on_duty(session: Session, asked: Iterable[WhoIsDue]) -> dict[WhoIsDue, date]:
    """For each: its due day, or the first day after it on which somebody is there to do it."""
    wanted = set(asked)
    moved = {one: one.due for one in wanted}
    absences = _uncovered(session, wanted)
    if not absences:
        return moved
    posts = _posts(session, {one.grid_id for one in wanted})
    members = _members(session, {one.team_id for one in wanted if one.team_id})
    for one in wanted:
        theirs = [
            post
            for post in posts
            if (post.grid_id, post.role) == (one.grid_id, one.role)
            and (one.team_id is None or (one.team_id, post.person_id) in members)
        ]
        moved[one] = first_day_on_duty(one.due, theirs, absences)
    return moved


def first_day_on_duty(due: date, posts: Sequence[Appointment], absences: Sequence[Absence]) -> date:
    """``due`` while somebody in post is there; a day on which nobody holds the post at all moves nothing."""
    day = due
    for _ in range(MOST_STEPS):
        holders = {p.person_id for p in posts if p.from_day <= day and (p.to_day is None or day < p.to_day)}
        back = [_back(person, day, absences) for person in holders]
        if not back or min(back) == day:
            return day if back else due
        day = min(back)
    return day


def _back(person_id: UUID, day: date, absences: Sequence[Absence]) -> date:
    over = [a.to_day for a in absences if a.person_id == person_id and a.from_day <= day < a.to_day]
    return max(over, default=day)


def days_without(session: Session, grid_id: UUID) -> list[tuple[date, date]]:
    """Days on which somebody who is or was in post in this grid is away and nobody stands in: a visit that is due then may be
    due later."""
    here = sa.select(Appointment.person_id).where(Appointment.grid_id == grid_id)
    statement = sa.select(Absence.from_day, Absence.to_day).where(
        Absence.person_id.in_(here), Absence.stand_in_id.is_(None), Absence.to_day > Absence.from_day
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def _uncovered(session: Session, wanted: set[WhoIsDue]) -> list[Absence]:
    if not wanted:
        return []
    days = [one.due for one in wanted]
    here = sa.select(Appointment.person_id).where(Appointment.grid_id.in_({one.grid_id for one in wanted}))
    statement = sa.select(Absence).where(
        Absence.person_id.in_(here),
        Absence.stand_in_id.is_(None),
        Absence.to_day > min(days),
        Absence.from_day <= date.fromordinal(min(max(days).toordinal() + LONGEST_ABSENCE, date.max.toordinal())),
    )
    return list(session.scalars(statement))


def _posts(session: Session, grid_ids: set[UUID]) -> list[Appointment]:
    return list(session.scalars(sa.select(Appointment).where(Appointment.grid_id.in_(grid_ids))))


def _members(session: Session, team_ids: set[UUID]) -> set[tuple[UUID, UUID]]:
    if not team_ids:
        return set()
    rows = session.execute(sa.select(TeamMember.team_id, TeamMember.person_id).where(TeamMember.team_id.in_(team_ids)))
    return {(team, person) for team, person in rows}
