"""Rows on their way out, a page at a time: JSON Lines, CSV, XLSX, GeoJSON, with memory for one page only.

Each page is a reading transaction of its own, so that a slow receiver holds none open, and the token is asked for again
before each: a revoked one ends the answer in the middle, which the receiver sees as a broken transfer.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID

import orjson
from flask import Response, stream_with_context

from server.exchange import bearer, queries, workbook
from server.exchange.queries import PAGES, Caller, Rows, Walk
from server.platform import sheets
from server.platform.db import reading
from server.platform.sheets import neutral

PAGE = 1000
JSONL, CSV, XLSX, GEOJSON = "jsonl", "csv", "xlsx", "geojson"
TYPES = {JSONL: "application/jsonl", CSV: "text/csv", XLSX: sheets.TYPES["xlsx"], GEOJSON: "application/geo+json"}
OUTLINE, POINT = "outline", ("lng", "lat")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "records": ("id", "version", "kind", "grid_id", "grid_code", "matter_code", "day", "state", "review_status"),
    "hazards": (
        "id",
        "version",
        "grid_id",
        "grid_code",
        "matter_code",
        "day",
        "state",
        "severity",
        "is_fixed",
        "lng",
        "lat",
    ),
    "cases": (
        "id",
        "version",
        "grid_id",
        "grid_code",
        "matter_code",
        "source",
        "level",
        "state",
        "lead_name",
        "opened_at",
        "due_at",
        "over_at",
        "external_ref",
    ),
    "matters": (
        "id",
        "code",
        "name_zh",
        "name_en",
        "duty",
        "data_class",
        "start_level",
        "departments",
        "from_day",
        "last_day",
    ),
    "grids": ("id", "version", "code", "name", "kind", "village", "town"),
}  # fmt: skip  of CSV and XLSX; JSON Lines has the same names, and of grids the outline as well


class TokenEnded(Exception):
    """The token was revoked while its answer was under way."""


def answer(scope: str, caller: Caller, walk: Walk, written_as: str, most: int | None) -> Response:
    """The rows of a kind after ``walk.after``, ``most`` of them or all."""
    body = stream_with_context(_body(scope, _rows(scope, caller, walk, most), written_as))
    charset = "" if written_as == XLSX else "; charset=utf-8"
    return Response(body, content_type=TYPES[written_as] + charset, headers={"Cache-Control": "no-store"})


def _rows(scope: str, caller: Caller, walk: Walk, most: int | None) -> Iterator[Rows]:
    """Page by page; a page shorter than asked for is the last."""
    left, after = most, walk.after
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        with reading() as session:
            if not queries.is_live(session, caller.token_id):
                raise TokenEnded
            page = PAGES[scope](session, caller, replace(walk, after=after, most=size))
        if page:
            after = UUID(page[-1]["id"])
            yield page
        if len(page) < size:
            return
        left = None if left is None else left - size


def _body(scope: str, pages: Iterator[Rows], written_as: str) -> Iterator[bytes]:
    """The log hears how many rows have left when all have, or when the receiver has gone."""
    count, is_whole = [0], False
    try:
        yield from _WRITERS[written_as](scope, _counted(pages, count))
        is_whole = True
    finally:
        bearer.note_end(count[0], is_whole=is_whole)


def _counted(pages: Iterator[Rows], count: list[int]) -> Iterator[Rows]:
    for page in pages:
        yield page
        count[0] += len(page)


def _as_jsonl(_scope: str, pages: Iterator[Rows]) -> Iterator[bytes]:
    for page in pages:
        yield b"".join(orjson.dumps(row) + b"\n" for row in page)


def _as_csv(scope: str, pages: Iterator[Rows]) -> Iterator[bytes]:
    """UTF-8 with a mark, as every sheet of the house; no cell is a formula."""
    names = COLUMNS[scope]
    yield b"\xef\xbb\xbf" + _lines([names])
    for page in pages:
        yield _lines([_cell(row[name]) for name in names] for row in page)


def _lines(rows: Any) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _as_xlsx(scope: str, pages: Iterator[Rows]) -> Iterator[bytes]:
    """The columns of the CSV; flags stay flags, and what is not known is an empty cell."""
    names = COLUMNS[scope]
    return workbook.streamed(scope, names, ([[_joined(row[name]) for name in names] for row in page] for page in pages))


def _joined(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list) else value


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    value = _joined(value)
    return neutral(value) if isinstance(value, str) else value


def _as_geojson(_scope: str, pages: Iterator[Rows]) -> Iterator[bytes]:
    """RFC 7946, WGS-84."""
    yield b'{"type":"FeatureCollection","features":['
    is_first = True
    for page in pages:
        features = b",\n".join(orjson.dumps(_feature(row)) for row in page)
        yield features if is_first else b",\n" + features
        is_first = False
    yield b"]}\n"


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    left_out = {"id", OUTLINE, *POINT}
    properties = {name: value for name, value in row.items() if name not in left_out}
    return {"type": "Feature", "id": row["id"], "geometry": _geometry(row), "properties": properties}


def _geometry(row: dict[str, Any]) -> dict[str, Any] | None:
    if OUTLINE in row:
        return {"type": "Polygon", "coordinates": row[OUTLINE]} if row[OUTLINE] else None
    lng, lat = (row[name] for name in POINT)
    return {"type": "Point", "coordinates": [lng, lat]} if lng is not None else None


_WRITERS: Mapping[str, Callable[[str, Iterator[Rows]], Iterator[bytes]]] = {
    JSONL: _as_jsonl,
    CSV: _as_csv,
    XLSX: _as_xlsx,
    GEOJSON: _as_geojson,
}
