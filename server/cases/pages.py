"""Office pages of cases: the list, the making of one, the case itself with its steps, and the terms of the levels."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.cases import commands, queries, rules
from server.cases.schemas import CaseFilter, CaseForm, LevelForm, Opening, StepForm
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.matters.queries import matters_in_force
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.photos.finish import take_in_bytes
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.problem_json import problem_of
from server.platform.worktime import UNITS
from server.records import queries as records

blueprint = Blueprint("cases", __name__, url_prefix="/office/cases")
levels_blueprint = Blueprint("levels", __name__, url_prefix="/office/levels")
FILTER, OPENING, MAKING, STEP, LEVEL = CaseFilter(), Opening(), CaseForm(), StepForm(), LevelForm()

add_office_page("/office/cases", "nav.cases", "case.see", order=15)
add_office_page("/office/levels", "nav.levels", "level.set", order=45)


@blueprint.get("")
@door("office", action="case.see")
def cases() -> Any:
    """Overdue first; narrowed by state, level and the unit in the lead."""
    try:
        asked = FILTER.load({k: v for k, v in request.args.items() if v and k not in ("lang", "done")})
    except ValidationError as error:
        raise problem_of(error) from error
    number = max(1, _number(asked.pop("page")))
    session, holder, now = db.session(), signed_in().holder, clock.now()
    found = queries.cases_for(session, holder, now, page=number, **asked)
    rows = queries.rows_of(session, found.rows)
    return page(
        "office/cases.html",
        rows=[rows[one.id] for one in found.rows],
        has_more=found.has_more,
        number=number,
        asked=asked,
        now=now,
        states=rules.STATES,
        levels=rules.OF_A_CASE,
        running=rules.RUNNING,
        units=queries.handling_units(session, holder.county_code),
        names=_matter_names(),
        may_open=bool(may(holder, "case.open")),
    )


@blueprint.get("/new")
@door("office", action="case.open")
def new() -> Any:
    """Of one record, or first which: the open hazards of the office's grids."""
    try:
        asked = OPENING.load({k: v for k, v in request.args.items() if v and k in ("record", "page")})
    except ValidationError as error:
        raise problem_of(error) from error
    return _making(asked["record"]) if asked["record"] else _choosing(max(1, _number(asked["page"])))


@blueprint.post("/new/<uuid:record_id>")
@door("office", action="case.open")
def make(record_id: UUID) -> Any:
    """Shows ``not_found``, ``no_case_of_this``, ``case_exists``, ``day_out_of_range``, ``unit_unknown``, ``invalid``."""
    try:
        form = typed(MAKING)
        with transaction() as session:
            case = commands.open_case(
                session,
                signed_in().holder,
                record_id,
                level=form["level"],
                given_day=form["given_day"],
                lead_unit=form["lead_unit"],
                grid_helps=bool(form["grid_helps"]),
            )
            made = case.id
    except (ValidationError, Problem) as error:
        return _making(record_id, problem_of(error))
    return redirect(f"/office/cases/{made}?done=made", 303)


@blueprint.get("/<uuid:case_id>")
@door("office", action="case.see")
def case(case_id: UUID) -> Any:
    return _case(case_id)


@blueprint.post("/<uuid:case_id>")
@door("office", action="case.see")
def step(case_id: UUID) -> Any:
    """One step of the version shown: ``stale``, ``step_unfit``, ``unit_unknown``, ``not_allowed``, ``not_found``, ``invalid``,
    and what a photo is refused with."""
    try:
        form = typed(STEP)
        photo = _photo() if form["step"] == "reported" else None
        with transaction() as session:
            _step(session, case_id, form, photo)
    except (ValidationError, Problem) as error:
        return _case(case_id, problem_of(error))
    return redirect(f"/office/cases/{case_id}?done={form['step']}", 303)


