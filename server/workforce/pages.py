"""The office's pages of equipment (Art. 18) and of volunteers and organisations that help (Art. 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.workforce import commands, queries
from server.workforce.rules import HELPER_KINDS
from server.workforce.schemas import EquipmentForm, HelperForm, ReturnForm

EQUIPMENT, HELPERS = "/office/equipment", "/office/helpers"
blueprint = Blueprint("workforce", __name__)
FORM, RETURN, HELPER = EquipmentForm(), ReturnForm(), HelperForm()

add_office_page(EQUIPMENT, "nav.equipment", commands.EQUIP, order=62)
add_office_page(HELPERS, "nav.helpers", commands.HELP, order=64)


@blueprint.get(EQUIPMENT)
@door("office", action=commands.EQUIP)
def equipment() -> Any:
    return _equipment()


@blueprint.post(EQUIPMENT)
@door("office", action=commands.EQUIP)
def equip() -> Any:
    """Shows ``person_unknown``, ``day_out_of_range``, ``invalid``. A form sent twice is one thing."""
    try:
        told = typed(FORM)
        with transaction() as session:
            commands.equip(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _equipment(problem)
    return redirect(f"{EQUIPMENT}?done=issued", 303)


@blueprint.post(f"{EQUIPMENT}/<uuid:equipment_id>/return")
@door("office", action=commands.EQUIP)
def take_back(equipment_id: UUID) -> Any:
    """Shows ``day_out_of_range``, ``invalid``; ``not_found``."""
    try:
        told = typed(RETURN)
        with transaction() as session:
            commands.take_back(session, signed_in().holder, equipment_id, told["returned_on"])
    except (ValidationError, Problem) as error:
        return _equipment(problem_of(error))
    return redirect(f"{EQUIPMENT}?done=returned", 303)


@blueprint.get(HELPERS)
@door("office", action=commands.HELP)
def helpers() -> Any:
    return _helpers()


@blueprint.post(HELPERS)
@door("office", action=commands.HELP)
def take_helper() -> Any:
    """Shows ``grid_unknown``, ``invalid``. A form sent twice is one helper."""
    try:
        told = typed(HELPER)
        with transaction() as session:
            commands.take_helper(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        problem = problem_of(error)
        if problem.code != "record_exists":
            return _helpers(problem)
    return redirect(f"{HELPERS}?done=written", 303)


@blueprint.post(f"{HELPERS}/<uuid:helper_id>/end")
@door("office", action=commands.HELP)
def end_helper(helper_id: UUID) -> Any:
    """``not_found``."""
    with transaction() as session:
        commands.end_helper(session, signed_in().holder, helper_id)
    return redirect(f"{HELPERS}?done=ended", 303)


def _equipment(problem: Problem | None = None) -> Any:
    rows = queries.equipment_of_county(db.session(), signed_in().holder.county_code)
    return page("office/equipment.html", problem, rows=rows, new_id=_new_id(), today=clock.today())


def _helpers(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    return page(
        "office/helpers.html",
        problem,
        rows=queries.helpers_under(session, holder),
        grids=queries.grids_of(session, holder),
        kinds=HELPER_KINDS,
        new_id=_new_id(),
        today=clock.today(),
    )


def _new_id() -> UUID:
    return ids.parse_id(request.form.get("id", "")) or ids.new_id()
