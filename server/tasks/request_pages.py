"""Office pages of what departments ask for: the department makes and follows it, town or county answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.matters.queries import matters_in_force
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.lists import Asked
from server.platform.problem_json import problem_of
from server.tasks import assigning, requests, rules
from server.tasks.desk_pages import USUAL_DUE
from server.tasks.schemas import RequestAnswered, RequestMade

blueprint = Blueprint("requests", __name__, url_prefix="/office/requests")
MADE, ANSWERED = RequestMade(), RequestAnswered()

add_office_page("/office/requests", "nav.requests", "request.see", order=13)

COLUMNS = ("requests.matter", "requests.area", "requests.words", "requests.wanted", "requests.state", "requests.by")


@blueprint.get("")
@door("office", action="request.see")
def asked_for() -> Any:
    return _shown()


@blueprint.post("/export")
@door("office", action="request.see")
def take_out() -> Any:
    """A file. Shows ``reason_needed``, ``list_too_long``, ``invalid``."""
    return export(requests.SHAPE, COLUMNS, _file_rows, _shown, is_personal=True)


@blueprint.get("/new")
@door("office", action="request.make")
def form() -> Any:
    return _form()


@blueprint.post("")
@door("office", action="request.make")
def make() -> Any:
    """Shows ``invalid`` and what asking is refused with. A form sent twice asks once."""
    try:
        told = typed(MADE)
        with transaction() as session:
            requests.make(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _form(problem)
    return redirect("/office/requests?done=asked", 303)


@blueprint.get("/<uuid:request_id>")
@door("office", action="request.see")
def one(request_id: UUID) -> Any:
    """``not_found`` outside the own department or area."""
    return _one(request_id)


@blueprint.post("/<uuid:request_id>")
@door("office", action="request.answer")
def answer(request_id: UUID) -> Any:
    """Merge or decline. Shows ``request_answered``, ``nothing_to_merge``, ``reason_needed``, ``not_found``, ``invalid``."""
    holder = signed_in().holder
    try:
        told = typed(ANSWERED)
        with transaction() as session:
            if told["decision"] == "merge":
                requests.merge(session, holder, request_id, told["into"])
            else:
                requests.decline(session, holder, request_id, told["words"])
    except (ValidationError, Problem) as error:
        return _one(request_id, problem_of(error))
    return redirect(f"/office/requests/{request_id}?done=answered", 303)


def _one(request_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    row = requests.one(session, holder, request_id)
    found = row["request"]
    may_answer = bool(may(holder, "request.answer", requests.thing_of(session, found)))
    is_open = may_answer and bool(rules.may_answer(found.state))
    values = {"row": row, "is_open": is_open, "matters": _names(), "states": rules.STATES}
    others = requests.mergeable(session, found) if is_open else []
    return page("office/request.html", problem, others=others, **values)


def _form(problem: Problem | None = None) -> Any:
    session, county, today = db.session(), signed_in().holder.county_code, clock.today()
    return page(
        "office/request_new.html",
        problem,
        offered=assigning.assignable(session, county, today),
        areas=requests.areas_of(session, county),
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=today,
        usual_day=today + USUAL_DUE,
    )


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    asked = requests.SHAPE.read(request.values)
    found = requests.list_of(session, holder, asked)
    may_make = bool(may(holder, "request.make"))
    return page("office/requests.html", problem, asked=asked, found=found, matters=_names(), may_make=may_make)


def _file_rows(asked: Asked) -> Rows:
    rows = requests.rows_to_export(db.session(), signed_in().holder, asked)
    return [
        (
            row["request"].matter_code,
            row["area"],
            row["request"].words,
            row["request"].wanted_day,
            say(f"requests.state.{row['request'].state}"),
            row["by"],
        )
        for row in rows
    ]


def _names() -> dict[str, Any]:
    found = matters_in_force(db.session(), signed_in().holder.county_code, clock.today())
    return {matter.code: matter for matter in found}
