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
from server.messages.inbox import add_places
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed, written_moment
from server.people.registry import add_office_page
from server.people.rules import Holder
from server.platform.db import db, transaction
from server.platform.language import language, say
from server.platform.lists import Asked
from server.platform.problem_json import problem_of
from server.records.rules import Act
from server.tasks import assigning, commands, given, requests
from server.tasks.rules import CHOSEN, WAITING
from server.tasks.schemas import TaskDecided, TasksGiven
from server.workforce.training import untrained

blueprint = Blueprint("tasks", __name__, url_prefix="/office/tasks")
GIVEN, DECIDED = TasksGiven(), TaskDecided()
LOOKS_BACK = timedelta(days=30)  # what the grids hold already is shown since then, unless another day is asked for
USUAL_DUE = timedelta(days=3)

COLUMNS = (
    "tasks.matter", "tasks.what", "tasks.who", "tasks.grid", "tasks.due", "tasks.state", "tasks.unit", "tasks.given_at",
)  # fmt: skip

add_office_page("/office/tasks", "nav.tasks", "task.desk", order=14)
add_places(given.places_of)


@blueprint.get("")
@door("office", action="task.desk")
def tasks() -> Any:
    return _shown()


@blueprint.post("/export")
@door("office", action="task.desk")
def take_out() -> Any:
    """A file, with the names of who was given what. Shows ``reason_needed``, ``list_too_long``, ``invalid``."""
    return export(given.shape_for(db.session(), signed_in().holder), COLUMNS, _file_rows, _shown, is_personal=True)


@blueprint.get("/new")
@door("office", action="task.desk")
def form() -> Any:
    """``not_found`` for a place outside the office's own."""
    return _form()


@blueprint.post("")
@door("office", action="task.desk")
def give() -> Any:
    """A task each, all or none. Shows ``invalid``, ``not_found``, ``nobody_chosen``, ``too_many_receivers``,
    ``request_answered``, ``request_elsewhere``, and what assigning refuses with."""
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


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    asked = given.shape_for(session, holder).read(request.values)
    found, matters = given.list_of(session, holder, asked), _names(session, holder)
    return page("office/tasks.html", problem, asked=asked, found=found, named={"matter_code": _named(asked, matters)})


def _named(asked: Asked, matters: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What the page calls each matter that it may be narrowed to, and in which language; a code for one that is gone."""
    named = {}
    for code in asked.shape.filters["matter_code"]:
        name_en = matters[code].name_en if code in matters and language() == "en" else ""
        name = name_en or (matters[code].name_zh if code in matters else "")
        named[code] = (f"{code} {name}".strip(), "en" if name_en or not name else "zh-CN")
    return named


def _file_rows(asked: Asked) -> Rows:
    rows = given.rows_to_export(db.session(), signed_in().holder, asked)
    return [
        (
            row["matter_code"],
            row["words"],
            row["person_name"],
            row["grid"],
            row["due"],
            say(f"tasks.state.{row['state']}"),
            row["unit"],
            written_moment(row["assigned_at"]),
        )
        for row in rows
    ]


def _one(task_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    row = given.one(session, holder, task_id)
    is_open = row["state"] in (*WAITING, "handed_back")
    values = {"row": row, "is_open": is_open, "matters": _names(session, holder), "today": clock.today()}
    return page("office/task.html", problem, **values)


def _form(problem: Problem | None = None) -> Any:
    session, holder, today = db.session(), signed_in().holder, clock.today()
    asked = request.form if request.method == "POST" else request.args
    wanted = _wanted(session, holder, ids.parse_id(asked.get("request_id", "")))
    try:
        place = assigning.place_of(
            session, holder, ids.parse_id(asked.get("place", "")) or (wanted and wanted.area_unit)
        )
    except Problem as missing:
        if problem is None:
            raise
        problem, place = missing, assigning.place_of(session, holder, None)
    offered = assigning.assignable(session, holder.county_code, today)
    code = asked.get("matter_code") or (wanted and wanted.matter_code)
    matter = next((one for one in offered if one.code == code), None)
    since = clock.parse_day(asked.get("since", "")) or today - LOOKS_BACK
    found = assigning.receivers(session, place, today, but=holder.person_id) if matter is not None else []
    offer = assigning.offer_of(found)
    people = [one.person_id for one in offer.by_name]
    is_used = problem is not None and problem.code == "record_exists"
    return page(
        "office/task_new.html",
        problem,
        place=place,
        offered=offered,
        matter=matter,
        since=since,
        receivers=offer.by_name,
        count=len(found),
        too_many=offer.too_many,
        most=assigning.MOST_RECEIVERS,
        untrained=untrained(session, people, matter.training, today) if matter is not None else {},
        held=assigning.already_held(session, place, matter.code, since) if matter is not None else {},
        choices=((CHOSEN,) if offer.by_name else ()) + offer.at_once,
        checked=request.form.getlist("receiver"),
        task_id=(not is_used and ids.parse_id(request.form.get("id", ""))) or ids.new_id(),
        today=today,
        usual_due=wanted.wanted_day if wanted else today + USUAL_DUE,
        wanted=wanted,
    )


def _wanted(session: Session, holder: Holder, request_id: UUID | None) -> Any:
    """The department's request that is sent on by this form, if it is one. ``not_found`` outside the own area."""
    return requests.one(session, holder, request_id)["request"] if request_id else None


def _names(session: Session, holder: Holder) -> dict[str, Any]:
    return {matter.code: matter for matter in matters_in_force(session, holder.county_code, clock.today())}
