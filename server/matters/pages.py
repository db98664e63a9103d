"""The office's matter list: what is in force, and its photo and review policies, which the county authority sets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters import commands, queries
from server.matters.rules import DUTIES, MatterFacts, ReviewFacts
from server.matters.schemas import GasNumberForm, PolicyForm
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("matter_list", __name__, url_prefix="/office/matters")
FORM, GAS_FORM = PolicyForm(), GasNumberForm()

add_office_page("/office/matters", "nav.matters", "matter.set_photo_policy", order=40)


@blueprint.get("")
@door("office", action="matter.set_photo_policy")
def matters() -> Any:
    """The county's list in force today, by duty, and the review of patrols."""
    return _list()


@blueprint.get("/<uuid:matter_id>")
@door("office", action="matter.set_photo_policy")
def matter(matter_id: UUID) -> Any:
    return _form(matter_id)


@blueprint.post("/<uuid:matter_id>")
@door("office", action="matter.set_photo_policy")
def set_policies(matter_id: UUID) -> Any:
    """Shows ``reason_needed``, ``invalid``, ``not_allowed`` (the city's own matter), ``not_found``."""
    actor = signed_in().holder
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.set_photo_policy(
                session, actor, matter_id, form["photo_policy"], reason=form["reason"], document_no=form["document_no"]
            )
            commands.set_review_of_matter(session, actor, matter_id, _review(form), form["document_no"])
    except (ValidationError, Problem) as error:
        return _form(matter_id, problem_of(error))
    return redirect("/office/matters?done=saved", 303)


@blueprint.post("/patrols")
@door("office", action="review_policy.set")
def set_review_of_patrols() -> Any:
    """Shows ``invalid``."""
    actor = signed_in().holder
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.set_review_of_patrols(session, actor, actor.county_code, _review(form), form["document_no"])
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/matters?done=saved", 303)


@blueprint.post("/gas-number")
@door("office", action="gas_number.set")
def set_gas_number() -> Any:
    """Shows ``invalid``."""
    actor = signed_in().holder
    try:
        form = typed(GAS_FORM)
        with transaction() as session:
            commands.set_gas_number(session, actor, actor.county_code, form["number"])
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/matters?done=saved", 303)


def _review(form: dict[str, Any]) -> ReviewFacts:
    percent = form["review_percent"]
    return ReviewFacts(form["review_mode"], int(percent) if percent.isascii() and percent.isdigit() else 0)


def _list(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    found = queries.matters_in_force(session, county, clock.today())
    by_duty = {duty: [m for m in found if m.duty == duty] for duty in DUTIES}
    patrols = queries.patrol_review_policy(session, county, clock.today())
    gas_number = queries.policy(session, "gas_numbers").get(county, "")
    return page("office/matters.html", problem, by_duty=by_duty, patrols=patrols, gas_number=gas_number)


def _form(matter_id: UUID, problem: Problem | None = None) -> Any:
    session = db.session()
    entry = _entry(signed_in().holder.county_code, matter_id)
    changes = queries.changes_of(session, entry.id)
    shown = queries.feed_rows(session, "matter", [entry.id])[entry.id]
    return page("office/matter.html", problem, matter=entry, row=shown, changes=changes, is_retried=bool(request.form))


def _entry(county_code: str, matter_id: UUID) -> MatterFacts:
    """The entry of the list that counts in the county. Problem ``not_found``."""
    for entry in queries.matter_list(db.session(), county_code):
        if entry.id == matter_id:
            return entry
    raise Problem("not_found")
