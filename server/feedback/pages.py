"""The office's pages of feedback: taken down, accepted, handled, settled, clarified. There is no file of it to take out.

Words are read by the unit until somebody is named to handle it, from then on by them alone; whoever complained is shown to
the handler at a tap of its own. Each look is noted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from marshmallow import Schema, ValidationError

from server.areas.queries import names_of_units
from server.feedback import commands, queries, rules
from server.feedback.intake import receive
from server.feedback.models import Feedback
from server.feedback.schemas import AcceptForm, ClarifyForm, DaysForm, NameForm, SettleForm, TakenForm, WordsForm
from server.feedback.stamps import id_of, new_stamp
from server.findings.queries import days_of
from server.kernel import ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import Holder, may
from server.platform.db import db, noting, transaction
from server.platform.looks import note_look
from server.platform.problem_json import problem_of

blueprint = Blueprint("feedback", __name__, url_prefix="/office/feedback")
TAKEN, DAYS = TakenForm(), DaysForm()

add_office_page("/office/feedback", "nav.feedback", "feedback.handle", order=22)

Step = Callable[[Any, Holder, UUID, dict[str, Any]], Any]
STEPS: dict[str, tuple[Schema, Step]] = {
    "accept": (AcceptForm(), lambda s, by, one, told: commands.accept(s, by, one, told["handler_id"])),
    "name": (NameForm(), lambda s, by, one, told: commands.name_person(s, by, one, told["person_id"])),
    "unname": (NameForm(), lambda s, by, one, told: commands.take_name_back(s, by, one, told["person_id"])),
    "hand_up": (WordsForm(), lambda s, by, one, told: commands.hand_up(s, by, one, told["words"])),
    "note": (WordsForm(), lambda s, by, one, told: commands.remark(s, by, one, told["words"])),
    "settle": (
        SettleForm(),
        lambda s, by, one, told: commands.settle(s, by, one, told["outcome"], told["answer"], told["facts"]),
    ),
    "clarify": (ClarifyForm(), commands.clarify),
}


@blueprint.get("")
@door("office", action="feedback.handle")
def listed() -> Any:
    """Heads alone."""
    return _list()


@blueprint.get("/new")
@door("office", action="feedback.take")
def new() -> Any:
    return _new()


@blueprint.post("")
@door("office", action="feedback.take")
def take_down() -> Any:
    """The receipt, to be read out. Shows ``invalid``, ``not_found`` (no such place), ``grid_unknown``."""
    try:
        told = typed(TAKEN)
        start = queries.place(db.session(), told["town"])
        if start is None or start.county_code != signed_in().holder.county_code:
            raise Problem("not_found")
        with transaction() as session:
            taken_by = signed_in().person_id
            kept = receive(
                session, told, feedback_id=id_of(told["stamp"]), start=start, channel=told["channel"], taken_by=taken_by
            )
    except (ValidationError, Problem) as error:
        return _new(problem_of(error))
    return page("office/feedback_taken.html", found=kept)


@blueprint.get("/days")
@door("office", action="feedback.set_days")
def days() -> Any:
    return _days()


@blueprint.post("/days")
@door("office", action="feedback.set_days")
def set_days() -> Any:
    """Under a document of the county. Shows ``invalid``."""
    try:
        told = typed(DAYS)
        with transaction() as session:
            commands.set_days(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _days(problem_of(error))
    return redirect("/office/feedback/days?done=saved", 303)


@blueprint.get("/<uuid:feedback_id>")
@door("office", action="feedback.handle")
def one(feedback_id: UUID) -> Any:
    """Problem ``not_found`` for every unit but its own, and for whoever is or could be meant."""
    return _one(feedback_id)


@blueprint.post("/<uuid:feedback_id>")
@door("office", action="feedback.handle")
def step(feedback_id: UUID) -> Any:
    """One step, named by the button. Shows what the command refuses with."""
    queries.one_for(db.session(), signed_in().holder, feedback_id)
    try:
        name = request.form.get("step", "")
        if name not in STEPS:
            raise Problem("invalid", fields=["step"])
        schema, take = STEPS[name]
        told = schema.load({k: v for k, v in request.form.items() if v != "" and k not in ("csrf_token", "step")})
        with transaction() as session:
            take(session, signed_in().holder, feedback_id, told)
    except (ValidationError, Problem) as error:
        return _one(feedback_id, problem_of(error))
    is_still_theirs = queries.may_handle(db.session(), signed_in().holder, db.session().get_one(Feedback, feedback_id))
    return redirect(
        f"/office/feedback/{feedback_id}?done={name}" if is_still_theirs else "/office/feedback?done=moved", 303
    )


@blueprint.post("/<uuid:feedback_id>/complainant")
@door("office", action="feedback.handle")
def complainant(feedback_id: UUID) -> Any:
    """Who complained, for the handler alone, noted before it is shown. Problems ``not_found``, ``not_allowed``."""
    found = queries.one_for(db.session(), signed_in().holder, feedback_id)
    if found.handler_id != signed_in().person_id:
        raise Problem("not_allowed")
    _note_look("complainant", feedback_id)
    return _one(feedback_id, revealed=found.complainant)


@blueprint.get("/<uuid:feedback_id>/picture")
@door("office", action="feedback.handle")
def picture(feedback_id: UUID) -> Response:
    """The picture that came with it, for whoever may read the words. Problem ``not_found``."""
    session, holder = db.session(), signed_in().holder
    found = queries.one_for(session, holder, feedback_id)
    if not rules.may_read(holder, queries.facts_of(session, found)):
        raise Problem("not_found")
    jpeg = queries.picture_of(session, feedback_id)
    _note_look("feedback", feedback_id)
    safe = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(jpeg, mimetype="image/jpeg", headers=safe)


def _note_look(kind: str, feedback_id: UUID) -> None:
    with noting() as session:
        note_look(session, signed_in().person_id, kind, feedback_id, "office")


def _list(problem: Problem | None = None) -> Any:
    holder, asked = signed_in().holder, queries.SHAPE.read(request.args)
    found = queries.for_the_office(db.session(), holder, asked)
    sets_days = bool(may(holder, "feedback.set_days"))
    return page("office/feedback_list.html", problem, asked=asked, found=found, sets_days=sets_days)


def _new(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    places = [(unit, below) for unit, below in queries.towns(session) if unit.county_code == county]
    wanted = ids.parse_id(request.values.get("town", ""))
    start = queries.place(session, wanted) if wanted else None
    if start is None or start.county_code != county:
        return page("office/feedback_where.html", problem, places=places)
    return page(
        "office/feedback_new.html",
        problem,
        start=start,
        grids=queries.grids_of(session, start.id),
        stamp=request.form.get("stamp") or new_stamp(),
        kinds=rules.KINDS,
        abouts=rules.ABOUT,
    )


def _one(feedback_id: UUID, problem: Problem | None = None, revealed: Any = None) -> Any:
    session, holder = db.session(), signed_in().holder
    found = queries.one_for(session, holder, feedback_id)
    may_read = rules.may_read(holder, queries.facts_of(session, found))
    if may_read:
        _note_look("feedback", feedback_id)
    is_handler = found.handler_id == holder.person_id
    grids = queries.grids_of(session, found.start_unit) if is_handler else []
    asked = ids.parse_id(request.args.get("grid", ""))
    asked_grid = asked if asked in {grid.id for grid in grids} else found.grid_id
    handlers = queries.handlers_of(session, found)
    return page(
        "office/feedback_one.html",
        problem,
        head=queries.head(found, {person.id: person.name for person in handlers}),
        one=found,
        unit=names_of_units(session, [found.unit_id, found.start_unit]),
        may_read=may_read,
        is_handler=is_handler,
        needs_handler=rules.needs_handler(queries.facts_of(session, found), {person.id for person in handlers}),
        handlers=handlers,
        has_picture=may_read and queries.has_picture(session, feedback_id),
        steps=queries.steps_of(session, feedback_id) if may_read else [],
        meant=queries.meant(session, found) if may_read else [],
        clarifications=queries.clarifications_of(session, feedback_id) if may_read else [],
        grids=grids,
        grid_id=asked_grid,
        to_name=queries.to_be_named(session, found, asked_grid) if is_handler else [],
        outcomes=_outcomes(found),
        forms=(*rules.FORMS, rules.SILENCE),
        revealed=revealed,
        me=holder.person_id,
    )


def _outcomes(found: Feedback) -> tuple[str, ...]:
    of_suggestion = (rules.ANSWERED, rules.ELSEWHERE)
    return (
        of_suggestion
        if found.kind == rules.SUGGESTION
        else (rules.UPHELD, rules.PARTLY, rules.UNFOUNDED, rules.ELSEWHERE)
    )


def _days(problem: Problem | None = None) -> Any:
    found = days_of(db.session(), signed_in().holder.county_code)
    return page("office/feedback_days.html", problem, days=found, most=commands.MOST_DAYS)
