"""What ``/openapi.json`` says of the doors for other systems: who they are for, what they answer, what a row holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.platform.problem_json import MEDIA_TYPE
from server.platform.sheets import TYPES

AUDIENCE: dict[str, Any] = {"x-audience": "outside", "security": [{"exchangeToken": []}]}
OPEN311_AUDIENCE: dict[str, Any] = {
    "x-audience": "outside",
    "security": [{"exchangeToken": []}, {"open311Key": []}, {"open311Basic": []}],
}
PUBLIC_AUDIENCE: dict[str, Any] = {"x-audience": "outside", "security": []}
SECURITY_SCHEMES: Mapping[str, dict[str, Any]] = {
    "exchangeToken": {"type": "http", "scheme": "bearer", "description": "a token of the office, gwx_…"},
    "open311Key": {
        "type": "apiKey",
        "in": "query",
        "name": "api_key",
        "description": "the same token; in a POST a form field",
    },
    "open311Basic": {"type": "http", "scheme": "basic", "description": "the same token as the password, any user name"},
}
SAID = {
    401: "no token, or one that has ended",
    403: "the token does not open this",
    404: "there is no such thing in the token's area",
    405: "another method",
    422: "a value that does not fit",
    429: "too many calls; Retry-After says when",
    503: "busy; Retry-After says when",
}
_TEXT: dict[str, Any] = {"type": "string"}
_ID: dict[str, Any] = {"type": "string", "format": "uuid"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_WHOLE: dict[str, Any] = {"type": "integer"}
_PLACE = {"id": _ID, "version": _WHOLE, "grid_id": _ID, "grid_code": _TEXT}
ROWS: Mapping[str, dict[str, Any]] = {
    "records": {**_PLACE, "kind": _TEXT, "matter_code": _MAYBE, "day": _DAY, "state": _TEXT, "review_status": _TEXT},
    "hazards": {
        **_PLACE, "matter_code": _MAYBE, "day": _DAY, "state": _TEXT, "severity": _TEXT, "is_fixed": {"type": "boolean"},
        "lng": {"type": ["number", "null"]}, "lat": {"type": ["number", "null"]},
    },
    "cases": {
        **_PLACE, "matter_code": _TEXT, "source": _TEXT, "level": _TEXT, "state": _TEXT, "lead_name": _MAYBE,
        "opened_at": _MOMENT, "due_at": _MOMENT, "over_at": _MOMENT, "external_ref": _MAYBE,
    },
    "matters": {
        "id": _ID, "code": _TEXT, "name_zh": _TEXT, "name_en": _MAYBE, "duty": _TEXT, "data_class": _TEXT,
        "start_level": _TEXT, "departments": {"type": "array", "items": _TEXT}, "from_day": _DAY,
        "last_day": {"type": ["string", "null"], "format": "date"},
    },
    "grids": {
        "id": _ID, "version": _WHOLE, "code": _TEXT, "name": _TEXT, "kind": _TEXT, "village": _TEXT, "town": _MAYBE,
        "outline": {"type": "array", "items": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}},
    },
}  # fmt: skip


def row_schema(scope: str) -> dict[str, Any]:
    """JSON Schema of one row: a line of JSON Lines."""
    return {"type": "object", "properties": ROWS[scope], "required": list(ROWS[scope]), "additionalProperties": False}


def rows_of(scope: str, *formats: str) -> dict[str, Any]:
    """Answers of a door that gives rows."""
    content: dict[str, Any] = {
        "application/jsonl": {
            "schema": {"type": "string", "contentMediaType": "application/json", "contentSchema": row_schema(scope)}
        },
        "text/csv": {"schema": {"type": "string"}},
        TYPES["xlsx"]: {},
        "application/geo+json": {"schema": _collection(scope)},
    }
    types = {**TYPES, "jsonl": "application/jsonl", "geojson": "application/geo+json"}
    told = {types[one]: content[types[one]] for one in formats}
    return {
        "200": {"description": "the rows, one after the other", "content": told},
        **problems(401, 403, 405, 422, 429, 503),
    }


def problems(*statuses: int) -> dict[str, Any]:
    """Refusals as RFC 9457 has them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": SAID[status], "content": content} for status in statuses}


def _collection(scope: str) -> dict[str, Any]:
    properties = {name: kind for name, kind in ROWS[scope].items() if name not in ("id", "outline", "lng", "lat")}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": _ID,
            "geometry": {"type": ["object", "null"]},
            "properties": {"type": "object", "properties": properties, "required": list(properties)},
        },
    }
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": feature}},
    }
