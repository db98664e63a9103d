"""The office's page where the next version of the list is drawn up, consented to and made public (Art. 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters import drafting, queries, versions
from server.matters.rules import DATA_CLASSES, DEADLINE_FROM, DUTIES, LEVELS, PHOTO_POLICIES, MatterFacts
from server.matters.schemas import Adjustment, Consent, LeavingAdjustment, Opinion, Publication
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import Holder
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.problem_json import problem_of
from server.platform.worktime import UNITS

PATH = "/office/matters/list"
blueprint = Blueprint("matter_list_draft", __name__, url_prefix=PATH)
ADJUSTMENT, LEAVING, CONSENT, OPINION, PUBLICATION = (
    Adjustment(), LeavingAdjustment(), Consent(), Opinion(), Publication(),
)  # fmt: skip

add_office_page(PATH, "nav.matter_list", drafting.ACTION, order=40)


@blueprint.get("")
@door("office", action=drafting.ACTION)
def draft() -> Any:
    return _shown()


@blueprint.post("")
@door("office", action=drafting.ACTION)
def begin() -> Any:
    """Begin a draft, or find the open one."""
    with transaction() as session:
        drafting.begin(session, signed_in().holder)
    return redirect(f"{PATH}?done=begun", 303)


@blueprint.get("/adjust")
@door("office", action=drafting.ACTION)
def adjust_form() -> Any:
    """One matter as it is to be; without ``?code`` a new one."""
    return _form(request.args.get("code", ""))


@blueprint.post("/<uuid:draft_id>/adjust")
@door("office", action=drafting.ACTION)
def adjust(draft_id: UUID) -> Any:
    """Shows ``invalid``, ``matter_on_list``, ``matter_not_in_force``, ``reason_needed``, ``unit_unknown``, ``draft_closed``."""
    try:
        told = typed(ADJUSTMENT, departments="departments", advice="advice")
        with transaction() as session:
            drafting.adjust(session, signed_in().holder, draft_id, told)
    except (ValidationError, Problem) as error:
        return _form(request.form.get("code", "") if request.form.get("kind") == "change" else "", problem_of(error))
    return redirect(f"{PATH}?done=adjusted", 303)


@blueprint.post("/<uuid:draft_id>/withdraw")
@door("office", action=drafting.ACTION)
def withdraw(draft_id: UUID) -> Any:
    """Shows ``invalid``, ``matter_not_in_force``, ``not_allowed`` (the city's own), ``draft_closed``; ``not_found``."""

    def act(session: Session, holder: Holder, told: dict[str, Any]) -> None:
        drafting.adjust(session, holder, draft_id, {**told, "kind": "withdraw"})

    return _done(LEAVING, act, "adjusted")


@blueprint.post("/<uuid:draft_id>/adjustments/<uuid:adjustment_id>/consent")
@door("office", action=drafting.ACTION)
def consent(draft_id: UUID, adjustment_id: UUID) -> Any:
    """Shows ``invalid``, ``draft_closed``; ``not_found``."""

    def act(session: Session, holder: Holder, told: dict[str, Any]) -> None:
        drafting.consent(session, holder, draft_id, adjustment_id, told["consent_document"])

    return _done(CONSENT, act, "consented")


@blueprint.post("/<uuid:draft_id>/adjustments/<uuid:adjustment_id>/leave-out")
@door("office", action=drafting.ACTION)
def leave_out(draft_id: UUID, adjustment_id: UUID) -> Any:
    """Shows ``draft_closed``; ``not_found``."""
    return _done(
        None, lambda session, holder, _: drafting.leave_out(session, holder, draft_id, adjustment_id), "left_out"
    )


@blueprint.post("/<uuid:draft_id>/opinions")
@door("office", action=drafting.ACTION)
def opinion(draft_id: UUID) -> Any:
    """Shows ``invalid``, ``unit_unknown``, ``day_out_of_range``, ``draft_closed``; ``not_found``."""
    return _done(
        OPINION, lambda session, holder, told: drafting.write_opinion(session, holder, draft_id, told), "opinion"
    )


@blueprint.post("/<uuid:draft_id>/publish")
@door("office", action=drafting.ACTION)
def publish(draft_id: UUID) -> Any:
    """Shows ``nothing_adjusted``, ``consent_lacking``, ``department_not_asked``, ``department_disagrees``,
    ``day_out_of_range``, ``matter_on_list``, ``matter_not_in_force``, ``draft_closed``; ``not_found``.
    """

    def act(session: Session, holder: Holder, told: dict[str, Any]) -> None:
        drafting.publish(session, holder, draft_id, told["from_day"], told["list_document"])

    return _done(PUBLICATION, act, "published")


@blueprint.post("/<uuid:draft_id>/drop")
@door("office", action=drafting.ACTION)
def drop(draft_id: UUID) -> Any:
    """Shows ``draft_closed``; ``not_found``."""
    return _done(None, lambda session, holder, _: drafting.drop(session, holder, draft_id), "dropped")


def _done(schema: Schema | None, act: Callable[[Session, Holder, dict[str, Any]], None], word: str) -> Any:
    try:
        told = typed(schema) if schema else {}
        with transaction() as session:
            act(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"{PATH}?done={word}", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    found = drafting.open_draft(session, county)
    rows = drafting.adjustments_of(session, found.id) if found else []
    opinions = drafting.opinions_of(session, found.id) if found else []
    asked = {department.code for _one, department in opinions}
    concerned = drafting.concerned(session, county, rows)
    return page(
        "office/matter_list.html",
        problem,
        draft=found,
        rows=rows,
        opinions=opinions,
        not_asked={code: name for code, name in concerned.items() if code not in asked},
        departments=queries.open_departments(session),
        matters=_own(session, county),
        versions=versions.versions_of(session, county),
        county=county,
        today=clock.today(),
    )


def _form(code: str, problem: Problem | None = None) -> Any:
    """Filled with what was typed, else with what the draft says of the matter, else with the entry in force."""
    session, county = db.session(), signed_in().holder.county_code
    found = drafting.open_draft(session, county)
    if found is None:
        return _shown(problem or Problem("draft_closed"))
    entry = next((one for one in versions.entries_on(session, county, clock.today()) if one["code"] == code), None)
    told = next((one for one in drafting.adjustments_of(session, found.id) if one.matter_code == code), None)
    if code and entry is None and told is None:
        return _shown(problem or Problem("not_found"))
    values, words = _values(session, county, code, entry, told), queries.advice_words(session, language())
    return page(
        "office/matter_adjust.html",
        problem,
        draft=found,
        code=code,
        kind=told.kind if told and told.kind != "withdraw" else "change" if entry else "admit",
        values=values,
        departments=queries.open_departments(session),
        duties=DUTIES,
        classes=DATA_CLASSES,
        levels=LEVELS,
        units=UNITS,
        deadline_from=DEADLINE_FROM,
        photo_policies=PHOTO_POLICIES,
        advice={
            one: words[one] for one in (*values.get("advice", ()), *words) if one in words
        },  # as the entry orders them
    )


def _values(session: Session, county: str, code: str, entry: dict[str, Any] | None, told: Any) -> dict[str, Any]:
    if request.form:
        return {**request.form.to_dict(), **{name: request.form.getlist(name) for name in ("departments", "advice")}}
    if told is not None and told.columns:
        carried = queries.row_extras(session, county, code, clock.today()) if entry else {}
        return {
            **carried,
            **told.columns,
            "departments": told.departments,
            "proposed_by": told.proposed_by,
            "reason": told.reason,
        }
    if entry is None:
        return {"departments": [], "advice": []}
    by_name = {one.name_zh: one.code for one in queries.open_departments(session)}
    return {
        **entry,
        "departments": [by_name[name] for name in entry["departments"] if name in by_name],
        **queries.row_extras(session, county, code, clock.today()),
    }


def _own(session: Session, county: str) -> list[MatterFacts]:
    """What a draft may change: the list in force without urgent temporary matters."""
    return [one for one in queries.matters_in_force(session, county, clock.today()) if not one.is_temporary]
