"""The office's page of commendations: proposed from below, decided by the county with a document number (Art. 22)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import units_of_county, units_under
from server.kernel import ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.workforce import commands, queries
from server.workforce.rules import OF_WHAT
from server.workforce.schemas import DecisionForm, ProposalForm

PATH = "/office/commendations"
blueprint = Blueprint("commendations", __name__, url_prefix=PATH)
PROPOSAL, DECISION = ProposalForm(), DecisionForm()

add_office_page(PATH, "nav.commendations", commands.PROPOSE, order=63)


@blueprint.get("")
@door("office", action=commands.PROPOSE)
def shown() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action=commands.PROPOSE)
def propose() -> Any:
    """Shows ``person_unknown``, ``unit_unknown``, ``invalid``. A form sent twice is one proposal."""
    try:
        told = typed(PROPOSAL)
        with transaction() as session:
            commands.propose(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _shown(problem)
    return redirect(f"{PATH}?done=proposed", 303)


@blueprint.post("/<uuid:commendation_id>")
@door("office", action=commands.DECIDE)
def decide(commendation_id: UUID) -> Any:
    """Shows ``reason_needed``, ``own_record``, ``already_decided``; ``not_found``."""
    try:
        told = typed(DECISION)
        with transaction() as session:
            commands.decide(session, signed_in().holder, commendation_id, told)
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done=decided", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    below = units_under(session, {post.org_unit_id for post in holder.posts})
    return page(
        "office/commendations.html",
        problem,
        rows=queries.commendations_for(session, holder),
        units=[one for one in units_of_county(session, holder.county_code) if one.id in below],
        of_what=OF_WHAT,
        may_decide=bool(may(holder, commands.DECIDE)),
        own=holder.person_id,
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
    )
