"""Reads an XLSX sheet of households (``platform/sheet_reader.py``), and makes an empty one to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.styles import Font

from server.households.rules import ImportRow
from server.platform import sheet_reader

MOST_BYTES = sheet_reader.MOST_BYTES
MOST_ROWS = 5_000
FIELDS = ("micro_grid", "door", "contact_name", "contact_phone")


def read(content: bytes, headings: Mapping[str, str]) -> list[ImportRow]:
    """The rows of the first sheet. ``headings``: text of a column's heading → one of ``FIELDS``.

    Problems: ``too_large``, ``import_unreadable``, ``import_columns`` (a heading is missing), ``import_empty``.
    """
    rows = sheet_reader.read_rows(content, headings, most_rows=MOST_ROWS)
    return [ImportRow(line=row.line, **row.values, faults=row.faults) for row in rows]


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
