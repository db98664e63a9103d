"""``/board/``: the notice board of every grid (Art. 15), for everybody, without JavaScript and without a session.

What somebody looks for travels in the body of a form and is neither logged nor kept; where a phone is, only if its owner
taps for it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request
from marshmallow import ValidationError

from server.areas import queries as areas
from server.areas.rules import tier_of
from server.boards import queries
from server.boards.schemas import SearchForm
from server.kernel import clock, ids
from server.kernel.geo import Position
from server.kernel.problems import Problem
from server.people.guard import door
from server.people.pages.frame import page
from server.platform.db import db
from server.platform.language import language
from server.platform.limits import rate
from server.platform.problem_json import problem_of
from server.platform.qr import svg
from server.platform.security import insist_on_address
from server.text import text

blueprint = Blueprint("public_boards", __name__, url_prefix="/board")
FORM = SearchForm()
KEPT_FOR = 300  # seconds in which a changed number may still be read from a cache on the way


@blueprint.get("/")
@door("public")
@rate("120/minute")
def find() -> Response:
    """The list by county, town and village. Problem ``not_found`` for a unit that does not exist."""
    session = db.session()
    asked = request.args.get("unit", "")
    unit_id = ids.parse_id(asked)
    chain = areas.ancestors(session, unit_id) if unit_id else []
    if asked and (not chain or tier_of(chain[0].kind) is None):
        raise Problem("not_found")
    counties = queries.units_in(session, None)
    if not chain and len(counties) == 1:
        chain = [counties[0]]
    tier = tier_of(chain[0].kind) if chain else None
    return _kept(
        page(
            "public/boards.html",
            chain=[unit for unit in reversed(chain) if tier_of(unit.kind)],
            units=[] if tier == "village" else queries.units_in(session, chain[0].id) if chain else counties,
            found=queries.grids_of_unit(session, chain[0].id) if tier == "village" else None,
            searched=False,
        )
    )


@blueprint.post("/")
@door("public")
@rate("30/minute")
def search() -> Any:
    """By address or name, or by where the phone is. Shows ``invalid``."""
    session = db.session()
    try:
        asked = FORM.load({name: value for name, value in request.form.items() if value != ""}, unknown="exclude")
    except ValidationError as error:
        return page("public/boards.html", problem_of(error), chain=[], units=[], found=[], searched=True)
    if "lng" in asked and "lat" in asked:
        found = queries.by_place(session, Position(asked["lng"], asked["lat"]), clock.today())
    else:
        found = queries.by_words(session, asked.get("words", ""))
    return page("public/boards.html", chain=[], units=[], found=found, searched=True)


@blueprint.get("/<code>")
@door("public")
@rate("120/minute")
def board(code: str) -> Response:
    """One grid's board. Problem ``not_found``."""
    return _kept(page("public/board.html", board=queries.board_coded(db.session(), code, clock.today())))


@blueprint.get("/<code>/print")
@door("public")
@rate("60/minute")
def poster(code: str) -> Response:
    """The same for a sheet of A3, with a QR that leads to the page. Problems ``not_found``, ``base_url_missing``."""
    found = queries.board_coded(db.session(), code, clock.today())
    return _kept(page("public/poster.html", posters=posters([found]), today=clock.today()))


def posters(boards: list[queries.Board]) -> list[dict[str, Any]]:
    """Boards with the QR of their pages."""
    base = insist_on_address()
    label = text("board.qr", language())
    return [{"board": one, "qr": svg(f"{base}/board/{one.grid.code}", label)} for one in boards]


def _kept(shown: Any) -> Response:
    """Anybody may keep it for a moment: it is the same for all who read one language."""
    answer = make_response(shown)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer
