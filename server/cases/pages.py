"""Office pages of cases: the list, the making of one of a record, the case itself with its steps, the slip of a hand-over."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.cases import commands, desk_steps, enclosures, joint, listing, queries, rules
from server.cases.desk_taking import take_step
from server.cases.schemas import CaseForm, Opening, StepForm
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.matters.queries import matters_in_force
from server.messages.inbox import add_places
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed, written_moment
from server.people.registry import add_office_page
from server.people.rules import may
from server.photos.finish import take_in_bytes
from server.platform.db import db, transaction
from server.platform.language import language, say
from server.platform.lists import Asked, ListShape
from server.platform.problem_json import problem_of
from server.records import queries as records

blueprint = Blueprint("cases", __name__, url_prefix="/office/cases")
OPENING, MAKING, STEP = Opening(), CaseForm(), StepForm()
COLUMNS = (
    "cases.code", "cases.matter", "cases.state", "cases.level", "cases.lead", "cases.helpers", "cases.village", "cases.grid",
    "cases.source", "cases.opened_at", "cases.due", "cases.late", "cases.over_at",
)  # fmt: skip

add_office_page("/office/cases", "nav.cases", "case.see", order=15)
add_places(listing.places_of)


@blueprint.get("")
@door("office", action="case.see")
def cases() -> Any:
    """Overdue first, or by level; narrowed by state, level, matter, the unit in the lead, where it came from, and more."""
    return _shown()


@blueprint.post("/export")
@door("office", action="case.see")
def take_out() -> Any:
    """A file without anybody's name or words. Shows ``list_too_long``, ``invalid``."""
    return export(_shape(), COLUMNS, _file_rows, _shown, is_personal=False)


@blueprint.get("/new")
@door("office", action="case.open")
def new() -> Any:
    """Of one record, or first which: the open hazards of the office's grids."""
    try:
        asked = OPENING.load({k: v for k, v in request.args.items() if v and k in ("record", "page")})
    except ValidationError as error:
        raise problem_of(error) from error
    return _making(asked["record"]) if asked["record"] else _choosing(max(1, number_of(asked["page"])))


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
    """One step of the version shown, refused as its command says, and with what a photo is refused with."""
    try:
        form = typed(STEP)
        photo = _photo() if form["step"] in ("reported", "helped") else None
        with transaction() as session:
            take_step(
                session, signed_in().holder, case_id, {**form, "version": number_of(form["version"]), "photo": photo}
            )
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


@blueprint.get("/<uuid:case_id>/slip/<int:version>")
@door("office", action="case.see")
def slip(case_id: UUID, version: int) -> Any:
    """The printable slip of one hand-over: what, from where, to whom, until when; no words of the report, no resident.

    Problem ``not_found`` for a step that handed nothing over.
    """
    session, found = db.session(), _seen(case_id)
    steps = queries.steps_of(session, [case_id])[case_id]
    at = next((n for n, s in enumerate(steps) if s.version == version and s.step in rules.HANDED_OVER), None)
    if at is None:
        raise Problem("not_found")
    giver = steps[at].by_person
    return page(
        "office/case_slip.html",
        case=found,
        step=queries.rows_of(session, [found])[found.id]["steps"][at],
        row=queries.rows_of(session, [found])[found.id],
        place=queries.place_of(session, found),
        giver=queries.unit_names_of_person(session, found, giver) if giver else [],
        due=next((call.due_at for call in joint.whistles_of(session, case_id) if call.called_at == steps[at].at), None),
        is_latest=not any(later.step in rules.NEW_TERM for later in steps[at + 1 :]),
        names=matter_names(),
    )


def _shape() -> ListShape:
    return listing.shape_for(db.session(), signed_in().holder, clock.today())


def _shown(problem: Problem | None = None) -> Any:
    session, holder, now, asked = db.session(), signed_in().holder, clock.now(), _shape().read(request.values)
    found = listing.cases_for(session, holder, now, asked)
    rows, names = queries.rows_of(session, found.rows), matter_names()
    return page(
        "office/cases.html",
        problem,
        rows=[rows[one.id] for one in found.rows],
        now=now,
        has_more=found.has_more,
        asked=asked,
        named={
            "lead_unit": {str(u.id): (u.name_zh, "zh-CN") for u in queries.handling_units(session, holder.county_code)},
            "matter_code": names,
            "month": {one: (_month(one), language()) for one in asked.shape.filters["month"]},
        },
        names=names,
        may_open=bool(may(holder, "case.open")),
        may_take_in=bool(may(holder, "case.take_in")),
    )


