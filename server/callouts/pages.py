"""Office pages of emergency mode: open and end a call-out, answer one at a desk, and the board that fills live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import names_of_units, units_under
from server.callouts import commands, filing, queries, rules
from server.callouts.board import board
from server.callouts.models import Callout
from server.callouts.schemas import AnswerForm, CalloutForm, FilingForm, LimitForm
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.messages.inbox import add_places
from server.people import queries as people
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.roster import held_under
from server.people.rules import may
from server.platform import audit
from server.platform.db import db, noting, transaction
from server.platform.looks import note_look
from server.platform.problem_json import problem_of

blueprint = Blueprint("callouts", __name__, url_prefix="/office/callouts")
FORM, ANSWER, LIMIT, FILING = CalloutForm(), AnswerForm(), LimitForm(), FilingForm()

add_office_page("/office/callouts", "nav.callouts", "callout.answer", order=5)
add_places(queries.places_of)


@blueprint.get("")
@door("office", action="callout.answer")
def callouts() -> Any:
    return _list()


@blueprint.post("")
@door("office", action="callout.open")
def open_one() -> Any:
    """Asked back once with the number of people. Shows ``callout_too_long``, ``callout_open``, ``not_found``, ``invalid``."""
    holder = signed_in().holder
    try:
        form = typed(FORM)
        if form["confirmed"] == "back":
            return _list()
        told = (form["org_unit_id"], form["reason"], _number(form["hours"]))
        if form["confirmed"] is None:
            return _asked_back(*told)
        with transaction() as session:
            made = commands.open_callout(session, holder, *told)
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect(f"/office/callouts/{made.id}", 303)


@blueprint.get("/<uuid:callout_id>")
@door("office", action="callout.see")
def one(callout_id: UUID) -> Any:
    """The board; ``unit`` names whose people are listed. Problem ``not_found``.

    Whoever opens it has before them who needs help, so that it rings for them no more. The page's own renewals are no look.
    """
    seen_at = clock.now()  # what comes while the page is made is not on it
    made = _board(callout_id)
    if request.headers.get("Sec-Fetch-Mode") == "navigate" and not request.args.get("unit"):
        _hear_of_help(callout_id, seen_at)
    return made


@blueprint.post("/<uuid:callout_id>/end")
@door("office", action="callout.open")
def end(callout_id: UUID) -> Any:
    """Shows ``callout_ended``; ``not_found``, ``not_allowed``."""
    try:
        with transaction() as session:
            commands.end(session, signed_in().holder, callout_id)
    except Problem as problem:
        return _board(callout_id, problem)
    return redirect(f"/office/callouts/{callout_id}?done=ended", 303)


@blueprint.post("/<uuid:callout_id>/answer")
@door("office", action="callout.answer")
def answer(callout_id: UUID) -> Any:
    """Somebody called at a desk answers. Shows ``not_found``, ``invalid``."""
    now = clock.now()
    try:
        told = {"id": ids.new_id(), "callout_id": callout_id, **typed(ANSWER)}
        with transaction() as session:
            commands.answer(session, signed_in().holder, told, acted_at=now, now=now)
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/callouts?done=answered", 303)


@blueprint.get("/<uuid:callout_id>/positions/<uuid:person_id>")
@door("office", action="callout.reach")
def position(callout_id: UUID, person_id: UUID) -> Any:
    """Where somebody was at their last tap, or at the one that ``position`` names. Problem ``not_found``."""
    asked = ids.parse_id(request.args.get("position"))
    kept = queries.positions_kept(db.session(), callout_id, person_id)
    found = next((one for one in kept if asked in (None, one.id)), None)
    if found is None:
        raise Problem("not_found")
    return _position(found.id)


@blueprint.post("/positions/<uuid:position_id>/file")
@door("office", action="callout.reach")
def file_position(position_id: UUID) -> Any:
    """Shows ``invalid``, ``position_filed``, ``position_due``, ``case_unknown``; ``not_found``."""
    try:
        form = typed(FILING)
        chosen = form["number"] or form["case_id"]
        if chosen is None:
            raise Problem("invalid", fields=["case_id"])
        with transaction() as session:
            found = filing.file_position(session, signed_in().holder, position_id, chosen, form["reason"])
            audit.describe("callout_position", position_id, filed_in=str(chosen))
    except (ValidationError, Problem) as error:
        return _position(position_id, problem_of(error))
    return redirect(f"{filing.path_of(found)}&done=filed", 303)


@blueprint.post("/positions/<uuid:position_id>/take-out")
@door("office", action="callout.reach")
def take_out(position_id: UUID) -> Any:
    """Shows ``position_held``; ``not_found``."""
    try:
        with transaction() as session:
            found, case_id = filing.take_out(session, signed_in().holder, position_id)
            audit.describe("callout_position", position_id, taken_out_of=str(case_id) if case_id else None)
    except Problem as problem:
        return _position(position_id, problem)
    return redirect(f"{filing.path_of(found)}&done=taken_out", 303)


@blueprint.post("/limit")
@door("office", action="callout.limit")
def set_limit() -> Any:
    """Shows ``invalid``."""
    try:
        form = typed(LIMIT)
        with transaction() as session:
            commands.set_limit(session, signed_in().holder, _number(form["hours"]), form["document_no"])
    except (ValidationError, Problem) as error:
        return _list(problem_of(error))
    return redirect("/office/callouts?done=saved", 303)


def _list(problem: Problem | None = None) -> Any:
    session, holder, asked = db.session(), signed_in().holder, queries.SHAPE.read(request.args)
    return page(
        "office/callouts.html",
        problem,
        asked=asked,
        found=queries.for_the_office(session, holder, clock.now(), asked),
        areas=queries.areas_to_open(session, holder),
        limit=queries.limit_on(session, holder.county_code, clock.today()),
        may_limit=bool(may(holder, "callout.limit")),
        kinds=rules.KINDS,
    )


def _asked_back(unit_id: UUID, reason: str, hours: int) -> Any:
    session, holder = db.session(), signed_in().holder
    thing = queries.thing_of_unit(session, unit_id)
    insist(may(holder, "callout.open", thing))
    limit = queries.limit_on(session, thing.county_code, clock.today())
    is_open_there = queries.open_in(session, unit_id) is not None
    insist(rules.may_open(hours=hours, most_hours=limit.hours, reason=reason, is_open_there=is_open_there))
    held = held_under(session, units_under(session, [unit_id]), clock.today())
    return page(
        "office/callout_confirm.html",
        unit_id=unit_id,
        area=names_of_units(session, [unit_id])[unit_id],
        reason=reason,
        hours=hours,
        many=len({person for person, _ in held} - {holder.person_id}),
    )


def _board(callout_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    called = queries.callout(session, callout_id)
    part = queries.part_of(session, holder, called)
    thing = queries.thing_of(session, called)
    reach = bool(may(holder, "callout.reach", thing))
    unit = ids.parse_id(request.args.get("unit"))
    names = names_of_units(session, [called.org_unit_id, called.opened_unit])
    return page(
        "office/callout.html",
        problem,
        callout=called,
        area=names[called.org_unit_id],
        by_unit=names[called.opened_unit],
        board=board(session, called, part, reach=reach, unit=unit),
        unit=unit,
        reach=reach,
        is_open=_is_open(called),
        may_end=_is_open(called) and bool(may(holder, "callout.open", thing)),
        now=clock.now(),
    )


def _position(position_id: UUID, problem: Problem | None = None) -> Any:
    """For the unit that opened the call-out; each look is noted, also one beside a refused form. Problem ``not_found``."""
    session, here = db.session(), signed_in()
    called, found = queries.position_to_reach(session, here.holder, position_id)
    if problem is not None:
        audit.describe("callout_position", position_id, refused=problem.code)
    with noting() as writing:
        note_look(writing, here.person_id, "callout_position", found.id, "office")
    cases = filing.cases()
    offered, has_more = cases.offered(session, here.holder) if found.case_id is None else ([], False)
    kept = queries.positions_kept(session, called.id, found.person_id)
    names = people.names_of(session, [one for one in (found.person_id, found.filed_by) if one])
    return page(
        "office/callout_position.html",
        problem,
        callout=called,
        found=found,
        people=names,
        is_due=rules.is_due(called.ended_at, clock.now()),
        offered=offered,
        has_more=has_more,
        names=cases.matters(),
        others=[(one.at, filing.path_of(one)) for one in kept if one.case_id and one.id != found.id],
    )


def _hear_of_help(callout_id: UUID, seen_at: int) -> None:
    person_id = signed_in().person_id
    if commands.is_asked_for_help(db.session(), person_id, callout_id):
        with noting() as writing:
            commands.hear_of_help(writing, person_id, callout_id, seen_at)


def _is_open(called: Callout) -> bool:
    return called.ended_at is None and called.ends_at > clock.now()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
