"""Office pages of staff: who stands where, what lacks, somebody taken on, and one person with every act (Arts. 7, 19, 20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import Schema, ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.pages.office import code_page
from server.people.queries import names_of
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.workforce import posting
from server.workforce import staff_queries as queries
from server.workforce.schemas import EndForm, HireForm, LeaveForm, MoveForm, PostForm, SinceForm, UnifiedForm
from server.workforce.staff_rules import LEAVING, is_suspended

PATH, ACTION = "/office/staff", posting.ACTION
blueprint = Blueprint("staff", __name__, url_prefix=PATH)
HIRE, POST, MOVE, END, LEAVE = HireForm(), PostForm(), MoveForm(), EndForm(), LeaveForm()
SINCE, UNIFIED = SinceForm(), UnifiedForm()
DONE = ("appointed", "moved", "ended", "suspended", "returned", "left", "unified")

add_office_page(PATH, "nav.staff", ACTION, order=30)


@blueprint.get("")
@door("office", action=ACTION)
def staff() -> Any:
    """Posts below the office, those of today unless asked otherwise; gaps, who is away. By account: ``person_unknown``, or the
    person."""
    session, holder, today = db.session(), signed_in().holder, clock.today()
    account, problem = request.args.get("username", ""), None
    if account:
        found = queries.person_by_account(session, holder, account)
        if found is not None:
            return redirect(f"{PATH}/{found.id}", 303)
        problem = Problem("person_unknown", fields=["username"])
    asked = queries.SHAPE.read({"state": queries.NOW, **request.args})
    return page(
        "office/staff.html",
        problem,
        asked=asked,
        leaf=queries.posts_for_office(session, holder, asked),
        gaps=(found_gaps := queries.gaps(session, holder, today))[: queries.MOST_GAPS],
        gap_count=len(found_gaps),
        away=queries.away(session, holder, today),
        account=account,
        today=today,
    )


@blueprint.get("/new")
@door("office", action=ACTION)
def new() -> Any:
    return _new()


@blueprint.post("/new")
@door("office", action=ACTION)
def hire() -> Any:
    """Shows the one-time code, once; or ``username_taken``, ``place_unfit``, ``day_out_of_range``, ``invalid``."""
    try:
        told = typed(HIRE)
        with transaction() as session:
            person, code = posting.hire(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _new(problem_of(error))
    return code_page(person, code, back=f"{PATH}/{person.id}")


@blueprint.get("/<uuid:person_id>")
@door("office", action=ACTION)
def one(person_id: UUID) -> Any:
    """``not_found``."""
    return _one(person_id)


@blueprint.post("/<uuid:person_id>/code")
@door("office", action=ACTION)
def first_code(person_id: UUID) -> Any:
    """Another code for a first sign-in. ``not_found``; shows ``not_allowed``."""
    try:
        with transaction() as session:
            code = posting.first_code(session, signed_in().holder, person_id)
    except Problem as problem:
        return _one(person_id, problem)
    person = queries.person_in_sight(db.session(), signed_in().holder, person_id)
    return code_page(person, code, back=f"{PATH}/{person_id}")


@blueprint.post("/<uuid:person_id>/appoint")
@door("office", action=ACTION)
def appoint(person_id: UUID) -> Any:
    """Shows what ``posting.appoint`` refuses with."""
    return _done(person_id, POST, posting.appoint, "appointed")


@blueprint.post("/<uuid:person_id>/posts/<uuid:post_id>/move")
@door("office", action=ACTION)
def move(person_id: UUID, post_id: UUID) -> Any:
    """Shows what ``posting.move`` refuses with."""
    return _done(person_id, MOVE, lambda s, by, p, told: posting.move(s, by, p, post_id, told), "moved")


@blueprint.post("/<uuid:person_id>/posts/<uuid:post_id>/end")
@door("office", action=ACTION)
def end_post(person_id: UUID, post_id: UUID) -> Any:
    """Shows what ``posting.end_post`` refuses with."""
    return _done(person_id, END, lambda s, by, p, told: posting.end_post(s, by, p, post_id, told), "ended")


@blueprint.post("/<uuid:person_id>/suspend")
@door("office", action=ACTION)
def suspend(person_id: UUID) -> Any:
    """Shows what ``posting.suspend`` refuses with."""
    return _done(person_id, SINCE, posting.suspend, "suspended")


@blueprint.post("/<uuid:person_id>/return")
@door("office", action=ACTION)
def take_back(person_id: UUID) -> Any:
    """Shows what ``posting.take_back`` refuses with."""
    return _done(person_id, SINCE, posting.take_back, "returned")


@blueprint.post("/<uuid:person_id>/leave")
@door("office", action=ACTION)
def leave(person_id: UUID) -> Any:
    """Shows what ``posting.leave`` refuses with."""
    return _done(person_id, LEAVE, posting.leave, "left")


@blueprint.post("/<uuid:person_id>/unified")
@door("office", action=ACTION)
def unified(person_id: UUID) -> Any:
    """``not_found``."""
    return _done(person_id, UNIFIED, posting.say_unified, "unified")


def _done(person_id: UUID, schema: Schema, act: Callable[..., Any], done: str) -> Any:
    try:
        told = typed(schema)
        with transaction() as session:
            act(session, signed_in().holder, person_id, told)
    except (ValidationError, Problem) as error:
        return _one(person_id, problem_of(error))
    return redirect(f"{PATH}/{person_id}?done={done}", 303)


def _new(problem: Problem | None = None) -> Any:
    return page("office/staff_new.html", problem, new_id=_new_id(), **_choices())


def _one(person_id: UUID, problem: Problem | None = None) -> Any:
    """The person with posts, acts and forms. ``not_found`` outside the office's sight, whatever the problem was."""
    session, holder, today = db.session(), signed_in().holder, clock.today()
    person = queries.person_in_sight(session, holder, person_id)
    if person is None:
        raise Problem("not_found")
    acts = queries.acts_of(session, person_id)
    rows = queries.post_rows(session, queries.posts_of(session, person_id), today)
    places = {row["post"].grid_id for row in rows}
    return page(
        "office/staff_one.html",
        problem,
        person=person,
        posts=rows,
        acts=acts[::-1],
        names=names_of(session, [act.by_person for act in acts]),
        is_suspended=is_suspended(act.kind for act in acts),
        is_own=person_id == signed_in().person_id,
        gaps=[gap for gap in queries.gaps(session, holder, today) if gap.grid_id in places],
        teams=queries.teams_of(session, person_id, today),
        leaving=LEAVING,
        dones=DONE,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    """Roles and places of the area that was chosen; the office's own at first."""
    session, holder = db.session(), signed_in().holder
    areas = queries.areas_of(session, holder)
    wanted, place = ids.parse_id(request.values.get("area", "")), request.values.get("place", "")
    chosen = next((one for one in areas if one.id == wanted), None)
    area = chosen or queries.area_with(session, areas, place) or areas[0]
    return {
        "areas": areas,
        "area": area,
        "places": queries.places_in(session, holder, area),
        "roles": queries.roles_of(holder),
        "today": clock.today(),
        "wanted_role": request.values.get("role", ""),
        "wanted_place": place,
    }


def _new_id() -> UUID:
    return ids.parse_id(request.form.get("id", "")) or ids.new_id()