def _month(written: str) -> str:
    year, _, month = written.partition("-")
    return say("figures.of_month", year=year, month=int(month))


def _file_rows(asked: Asked) -> Rows:
    session, now, names = db.session(), clock.now(), matter_names()
    found = listing.cases_to_export(session, signed_in().holder, now, asked)
    rows, places = queries.rows_of(session, found), queries.places_of(session, found)
    return [
        (
            case.matter_code,
            names.get(case.matter_code, (case.matter_code, ""))[0],
            say(f"cases.state.{case.state}"),
            say(f"level.{case.level}"),
            rows[case.id].get("lead_name", ""),
            "、".join(rows[case.id]["helpers"]),
            *places[case.id],
            say(f"cases.source.{case.source}"),
            written_moment(case.opened_at),
            rows[case.id].get("due_day") or written_moment(case.due_at),
            say("cases.late") if listing.is_late(case, now) else "",
            written_moment(case.over_at),
        )
        for case in found
    ]


def _choosing(number: int) -> Any:
    session = db.session()
    found = listing.records_without_a_case(session, signed_in().holder, number)
    rows = records.feed_rows(session, [record.id for record in found.rows])
    shown = [rows[record.id] for record in found.rows]
    return page("office/case_of_which.html", rows=shown, has_more=found.has_more, number=number, names=matter_names())


def _making(record_id: UUID, problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    record = records.record(session, record_id)
    if record is None:
        raise Problem("not_found")
    insist(may(holder, "case.open", records.thing_of(session, record)))
    today = clock.today()
    allowed = queries.levels_of_matter(session, record.county_code, record.matter_code or "")
    return page(
        "office/case_new.html",
        problem,
        row=records.feed_rows(session, [record_id])[record_id],
        levels=queries.levels_on(session, record.county_code, today, allowed),
        units=queries.handling_units(session, record.county_code, record.grid_id),
        names=matter_names(),
    )


def _seen(case_id: UUID) -> Any:
    """The case, for whoever may see it: ``not_found`` and ``not_allowed``."""
    session = db.session()
    found = queries.case_file(session, case_id)
    if found is None:
        raise Problem("not_found")
    insist(may(signed_in().holder, "case.see", queries.thing_of(session, found)))
    return found


def _case(case_id: UUID, problem: Problem | None = None) -> Any:
    session, holder, found = db.session(), signed_in().holder, _seen(case_id)
    open_here = desk_steps.open_to(session, holder, found)
    record = records.feed_rows(session, [found.record_id])[found.record_id] if found.record_id else None
    return page(
        "office/case.html",
        problem,
        case=found,
        row=queries.rows_of(session, [found])[found.id],
        record=record,
        place=queries.place_of(session, found),
        mine=open_here.steps,
        my_orders=open_here.orders,
        is_late=found.due_at is not None and found.due_at < clock.now(),
        units=queries.handling_units(session, found.county_code, found.grid_id),
        whistles=joint.whistles_of(session, case_id),
        orders=joint.orders_of(session, case_id),
        filed=enclosures.filed_in(session, holder, case_id),
        dispute=joint.open_dispute(session, case_id),
        unit_names=open_here.unit_names,
        given_day_for=open_here.given_day_for,
        handed_over=rules.HANDED_OVER,
        now=clock.now(),
        names=matter_names(),
    )


def matter_names() -> dict[str, tuple[str, str]]:
    """Name of each matter by code, and the language that it is in."""
    found = matters_in_force(db.session(), signed_in().holder.county_code, clock.today())
    wants_english = language() == "en"
    return {m.code: (m.name_en, "en") if wants_english and m.name_en else (m.name_zh, "zh-CN") for m in found}


def number_of(text: str, otherwise: int = 1) -> int:
    return int(text) if text.isascii() and text.isdigit() else otherwise
