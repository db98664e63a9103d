"""The register of incidents and drills (Art. 17): found, step by step, with the clock for the report, until it is closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.people.queries import names_of
from server.people.rules import Holder, Thing, may
from server.privacy import figures, rules
from server.privacy.commands import add_once
from server.privacy.models import SafetyEvent, SafetyStep

MOST = 50


def open_event(session: Session, by: Holder, told: Mapping[str, Any]) -> SafetyEvent:
    """The clock runs from when it was found. Refuses with ``not_allowed``, ``record_exists``, ``day_out_of_range``."""
    insist(may(by, "incident.note", Thing(county_code=by.county_code)))
    if told["found_at"] > clock.now():
        raise Problem("day_out_of_range", fields=["found_at"])
    figure = figures.in_force(session, by.county_code, clock.today()).get("report_hours")
    made = SafetyEvent(
        id=told["id"],
        county_code=by.county_code,
        kind=told["kind"],
        title=told["title"],
        found_at=told["found_at"],
        clock_due=told["found_at"] + figure.value * rules.HOUR_MS if figure else None,
        document_no=figure.document_no if figure else None,
        opened_by=by.person_id,
    )
    add_once(session, made)
    return made


def take_step(session: Session, by: Holder, event_id: UUID, step: str, words: str) -> SafetyEvent:
    """One step in words. Refuses with ``not_found``, ``not_allowed``, ``step_unfit``, ``invalid``, ``steps_lacking``."""
    found = session.get(SafetyEvent, event_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    if found.county_code != by.county_code:
        raise Problem("not_found")
    insist(may(by, "incident.note", Thing(county_code=found.county_code)))
    taken = list(session.scalars(sa.select(SafetyStep.step).where(SafetyStep.event_id == found.id)))
    insist(rules.may_step(step, taken, words, is_closed=found.closed_at is not None))
    now = clock.now()
    session.add(
        SafetyStep(
            id=ids.new_id(),
            event_id=found.id,
            position=len(taken) + 1,
            step=step,
            words=words,
            at=now,
            by_person=by.person_id,
        )
    )
    if step == "reported" and found.reported_at is None:
        found.reported_at = now
    if step == "closed":
        found.closed_at = now
    found.version += 1
    session.flush()
    return found


def register(session: Session, holder: Holder) -> list[dict[str, Any]]:
    """The county's, open ones first, the newest on top, each with its steps and what its clock says."""
    statement = (
        sa.select(SafetyEvent)
        .where(SafetyEvent.county_code == holder.county_code)
        .order_by(SafetyEvent.closed_at.is_not(None), SafetyEvent.found_at.desc())
        .limit(MOST)
    )
    events = list(session.scalars(statement))
    steps = list(
        session.scalars(
            sa.select(SafetyStep)
            .where(SafetyStep.event_id.in_([one.id for one in events]))
            .order_by(SafetyStep.event_id, SafetyStep.position)
        )
    )
    names = names_of(session, [one.by_person for one in steps])
    now = clock.now()
    return [
        {
            "event": one,
            "steps": [(step, names.get(step.by_person, "")) for step in steps if step.event_id == one.id],
            "clock": _clock(one, now),
        }
        for one in events
    ]


def _clock(one: SafetyEvent, now: int) -> str:
    if one.clock_due is None:
        return "none"
    if one.reported_at is not None:
        return "in_time" if one.reported_at <= one.clock_due else "late"
    return "open" if now <= one.clock_due else "overdue"


def next_drill(session: Session, county_code: str) -> date | None:
    """When the next drill is due: so many days after the last one that was closed."""
    statement = sa.select(sa.func.max(SafetyEvent.closed_at)).where(
        SafetyEvent.county_code == county_code, SafetyEvent.kind == "drill"
    )
    last = session.scalar(statement)
    figure = figures.in_force(session, county_code, clock.today()).get("drill_days")
    return rules.next_drill_due(clock.day_of(last) if last else None, figure.value if figure else None)
