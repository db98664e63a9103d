"""The office's page of functional departments: one more is a row (Art. 3 names fifteen "and others")."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel.problems import Problem
from server.matters import departments
from server.matters.schemas import DepartmentForm
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

PATH = "/office/departments"
blueprint = Blueprint("departments", __name__, url_prefix=PATH)
FORM = DepartmentForm()

add_office_page(PATH, "nav.departments", departments.ADD, order=42)


@blueprint.get("")
@door("office", action=departments.ADD)
def shown() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action=departments.ADD)
def add() -> Any:
    """Shows ``invalid``, ``department_exists``."""
    try:
        told = typed(FORM)
        with transaction() as session:
            departments.add(session, signed_in().holder, told["code"], told["name_zh"], told["name_en"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done=added", 303)


@blueprint.post("/<code>/close")
@door("office", action=departments.CLOSE)
def close(code: str) -> Any:
    """Shows ``department_in_use``; ``not_found``."""
    try:
        with transaction() as session:
            departments.close(session, signed_in().holder, code)
    except Problem as problem:
        return _shown(problem)
    return redirect(f"{PATH}?done=closed", 303)


def _shown(problem: Problem | None = None) -> Any:
    may_close = bool(may(signed_in().holder, departments.CLOSE))
    return page("office/departments.html", problem, rows=departments.all_of(db.session()), may_close=may_close)
