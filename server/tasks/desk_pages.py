"""Office pages of tasks: village, town and county assign, see what was given, and change or withdraw it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.matters.queries import matters_in_force
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import Holder
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.records.rules import Act
from server.tasks import assigning, commands, given
from server.tasks.rules import ALL_WORKERS, CHOSEN, RECEIVER_ROLES, STATES, WAITING
from server.tasks.schemas import TaskDecided, TasksGiven

blueprint = Blueprint("tasks", __name__, url_prefix="/office/tasks")
GIVEN, DECIDED = TasksGiven(), TaskDecided()
LOOKS_BACK = timedelta(days=30)  # what the grids hold already is shown since then, unless another day is asked for
USUAL_DUE = timedelta(days=3)

add_office_page("/office/tasks", "nav.tasks", "task.desk", order=14)


@blueprint.get("")
@door("office", action="task.desk")
def tasks() -> Any:
    session, holder = db.session(), signed_in().holder
    asked = given.Asked.read(request.args)
    found = given.list_of(session, holder, asked)
    return page("office/tasks.html", asked=asked, found=found, states=STATES, matters=_names(session, holder))


@blueprint.get("/new")
@door("office", action="task.desk")
def form() -> Any:
    """``not_found`` for a place outside the office's own."""
    return _form()


@blueprint.post("")
@door("office", action="task.desk")
def give() -> Any:
    """A task each, all or none. Shows ``invalid``, ``not_found``, ``nobody_chosen``, ``too_many_receivers``, and what
    assigning refuses with."""
    try:
        told = typed(GIVEN, receiver="receiver")
        with transaction() as session:
            count = assigning.give(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _form(problem_of(error))
    return redirect(f"/office/tasks?done=given&count={count}", 303)


@blueprint.get("/<uuid:task_id>")
@door("office", action="task.desk")
def task(task_id: UUID) -> Any:
    """``not_found`` unless it was given by the own unit or one below."""
    return _one(task_id)


@blueprint.post("/<uuid:task_id>")
@door("office", action="task.desk")
def decide(task_id: UUID) -> Any:
    """Withdraw it, or set another day, of the version seen. Shows ``stale``, ``day_out_of_range``, ``not_found``, ``invalid``."""
    try:
        form = typed(DECIDED)
        now = clock.now()
        with transaction() as session:
            holder = signed_in().holder
            given.one(session, holder, task_id)
            act = Act(holder, now, False, now, version_seen=form["version"])
            if form["decision"] == "withdraw":
                commands.withdraw(session, act, {"task_id": task_id})
            else:
                commands.set_due(session, act, {"task_id": task_id, "due_day": form["due_day"] or date.min})
    except (ValidationError, Problem) as error:
        return _one(task_id, problem_of(error))
    return redirect(f"/office/tasks/{task_id}?done=saved", 303)


def _one(task_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    row = given.one(session, holder, task_id)
    is_open = row["state"] in (*WAITING, "handed_back")
    values = {"row": row, "is_open": is_open, "matters": _names(session, holder), "today": clock.today()}
    return page("office/task.html", problem, **values)


def _form(problem: Problem | None = None) -> Any:
    session, holder, today = db.session(), signed_in().holder, clock.today()
    asked = request.form if request.method == "POST" else request.args
    try:
        place = assigning.place_of(session, holder, ids.parse_id(asked.get("place", "")))
    except Problem as missing:
        if problem is None:
            raise
        problem, place = missing, assigning.place_of(session, holder, None)
    offered = assigning.assignable(session, holder.county_code, today)
    matter = next((one for one in offered if one.code == asked.get("matter_code")), None)
    since = clock.parse_day(asked.get("since", "")) or today - LOOKS_BACK
    found = assigning.receivers(session, place, today, but=holder.person_id) if matter is not None else []
    is_used = problem is not None and problem.code == "record_exists"
    return page(
        "office/task_new.html",
        problem,
        place=place,
        offered=offered,
        matter=matter,
        since=since,
        receivers=found if len(found) <= assigning.MOST_RECEIVERS else None,
        count=len(found),
        held=assigning.already_held(session, place, matter.code, since) if matter is not None else {},
        choices=(CHOSEN, ALL_WORKERS, *RECEIVER_ROLES),
        checked=request.form.getlist("receiver"),
        task_id=(not is_used and ids.parse_id(request.form.get("id", ""))) or ids.new_id(),
        today=today,
        usual_due=today + USUAL_DUE,
    )


def _names(session: Session, holder: Holder) -> dict[str, Any]:
    return {matter.code: matter for matter in matters_in_force(session, holder.county_code, clock.today())}
