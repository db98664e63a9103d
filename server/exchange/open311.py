"""Open311 GeoReport v2: services are matters of the public list, requests are cases. JSON and XML.

http://wiki.open311.org/GeoReport_v2/. Words, names and telephones never come back; a resident's are not even read.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import orjson
from flask import Response, request
from flask_smorest import Blueprint

from server.areas.queries import counties
from server.exchange import bearer, handing, rules
from server.exchange.describing import OPEN311_AUDIENCE, PUBLIC_AUDIENCE
from server.exchange.describing_open311 import (
    DISCOVERY_ANSWER,
    MADE_ANSWER,
    REQUEST_BODY,
    REQUESTS_ANSWER,
    SERVICES_ANSWER,
)
from server.exchange.schemas import RequestMade, RequestsAsked, ServicesAsked
from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.matters.queries import matters_in_force
from server.people.guard import door
from server.platform.db import db, reading, transaction
from server.platform.language import language
from server.platform.limits import rate
from server.platform.problem_json import add_shape
from server.platform.security import address_for_codes
from server.text import text

blueprint = Blueprint(
    "open311", __name__, url_prefix="/open311/v2", description="For other systems: Open311 GeoReport v2"
)
blueprint.after_request(bearer.note)
FORM = "<any(json, xml):form>"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
TYPES = {"json": "application/json", "xml": "text/xml"}
STATUS_OF = {409: 400, 422: 400}  # GeoReport v2 knows 400, 401, 403 and 404
Items = list[dict[str, Any]]


@blueprint.get(f"/discovery.{FORM}")
@door("public")
@rate("60/minute")
@blueprint.doc(responses=DISCOVERY_ANSWER, **PUBLIC_AUDIENCE)
def discovery(form: str) -> Response:
    """Where the doors are and what they speak."""
    base = address_for_codes() or ""  # no proxy's header is believed
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{base}/open311/v2",
        "changeset": "2026-11-29T00:00:00+08:00",
        "type": "production",
        "formats": list(TYPES.values()),
    }
    about = {
        "changeset": endpoint["changeset"],
        "contact": text("exchange.contact", language()),
        "key_service": text("exchange.key_service", language()),
        "endpoints": [endpoint],
    }
    if form == "json":
        return _written(orjson.dumps(about), form)
    root = ElementTree.Element("discovery")
    for name in ("changeset", "contact", "key_service"):
        _element(root, name, about[name])
    place = ElementTree.SubElement(ElementTree.SubElement(root, "endpoints"), "endpoint")
    for name in ("specification", "url", "changeset", "type"):
        _element(place, name, endpoint[name])
    formats = ElementTree.SubElement(place, "formats")
    for one in endpoint["formats"]:
        _element(formats, "format", one)
    return _written(_bytes(root), form)


@blueprint.get(f"/services.{FORM}")
@door("public")
@rate("60/minute")
@blueprint.arguments(ServicesAsked, location="query")
@blueprint.doc(responses=SERVICES_ANSWER, **PUBLIC_AUDIENCE)
def services(asked: dict[str, Any], form: str) -> Response:
    """Matters of the county's public list (Art. 8) that another system may hand in."""
    session = db.session()
    known = {unit.county_code for unit in counties(session)}
    code = asked["jurisdiction_id"] or (next(iter(known)) if len(known) == 1 else "")
    if code not in known:
        raise Problem("not_found")
    found = handing.services(session, code)
    return _answer([_service(one) for one in found], form, "services", "service")


def _service(matter: Any) -> dict[str, Any]:
    is_english = language() == "en" and matter.name_en
    return {
        "service_code": matter.code,
        "service_name": matter.name_en if is_english else matter.name_zh,
        "description": matter.name_zh,
        "metadata": False,
        "type": "realtime",
        "keywords": matter.duty,
        "group": matter.duty,
    }


@blueprint.get(f"/requests.{FORM}")
@door("outside", scope=rules.CASES)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(RequestsAsked, location="query")
@blueprint.doc(responses=REQUESTS_ANSWER, **OPEN311_AUDIENCE)
def requests(asked: dict[str, Any], form: str) -> Response:
    """Cases of the token's area, the newest first; of the last 90 days unless told, of 90 days at most."""
    caller = bearer.caller()
    bearer.narrowed(asked)
    _insist_on_county(asked["jurisdiction_id"])
    wanted = handing.question(asked)
    with reading() as session:
        found = handing.find(session, caller, wanted)
        names = _names(session, caller.county_code)
    return _answer([_request(row, names) for row in found], form, "service_requests", "request")


