"""``/privacy``: what is kept of people, why, how long, who sees it, and how they ask (个人信息保护法 Arts. 17, 44-50)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from server.areas.queries import counties
from server.kernel import clock
from server.matters.queries import policy
from server.people.guard import door
from server.people.pages.frame import page
from server.platform.db import db
from server.privacy import figures

blueprint = Blueprint("public_privacy", __name__)


@blueprint.get("/privacy")
@door("public")
def privacy() -> Any:
    """The figures are those of the county named by ``?county``, or of the only one there is; else which is asked first."""
    session = db.session()
    known: dict[str, Any] = {}
    for unit in counties(session):
        known.setdefault(unit.county_code, unit)
    asked = request.args.get("county", "")
    code = asked if asked in known else next(iter(known)) if len(known) == 1 else ""
    return page(
        "public/privacy.html",
        county=known.get(code),
        counties=list(known.values()),
        now=figures.in_force(session, code, clock.today()) if code else {},
        closed_household_days=policy(session, "closed_household_days"),
    )
