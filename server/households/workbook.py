"""Reads an XLSX sheet of households, distrusting it, and makes an empty one to fill in.

An XLSX is a zip of XML: it may inflate to gigabytes, name entities, point at row 1,048,576 or hold formulas that compute
something else elsewhere. So: sizes are looked at before anything is read, rows are read as a stream and counted, XML is
read by defusedxml (through openpyxl), and a cell with a formula is a fault of its row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.styles import Font

from server.households.rules import ImportRow
from server.kernel.problems import Problem

MOST_BYTES = 2 * 2**20
MOST_INFLATED = 24 * 2**20
MOST_ENTRIES = 60
MOST_ROWS = 5_000
MOST_COLUMNS = 30
HEADER_WITHIN = 10  # the heading may stand below a title
FIELDS = ("micro_grid", "door", "contact_name", "contact_phone")


def read(content: bytes, headings: Mapping[str, str]) -> list[ImportRow]:
    """The rows of the first sheet. ``headings``: text of a column's heading → one of ``FIELDS``.

    Problems: ``too_large``, ``import_unreadable``, ``import_columns`` (a heading is missing), ``import_empty``.
    """
    look_at_sizes(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file's own word about its size is not believed
        rows = sheet.iter_rows(max_row=MOST_ROWS + HEADER_WITHIN + 1, max_col=MOST_COLUMNS)
        found = _rows(rows, headings)
    except Problem:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the reader do, it is unreadable
        raise Problem("import_unreadable") from error
    if not found:
        raise Problem("import_empty")
    if len(found) > MOST_ROWS:
        raise Problem("too_large", most_rows=MOST_ROWS)
    return found


def blank(headings: Sequence[str], micro_grids: Iterable[tuple[str, str]], notes: Sequence[str]) -> bytes:
    """A workbook to fill in: headings, and a second sheet with the codes and names of the micro-grids."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(list(headings))
    for cell, width in zip(sheet[1], (24, 36, 16, 20), strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for column in "ABCD":  # text, so that no program makes a number of a code or a date of a door
        for row in range(2, 502):
            sheet[f"{column}{row}"].number_format = "@"
    codes: Any = book.create_sheet(notes[0])
    codes.append(list(notes[1:]))
    for code, name in micro_grids:
        codes.append([code, name])
    codes.column_dimensions["A"].width, codes.column_dimensions["B"].width = 24, 48
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def look_at_sizes(content: bytes) -> None:
    """Before anything is read. Problems ``too_large``, ``import_unreadable``."""
    if len(content) > MOST_BYTES:
        raise Problem("too_large", most_bytes=MOST_BYTES)
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise Problem("import_unreadable") from error
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_INFLATED:
        raise Problem("too_large", most_bytes=MOST_INFLATED)


def _rows(rows: Iterable[Sequence[Any]], headings: Mapping[str, str]) -> list[ImportRow]:
    found: list[ImportRow] = []
    columns: dict[str, int] = {}
    for number, cells in enumerate(rows, 1):
        if not columns:
            columns = _columns(cells, headings)
            if not columns and number >= HEADER_WITHIN:
                break
            continue
        row = _row(number, cells, columns)
        if row is not None:
            found.append(row)
    if not columns:
        raise Problem("import_columns")
    return found


def _columns(cells: Sequence[Any], headings: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands, when this row is the heading; else nothing."""
    places = {headings[text]: i for i, cell in enumerate(cells) if (text := plain(cell.value)) in headings}
    return places if set(places) == set(FIELDS) else {}


def _row(number: int, cells: Sequence[Any], columns: Mapping[str, int]) -> ImportRow | None:
    chosen = {name: cells[at] if at < len(cells) else None for name, at in columns.items()}
    values = {name: plain(cell.value) if cell is not None else "" for name, cell in chosen.items()}
    faults = [fault for cell in chosen.values() if cell is not None and (fault := _fault(cell))]
    if not any(values.values()) and not faults:
        return None
    return ImportRow(line=number, **values, faults=tuple(dict.fromkeys(faults)))


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
