"""Reads the first sheet of an XLSX file that somebody sends, distrusting it.

An XLSX is a zip of XML: it may inflate to gigabytes, name entities, point at row 1,048,576 or hold formulas that compute
something else elsewhere. So: sizes are looked at before anything is read, rows are read as a stream and counted, XML is
read by defusedxml (through openpyxl), and a cell with a formula is a fault of its row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl

from server.kernel.problems import Problem

MOST_BYTES = 2 * 2**20
MOST_INFLATED = 24 * 2**20
MOST_ENTRIES = 60
MOST_COLUMNS = 30
HEADER_WITHIN = 10  # the heading may stand below a title


@dataclass(frozen=True)
class SheetRow:
    """One row: its line as the sheet counts, clean text by field, and faults found while reading (``formula`` …)."""

    line: int
    values: Mapping[str, str]
    faults: tuple[str, ...] = ()


def read_rows(
    content: bytes, headings: Mapping[str, str], *, most_rows: int, days: Collection[str] = ()
) -> list[SheetRow]:
    """``headings``: text of a column's heading → its field, all of which must be there. ``days``: fields where a date of the
    program counts, as ``YYYY-MM-DD``; elsewhere it is a fault.

    Problems: ``too_large``, ``import_unreadable``, ``import_columns`` (a heading is missing), ``import_empty``.
    """
    look_at_sizes(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file's own word about its size is not believed
        rows = sheet.iter_rows(max_row=most_rows + HEADER_WITHIN + 1, max_col=MOST_COLUMNS)
        found = _rows(rows, headings, days)
    except Problem:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the reader do, it is unreadable
        raise Problem("import_unreadable") from error
    if not found:
        raise Problem("import_empty")
    if len(found) > most_rows:
        raise Problem("too_large", most_rows=most_rows)
    return found


def look_at_sizes(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Problem("too_large", most_bytes=MOST_BYTES)
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Problem("import_unreadable") from error
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_INFLATED:
        raise Problem("too_large", most_bytes=MOST_INFLATED)


def _rows(rows: Iterable[Sequence[Any]], headings: Mapping[str, str], days: Collection[str]) -> list[SheetRow]:
    found: list[SheetRow] = []
    columns: dict[str, int] = {}
    for number, cells in enumerate(rows, 1):
        if not columns:
            columns = _columns(cells, headings)
            if not columns and number >= HEADER_WITHIN:
                break
            continue
        row = _row(number, cells, columns, days)
        if row is not None:
            found.append(row)
    if not columns:
        raise Problem("import_columns")
    return found


def _columns(cells: Sequence[Any], headings: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands, when this row is the heading; else nothing."""
    places = {headings[text]: i for i, cell in enumerate(cells) if (text := plain(cell.value)) in headings}
    return places if set(places) == set(headings.values()) else {}


def _row(number: int, cells: Sequence[Any], columns: Mapping[str, int], days: Collection[str]) -> SheetRow | None:
    values, faults = {}, []
    for name, at in columns.items():
        cell = cells[at] if at < len(cells) else None
        if cell is None:
            values[name] = ""
        elif name in days and isinstance(cell.value, date):
            values[name] = (cell.value.date() if isinstance(cell.value, datetime) else cell.value).isoformat()
        else:
            values[name] = plain(cell.value)
            faults += [fault for fault in [_fault(cell)] if fault]
    if not any(values.values()) and not faults:
        return None
    return SheetRow(number, values, tuple(dict.fromkeys(faults)))


def _fault(cell: Any) -> str | None:
    if cell.data_type == "f":
        return "formula"
    if cell.value is not None and (isinstance(cell.value, bool) or not isinstance(cell.value, str | int | float)):
        return "not_text"  # a date: the program has made one of a door such as 3-1
    return None


def plain(value: Any) -> str:
    """A cell as clean text; numbers without a tail of zeros."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    return "".join(c for c in text if c.isprintable() or c == " ").strip()
