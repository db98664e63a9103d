"""Office page of refusals under Art. 12, for the competent department: the county's, and the city's above it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed, written_moment
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.lists import Asked
from server.platform.problem_json import problem_of
from server.tasks import commands, queries
from server.tasks.rules import UPHELD
from server.tasks.schemas import Ruling

blueprint = Blueprint("refusals", __name__, url_prefix="/office/refusals")

FORM = Ruling()
COLUMNS = (
    "tasks.matter", "refusals.ground", "tasks.unit", "refusals.at", "refusals.by_day", "refusals.ruling", "refusals.ruled_at",
)  # fmt: skip

add_office_page("/office/refusals", "nav.refusals", "refusal.rule", order=20)


@blueprint.get("")
@door("office", action="refusal.rule")
def refusals() -> Any:
    return _shown()


@blueprint.post("/export")
@door("office", action="refusal.rule")
def take_out() -> Any:
    """A file without anybody's name or words. Shows ``list_too_long``, ``invalid``."""
    return export(queries.REFUSAL_LIST, COLUMNS, _file_rows, _shown, is_personal=False)


@blueprint.post("/<uuid:refusal_id>")
@door("office", action="refusal.rule")
def rule(refusal_id: UUID) -> Any:
    """One answer. Shows ``own_record`` for a task of the own unit, ``already_decided``, ``reason_needed``, ``day_out_of_range``,
    ``not_found``, ``invalid``."""
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.rule_refusal(
                session,
                signed_in().holder,
                refusal_id,
                upheld=form["ruling"] == UPHELD,
                words=form["words"],
                due_day=form["due_day"],
            )
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"/office/refusals?{_asked().query}&done=ruled", 303)


def _asked() -> Asked:
    return queries.REFUSAL_LIST.read(request.values)


def _shown(problem: Problem | None = None) -> Any:
    asked = _asked()
    found = queries.refusals_for(db.session(), signed_in().holder, asked)
    return page("office/refusals.html", problem, asked=asked, found=found)


def _file_rows(asked: Asked) -> Rows:
    return [
        (
            task.matter_code,
            say(f"refusals.ground.{refusal.ground}"),
            unit,
            written_moment(refusal.at),
            refusal.rule_by,
            say(f"refusals.{refusal.ruling or queries.WAITS}"),
            written_moment(refusal.ruled_at),
        )
        for refusal, task, unit in queries.refusals_to_export(db.session(), signed_in().holder, asked)
    ]
