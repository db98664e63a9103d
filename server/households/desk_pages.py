"""The office's pages of places, check points and plans of visits: what a county puts into its grids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import names_of_units
from server.households import planning
from server.households.models import Place, VisitPlan
from server.households.rules import PLACE_KINDS, VISITORS
from server.households.schemas import DoorForm, PlaceForm, PlaceSeen, VisitPlanForm
from server.kernel import clock, ids
from server.kernel.geo import to_degrees
from server.kernel.problems import Problem
from server.matters.queries import matter_list
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, noting, transaction
from server.platform.language import language
from server.platform.looks import note_look
from server.platform.problem_json import problem_of

PLACES, VISITS = "/office/places", "/office/visit-plans"
blueprint = Blueprint("places_and_plans", __name__)
PLACE, SEEN, DOOR, PLAN = PlaceForm(), PlaceSeen(), DoorForm(), VisitPlanForm()

add_office_page(PLACES, "nav.places", planning.KEEP, order=31)
add_office_page(VISITS, "nav.visit_plans", planning.KEEP, order=32)


@blueprint.get(PLACES)
@door("office", action=planning.KEEP)
def places() -> Any:
    return _places(ids.parse_id(request.args.get("grid", "")))


@blueprint.post(PLACES)
@door("office", action=planning.KEEP)
def add_place() -> Any:
    """Shows ``invalid``, ``place_elsewhere``, ``check_point_unfit``, ``patrol_plan_full``, ``matter_not_in_force``;
    ``not_found``. A form sent twice is one place."""
    grid_id = ids.parse_id(request.form.get("grid_id", ""))
    try:
        told = typed(PLACE, matters="several")
        if told["id"] is None or told["grid_id"] is None:
            raise Problem("invalid", fields=["grid_id"])
        with transaction() as session:
            planning.keep_place(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _places(grid_id, problem)
    return redirect(f"{PLACES}?grid={grid_id}&done=added", 303)


@blueprint.get(f"{PLACES}/<uuid:place_id>")
@door("office", action=planning.KEEP)
def place(place_id: UUID) -> Any:
    return _place(place_id)


@blueprint.post(f"{PLACES}/<uuid:place_id>")
@door("office", action=planning.KEEP)
def change_place(place_id: UUID) -> Any:
    """Shows what ``add_place`` shows, and ``changed_meanwhile``."""
    try:
        told = typed(PLACE, matters="several")
        with transaction() as session:
            planning.keep_place(session, signed_in().holder, told, place_id)
    except (ValidationError, Problem) as error:
        return _place(place_id, problem_of(error))
    return redirect(f"{PLACES}/{place_id}?done=changed", 303)


@blueprint.post(f"{PLACES}/<uuid:place_id>/close")
@door("office", action=planning.KEEP)
def close_place(place_id: UUID) -> Any:
    """Shows ``stale``, ``invalid``; ``not_found``."""
    try:
        with transaction() as session:
            found = planning.close_place(session, signed_in().holder, place_id, typed(SEEN)["version"])
            grid_id = found.grid_id
    except (ValidationError, Problem) as error:
        return _place(place_id, problem_of(error))
    return redirect(f"{PLACES}?grid={grid_id}&done=closed", 303)


@blueprint.post(f"{PLACES}/<uuid:place_id>/plans")
@door("office", action=planning.KEEP)
def plan_visits_to_place(place_id: UUID) -> Any:
    """Shows ``invalid``, ``day_out_of_range``, ``matter_not_in_force``, ``matter_wrong_duty``, ``team_needed``,
    ``training_lacking``, ``visit_planned``; ``not_found``."""
    try:
        with transaction() as session:
            planning.plan_visits_to_place(session, signed_in().holder, place_id, typed(PLAN))
    except (ValidationError, Problem) as error:
        return _place(place_id, problem_of(error))
    return redirect(f"{PLACES}/{place_id}?done=planned", 303)


@blueprint.get(VISITS)
@door("office", action=planning.KEEP)
def visit_plans() -> Any:
    return _visit_plans(ids.parse_id(request.args.get("grid", "")))


@blueprint.post(VISITS)
@door("office", action=planning.KEEP)
def find_door() -> Any:
    """The household behind a door, in the form's body so that no log has it. Shows ``door_not_here``, ``invalid``."""
    grid_id = ids.parse_id(request.form.get("grid_id", ""))
    try:
        asked = typed(DOOR)["door"]
    except ValidationError as error:
        return _visit_plans(grid_id, problem_of(error))
    return _visit_plans(grid_id, asked=asked)


@blueprint.post(f"{VISITS}/households/<uuid:household_id>")
@door("office", action=planning.KEEP)
def plan_visits_to_household(household_id: UUID) -> Any:
    """Shows what ``plan_visits_to_place`` shows."""
    try:
        with transaction() as session:
            found = planning.plan_visits_to_household(session, signed_in().holder, household_id, typed(PLAN))
            grid_id = found.grid_id
    except (ValidationError, Problem) as error:
        return _visit_plans(
            ids.parse_id(request.form.get("grid_id", "")), problem_of(error), request.form.get("door", "")
        )
    return redirect(f"{VISITS}?grid={grid_id}&done=planned", 303)


