"""Who leads a grid hears of what was reported there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from server.kernel import clock
from server.messages.commands import note_all, ring_all
from server.people.queries import teams_of
from server.people.roster import leaders_of
from server.records.models import Record
from server.records.rules import Act


def tell_leaders(
    session: Session, made: Record, act: Act, kind: str, *, urgent: bool = False, rings: bool = True
) -> None:
    """Tell all who lead the grid, but nobody of their own record, and of one inside a team nobody outside it.

    ``rings`` False: a line in their inboxes and nothing more.
    """
    others = [p for p in leaders_of(session, made.grid_id, act.day) if p not in (act.person_id, act.entered_by)]
    told = [person_id for person_id in others if _may_hear(session, person_id, made.team_id, act)]
    if told and rings:
        ring_all(session, told, kind, record_id=made.id, at=act.now, urgent=urgent)
    elif told:
        note_all(session, made.county_code, told, kind, record_id=made.id, at=act.now)


def _may_hear(session: Session, person_id: UUID, team_id: UUID | None, act: Act) -> bool:
    """What lives in a team reaches nobody outside it, on the day it arrives."""
    return team_id is None or any(team.id == team_id for team in teams_of(session, person_id, clock.day_of(act.now)))
