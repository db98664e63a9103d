"""Office page of village and town: a record entered for a worker, who confirms it with one tap."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.records.behalf import REACHES_BACK
from server.sync import entering

blueprint = Blueprint("entering", __name__, url_prefix="/office/enter")

add_office_page("/office/enter", "nav.enter", "record.enter_for", order=15)


@blueprint.get("")
@door("office", action="record.enter_for")
def form() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action="record.enter_for")
def enter() -> Any:
    """Shows ``invalid``, ``not_found``, ``not_for_others``, ``day_out_of_range`` and what the report refuses with."""
    duty, grid = request.form.get("duty", ""), request.form.get("grid_id", "")
    try:
        with transaction() as session:
            entering.enter(session, signed_in().holder, duty, entering.told_by(request.form, duty))
    except Problem as problem:
        return _shown(problem)
    return redirect(f"/office/enter?grid={ids.parse_id(grid)}&duty={duty}&done=entered", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, today = db.session(), clock.today()
    asked = request.form if request.method == "POST" else request.args
    grid_id = ids.parse_id(asked.get("grid_id") or asked.get("grid") or "")
    duty = asked.get("duty", "")
    grids = entering.grids_of(session, signed_in().holder)
    grid = next((one for one in grids if one.id == grid_id), None)
    if grid_id is not None and grid is None and problem is None:
        raise Problem("not_found")
    is_chosen = grid is not None and duty in entering.DUTIES
    return page(
        "office/enter.html",
        problem,
        grids=grids,
        grid=grid,
        duty=duty if duty in entering.DUTIES else "",
        duties=entering.DUTIES,
        choices=entering.choices(session, grid, duty, today) if grid is not None and is_chosen else None,
        record_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        today=today,
        first_day=today - REACHES_BACK,
    )
