"""The office's page of urgent temporary matters: the county's document, what is written down, published, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.matters import queries, temporary
from server.matters.rules import DEMO_TEMPORARY_DAYS, LONGEST_TEMPORARY, TEMPORARY_CLASSES, TEMPORARY_DUTIES
from server.matters.schemas import TemporaryForm, TemporaryProvided
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("temporary_matters", __name__, url_prefix="/office/temporary")
FORM, PROVIDED = TemporaryForm(), TemporaryProvided()

add_office_page("/office/temporary", "nav.temporary", temporary.ACTION, order=41)


@blueprint.get("")
@door("office", action=temporary.ACTION)
def temporaries() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action=temporary.ACTION)
def write_down() -> Any:
    """Shows ``invalid``, ``temporary_off``, ``day_out_of_range``, ``unit_unknown``. A form sent twice is one matter."""
    try:
        told = typed(FORM, departments="departments")
        with transaction() as session:
            temporary.write_down(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _shown(problem)
    return redirect("/office/temporary?done=written", 303)


@blueprint.post("/document")
@door("office", action=temporary.ACTION)
def provide() -> Any:
    """Shows ``invalid``."""
    try:
        told = typed(PROVIDED)
        with transaction() as session:
            temporary.provide(session, signed_in().holder, told["document_no"], told["most_days"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect("/office/temporary?done=saved", 303)


@blueprint.post("/<uuid:temporary_id>/publish")
@door("office", action=temporary.ACTION)
def publish(temporary_id: UUID) -> Any:
    """Shows ``temporary_off``, ``day_out_of_range``; ``not_found``."""
    return _done(temporary.publish, temporary_id, "published")


@blueprint.post("/<uuid:temporary_id>/end")
@door("office", action=temporary.ACTION)
def end(temporary_id: UUID) -> Any:
    """``not_found``."""
    return _done(temporary.end, temporary_id, "ended")


def _done(act: Any, temporary_id: UUID, word: str) -> Any:
    try:
        with transaction() as session:
            act(session, signed_in().holder, temporary_id)
    except Problem as problem:
        return _shown(problem)
    return redirect(f"/office/temporary?done={word}", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, county, today = db.session(), signed_in().holder.county_code, clock.today()
    entries = {entry.id: entry for entry in queries.matter_list(session, county)}
    rows = [(one, entries.get(one.matter_id or one.id)) for one in temporary.of_county(session, county)]
    return page(
        "office/temporary.html",
        problem,
        rows=rows,
        provided=temporary.provided(session, county),
        usual_days=DEMO_TEMPORARY_DAYS,
        most_days=LONGEST_TEMPORARY,
        departments=queries.open_departments(session),
        checked=request.form.getlist("departments"),
        duties=TEMPORARY_DUTIES,
        classes=TEMPORARY_CLASSES,
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=today,
    )
