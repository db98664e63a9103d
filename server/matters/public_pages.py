"""``/matters``: the list in force today, its versions and the difference between any two, for everybody (Art. 8).

Plain, without JavaScript, for any phone and for paper.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from server.areas.queries import counties
from server.kernel import clock
from server.kernel.problems import Problem
from server.matters import queries, temporary, versions
from server.matters.rules import DUTIES, difference
from server.people.guard import door
from server.people.pages.frame import page
from server.platform.db import db

blueprint = Blueprint("public_matters", __name__)


@blueprint.get("/matters")
@door("public")
def matters() -> Any:
    """Of the county named by ``?county``, or of the only one there is; else which county is asked first."""
    session, today = db.session(), clock.today()
    known = _counties(session)
    code = _asked(known)
    found = queries.matters_in_force(session, code, today) if code else []
    made = versions.versions_of(session, code) if code else []
    return page(
        "public/matters.html",
        county=known.get(code),
        counties=list(known.values()),
        by_duty={duty: [one for one in found if one.duty == duty] for duty in DUTIES},
        departments=queries.department_names(session, [one.id for one in found]),
        temporary=temporary.of_entries(session, code) if code else {},
        today=today,
        now=next((one for one in made if one.from_day <= today), None),
        coming=[one for one in made if one.from_day > today],
    )


@blueprint.get("/matters/versions")
@door("public")
def history() -> Any:
    """Every version of a county's list. ``not_found``: no such county."""
    session = db.session()
    known, code = _known()
    made = versions.versions_of(session, code)
    return page("public/matter_versions.html", county=known[code], versions=made, today=clock.today())


@blueprint.get("/matters/versions/<int:number>")
@door("public")
def version(number: int) -> Any:
    """One version as it was made public. ``not_found``."""
    known, code = _known()
    found = versions.version_numbered(db.session(), code, number)
    by_duty = {duty: [one for one in found.entries if one["duty"] == duty] for duty in DUTIES}
    return page("public/matter_version.html", county=known[code], version=found, by_duty=by_duty)


@blueprint.get("/matters/difference")
@door("public")
def compared() -> Any:
    """What ``?to`` has that ``?from`` has not, and the other way round; the newest and the one before unless named.

    ``not_found``: no such version, no such county.
    """
    session = db.session()
    known, code = _known()
    made = versions.versions_of(session, code)
    if not made:
        raise Problem("not_found")
    after = versions.version_numbered(session, code, request.args.get("to", made[0].number, int))
    before = versions.version_numbered(session, code, request.args.get("from", max(after.number - 1, 1), int))
    return page(
        "public/matter_difference.html",
        county=known[code],
        versions=made,
        before=before,
        after=after,
        found=difference(before.entries, after.entries),
    )


def _counties(session: Session) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for unit in counties(session):  # a zone that runs towns of a district has the district's list
        known.setdefault(unit.county_code, unit)
    return known


def _asked(known: dict[str, Any]) -> str:
    asked = request.args.get("county", "")
    return asked if asked in known else next(iter(known)) if len(known) == 1 else ""


def _known() -> tuple[dict[str, Any], str]:
    known = _counties(db.session())
    code = _asked(known)
    if not code:
        raise Problem("not_found")
    return known, code
