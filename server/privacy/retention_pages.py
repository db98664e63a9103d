"""Office page of retention: each class with its figure and document, a dry run, new figures, and their history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import policy
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform import audit
from server.platform.db import db, reading, transaction
from server.platform.problem_json import problem_of
from server.privacy import figures, retention
from server.privacy.rules import CLOCKS, FIGURES, RETENTION
from server.privacy.schemas import FigureForm

blueprint = Blueprint("retention", __name__, url_prefix="/office/retention")
FORM = FigureForm()

add_office_page("/office/retention", "nav.retention", "retention.see", order=48)


@blueprint.get("")
@door("office", action="retention.see")
def classes() -> Any:
    """What is kept how long, by which document."""
    return _shown()


@blueprint.post("/dry-run")
@door("office", action="retention.see")
def dry_run() -> Any:
    """What the run of the night would delete now; nothing is changed but the log."""
    with reading() as session:  # it may take a while, and no writer waits for it
        trials = retention.try_out(session, signed_in().holder.county_code, clock.now())
    with transaction():
        audit.describe(None, None, dry_run=True)
    return _shown(trials=trials)


@blueprint.post("")
@door("office", action="retention.set")
def set_figure() -> Any:
    """Shows ``invalid``, ``figure_out_of_bounds``, ``day_out_of_range``."""
    try:
        form = typed(FORM)
        value = int(form["value"]) if form["value"].isascii() and form["value"].isdigit() else 0
        told = {name: form[name] for name in ("name", "document_no", "from_day")}
        with transaction() as session:
            figures.set_figure(session, signed_in().holder, value=value, **told)
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect("/office/retention?done=saved", 303)


def _shown(problem: Problem | None = None, trials: Any = None) -> Any:
    session, holder, today = db.session(), signed_in().holder, clock.today()
    return page(
        "office/retention.html",
        problem,
        classes=RETENTION,
        clocks=CLOCKS,
        figures=FIGURES,
        now=figures.in_force(session, holder.county_code, today),
        history=figures.history(session, holder.county_code),
        closed_household_days=policy(session, "closed_household_days"),
        trials=trials,
        may_set=bool(may(holder, "retention.set")),
        today=today,
    )
