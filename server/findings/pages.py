"""The office's pages of findings (Art. 13) and of legal holds. There is no file of them to take out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import names_of_units
from server.findings import commands, queries, rules
from server.findings.models import Finding
from server.findings.schemas import DecisionForm, EvidenceForm, FindingForm, HoldForm, LiftForm
from server.kernel import ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.queries import person
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, noting, transaction
from server.platform.looks import note_look
from server.platform.problem_json import problem_of

blueprint = Blueprint("findings", __name__, url_prefix="/office/findings")
holds_blueprint = Blueprint("holds", __name__, url_prefix="/office/holds")
FORM, EVIDENCE, DECISION, HOLD, LIFT = FindingForm(), EvidenceForm(), DecisionForm(), HoldForm(), LiftForm()

add_office_page("/office/findings", "nav.findings", "finding.open", order=23)
add_office_page("/office/holds", "nav.holds", "hold.set", order=24)


@blueprint.get("")
@door("office", action="finding.open")
def listed() -> Any:
    asked = queries.SHAPE.read(request.args)
    found = queries.for_the_office(db.session(), signed_in().holder, asked)
    return page("office/findings.html", asked=asked, found=found)


@blueprint.get("/new")
@door("office", action="finding.open")
def new() -> Any:
    """About whom: by account, as administrators find people."""
    return _new()


@blueprint.post("")
@door("office", action="finding.open")
def open_one() -> Any:
    """Shows ``not_found`` (nobody below this office), ``own_matter``, ``day_out_of_range``, ``invalid``."""
    try:
        told = typed(FORM)
        with transaction() as session:
            made = commands.open_finding(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _new(problem_of(error))
    return redirect(f"/office/findings/{made.id}?done=opened", 303)


@blueprint.get("/<uuid:finding_id>")
@door("office", action="finding.open")
def one(finding_id: UUID) -> Any:
    """Problem ``not_found`` for every other office, and for the person concerned."""
    return _one(finding_id)


@blueprint.post("/<uuid:finding_id>/evidence")
@door("office", action="finding.open")
def add_evidence(finding_id: UUID) -> Any:
    """Shows ``step_done``, ``invalid``; Problem ``not_found``."""
    _seen(finding_id)
    try:
        told = typed(EVIDENCE)
        with transaction() as session:
            commands.add_evidence(session, signed_in().holder, finding_id, told["words"], told["record_id"])
    except (ValidationError, Problem) as error:
        return _one(finding_id, problem_of(error))
    return redirect(f"/office/findings/{finding_id}?done=added", 303)


@blueprint.post("/<uuid:finding_id>/decision")
@door("office", action="finding.open")
def decide(finding_id: UUID) -> Any:
    """Shows ``not_allowed``, ``step_done``, ``own_matter``, ``not_heard_yet``, ``reason_needed``, ``invalid``."""
    _seen(finding_id)
    try:
        told = typed(DECISION)
        with transaction() as session:
            commands.decide(session, signed_in().holder, finding_id, **told)
    except (ValidationError, Problem) as error:
        return _one(finding_id, problem_of(error))
    return redirect(f"/office/findings/{finding_id}?done=decided", 303)


@holds_blueprint.get("")
@door("office", action="hold.set")
def holds() -> Any:
    return _holds()


@holds_blueprint.post("")
@door("office", action="hold.set")
def set_hold() -> Any:
    """Shows ``not_found`` (nothing of the county goes by this id), ``invalid``."""
    try:
        told = typed(HOLD)
        with transaction() as session:
            commands.hold(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _holds(problem_of(error))
    return redirect("/office/holds?done=held", 303)


@holds_blueprint.post("/<uuid:hold_id>/lift")
@door("office", action="hold.set")
def lift(hold_id: UUID) -> Any:
    """Shows ``step_done``, ``invalid``; Problem ``not_found``."""
    try:
        told = typed(LIFT)
        with transaction() as session:
            commands.lift(session, signed_in().holder, hold_id, told["document_no"])
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code == "not_found":
            raise problem from error
        return _holds(problem)
    return redirect("/office/holds?done=lifted", 303)


def _new(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    username = request.values.get("username", "").strip()
    target = queries.person_below(session, holder, username) if username else None
    if username and target is None:
        problem = problem or Problem("not_found")
    return page(
        "office/finding_new.html",
        problem,
        username=username,
        target=target,
        grounds=rules.GROUNDS,
        form_id=request.form.get("id") or ids.new_id(),
        feedback_id=request.values.get("feedback_id", ""),
    )


def _seen(finding_id: UUID) -> Finding:
    found = db.session().get(Finding, finding_id)
    if found is None or not queries.may_see(signed_in().holder, found):
        raise Problem("not_found")
    return found


def _one(finding_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    found = _seen(finding_id)
    with noting() as writing:
        note_look(writing, holder.person_id, "finding", finding_id, "office")
    decides = bool(may(holder, "finding.decide", queries.thing_of(found, deciding=True)))
    return page(
        "office/finding.html",
        problem,
        one=found,
        person=person(session, found.person_id).name,
        units=names_of_units(session, [found.unit_id, found.deciding_unit]),
        evidence=queries.evidence_of(session, finding_id),
        records=queries.records_of(session, found.person_id) if found.decision is None else [],
        decisions=rules.DECISIONS if decides and found.opened_by != holder.person_id else (rules.WITHDRAWN,),
        sets_holds=bool(may(holder, "hold.set")),
    )


def _holds(problem: Problem | None = None) -> Any:
    found = queries.holds_of(db.session(), signed_in().holder)
    return page("office/holds.html", problem, holds=found, kinds=rules.HELD_KINDS, asked=request.values)
