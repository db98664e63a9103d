"""``/b/<token>``: is this person real? For everybody, without JavaScript, in any browser that a scanner opens (Art. 11).

Counted by day and answer, nothing more: neither whose badge it was, nor who asked, nor where. Not stored by anybody on the
way, not found by search engines.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response

from server.badges import commands, queries
from server.badges.rules import read_minute
from server.kernel import clock
from server.people.guard import door
from server.people.pages.frame import page
from server.platform.db import aside, db
from server.platform.limits import rate

blueprint = Blueprint("badge_check", __name__)


@blueprint.get("/b/<token>")
@blueprint.get("/b/<token>/<minute>/<code>")
@door("public")
@rate("60/minute")
def check(token: str, minute: str = "", code: str = "") -> Any:
    """Valid with the face, or one of two words. A printed badge says its token alone."""
    now = clock.now()
    found = queries.check(db.session(), token, read_minute(minute, code) if minute else None, now)
    if found.county_code:
        with aside() as session:
            commands.count_check(session, found.county_code, clock.day_of(now), found.answer)
    answer = make_response(page("public/badge.html", found=found, face=found.face, is_printed=not minute, now=now))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
