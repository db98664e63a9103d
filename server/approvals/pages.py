"""Office page of the review, for village and town: leaders' own records and disputed returns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request

from server.approvals import commands, queries
from server.approvals.rules import RETURN_REASONS
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.language import language
from server.records.rules import Act

blueprint = Blueprint("review", __name__, url_prefix="/office/review")
LONGEST = 2_000

add_office_page("/office/review", "nav.review", "record.review", order=10)


@blueprint.get("")
@door("office", action="record.review")
def review() -> Any:
    return _shown()


@blueprint.post("/<uuid:record_id>")
@door("office", action="record.review")
def decide(record_id: UUID) -> Any:
    """Approve, return or rule on the version shown. ``stale``, ``already_decided``, ``own_record``, ``not_found``."""
    words = request.form.get("words", "")[:LONGEST]
    try:
        with transaction() as session:
            act = _act()
            match request.form.get("decision"):
                case "approve":
                    commands.approve(session, act, record_id)
                case "return":
                    commands.send_back(session, act, record_id, _reason(), words)
                case "uphold":
                    commands.rule_dispute(session, act, record_id, True, words)
                case "reject":
                    commands.rule_dispute(session, act, record_id, False, words)
                case _:
                    raise Problem("invalid", fields=["decision"])
    except Problem as problem:
        return _shown(problem)
    return redirect("/office/review?done=decided", 303)


def _act() -> Act:
    seen = request.form.get("version", "")
    now = clock.now()
    return Act(
        signed_in().holder, now, False, now, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    )


def _reason() -> str:
    reason = request.form.get("reason", "")
    if reason not in RETURN_REASONS:
        raise Problem("invalid", fields=["reason"])
    return reason


def _shown(problem: Problem | None = None) -> Any:
    holder = signed_in().holder
    rows = queries.for_the_office(db.session(), holder)
    names = queries.matter_names(db.session(), rows, holder.county_code, language())
    return page(
        "office/review.html",
        problem,
        rows=rows,
        names=names,
        looked=queries.looked_up(db.session(), rows, language()),
        reasons=RETURN_REASONS,
        may_note_consent=bool(may(holder, "consent.note")),
    )
