"""Lists as files for a desk: CSV and XLSX. A cell is never a formula, whatever somebody typed into a form.

A spreadsheet program takes a cell that begins with = + - @ (or their full-width twins, a tab, a return) for something to
compute. Such a cell gets an apostrophe in front, which those programs show as text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from openpyxl.styles import Font

FORMATS = ("xlsx", "csv")
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
COMPUTED = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML file holds these
LONGEST_CELL = 32_767  # of an XLSX
WIDEST = 60

Cell = str | int | date | None


def neutral(text: str) -> str:
    """The text as a cell that no program computes; spaces before the sign do not hide it."""
    written = UNWRITABLE.sub("\ufffd", text)[: LONGEST_CELL - 1]
    return f"'{written}" if written.startswith(COMPUTED) or written.lstrip().startswith(COMPUTED) else written


def written(cell: Cell) -> str | int:
    """A cell of a file: numbers stay numbers, days are written out."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(cell) if isinstance(cell, str) else cell


def as_csv(about: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark, so that a desk's program reads Chinese; ``about`` stands on top, a line each."""
    text = StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    for line in about:
        sheet.writerow([neutral(line)])
    sheet.writerow([neutral(one) for one in headings])
    sheet.writerows([[written(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(about: Sequence[str], headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet, the same lines as the CSV; every text is stored as text."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    lines = [*([line] for line in about), headings, *rows]
    for number, line in enumerate(lines, 1):
        for column, cell in enumerate(line, 1):
            value = written(cell)
            made = sheet.cell(number, column)
            made.value = value
            if isinstance(value, str):
                made.data_type, made.number_format = "s", "@"
    for cell in sheet[len(about) + 1]:
        cell.font = Font(bold=True)
    for column in range(1, len(headings) + 1):
        longest = max((len(str(line[column - 1])) for line in lines[len(about) :] if len(line) >= column), default=8)
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = min(2 * longest + 2, WIDEST)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}
