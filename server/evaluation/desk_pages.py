"""Office pages of what was reckoned: sheets of a unit, marks by people, objections, proposals, files after the window."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.evaluation import commands, forms, objecting, proposing, queries, rules, sheets
from server.evaluation.models import EvaluationRun, RuleSet
from server.evaluation.schemas import read_rule_set
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed
from server.people.queries import names_of
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.lists import Asked, ListShape
from server.platform.problem_json import problem_of

blueprint = Blueprint("evaluation_desk", __name__, url_prefix="/office/evaluation")
ANSWER, MARK, DECISION = forms.AnswerForm(), forms.MarkForm(), forms.DecisionForm()
COLUMNS = (
    "sheets.unit",
    "sheets.person",
    "sheets.period",
    "sheets.total",
    "sheets.grade",
    "sheets.status",
    "sheets.version",
)

add_office_page("/office/evaluation/objections", "nav.objections", "objection.rule", order=51)
add_office_page("/office/evaluation/proposals", "nav.proposals", "evaluation.decide", order=52)
add_office_page("/office/evaluation/marks", "nav.marks", "evaluation.mark", order=53)


# -- sheets ------------------------------------------------------------------------------------------------------------


@blueprint.get("/runs/<uuid:run_id>")
@door("office", action="evaluation.see")
def one_run(run_id: UUID) -> Any:
    return _run_shown(_run(run_id))


@blueprint.post("/runs/<uuid:run_id>/export")
@door("office", action="evaluation.set")
def take_out(run_id: UUID) -> Any:
    """Points for others to reckon pay with: this system never does. Shows ``window_open``, ``reason_needed``."""
    run = _run(run_id)
    try:
        insist(rules.may_leave(run.state))
    except Problem as problem:
        return _run_shown(run, problem)
    return export(_shape(run), COLUMNS, lambda _asked: _file_rows(run), lambda p: _run_shown(run, p), is_personal=True)


def _shape(run: EvaluationRun) -> ListShape:
    return ListShape("sheets", f"/office/evaluation/runs/{run.id}")


def _file_rows(run: EvaluationRun) -> Rows:
    """A sheet in dispute, or one whose person may still go on to the county, leaves without points."""
    session, holder = db.session(), signed_in().holder
    held = proposing.held_back(session, run, clock.today())
    found: Rows = []
    for one in sheets.lines_of(session, run, sheets.units_seen(session, holder)):
        status = "disputed" if one.id in held else one.status
        points = (None, None) if status == "disputed" else (one.total, one.grade)
        found.append((one.unit, one.person, run.period, *points, say(f"sheets.status.{status}"), one.version))
    return found


def _run(run_id: UUID) -> EvaluationRun:
    found = sheets.run_seen(db.session(), signed_in().holder, run_id)
    if found is None:
        raise Problem("not_found")
    return found


def _run_shown(run: EvaluationRun, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    units = sheets.units_seen(session, holder)
    chosen = [unit for unit in units if str(unit.id) == request.args.get("unit", "")]
    return page(
        "office/evaluation_run.html",
        problem,
        run=run,
        rule_set=session.get(RuleSet, run.rule_set_id),
        units=units,
        chosen=chosen[0] if chosen else None,
        lines=sheets.lines_of(session, run, chosen) if chosen else [],
        asked=Asked(_shape(run), {}, "newest"),
    )


@blueprint.get("/sheets/<uuid:sheet_id>")
@door("office", action="evaluation.see")
def one_sheet(sheet_id: UUID) -> Any:
    """One sheet with all its versions, to be read and printed."""
    session = db.session()
    found = sheets.sheet_seen(session, signed_in().holder, sheet_id)
    if found is None:
        raise Problem("not_found")
    return page("office/evaluation_sheet.html", sheet=found, rule_set=session.get(RuleSet, found.run.rule_set_id))


# -- objections --------------------------------------------------------------------------------------------------------


@blueprint.get("/objections")
@door("office", action="objection.rule")
def objections() -> Any:
    return _objections()


@blueprint.post("/objections/<uuid:objection_id>")
@door("office", action="objection.rule")
def answer(objection_id: UUID) -> Any:
    """With reasons. Shows ``not_impartial``, ``already_decided``, ``not_found``, ``not_allowed``, ``invalid``."""
    try:
        form = typed(ANSWER)
        with transaction() as session:
            objecting.answer(session, signed_in().holder, objection_id, **form)
    except (ValidationError, Problem) as error:
        return _objections(problem_of(error))
    return redirect("/office/evaluation/objections?done=answered", 303)


def _objections(problem: Problem | None = None) -> Any:
    found = sheets.objections_seen(db.session(), signed_in().holder)
    return page("office/evaluation_objections.html", problem, found=found, effects=objecting.EFFECTS)


# -- proposals ---------------------------------------------------------------------------------------------------------


@blueprint.get("/proposals")
@door("office", action="evaluation.decide")
def proposals() -> Any:
    return _proposals()


@blueprint.post("/proposals/<uuid:proposal_id>")
@door("office", action="evaluation.decide")
def decide(proposal_id: UUID) -> Any:
    """Shows ``already_decided``, ``stale``, ``own_record``, ``invalid``, ``not_found``."""
    try:
        form = typed(DECISION)
        with transaction() as session:
            taken = form["decision"] == rules.TAKEN
            proposing.decide(session, signed_in().holder, proposal_id, taken=taken, words=form["words"])
    except (ValidationError, Problem) as error:
        return _proposals(problem_of(error))
    return redirect("/office/evaluation/proposals?done=decided", 303)


def _proposals(problem: Problem | None = None) -> Any:
    found = sheets.proposals_seen(db.session(), signed_in().holder)
    return page("office/evaluation_proposals.html", problem, found=found)


# -- marks -------------------------------------------------------------------------------------------------------------


@blueprint.get("/marks")
@door("office", action="evaluation.mark")
def marks() -> Any:
    return _marks()


@blueprint.post("/marks/<uuid:set_id>")
@door("office", action="evaluation.mark")
def mark(set_id: UUID) -> Any:
    """One mark with its reason, for the period that runs. Shows ``mark_too_high``, ``invalid``,
    ``day_out_of_range``, ``run_exists``."""
    try:
        form = typed(MARK)
        with transaction() as session:
            found = sheets.set_seen(session, signed_in().holder, set_id)
            if found is None or found.state == rules.DRAFT:
                raise Problem("not_found")
            day = clock.parse_day(form.pop("day"))
            if day is None or day > clock.today():
                raise Problem("invalid", fields=["day"])
            commands.mark(session, signed_in().holder, set_id, rules.period_of(found.period_type, day), form)
    except (ValidationError, Problem) as error:
        return _marks(problem_of(error))
    return redirect("/office/evaluation/marks?done=marked", 303)


def _marks(problem: Problem | None = None) -> Any:
    """Of each set in force: its lines that people mark, and whom this office may mark."""
    session, holder = db.session(), signed_in().holder
    asked = []
    for found in sheets.sets_of(session, holder.county_code):
        told = read_rule_set(found.body.encode()) if found.state == rules.PUBLISHED else {"indicators": []}
        indicators = [one for one in told["indicators"] if one["type"] == "manual_mark"]
        if indicators:
            period = rules.period_of(found.period_type, clock.today())
            people = names_of(session, sorted(queries.people_below(session, holder, found.role, period)))
            asked.append((found, indicators, sorted(people.items(), key=lambda one: (one[1], one[0].bytes))))
    return page("office/evaluation_marks.html", problem, asked=asked, today=clock.today())
