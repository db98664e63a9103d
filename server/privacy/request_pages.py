"""Office pages of the town and village: what people ask about their own data, and what is shown to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.areas.queries import grids_under
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform import audit
from server.platform.db import aside, db, transaction
from server.platform.looks import note_look
from server.platform.problem_json import problem_of
from server.privacy import requests
from server.privacy.rules import REQUEST_ANSWERS, REQUEST_KINDS, masked_name
from server.privacy.schemas import RequestAnswer, RequestForm

blueprint = Blueprint("data_requests", __name__, url_prefix="/office/data-requests")
TAKEN, ANSWERED = RequestForm(), RequestAnswer()

add_office_page("/office/data-requests", "nav.data_requests", "data_request.take", order=31)


@blueprint.get("")
@door("office", action="data_request.take")
def data_requests() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action="data_request.take")
def take() -> Any:
    """Shows ``invalid``, ``door_unknown``, ``door_ambiguous``."""
    try:
        form = typed(TAKEN)
        with transaction() as session:
            requests.take(session, signed_in().holder, form)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":  # the same form twice is one request
            return _shown(problem)
    return redirect("/office/data-requests?done=taken", 303)


@blueprint.get("/<uuid:request_id>")
@door("office", action="data_request.answer")
def data_request(request_id: UUID) -> Any:
    """One request with the name of whoever asked; the look is noted. ``not_found``."""
    return _one(request_id)


@blueprint.post("/<uuid:request_id>")
@door("office", action="data_request.answer")
def answer(request_id: UUID) -> Any:
    """Shows ``not_found``, ``request_answered``, ``invalid``, ``held``, ``still_needed``, ``no_household_named``."""
    try:
        form = typed(ANSWERED)
        with transaction() as session:
            requests.answer(session, signed_in().holder, request_id, form["answer"], form["words"])
    except (ValidationError, Problem) as error:
        return _one(request_id, problem_of(error))
    return redirect("/office/data-requests?done=answered", 303)


@blueprint.get("/<uuid:request_id>/copy")
@door("office", action="data_request.answer")
def copy(request_id: UUID) -> Any:
    """What is kept of the household, to be printed for whoever asked. ``not_found``, ``no_household_named``."""
    here = signed_in()
    try:
        found = requests.copy_of(db.session(), here.holder, request_id)
    except Problem as problem:
        if problem.code == "no_household_named":
            return _one(request_id, problem)
        raise
    with aside() as writing:
        note_look(writing, here.person_id, "household", found["household"].id, "office")
    return page("office/data_copy.html", **found)


def _one(request_id: UUID, problem: Problem | None = None) -> Any:
    here = signed_in()
    if problem is None:
        found = requests.one(db.session(), here.holder, request_id)
        with aside() as writing:
            note_look(writing, here.person_id, "data_request", request_id, "office")
    else:  # a refused answer shows the page too, so it is a look like any other
        with transaction() as session:
            found = requests.one(session, here.holder, request_id)
            audit.describe("data_request", request_id, refused=problem.code)
            note_look(session, here.person_id, "data_request", request_id, "office")
    return page("office/data_request.html", problem, row=found, answers=REQUEST_ANSWERS)


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    return page(
        "office/data_requests.html",
        problem,
        rows=requests.for_the_office(session, holder),
        kinds=REQUEST_KINDS,
        grids=grids_under(session, requests.own_units(holder)),
        new_id=requests.take_id(),
        masked=masked_name,
    )
