"""What ``/openapi.json`` says of the Open311 doors: GeoReport v2's shapes, in JSON and in XML."""

from __future__ import annotations

from typing import Any

from server.exchange.describing import SAID
from server.exchange.rules import LONGEST_REFERENCE
from server.exchange.schemas import PLACE_LENGTH, WORDS_LENGTH

_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}


def _list_of(properties: dict[str, Any]) -> dict[str, Any]:
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "array", "items": item}


def _both(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}, "text/xml": {"schema": {"type": "string"}}}


def _ok(schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {"description": said, "content": _both(schema)}


ERRORS = _list_of({"code": {"type": "integer"}, "description": _TEXT})


def _refusals(*statuses: int) -> dict[str, Any]:
    said = {**SAID, 400: SAID[422]}
    return {str(status): {"description": said[status], "content": _both(ERRORS)} for status in statuses}


_PUBLIC = _refusals(400, 404, 405, 429, 503)
_CALLED = _refusals(400, 401, 403, 404, 405, 429, 503)
DISCOVERY_ANSWER: dict[str, Any] = {
    "200": _ok({"type": "object", "required": ["contact", "endpoints"]}, "where the doors are"), **_PUBLIC,
}  # fmt: skip
_SERVICE = {
    "service_code": _TEXT, "service_name": _TEXT, "description": _TEXT, "metadata": {"type": "boolean"}, "type": _TEXT,
    "keywords": _TEXT, "group": _TEXT,
}  # fmt: skip
SERVICES_ANSWER: dict[str, Any] = {"200": _ok(_list_of(_SERVICE), "what may be handed in"), **_PUBLIC}
_REQUEST = {
    "service_request_id": {"type": "string", "format": "uuid"}, "status": {"type": "string", "enum": ["open", "closed"]},
    "status_notes": _TEXT, "service_name": _TEXT, "service_code": _TEXT, "description": _MAYBE,
    "agency_responsible": _MAYBE, "service_notice": _MAYBE, "requested_datetime": _MOMENT, "updated_datetime": _MOMENT,
    "expected_datetime": _MOMENT, "address": _TEXT, "address_id": _TEXT, "zipcode": _MAYBE,
    "lat": {"type": ["number", "null"]}, "long": {"type": ["number", "null"]}, "media_url": _MAYBE,
}  # fmt: skip
REQUESTS_ANSWER: dict[str, Any] = {"200": _ok(_list_of(_REQUEST), "cases"), **_CALLED}
_MADE = {"service_request_id": {"type": "string", "format": "uuid"}, "service_notice": _TEXT, "account_id": _MAYBE}
MADE_ANSWER: dict[str, Any] = {
    "200": _ok(_list_of(_MADE), "the same request as before"),
    "201": _ok(_list_of(_MADE), "a new case"),
    **_CALLED,
}
_BODY = {
    "type": "object",
    "required": ["service_code"],
    "properties": {
        "jurisdiction_id": _TEXT,
        "service_code": {"type": "string", "minLength": 1, "maxLength": 20},
        "description": {"type": "string", "maxLength": WORDS_LENGTH},
        "address_string": {"type": "string", "maxLength": PLACE_LENGTH},
        "address_id": {"type": "string", "maxLength": 36, "description": "code of the grid"},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "long": {"type": "number", "minimum": -180, "maximum": 180},
        "external_ref": {
            "type": "string",
            "maxLength": LONGEST_REFERENCE,
            "description": "the caller's own number; said again, it is the same request",
        },
    },
}
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/x-www-form-urlencoded": {"schema": _BODY}, "multipart/form-data": {"schema": _BODY}},
}
