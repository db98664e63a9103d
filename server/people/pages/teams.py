"""Teams: the town names who handles sensitive matters, with dates."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import GridPlace, neighbours
from server.people.rules import Holder
from server.people.schemas import TeamForm
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("teams", __name__, url_prefix="/office/teams")
FORM = TeamForm()


@blueprint.get("")
@door("office", action="team.name")
def teams() -> Any:
    return _shown(ids.parse_id(request.args.get("grid", "")))


@blueprint.post("")
@door("office", action="team.name")
def name_team() -> Any:
    """Shows ``team_needs_two``, ``invalid``, ``grid_unknown``, ``not_found``."""
    grid_id = ids.parse_id(request.form.get("grid_id", ""))
    try:
        form = typed(FORM, members="several")
        dates = form["from_day"], form.get("to_day")
        with transaction() as session:
            commands.name_team(
                session,
                signed_in().holder,
                grid_id=form["grid_id"],
                name=form["name"],
                purpose=form["purpose"],
                members=dict.fromkeys(form["members"], dates),
                reviewer_id=form["reviewer_id"],
            )
    except (ValidationError, Problem) as error:
        return _shown(grid_id, problem_of(error))
    return redirect(f"/office/teams?grid={grid_id}&done=named", 303)


@blueprint.post("/<uuid:team_id>/members/<uuid:person_id>/end")
@door("office", action="team.name")
def end_membership(team_id: UUID, person_id: UUID) -> Any:
    try:
        with transaction() as session:
            commands.end_membership(session, signed_in().holder, team_id, person_id, clock.today())
    except Problem as problem:
        return _shown(_wanted_grid(), problem)
    return _back("ended")


@blueprint.post("/<uuid:team_id>/reviewer")
@door("office", action="team.name")
def replace_reviewer(team_id: UUID) -> Any:
    """Shows ``invalid``, ``not_found``."""
    chosen = ids.parse_id(request.form.get("person_id", ""))
    try:
        with transaction() as session:
            commands.replace_reviewer(session, signed_in().holder, team_id, chosen)
    except Problem as problem:
        return _shown(_wanted_grid(), problem)
    return _back("reviewer")


@blueprint.post("/<uuid:team_id>/close")
@door("office", action="team.name")
def close_team(team_id: UUID) -> Any:
    try:
        with transaction() as session:
            commands.close_team(session, signed_in().holder, team_id, clock.today())
    except Problem as problem:
        return _shown(_wanted_grid(), problem)
    return _back("closed")


def _wanted_grid() -> UUID | None:
    return ids.parse_id(request.form.get("grid_id", ""))


def _back(done: str) -> Response:
    return redirect(f"/office/teams?grid={_wanted_grid() or ''}&done={done}", 303)


def _own_grids(holder: Holder) -> list[GridPlace]:
    return neighbours().grids_under(db.session(), holder.office_units("town_government"))


def _shown(grid_id: UUID | None, problem: Problem | None = None) -> Any:
    session, today = db.session(), clock.today()
    grids = _own_grids(signed_in().holder)
    grid = next((g for g in grids if g.id == grid_id), None)
    if grid_id is not None and grid is None and problem is None:
        raise Problem("not_found")
    return page(
        "office/teams.html",
        problem,
        grids=grids,
        grid=grid,
        rows=_team_rows(session, grid, today) if grid else [],
        candidates=_candidates(session, grid, today) if grid else [],
        today=today,
    )


def _candidates(session: Any, grid: GridPlace, day: date) -> list[Any]:
    """Whoever works in the grid, then its village's and town's people."""
    units = [u.id for u in grid.units if u.kind not in ("county", "zone", "city")]
    people = queries.in_post(session, grid.id, day) + queries.in_unit_posts(session, units, day)
    return list({p.id: p for p in people}.values())


def _team_rows(session: Any, grid: GridPlace, day: date) -> list[dict[str, Any]]:
    teams = queries.teams_in(session, [grid.id])
    members = queries.members_of(session, [t.id for t in teams])
    names = queries.names_of(session, [m.person_id for team in members.values() for m in team])
    return [
        {
            "team": team,
            "members": [
                {"member": m, "name": names[m.person_id], "is_over": m.to_day is not None and m.to_day <= day}
                for m in members[team.id]
            ],
        }
        for team in teams
    ]
