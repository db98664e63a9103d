"""Doors for other systems that fetch: ``/api/v1/exchange/…`` (Art. 16), described in ``/openapi.json``."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from server.exchange import bearer, queries, rules
from server.exchange.describing import AUDIENCE, rows_of
from server.exchange.queries import Walk
from server.exchange.schemas import CasesAsked, GridsAsked, HazardsAsked, MattersAsked, RecordsAsked
from server.exchange.streaming import answer
from server.people.guard import door
from server.platform.db import reading
from server.platform.limits import rate

blueprint = Blueprint("exchange", __name__, url_prefix="/api/v1/exchange", description="For other systems: fetch rows")
blueprint.after_request(bearer.note)


@blueprint.get("/records")
@door("outside", scope=rules.RECORDS)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(RecordsAsked, location="query", unknown=RAISE)
@blueprint.doc(responses=rows_of(rules.RECORDS, "jsonl", "csv", "xlsx"), **AUDIENCE)
def records_door(asked: dict[str, Any]) -> Response:
    """Records of five duties without names, words, places, or who made them; none of class S, none of a team."""
    return _answer(rules.RECORDS, asked)


@blueprint.get("/hazards")
@door("outside", scope=rules.HAZARDS)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(HazardsAsked, location="query", unknown=RAISE)
@blueprint.doc(responses=rows_of(rules.HAZARDS, "jsonl", "csv", "xlsx", "geojson"), **AUDIENCE)
def hazards_door(asked: dict[str, Any]) -> Response:
    """Hazards of class N, with the place where each was found (WGS-84)."""
    return _answer(rules.HAZARDS, asked)


@blueprint.get("/cases")
@door("outside", scope=rules.CASES)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(CasesAsked, location="query", unknown=RAISE)
@blueprint.doc(responses=rows_of(rules.CASES, "jsonl", "csv", "xlsx"), **AUDIENCE)
def cases_door(asked: dict[str, Any]) -> Response:
    """Cases of the loop (Art. 10): matter, level, state, times, who is in the lead; ``external_ref`` is the caller's own."""
    return _answer(rules.CASES, asked)


@blueprint.get("/matters")
@door("outside", scope=rules.MATTERS)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(MattersAsked, location="query", unknown=RAISE)
@blueprint.doc(responses=rows_of(rules.MATTERS, "jsonl", "csv", "xlsx"), **AUDIENCE)
def matters_door(asked: dict[str, Any]) -> Response:
    """The matter list in force today in the county (Art. 8)."""
    return _answer(rules.MATTERS, asked)


@blueprint.get("/grids")
@door("outside", scope=rules.GRIDS)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(GridsAsked, location="query", unknown=RAISE)
@blueprint.doc(responses=rows_of(rules.GRIDS, "jsonl", "csv", "xlsx", "geojson"), **AUDIENCE)
def grids_door(asked: dict[str, Any]) -> Response:
    """The open grids of the area with the borders of today (WGS-84)."""
    return _answer(rules.GRIDS, asked)


def _answer(scope: str, asked: dict[str, Any]) -> Response:
    caller = bearer.caller()
    bearer.narrowed(asked)
    with reading() as session:
        units = queries.units_of(session, caller)
    walk = Walk(
        units=units,
        after=asked["after"],
        from_day=asked.get("from_day"),
        to_day=asked.get("to_day"),
        kind=asked.get("kind"),
    )
    return answer(scope, caller, walk, asked["format"], asked["limit"])
