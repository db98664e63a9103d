"""Facts from outside: a sheet with its source, whole or not at all, and nothing that the app knows by itself."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask

from server.evaluation.models import OutsideFact
from server.kernel import clock
from server.platform.db import db
from tests.builders import Browser, at_desk, writing
from tests.evaluation.sets import facts
from tests.world import World

PATH = "/office/evaluation/facts"
HEADINGS = ("账号", "日期", "事实", "结果", "类别", "分值", "抽中", "文书号")


def sheet(*rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in (headings, *rows):
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(desk: Browser, content: bytes, **form: str) -> Any:
    told = {"source": "县培训中心", "csrf_token": desk.csrf, **form, "file": (io.BytesIO(content), "facts.xlsx")}
    return desk.client.post(PATH, data=told, content_type="multipart/form-data")


def today() -> str:
    return clock.today().isoformat()


def test_rows_become_facts_with_their_source(app: Flask, world: World) -> None:
    desk = at_desk(app, "county")
    rows = (
        ("worker", today(), "trainings", "完成", "privacy", "", "", ""),
        ("worker", today(), "return_visits", "", "", "4.5", "是", ""),
        ("worker", today(), "external.stars", "met", "", "3", "", ""),
    )
    assert send(desk, sheet(*rows)).status_code == 303
    found = facts(app, world, "worker", "trainings", "return_visits", "external.stars").facts
    assert found["trainings"][0].category == "privacy"
    assert (found["return_visits"][0].value, found["return_visits"][0].drawn) == ("4.5", True)
    assert "县培训中心" in desk.get(PATH).text
    with app.app_context():
        key = db.session().query(OutsideFact).filter_by(kind="trainings").one().id
    assert desk.form(f"{PATH}/{key}/take-back").status_code == 303
    assert "trainings" not in facts(app, world, "worker", "trainings").facts


@pytest.mark.parametrize(
    "row",
    [
        ("nobody", 0, "trainings", "", "privacy"),
        ("worker", 1, "trainings", "", "privacy"),
        ("worker", 0, "visits_due", "", ""),
        ("worker", 0, "marks", "", ""),
        ("worker", 0, "findings", "未完成", "13.1"),  # only whoever was heard and found against has one
        ("worker", 0, "external.", "", ""),
        ("worker", 0, "trainings", "perhaps", ""),
        ("worker", 0, "trainings", "", "no code"),
        ("worker", 0, "return_visits", "", "", "=1+1"),
        ("worker", 0, "return_visits", "", "", "four"),
    ],
)
def test_one_line_that_is_off_and_nothing_is_taken_in(app: Flask, world: World, row: tuple[Any, ...]) -> None:
    who, days, *rest = row
    good = ("worker", today(), "trainings", "", "privacy")
    bad = (who, (clock.today() + timedelta(days=days)).isoformat(), *rest)
    answer = send(at_desk(app, "county"), sheet(good, bad))
    assert answer.status_code == 422 and "第3行" in answer.text
    with writing(app) as session:
        assert session.query(OutsideFact).count() == 0


@pytest.mark.parametrize("content", [b"", b"not a sheet", sheet(headings=("账号",)), sheet()])
def test_what_is_no_such_sheet_is_said(app: Flask, world: World, content: bytes) -> None:
    assert send(at_desk(app, "county"), content).status_code == 422


def test_without_a_source_nothing_is_taken_in(app: Flask, world: World) -> None:
    row = ("worker", today(), "trainings", "", "privacy")
    assert send(at_desk(app, "county"), sheet(row), source=" ").status_code == 422


def test_the_empty_sheet_can_be_filled_in_and_sent(app: Flask, world: World) -> None:
    desk = at_desk(app, "county")
    assert send(desk, desk.get(f"{PATH}/sheet.xlsx").data).status_code == 303