@blueprint.get(f"/requests/<request_id>.{FORM}")
@door("outside", scope=rules.CASES)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.arguments(ServicesAsked, location="query")
@blueprint.doc(responses=REQUESTS_ANSWER, **OPEN311_AUDIENCE)
def request_door(asked: dict[str, Any], request_id: str, form: str) -> Response:
    """One case of the token's area."""
    caller = bearer.caller()
    bearer.narrowed({**asked, "request_id": request_id})
    _insist_on_county(asked["jurisdiction_id"])
    case_id = parse_id(request_id)
    with reading() as session:
        found = handing.one(session, caller, case_id) if case_id else None
        names = _names(session, caller.county_code)
    if found is None:
        raise Problem("not_found")
    return _answer([_request(found, names)], form, "service_requests", "request")


@blueprint.post(f"/requests.{FORM}")
@door("outside", scope=rules.INTAKE)
@rate(bearer.calls_allowed, bearer.by_token)
@blueprint.doc(requestBody=REQUEST_BODY, responses=MADE_ANSWER, **OPEN311_AUDIENCE)
def make(form: str) -> Response:
    """A case for the town above the place. The same ``external_ref`` again is the same request (200 instead of 201)."""
    told: dict[str, Any] = RequestMade().load(request.form)
    caller = bearer.caller()
    bearer.narrowed({"service_code": told["service_code"], "external_ref": told["external_ref"]})
    _insist_on_county(told["jurisdiction_id"])
    try:
        with transaction() as session:
            case_id, status = handing.hand_in(session, caller, told).id, 201
    except Problem as problem:
        if problem.code != "ref_taken":
            raise
        with reading() as session:
            before = handing.handed_in(session, caller, told["external_ref"])
        if before is None:
            raise
        case_id, status = before, 200
    made = {
        "service_request_id": str(case_id),
        "service_notice": text("exchange.taken", language()),
        "account_id": None,
    }
    return _answer([made], form, "service_requests", "request", status)


def _insist_on_county(told: str) -> None:
    if told and told != bearer.caller().county_code:
        raise Problem("not_found")


def _names(session: Any, county_code: str) -> dict[str, str]:
    return {one.code: one.name_zh for one in matters_in_force(session, county_code, clock.today())}


def _request(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    moments = {name: clock.as_text(row[name]) if row[name] else None for name in ("opened_at", "changed_at", "due_at")}
    return {
        "service_request_id": str(row["id"]),
        "status": handing.status_of(row["state"]),
        "status_notes": text(f"cases.state.{row['state']}", language()),
        "service_name": names.get(row["matter_code"], row["matter_code"]),
        "service_code": row["matter_code"],
        "description": None,
        "agency_responsible": row["lead_name"],
        "service_notice": None,
        "requested_datetime": moments["opened_at"],
        "updated_datetime": moments["changed_at"],
        "expected_datetime": moments["due_at"],
        "address": f"{row['village_name']} {row['grid_name']}",
        "address_id": row["grid_code"],
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def _answer(items: Items, form: str, root: str, each: str, status: int = 200) -> Response:
    if form == "json":
        return _written(orjson.dumps(items), form, status)
    top = ElementTree.Element(root)
    for item in items:
        place = ElementTree.SubElement(top, each)
        for name, value in item.items():
            _element(place, name, value)
    return _written(_bytes(top), form, status)


def _element(parent: ElementTree.Element, name: str, value: Any) -> None:
    written = "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)
    ElementTree.SubElement(parent, name).text = written


def _bytes(root: ElementTree.Element) -> bytes:
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _written(content: bytes, form: str, status: int = 200) -> Response:
    return Response(
        content, status, content_type=f"{TYPES[form]}; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _refused(problem: Problem) -> Response:
    """A refusal as GeoReport v2 has it: a list of code and words."""
    form = "xml" if request.path.endswith(".xml") else "json"
    status = STATUS_OF.get(problem.status, problem.status)
    told = {"code": status, "description": f"{problem.code}: {text(f'problem.{problem.code}.detail', language())}"}
    return _answer([told], form, "errors", "error", status)


add_shape(bearer.OPEN311, _refused)
