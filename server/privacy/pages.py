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
from server.platform.looks import note_look
from server.platform.problem_json import problem_of
from server.privacy import commands, queries
from server.privacy.rules import ANSWERS, masked_phone
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


@blueprint.post("/<uuid:request_id>/reveal")
@door("office", action="correction.answer")
def reveal(request_id: UUID) -> Any:
    """The number that is masked in the list, once; the look is noted. Shows ``not_found``, ``not_allowed``."""
    try:
        with transaction() as session:
            person_id = queries.to_reveal(session, signed_in().holder, request_id)
            note_look(session, signed_in().person_id, "person_phone", person_id, "office")
    except Problem as problem:
        return _shown(problem)
    return _shown(revealed=request_id)


def _shown(problem: Problem | None = None, revealed: UUID | None = None) -> Any:
    rows = queries.for_the_office(db.session(), signed_in().holder)
    for row in rows:
        row["phone"] = row["phone"] if row["request"].id == revealed else masked_phone(row["phone"] or "")
        row["is_revealed"] = row["request"].id == revealed
    return page("office/corrections.html", problem, rows=rows, answers=ANSWERS)