def _photo() -> str | None:
    """The picture of the form, checked and kept; without a step that names it, it goes by itself. Its SHA-256."""
    sent = request.files.get("photo")
    content = sent.read() if sent is not None else b""
    if not content:
        return None
    name = hashlib.sha256(content).hexdigest()
    holder = signed_in().holder
    take_in_bytes(holder.county_code, holder.person_id, name, content)
    return name


def _step(session: Any, case_id: UUID, form: dict[str, Any], photo: str | None) -> None:
    holder, version, words = signed_in().holder, _number(form["version"]), form["words"]
    match form["step"]:
        case "assigned":
            if form["unit_id"] is None:
                raise Problem("invalid", fields=["unit_id"])
            commands.assign(session, holder, case_id, version, form["unit_id"])
        case "helper_added":
            commands.help_with(session, holder, case_id, version, form["unit_id"])
        case "closed":
            commands.close(session, holder, case_id, version, words)
        case told:
            commands.work(session, holder, case_id, version, told, words, photo)


@levels_blueprint.get("")
@door("office", action="level.set")
def levels() -> Any:
    return _levels()


@levels_blueprint.post("")
@door("office", action="level.set")
def set_level() -> Any:
    """Shows ``day_out_of_range``, ``invalid``."""
    try:
        form = typed(LEVEL)
        with transaction() as session:
            commands.set_level(session, signed_in().holder, form, _number(form["amount"], -1))
    except (ValidationError, Problem) as error:
        return _levels(problem_of(error))
    return redirect("/office/levels?done=saved", 303)


def _levels(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/levels.html",
        problem,
        levels=queries.levels_on(session, county, clock.today()),
        history=queries.level_history(session, county),
        units=UNITS,
        today=clock.today(),
    )


def _choosing(number: int) -> Any:
    session = db.session()
    found = queries.hazards_without_a_case(session, signed_in().holder, number)
    rows = records.feed_rows(session, [record.id for record in found.rows])
    shown = [rows[record.id] for record in found.rows]
    return page("office/case_of_which.html", rows=shown, has_more=found.has_more, number=number, names=_matter_names())


def _making(record_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    record = records.record(session, record_id)
    if record is None:
        raise Problem("not_found")
    insist(may(holder, "case.open", records.thing_of(session, record)))
    today = clock.today()
    in_force = [
        level for level in queries.levels_on(session, record.county_code, today) if level.level in rules.OF_A_CASE
    ]
    return page(
        "office/case_new.html",
        problem,
        row=records.feed_rows(session, [record_id])[record_id],
        levels=in_force,
        units=queries.handling_units(session, record.county_code, record.grid_id),
        names=_matter_names(),
    )


def _case(case_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    found = queries.case_file(session, case_id)
    if found is None:
        raise Problem("not_found")
    thing = queries.thing_of(session, found)
    insist(may(holder, "case.see", thing))
    may_assign, may_work = bool(may(holder, "case.assign", thing)), bool(may(holder, "case.work", thing))
    open_steps = rules.steps_open(found.state)
    return page(
        "office/case.html",
        problem,
        case=found,
        row=queries.rows_of(session, [found])[found.id],
        record=records.feed_rows(session, [found.record_id])[found.record_id],
        open_steps=open_steps,
        mine_open=bool(open_steps.intersection(rules.OF_OFFICE * may_assign + rules.OF_LEAD * may_work)),
        is_late=found.state in rules.RUNNING and found.due_at is not None and found.due_at < clock.now(),
        may_assign=may_assign,
        may_work=may_work,
        units=queries.handling_units(session, found.county_code, found.grid_id),
        names=_matter_names(),
    )


def _matter_names() -> dict[str, tuple[str, str]]:
    """Name of each matter by code, and the language that it is in."""
    found = matters_in_force(db.session(), signed_in().holder.county_code, clock.today())
    wants_english = language() == "en"
    return {m.code: (m.name_en, "en") if wants_english and m.name_en else (m.name_zh, "zh-CN") for m in found}


def _number(text: str, otherwise: int = 1) -> int:
    return int(text) if text.isascii() and text.isdigit() else otherwise
