"""The XLSX of an export: read back by another program, a sheet after the other, no cell a formula, nothing held back."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from flask import Flask

from server.exchange import streaming, workbook
from tests.exchange.systems import system
from tests.exchange.test_rows import KINDS, filled  # noqa: F401
from tests.world import World

NAMES = ("id", "what")


def _sheets(content: bytes) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_reads_back_as_the_rows(app: Flask, world: World, filled: dict[str, str], kind: str) -> None:  # noqa: F811
    one = system(app, world)
    answer = one.get(f"/api/v1/exchange/{kind}", format="xlsx")
    assert answer.content_type == streaming.TYPES["xlsx"] and "no-store" in answer.headers["Cache-Control"]
    (sheet,) = _sheets(answer.data)
    names, *lines = sheet
    assert names == streaming.COLUMNS[kind]
    for line, row in zip(lines, one.rows(kind), strict=True):
        told = dict(zip(names, line, strict=True))
        assert told == {name: streaming._joined(row[name]) if row[name] != "" else None for name in names}


def test_no_cell_is_a_formula_and_odd_letters_break_nothing() -> None:
    words = ["=1+1", "+1", "-1", "@a", "＝a", " =a", "<b>&\"'", "a\x00b\ud800", "井盖缺失", " b "]
    content = b"".join(workbook.streamed("t", NAMES, [[[str(n), word] for n, word in enumerate(words)]]))
    (sheet,) = _sheets(content)
    expected = [f"'{word}" if n < 6 else word for n, word in enumerate(words)]
    expected[7] = "a\ufffdb\ufffd"
    assert [row[1] for row in sheet[1:]] == expected
    cells = openpyxl.load_workbook(BytesIO(content)).worksheets[0]["B"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_numbers_flags_and_nothing_stay_what_they_are() -> None:
    row = [1, 120.5, True, None, ""]
    (sheet,) = _sheets(b"".join(workbook.streamed("t", ["a", "b", "c", "d", "e"], [[row]])))
    assert sheet[1] == (1, 120.5, True, None, None) and sheet[1][2] is True


def test_a_full_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_A_SHEET", 3)
    for count, sheets in ((0, 1), (3, 1), (4, 2), (8, 3)):
        rows = [[str(n), "x"] for n in range(count)]
        found = _sheets(b"".join(workbook.streamed("t", NAMES, [rows[:2], rows[2:7], rows[7:]])))
        assert len(found) == sheets and all(one[0] == NAMES for one in found)
        assert [row[0] for one in found for row in one[1:]] == [str(n) for n in range(count)]


def test_rows_leave_while_more_are_read() -> None:
    asked = []

    def pages() -> Iterator[list[list[str]]]:
        for number in range(4):
            asked.append(number)
            yield [[f"{number}-{n}", str(hash((number, n)))] for n in range(5_000)]

    under_way = workbook.streamed("t", NAMES, pages())
    begun = next(under_way)
    assert begun.startswith(b"PK") and asked == [0]
    content = begun + b"".join(under_way)
    assert ZipFile(BytesIO(content)).testzip() is None
    assert len(_sheets(content)[0]) == 20_001
