"""Office page of the register of incidents and drills (Art. 17): the security administrator writes, the county reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.messages.desk import minute_of
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.privacy import figures, incidents
from server.privacy.rules import EVENT_KINDS, STEPS
from server.privacy.schemas import EventForm, StepForm

blueprint = Blueprint("incidents", __name__, url_prefix="/office/incidents")
EVENT, STEP = EventForm(), StepForm()
MINUTE_MS = 60_000

add_office_page("/office/incidents", "nav.incidents", "incident.see", order=58)


@blueprint.get("")
@door("office", action="incident.see")
def register() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action="incident.note")
def open_event() -> Any:
    """Shows ``invalid``, ``day_out_of_range``."""
    try:
        form = typed(EVENT)
        minute = minute_of(form["found_time"])
        if minute is None:
            raise Problem("invalid", fields=["found_time"])
        found_at = clock.start_of(form["found_day"]) + minute * MINUTE_MS
        with transaction() as session:
            incidents.open_event(session, signed_in().holder, {**form, "found_at": found_at})
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":  # the same form twice is one event
            return _shown(problem)
    return redirect("/office/incidents?done=opened", 303)


@blueprint.post("/<uuid:event_id>")
@door("office", action="incident.note")
def take_step(event_id: UUID) -> Any:
    """Shows ``not_found``, ``step_unfit``, ``invalid``, ``steps_lacking``."""
    try:
        form = typed(STEP)
        with transaction() as session:
            incidents.take_step(session, signed_in().holder, event_id, form["step"], form["words"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect("/office/incidents?done=step", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, holder, now = db.session(), signed_in().holder, clock.now()
    return page(
        "office/incidents.html",
        problem,
        rows=incidents.register(session, holder),
        kinds=EVENT_KINDS,
        steps=STEPS,
        figures=figures.in_force(session, holder.county_code, clock.today()),
        next_drill=incidents.next_drill(session, holder.county_code),
        may_note=bool(may(holder, "incident.note")),
        new_id=new_id(),
        today=clock.today(),
        time_now=clock.as_text(now)[11:16],
    )
