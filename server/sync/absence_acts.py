"""Absences as mutations: the people room's own commands, told to whoever stands in and to the plans that wait meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.households.plans import tell_due_between
from server.kernel import clock
from server.messages.commands import ring
from server.people import commands
from server.people.models import Absence
from server.people.rules import ABSENCE_KINDS
from server.platform.fields import Choice, Day, Id
from server.records.rules import Act
from server.records.schemas import Strict
from server.sync.applied import Applied


class AbsenceTold(Strict):
    """``absences.save``: ``from_day`` counts, ``to_day`` does not. No reason is asked or kept."""

    id = Id(required=True)
    person_id = Id(required=True)
    kind = Choice(*ABSENCE_KINDS, required=True)
    from_day = Day(required=True)
    to_day = Day(required=True)
    stand_in_id = Id(allow_none=True, load_default=None)


class AbsenceEnded(Strict):
    """``absences.end``: back on duty from ``to_day``."""

    id = Id(required=True)
    to_day = Day(required=True)


SAVE_ABSENCE = AbsenceTold()
END_ABSENCE = AbsenceEnded()


def save_absence(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    absence = commands.tell_absence(
        session,
        act.holder,
        absence_id=told["id"],
        person_id=told["person_id"],
        kind=told["kind"],
        from_day=told["from_day"],
        to_day=told["to_day"],
        stand_in_id=told["stand_in_id"],
        today=act.day,
    )
    _tell_plans(session, absence, told["to_day"])
    if absence.stand_in_id is not None and absence.stand_in_id != act.person_id:
        ring(session, absence.stand_in_id, "stand_in_named", at=act.now)
    if absence.person_id != act.person_id:
        ring(session, absence.person_id, "absence_entered", at=act.now)
    return Applied("absence", absence.id, absence.version)


def end_absence(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    before = session.get(Absence, told["id"])
    until = before.to_day if before is not None else told["to_day"]
    absence = commands.end_absence(session, act.holder, told["id"], told["to_day"], clock.day_of(act.now))
    _tell_plans(session, absence, until)
    return Applied("absence", absence.id, absence.version)


def _tell_plans(session: Session, absence: Absence, until: date) -> None:
    """Visits due in these days may be due on another day now."""
    if absence.stand_in_id is not None:
        return
    for grid_id, role in sorted(commands.field_posts_of(session, absence.person_id), key=str):
        tell_due_between(session, grid_id, role, absence.from_day, until)
