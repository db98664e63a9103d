"""Office page of orders that came outside the list, for the competent department of the county alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import units_of_county
from server.kernel import clock
from server.kernel.problems import Problem
from server.orders import by_unit, commands, queries
from server.orders.schemas import OrderRuling
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed, written_moment
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.lists import Asked
from server.platform.problem_json import problem_of
from server.tasks.queries import WAITS
from server.tasks.rules import UPHELD

blueprint = Blueprint("orders", __name__, url_prefix="/office/orders")
FORM = OrderRuling()
COLUMNS = ("refusals.ground", "refusals.at", "refusals.by_day", "refusals.ruling", "refusals.ruled_at", "orders.unit")

add_office_page("/office/orders", "nav.orders", "order.rule", order=21)


@blueprint.get("")
@door("office", action="order.rule")
def orders() -> Any:
    return _shown()


@blueprint.get("/units")
@door("office", action="order.rule")
def units() -> Any:
    """Figures of units since a day, this year's first unless another is asked for."""
    today = clock.today()
    since = clock.parse_day(request.args.get("since", "")) or today.replace(month=1, day=1)
    rows = by_unit.figures_by_unit(db.session(), signed_in().holder, since)
    return page("office/orders_by_unit.html", rows=rows, since=since)


@blueprint.post("/export")
@door("office", action="order.rule")
def take_out() -> Any:
    """A file without anybody's name or words. Shows ``list_too_long``, ``invalid``."""
    return export(queries.SHAPE, COLUMNS, _file_rows, _shown, is_personal=False)


@blueprint.post("/<uuid:order_id>")
@door("office", action="order.rule")
def rule(order_id: UUID) -> Any:
    """One answer. Shows ``own_record`` where the own unit is named, ``already_decided``, ``not_found``, ``invalid``."""
    try:
        form = typed(FORM)
        with transaction() as session:
            commands.rule(
                session,
                signed_in().holder,
                order_id,
                upheld=form["ruling"] == UPHELD,
                words=form["words"],
                unit_id=form["unit_id"],
            )
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect(f"/office/orders?{_asked().query}&done=ruled", 303)


def _asked() -> Asked:
    return queries.SHAPE.read(request.values)


def _shown(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    own = frozenset(post.org_unit_id for post in holder.posts)
    units = [unit for unit in units_of_county(session, holder.county_code) if unit.id not in own]
    asked = _asked()
    found = queries.for_the_office(session, holder, asked)
    return page("office/orders.html", problem, asked=asked, found=found, units=units)


def _file_rows(asked: Asked) -> Rows:
    return [
        (
            say(f"refusals.ground.{order.ground}"),
            written_moment(order.at),
            order.rule_by,
            say(f"orders.{order.ruling or WAITS}"),
            written_moment(order.ruled_at),
            unit,
        )
        for order, unit in queries.to_export(db.session(), signed_in().holder, asked)
    ]