@blueprint.post(f"{VISITS}/<uuid:plan_id>/end")
@door("office", action=planning.KEEP)
def end_visits(plan_id: UUID) -> Any:
    """``not_found``."""
    with transaction() as session:
        found = planning.end_visits(session, signed_in().holder, plan_id)
        back = f"{PLACES}/{found.place_id}?" if found.place_id else f"{VISITS}?grid={found.grid_id}&"
    return redirect(f"{back}done=ended", 303)


def _places(grid_id: UUID | None, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    grids, grid = _grids(grid_id, problem)
    plans = planning.plans_of_places(session, grid.id, holder) if grid else {}
    _note_looks([plan for of_place in plans.values() for plan in of_place])
    return page(
        "office/places.html",
        problem,
        grids=grids,
        grid=grid,
        villages=names_of_units(session, {one.village_id for one in grids}),
        rows=planning.places_in(session, grid.id) if grid else [],
        plans=plans,
        values=_values(None, problem),
        new_id=ids.parse_id(request.form.get("id", "")) or ids.new_id(),
        **_offered(),
    )


def _place(place_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    found = planning.place_for(session, holder, place_id)
    plans = planning.plans_of_places(session, found.grid_id, holder).get(found.id, [])
    _note_looks(plans)
    teams = planning.own_teams(session, holder, found.grid_id)
    is_place_form = "kind" in request.form
    return page(
        "office/place.html",
        problem,
        place=found,
        plans=plans,
        values=_values(found, problem if is_place_form else None),
        teams=teams,
        visits=planning.matters_of_visits(session, found.county_code, with_teams=bool(teams)),
        visitors=[role for role in VISITORS if role != "micro_grid_leader"],
        today=clock.today(),
        **_offered(),
    )


def _visit_plans(grid_id: UUID | None, problem: Problem | None = None, asked: str = "") -> Any:
    session, holder = db.session(), signed_in().holder
    grids, grid = _grids(grid_id, problem)
    found: list[dict[str, Any]] = []
    if grid and asked:
        try:
            found = planning.households_behind(session, holder, grid, asked)
        except Problem as unknown:
            problem = problem or unknown
    _note_looks([plan for one in found for plan in one["plans"]])
    teams = planning.own_teams(session, holder, grid.id) if grid else {}
    return page(
        "office/visit_plans.html",
        problem,
        grids=grids,
        grid=grid,
        villages=names_of_units(session, {one.village_id for one in grids}),
        counted=planning.household_plans_by_matter(session, grid.id) if grid else [],
        asked=asked,
        found=found,
        teams=teams,
        visits=planning.matters_of_visits(session, holder.county_code, with_teams=bool(teams)),
        visitors=VISITORS,
        today=clock.today(),
        **_offered(),
    )


def _grids(grid_id: UUID | None, problem: Problem | None) -> tuple[list[Any], Any]:
    """The office's grids and the one that is asked for. A grid that is not the office's: ``not_found``."""
    grids = planning.grids_of(db.session(), signed_in().holder)
    grid = next((one for one in grids if one.id == grid_id), None)
    if grid_id is not None and grid is None and (problem is None or problem.code == "not_found"):
        raise Problem("not_found")
    return grids, grid


def _offered() -> dict[str, Any]:
    """Words of every page here: kinds of places, what may be looked at, what matters are called."""
    session, county, lang = db.session(), signed_in().holder.county_code, language()
    english = {one.code: one.name_en for one in matter_list(session, county) if one.name_en and lang == "en"}
    names = {
        one.code: (english.get(one.code, one.name_zh), "en" if one.code in english else "zh-CN")
        for one in matter_list(session, county)
    }
    return {"kinds": PLACE_KINDS, "looked_at": planning.matters_to_look_at(session, county), "names": names}


def _values(found: Place | None, problem: Problem | None) -> dict[str, Any]:
    """What the place's form says at first: what was typed when it was faulty, else what is kept."""
    if problem:
        return {**request.form.to_dict(), "matters": request.form.getlist("matters")}
    if found is None:
        return {"kind": "check_point", "radius_m": 50, "matters": [], "in_plan": ""}
    same = {name: getattr(found, name) for name in ("kind", "name", "address", "radius_m", "matters")}
    at = {name: f"{to_degrees(getattr(found, name)):.7f}" for name in ("lng", "lat")}
    return {**same, **at, "in_plan": "yes" if found.in_plan else ""}


def _note_looks(plans: Iterable[VisitPlan]) -> None:
    """Whoever sees a plan of a team at a desk is written down."""
    seen = [plan.id for plan in plans if plan.team_id is not None]
    if seen:
        with noting() as session:
            for plan_id in seen:
                note_look(session, signed_in().person_id, "visit_plan", plan_id, "office")
