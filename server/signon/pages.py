"""The office page of the security administrator: whose account belongs to which name at the other house."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.config import current_settings
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.signon import commands, queries
from server.signon.schemas import BindingForm

PATH, BIND = "/office/sign-on", "sign_on.bind"
FORM = BindingForm()
blueprint = Blueprint("sign_on_office", __name__, url_prefix=PATH)

add_office_page(PATH, "nav.sign_on", BIND, order=62)


@blueprint.get("")
@door("office", action=BIND)
def bindings() -> Any:
    return _bindings()


@blueprint.post("")
@door("office", action=BIND)
def bind() -> Any:
    """Shows ``not_found``, ``not_allowed`` (one's own), ``subject_bound``, ``invalid``."""
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.bind(session, signed_in().holder, form["username"].strip(), form["subject"].strip())
    except (ValidationError, Problem) as error:
        return _bindings(problem_of(error))
    return redirect(f"{PATH}?done=bound", 303)


@blueprint.post("/<uuid:person_id>/end")
@door("office", action=BIND)
def end(person_id: UUID) -> Any:
    """Shows ``not_found``."""
    try:
        with transaction() as session:
            commands.unbind(session, signed_in().holder, person_id)
    except Problem as problem:
        return _bindings(problem)
    return redirect(f"{PATH}?done=ended", 303)


def _bindings(problem: Problem | None = None) -> Any:
    found = queries.bindings(db.session(), signed_in().holder.county_code)
    return page("office/sign_on.html", problem, found=found, kind=current_settings().sign_on.kind)
