"""The office's page of what departments do for their matters, which are at risk, and withdrawal under Art. 9."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.matters import leaving, queries, support
from server.matters.rules import LONGEST_TEMPORARY, SUPPORTS
from server.matters.schemas import SupportForm, SupportPeriod, WithdrawalForm
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

PATH = "/office/matters/support"
blueprint = Blueprint("matter_support", __name__, url_prefix=PATH)
FORM, PERIOD, WITHDRAWAL = SupportForm(), SupportPeriod(), WithdrawalForm()

add_office_page(PATH, "nav.matter_support", support.ACTION, order=40)


@blueprint.get("")
@door("office", action=support.ACTION)
def report() -> Any:
    """Every matter with what is on record for it; those at risk of withdrawal first."""
    return _report()


@blueprint.post("/period")
@door("office", action=support.ACTION)
def provide() -> Any:
    """Shows ``invalid``."""
    try:
        told = typed(PERIOD)
        with transaction() as session:
            support.provide(session, signed_in().holder, told["period_document"], told["days"])
    except (ValidationError, Problem) as error:
        return _report(problem_of(error))
    return redirect(f"{PATH}?done=saved", 303)


@blueprint.get("/<code>")
@door("office", action=support.ACTION)
def matter(code: str) -> Any:
    """What departments did for one matter. ``not_found``."""
    return _one(code)


@blueprint.post("/<code>")
@door("office", action=support.ACTION)
def write_down(code: str) -> Any:
    """Shows ``invalid``, ``unit_unknown``, ``day_out_of_range``; ``not_found``. A form sent twice is one row."""
    try:
        told = typed(FORM)
        with transaction() as session:
            support.write_down(session, signed_in().holder, {**told, "code": code})
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _one(code, problem)
    return redirect(f"{PATH}/{code}?done=written", 303)


@blueprint.post("/<code>/withdraw")
@door("office", action=leaving.ACTION)
def withdraw(code: str) -> Any:
    """Shows ``invalid``, ``duty_on_record``, ``day_out_of_range``, ``not_allowed`` (the city's own); ``not_found``."""
    try:
        told = typed(WITHDRAWAL, missing="missing")
        with transaction() as session:
            leaving.withdraw(session, signed_in().holder, {**told, "code": code})
    except (ValidationError, Problem) as error:
        return _one(code, problem_of(error))
    return redirect(f"{PATH}?done=withdrawn", 303)


def _report(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/matter_support.html",
        problem,
        rows=support.report(session, county, clock.today()),
        kinds=SUPPORTS,
        provided=support.provided(session, county),
        most_days=3 * LONGEST_TEMPORARY,
    )


def _one(code: str, problem: Problem | None = None) -> Any:
    session, county, today = db.session(), signed_in().holder.county_code, clock.today()
    row = next((one for one in support.report(session, county, today) if one.matter.code == code), None)
    if row is None:
        raise Problem("not_found")
    answering = queries.departments_of(session, row.matter.id)
    return page(
        "office/matter_support_one.html",
        problem,
        row=row,
        acts=support.of_matter(session, county, code),
        withdrawals=leaving.withdrawals_of(session, county, code),
        departments=answering,
        kinds=SUPPORTS,
        checked=request.form.getlist("missing"),
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=today,
    )
