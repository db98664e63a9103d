"""The office's page of insurances and the provident fund: what is lacking, who owes it, one worker's covers (Art. 19)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.workforce import covers, persons
from server.workforce.rules import COVERS, MOST_WARN_DAYS, OWNERS
from server.workforce.schemas import CoverEnd, CoverForm, CoverRulesForm

PATH, SHOWN = "/office/covers", 200
blueprint = Blueprint("covers", __name__, url_prefix=PATH)
FORM, END, RULES = CoverForm(), CoverEnd(), CoverRulesForm()

add_office_page(PATH, "nav.covers", covers.KEEP, order=60)


@blueprint.get("")
@door("office", action=covers.KEEP)
def shown() -> Any:
    """Workers with something lacking; with ``?username`` all that is written of one worker."""
    return _shown()


@blueprint.post("")
@door("office", action=covers.KEEP)
def write_down() -> Any:
    """Shows ``person_unknown``, ``invalid``. A form sent twice is one cover."""
    try:
        told = typed(FORM)
        with transaction() as session:
            covers.write_down(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _shown(problem)
    return redirect(f"{PATH}?done=written", 303)


@blueprint.post("/<uuid:cover_id>/end")
@door("office", action=covers.KEEP)
def end(cover_id: UUID) -> Any:
    """Shows ``invalid``; ``not_found``."""
    try:
        told = typed(END)
        with transaction() as session:
            covers.end(session, signed_in().holder, cover_id, told["last_day"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done=ended", 303)


@blueprint.post("/rules")
@door("office", action=covers.RULE)
def set_rules() -> Any:
    """Shows ``invalid``."""
    try:
        told = typed(RULES)
        with transaction() as session:
            covers.set_rules(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done=rules", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    username = request.args.get("username", "")
    person = None
    if username:
        try:
            person = persons.find(session, holder, covers.KEEP, username)
        except Problem as unknown:
            problem = problem or unknown
    lacking = covers.lacking_under(session, holder)
    return page(
        "office/covers.html",
        problem,
        person=person,
        held=covers.covers_of(session, person.id) if person else [],
        lacking=lacking[:SHOWN],
        count=len(lacking),
        alarms=covers.alarms_of(session, holder),
        rules=covers.rules_of(session, holder.county_code),
        may_rule=bool(may(holder, covers.RULE)),
        kinds=COVERS,
        owners=OWNERS,
        most_days=MOST_WARN_DAYS,
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=clock.today(),
    )
