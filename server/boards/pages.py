"""Office pages of the boards: which posters are out of date, what each board says, where they hang."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.badges import commands as badges
from server.badges.queries import supervision_phones
from server.badges.schemas import SupervisionForm
from server.boards import commands, queries
from server.boards.public_pages import posters
from server.boards.schemas import AreaForm, ConfirmForm, NoteForm, PhoneForm, PlaceForm
from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page, neighbours
from server.people.rules import Holder, may
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of

blueprint = Blueprint("boards", __name__, url_prefix="/office/boards")
AREA, PHONE, NOTE, PLACE, CONFIRM, SUPERVISION = (
    AreaForm(),
    PhoneForm(),
    NoteForm(),
    PlaceForm(),
    ConfirmForm(),
    SupervisionForm(),
)

add_office_page("/office/boards", "nav.boards", "board.see", order=22)


@blueprint.get("")
@door("office", action="board.see")
def boards() -> Any:
    """Every board of the office's area; those with a poster that is out of date first."""
    return _list()


@blueprint.post("/supervision")
@door("office", action="supervision.set")
def set_supervision() -> Any:
    """The telephone of the own town or county. Shows ``invalid``."""
    holder = signed_in().holder
    try:
        form = typed(SUPERVISION)
        with transaction() as session:
            for unit_id in own_units(holder):
                badges.set_supervision_phone(session, holder, unit_id, form["phone"], form["from_day"])
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/boards?done=phone", 303)


@blueprint.post("/notes")
@door("office", action="board.keep")
def write_note_for_all() -> Any:
    """On every board of the own town. Shows ``invalid``."""
    holder = signed_in().holder
    try:
        form = typed(NOTE)
        with transaction() as session:
            for unit_id in holder.office_units("town_government"):
                commands.write_note_for_all(session, holder, unit_id, form["words"], form["day"])
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/boards?done=note", 303)


@blueprint.get("/print")
@door("office", action="board.see")
def print_all() -> Any:
    """The posters of the office's area as one document; ``?only=old`` those that are out of date somewhere."""
    session, today = db.session(), clock.today()
    found = queries.boards_of(session, queries.grids_of(session, signed_in().holder), today)
    if request.args.get("only") == "old":
        hanging = queries.places_of(session, found)
        found = [board for board in found if any(posted.is_old for posted in hanging[board.grid.id])]
    return page("public/poster.html", posters=posters(found), today=today)


@blueprint.get("/<uuid:grid_id>")
@door("office", action="board.see")
def board(grid_id: UUID) -> Any:
    return _board(grid_id)


@blueprint.post("/<uuid:grid_id>/area")
@door("office", action="board.keep")
def set_area(grid_id: UUID) -> Any:
    return _done(
        grid_id, "area", AREA, lambda session, holder, form: commands.set_area(session, holder, grid_id, **form)
    )


@blueprint.post("/<uuid:grid_id>/phones/<uuid:person_id>")
@door("office", action="board.keep")
def set_phone(grid_id: UUID, person_id: UUID) -> Any:
    return _done(
        grid_id,
        "number",
        PHONE,
        lambda session, holder, form: commands.set_work_phone(session, holder, grid_id, person_id, form["phone"]),
    )


@blueprint.post("/<uuid:grid_id>/notes")
@door("office", action="board.keep")
def write_note(grid_id: UUID) -> Any:
    return _done(
        grid_id, "note", NOTE, lambda session, holder, form: commands.write_note(session, holder, grid_id, **form)
    )


@blueprint.post("/notes/<uuid:note_id>/remove")
@door("office", action="board.keep")
def remove_note(note_id: UUID) -> Any:
    """Problems ``not_found``, ``not_allowed`` as a page."""
    with transaction() as session:
        grid_id = commands.remove_note(session, signed_in().holder, note_id).grid_id
    return redirect(f"/office/boards/{grid_id}?done=removed" if grid_id else "/office/boards?done=removed", 303)


@blueprint.post("/<uuid:grid_id>/places")
@door("office", action="board.keep")
def add_place(grid_id: UUID) -> Any:
    return _done(
        grid_id, "place", PLACE, lambda session, holder, form: commands.add_place(session, holder, grid_id, **form)
    )


@blueprint.post("/places/<uuid:place_id>/confirm")
@door("office", action="board.confirm")
def confirm_place(place_id: UUID) -> Any:
    """Shows ``stale`` when the board has changed since the poster that hangs. ``not_found`` as a page."""
    with transaction() as session:
        grid_id = commands.place_seen(session, signed_in().holder, place_id).grid_id
    return _done(
        grid_id,
        "confirmed",
        CONFIRM,
        lambda session, holder, form: commands.confirm_place(session, holder, place_id, form["mark"]),
    )


@blueprint.post("/places/<uuid:place_id>/remove")
@door("office", action="board.keep")
def remove_place(place_id: UUID) -> Any:
    with transaction() as session:
        grid_id = commands.remove_place(session, signed_in().holder, place_id).grid_id
    return redirect(f"/office/boards/{grid_id}?done=removed", 303)


def own_units(holder: Holder) -> frozenset[UUID]:
    """The towns and counties for which somebody sits."""
    return holder.office_units("town_government") | holder.office_units("county_authority")


def _done(grid_id: UUID, done: str, form: Any, act: Callable[[Any, Holder, dict[str, Any]], Any]) -> Any:
    holder = signed_in().holder
    try:
        told = typed(form)
        with transaction() as session:
            act(session, holder, told)
    except (ValidationError, Problem) as error:
        return _board(grid_id, problem_of(error))
    return redirect(f"/office/boards/{grid_id}?done={done}", 303)


def _list(problem: Problem | None = None) -> Any:
    session, holder, today = db.session(), signed_in().holder, clock.today()
    found = queries.boards_of(session, queries.grids_of(session, holder), today)
    hanging = queries.places_of(session, found)
    rows: list[dict[str, Any]] = [
        {
            "board": one,
            "places": hanging[one.grid.id],
            "old": sum(posted.is_old for posted in hanging[one.grid.id]),
            "without_phone": sum(member.phone is None for member in one.members),
        }
        for one in found
    ]
    wanted = ids.parse_id(request.args.get("village", ""))
    villages = {row["board"].grid.village_id: row["board"].village for row in rows}
    shown = [row for row in rows if wanted in (None, row["board"].grid.village_id)]
    units = own_units(holder)
    phones = supervision_phones(session, units, today)
    return page(
        "office/boards.html",
        problem,
        rows=sorted(shown, key=lambda row: (row["old"] == 0, row["board"].grid.code)),
        villages=villages,
        village=wanted,
        old=sum(row["old"] > 0 for row in rows),
        units=[
            {"name": chain[0].name, "phone": phones.get(unit)}
            for unit in units
            if (chain := neighbours().units_above(session, unit))
        ],
        notes=queries.notes_of_units(session, holder.office_units("town_government")),
        may_keep=bool(may(holder, "board.keep")),
        may_set=bool(units),
        today=today,
    )


def _board(grid_id: UUID, problem: Problem | None = None) -> Any:
    session, holder, today = db.session(), signed_in().holder, clock.today()
    grid = queries.grid_for(session, holder, grid_id, "board.see")
    found = queries.boards_of(session, [grid], today)[0]
    thing = queries.thing_of(session, grid_id)
    return page(
        "office/board.html",
        problem,
        board=found,
        places=queries.places_of(session, [found])[grid_id],
        may_keep=bool(may(holder, "board.keep", thing)),
        may_confirm=bool(may(holder, "board.confirm", thing)),
        today=today,
    )
