"""Office page of refusals under Art. 12, for the competent department of the county."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.tasks import commands, queries
from server.tasks.rules import NOT_UPHELD, UPHELD
from server.tasks.schemas import WORDS_LENGTH

blueprint = Blueprint("refusals", __name__, url_prefix="/office/refusals")

add_office_page("/office/refusals", "nav.refusals", "refusal.rule", order=20)


@blueprint.get("")
@door("office", action="refusal.rule")
def refusals() -> Any:
    return _shown()


@blueprint.post("/<uuid:refusal_id>")
@door("office", action="refusal.rule")
def rule(refusal_id: UUID) -> Any:
    """One answer. ``own_record`` for a task of the own unit, ``already_decided``, ``day_out_of_range``, ``not_found``."""
    ruling, due = request.form.get("ruling"), clock.parse_day(request.form.get("due_day", ""))
    try:
        if ruling not in (UPHELD, NOT_UPHELD):
            raise Problem("invalid", fields=["ruling"])
        words = request.form.get("words", "").strip()[:WORDS_LENGTH]
        if not words:
            raise Problem("reason_needed")
        with transaction() as session:
            holder = signed_in().holder
            commands.rule_refusal(session, holder, refusal_id, upheld=ruling == UPHELD, words=words, due_day=due)
    except Problem as problem:
        return _shown(problem)
    return redirect("/office/refusals?done=ruled", 303)


def _shown(problem: Problem | None = None) -> Any:
    return page("office/refusals.html", problem, rows=queries.refusals_for(db.session(), signed_in().holder))
