"""Office page of refusals under Art. 12, for the competent department of the county."""

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
from server.tasks import commands, queries
from server.tasks.rules import UPHELD
from server.tasks.schemas import Ruling

blueprint = Blueprint("refusals", __name__, url_prefix="/office/refusals")

FORM = Ruling()

add_office_page("/office/refusals", "nav.refusals", "refusal.rule", order=20)


@blueprint.get("")
@door("office", action="refusal.rule")
def refusals() -> Any:
    return _shown()


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
    return redirect("/office/refusals?done=ruled", 303)


def _shown(problem: Problem | None = None) -> Any:
    return page("office/refusals.html", problem, rows=queries.refusals_for(db.session(), signed_in().holder))
