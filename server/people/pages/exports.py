"""The auditor's page: which lists left the house as files, by whom, when and what for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.queries import exports_of, names_of
from server.people.registry import add_office_page
from server.platform import audit
from server.platform.db import aside, db
from server.platform.lists import Leaf, ListShape, leaf
from server.platform.sheets import FORMATS

blueprint = Blueprint("exports", __name__, url_prefix="/office/exports")
SHAPE = ListShape("exports", "/office/exports", {"file_format": FORMATS})  # which lists there are is nobody's to browse

add_office_page("/office/exports", "nav.exports", "export.see", order=60)


@blueprint.get("")
@door("office", action="export.see")
def exports() -> Any:
    """The newest first."""
    session, asked = db.session(), SHAPE.read(request.args)
    found = leaf(session, exports_of(signed_in().holder.county_code, asked.chosen), asked)
    rows = [row[0] for row in found.rows]
    names = names_of(session, [row.person_id for row in rows])
    here = signed_in()
    with aside() as writing:  # the auditor's looks are entries too
        audit.note(writing, "exports.seen", county_code=here.holder.county_code, person_id=here.person_id)
    return page("office/exports.html", asked=asked, found=Leaf(rows, found.has_more), names=names)
