"""Lists as files: no cell is ever computed, and nothing else of it is changed."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.platform.sheets import COMPUTED, as_csv, as_xlsx, neutral, written

SIGNS = st.sampled_from(COMPUTED)
WHATEVER = st.text(max_size=60)
HOSTILE = st.one_of(
    WHATEVER, st.builds("".join, st.tuples(st.sampled_from(["", " ", "\u3000", "\t"]), SIGNS, WHATEVER))
)


@settings(deadline=None)
@given(HOSTILE)
@example("=cmd|' /C calc'!A0")
@example("  =1+1")
@example("＝1+1")
@example("\r\n-1")
def test_no_cell_begins_with_what_a_program_computes(text: str) -> None:
    cell = neutral(text)
    assert not cell.startswith(COMPUTED) and not cell.lstrip().startswith(COMPUTED)
    readable = "".join("\ufffd" if (c < " " and c not in "\t\r\n") or c in "\ufffe\uffff" else c for c in text)
    assert cell in (readable, f"'{readable}")


@settings(deadline=None)
@given(st.text(alphabet="网格行abc 123。，", max_size=40))
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(HOSTILE, st.integers(-(10**9), 10**9)), min_size=1, max_size=5))
def test_both_files_hold_the_same_and_read_back(rows: list[tuple[str, int]]) -> None:
    about, headings = ["交办的任务", "=1"], ["要做什么", "+条数"]
    lines = [*([neutral(line)] for line in about), [neutral(one) for one in headings]]
    wanted = [*lines, *([written(text), number] for text, number in rows)]
    read = list(csv.reader(StringIO(as_csv(about, headings, rows).decode("utf-8-sig"), newline="")))
    assert read == [[str(cell) for cell in line] for line in wanted]
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(about, headings, rows))).active
    for number, line in enumerate(wanted, 1):
        for column, cell in enumerate(line, 1):
            found = sheet.cell(number, column)
            assert found.data_type != "f"
            # XML itself makes one line end of a return
            assert unified(found.value) == unified(cell)


def unified(cell: object) -> object:
    return (cell or "").replace("\r\n", "\n").replace("\r", "\n") if isinstance(cell, str | None) else cell


@pytest.mark.parametrize(("cell", "shown"), [(None, ""), (date(2026, 10, 1), "2026-10-01"), (-3, -3), ("-3", "'-3")])
def test_days_are_written_out_and_numbers_stay_numbers(cell: object, shown: object) -> None:
    assert written(cell) == shown
