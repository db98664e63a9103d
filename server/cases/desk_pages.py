"""More office pages of the loop: what is taken in without a record, doubts about duty, the terms of the levels."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import names_of_units
from server.cases import commands, intake, joint, queries, rules
from server.cases.pages import matter_names, number_of
from server.cases.schemas import IntakeForm, LevelForm
from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import matters_in_force
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.platform.worktime import UNITS

blueprint = Blueprint("case_desk", __name__, url_prefix="/office/cases")
levels_blueprint = Blueprint("levels", __name__, url_prefix="/office/levels")
INTAKE, LEVEL = IntakeForm(), LevelForm()

add_office_page("/office/cases/duties", "nav.duties", "case.rule_duty", order=44)
add_office_page("/office/levels", "nav.levels", "level.set", order=45)


@blueprint.get("/take-in")
@door("office", action="case.take_in")
def take_in_form() -> Any:
    return _intake()


@blueprint.post("/take-in")
@door("office", action="case.take_in")
def take_in() -> Any:
    """Shows ``complaint_elsewhere``, ``matter_not_in_force``, ``no_case_of_this``, ``level_unfit``, ``ref_taken``,
    ``unit_unknown``, ``day_out_of_range``, ``connector_fills``, ``not_found``, ``invalid``."""
    try:
        form = typed(INTAKE)
        with transaction() as session:
            made = intake.take_in(session, signed_in().holder, form).id
    except (ValidationError, Problem) as error:
        return _intake(problem_of(error))
    return redirect(f"/office/cases/{made}?done=taken_in", 303)


def _intake(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    today, grids = clock.today(), queries.grids_of_office(session, holder)
    listed = matters_in_force(session, holder.county_code, today)
    return page(
        "office/case_intake.html",
        problem,
        about=rules.ABOUT,
        sources=intake.sources_asked(session, holder.county_code),
        matters=[m for m in listed if m.data_class != "S" and rules.levels_of(m.start_level, m.max_level)],
        levels=queries.levels_on(session, holder.county_code, today, rules.OF_A_CASE),
        grids=grids,
        villages=names_of_units(session, {grid.village_id for grid in grids}),
        names=matter_names(),
    )


@blueprint.get("/duties")
@door("office", action="case.rule_duty")
def duties() -> Any:
    """Doubts about duty, the unanswered first; what was answered is a proposal for the table of responsibilities."""
    session, county = db.session(), signed_in().holder.county_code
    asked = joint.DUTIES.read(request.args)
    found = joint.proposals(session, county, asked)
    units = {unit for row in found.rows for unit in (row.unit_id, row.to_unit) if unit}
    return page(
        "office/case_duties.html",
        rows=found.rows,
        has_more=found.has_more,
        asked=asked,
        unit_names=names_of_units(session, units),
        now=clock.now(),
        names=matter_names(),
    )


@levels_blueprint.get("")
@door("office", action="level.set")
def levels() -> Any:
    return _levels()


@levels_blueprint.post("")
@door("office", action="level.set")
def set_level() -> Any:
    """Shows ``day_out_of_range``, ``invalid``."""
    try:
        form = typed(LEVEL)
        with transaction() as session:
            commands.set_level(session, signed_in().holder, form, number_of(form["amount"], -1))
    except (ValidationError, Problem) as error:
        return _levels(problem_of(error))
    return redirect("/office/levels?done=saved", 303)


def _levels(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/levels.html",
        problem,
        levels=queries.levels_on(session, county, clock.today()),
        history=queries.level_history(session, county),
        units=UNITS,
        today=clock.today(),
    )
