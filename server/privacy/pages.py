"""Office page of the town: correction requests, and their answers in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.privacy import commands, queries
from server.privacy.rules import ANSWERS
from server.privacy.schemas import CorrectionAnswer

blueprint = Blueprint("privacy", __name__, url_prefix="/office/corrections")
FORM = CorrectionAnswer()

add_office_page("/office/corrections", "nav.corrections", "correction.answer", order=30)


@blueprint.get("")
@door("office", action="correction.answer")
def corrections() -> Any:
    return _shown()


@blueprint.post("/<uuid:request_id>")
@door("office", action="correction.answer")
def answer(request_id: UUID) -> Any:
    """Shows ``not_found``, ``correction_answered``, ``invalid``."""
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.answer(session, signed_in().holder, request_id, form["answer"], form["words"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect("/office/corrections?done=answered", 303)


def _shown(problem: Problem | None = None) -> Any:
    rows = queries.for_the_office(db.session(), signed_in().holder)
    return page("office/corrections.html", problem, rows=rows, answers=ANSWERS)
