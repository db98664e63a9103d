"""Office pages of figures: a month of an area, the records behind a figure, and the self-inspection of the county."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request

from server.analytics import queries, rules, selfcheck
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.platform.db import db
from server.platform.lists import Leaf

blueprint = Blueprint("analytics", __name__, url_prefix="/office")
MATTER_LENGTH = 20
MONTHS = 24

add_office_page("/office/figures", "nav.figures", "figures.see", order=24)
add_office_page("/office/self-inspection", "nav.self_inspection", "selfcheck.see", order=25)


@blueprint.get("/figures")
@door("office", action="figures.see")
def figures() -> Any:
    """A month of a unit, this month of the own one unless another is asked for. Problem ``not_found``."""
    session, holder = db.session(), signed_in().holder
    month = _month()
    area = queries.area(session, holder, _unit(), month)
    return page(
        "office/figures.html",
        area=area,
        month=month,
        months=rules.months_back(clock.today(), MONTHS),
        units=queries.areas_of(session, holder),
        duties=[] if area.is_withheld else queries.duties(session, area, month),
        matters=[] if area.is_withheld else queries.matters(session, area, month),
        places=queries.places(session, area, month),
        cases=queries.cases(session, area, month),
        complaints=queries.complaints(session, holder, area),
        refusals=queries.refusals(session, area, month),
        relooks=None if area.is_withheld else queries.relooks(session, area, month),
        least=rules.LEAST_WORKERS,
        behind=lambda **more: _behind(area, month, **more),
    )


@blueprint.get("/figures/records")
@door("office", action="figures.see")
def records() -> Any:
    """The records behind a figure, none where it would tell of people. Problem ``not_found``."""
    session, holder = db.session(), signed_in().holder
    month = _month()
    area = queries.area(session, holder, _unit(), month)
    asked = queries.SHAPE.read(request.args)
    matter_code = request.args.get("matter", "")[:MATTER_LENGTH] or None
    found = Leaf([], False) if area.is_withheld else queries.records(session, area, month, asked, matter_code)
    kind = asked.chosen.get("kind")
    return page(
        "office/figure_records.html",
        area=area,
        month=month,
        found=found,
        kind=kind,
        matter_code=matter_code,
        number=asked.number,
        least=rules.LEAST_WORKERS,
        at=lambda number: _behind(area, month, kind=kind, matter=matter_code, page=number),
    )


@blueprint.get("/self-inspection")
@door("office", action="selfcheck.see")
def self_inspection() -> Any:
    """Of the county since a day, this year's first unless another is asked for."""
    today = clock.today()
    since = clock.parse_day(request.args.get("since", "")) or today.replace(month=1, day=1)
    sheet = selfcheck.sheet(db.session(), signed_in().holder, since)
    return page("office/self_inspection.html", sheet=sheet, kept_by=selfcheck.KEPT_BY)


def _month() -> rules.Month:
    return rules.month_of(request.args.get("month", ""), clock.today())


def _unit() -> UUID | None:
    words = request.args.get("unit", "")
    try:
        return UUID(words) if words else None
    except ValueError as error:
        raise Problem("not_found") from error


def _behind(area: queries.Area, month: rules.Month, **more: Any) -> str:
    """Address of the records behind a figure."""
    asked = {name: value for name, value in more.items() if value}
    return f"/office/figures/records?{urlencode({'unit': str(area.unit.id), 'month': str(month), **asked})}"
