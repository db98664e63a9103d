"""``/matters``: the list in force today, for everybody (Art. 8). Plain, without JavaScript, for any phone and for paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from server.areas.queries import counties
from server.kernel import clock
from server.matters import queries, temporary
from server.matters.rules import DUTIES
from server.people.guard import door
from server.people.pages.frame import page
from server.platform.db import db

blueprint = Blueprint("public_matters", __name__)


@blueprint.get("/matters")
@door("public")
def matters() -> Any:
    """Of the county named by ``?county``, or of the only one there is; else which county is asked first."""
    session, today = db.session(), clock.today()
    known: dict[str, Any] = {}
    for unit in counties(session):  # a zone that runs towns of a district has the district's list
        known.setdefault(unit.county_code, unit)
    asked = request.args.get("county", "")
    code = asked if asked in known else next(iter(known)) if len(known) == 1 else ""
    found = queries.matters_in_force(session, code, today) if code else []
    return page(
        "public/matters.html",
        county=known.get(code),
        counties=list(known.values()),
        by_duty={duty: [one for one in found if one.duty == duty] for duty in DUTIES},
        departments=queries.department_names(session, [one.id for one in found]),
        temporary=temporary.of_entries(session, code) if code else {},
        today=today,
    )
