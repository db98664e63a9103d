"""Households from a sheet: preview with faults by row, all or nothing, files that mean harm, nothing left lying about."""

from __future__ import annotations

import os
import re
from datetime import date
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa

from server.households import staging, workbook
from server.households.models import Household
from server.households.rules import ImportRow, check_rows
from server.kernel.problems import Problem
from server.text import text
from tests.builders import HIDDEN, at_desk
from tests.county import entries, looking
from tests.households import sheets
from tests.households.sheets import sheet

MICRO = "330424102000001001"
HEAD = dict(zip(sheets.HEADINGS, workbook.FIELDS, strict=True))
GOOD = ((MICRO, "新桥路1号", "王芳", "10512345678"), (MICRO, "新桥路2号", "沈小明", ""))


def unread(content: bytes) -> str:
    with pytest.raises(Problem) as caught:
        workbook.read(content, HEAD)
    return caught.value.code


def test_rows_are_read_below_the_heading_wherever_it_stands() -> None:
    rows = workbook.read(sheet(*GOOD, above=3), HEAD)
    assert [(r.line, r.door, r.contact_phone) for r in rows] == [(5, "新桥路1号", "10512345678"), (6, "新桥路2号", "")]


def test_columns_may_stand_in_any_order_and_numbers_are_text() -> None:
    content = sheet(
        (10512345678, "王芳", "x", 7.0, MICRO), headings=("联系电话", "联系人", "备注", "门牌地址", "微网格编码")
    )
    row = workbook.read(content, HEAD)[0]
    assert (row.contact_phone, row.door, row.micro_grid) == ("10512345678", "7", MICRO)


def test_empty_rows_are_passed_over() -> None:
    assert [r.line for r in workbook.read(sheet((), GOOD[0], ("", " ", None, None), GOOD[1]), HEAD)] == [3, 5]


def test_a_formula_and_a_date_are_faults_of_their_row() -> None:
    rows = workbook.read(sheet((MICRO, "=1+1", "王芳", ""), (MICRO, date(2026, 3, 1), True, "")), HEAD)
    assert [r.faults for r in rows] == [("formula",), ("not_text",)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import_unreadable"),
        (b"name,door\n", "import_unreadable"),
        (b"PK\x03\x04" + b"\0" * 60, "import_unreadable"),
        (sheet(*GOOD)[:-200], "import_unreadable"),
        (sheet(headings=("门牌", "电话")), "import_columns"),
        (sheet(), "import_empty"),
        (sheets.bomb(), "too_large"),
        (sheets.with_entities(), "import_unreadable"),
        (b"x" * (workbook.MOST_BYTES + 1), "too_large"),
    ],
    ids=["empty", "csv", "rubbish", "cut", "headings", "no rows", "bomb", "entities", "large"],
)
def test_what_cannot_be_read_is_refused_in_words(content, code) -> None:
    assert unread(content) == code


def test_a_sheet_of_too_many_rows_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert len(workbook.read(sheet(*GOOD, GOOD[0]), HEAD)) == 3
    assert unread(sheet(*GOOD, *GOOD)) == "too_large"


def test_a_row_numbered_a_million_costs_nothing() -> None:
    assert unread(sheets.with_far_row()) == "import_empty"


def test_every_fault_of_a_row_is_named() -> None:
    rows = [
        ImportRow(2, MICRO, "1号", "王芳", "105"),
        ImportRow(3, MICRO, "１号".replace("１", "1") + " ", "王芳", ""),
        ImportRow(4, "x", "", "", "打电话"),
        ImportRow(5, MICRO, "号" * 121, "王" * 41, "", ("formula",)),
        ImportRow(6, MICRO, "9号", "王芳", ""),
        ImportRow(7, "", "8号", "王芳", ""),
    ]
    checked = check_rows(rows, {MICRO}, {(MICRO, "9号")})
    assert [r.faults for r in checked] == [
        (),
        ("twice_in_file",),
        ("door_missing", "name_missing", "phone_unreadable", "micro_grid_unknown"),
        ("formula", "door_too_long", "name_too_long"),
        ("already_there",),
        ("micro_grid_missing",),
    ]
    for fault in {f for r in checked for f in r.faults} | {"not_text"}:
        assert text(f"household_import.fault.{fault}", "en") != text(f"household_import.fault.{fault}", "zh")


def upload(browser, content: bytes):
    token = HIDDEN.search(browser.client.get("/office/households/import").text).group(1)
    data = {"csrf_token": token, "file": (BytesIO(content), "a.xlsx")}
    return browser.client.post("/office/households/import", data=data)


def preview_token(answer) -> str:
    return re.search(r'name="token" value="(\w+)"', answer.text).group(1)


def kept_files(app) -> list[str]:
    folder = app.extensions["settings"].data_dir / "tmp"
    return sorted(os.listdir(folder)) if folder.exists() else []


def count(app) -> int:
    with looking(app) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Household))


def test_a_good_sheet_is_previewed_then_taken_in_whole(app, world) -> None:
    browser, before = at_desk(app, "town"), count(app)
    answer = upload(browser, sheet(*GOOD))
    assert answer.status_code == 200 and "新桥路2号" in answer.text
    assert count(app) == before  # a preview keeps nothing
    assert len(kept_files(app)) == 1
    confirmed = browser.form("/office/households/import/confirm", token=preview_token(answer))
    assert (confirmed.status_code, confirmed.headers["Location"]) == (303, "/office/households/import?taken=2")
    assert count(app) == before + 2
    assert kept_files(app) == []
    with looking(app) as session:
        newest = set(session.scalars(sa.select(Household.id))) - set(world.households)
        assert newest <= set(entries(session, f"micro:{world.areas['micro1']}", "household"))


def test_one_faulty_row_keeps_all_back(app) -> None:
    browser, before = at_desk(app, "town"), count(app)
    answer = upload(browser, sheet(*GOOD, (MICRO, "横港路1号", "李四", ""), ("330481001", "3号", "李四", "")))
    assert text("household_import.fault.already_there", "zh") in answer.text
    assert text("household_import.fault.micro_grid_unknown", "zh") in answer.text
    assert "新桥路1号" not in answer.text  # only what must be mended is shown
    assert 'name="token"' not in answer.text
    assert (count(app), kept_files(app)) == (before, [])


def test_what_changed_between_preview_and_yes_keeps_all_back(app) -> None:
    browser, before = at_desk(app, "town"), count(app)
    first, second = (preview_token(upload(browser, sheet(*GOOD))) for _ in range(2))
    browser.form("/office/households/import/confirm", token=first)
    answer = browser.form("/office/households/import/confirm", token=second)
    assert answer.status_code == 422
    assert text("problem.import_faulty.title", "zh") in answer.text
    assert (count(app), kept_files(app)) == (before + 2, [])


def test_the_kept_file_is_sealed_and_one_persons(app) -> None:
    browser = at_desk(app, "town")
    token = preview_token(upload(browser, sheet(*GOOD)))
    folder = app.extensions["settings"].data_dir / "tmp"
    content = (folder / f"import-{token}").read_bytes()
    assert b"PK" not in content[:40] and b"xl/" not in content
    assert (folder / f"import-{token}").stat().st_mode & 0o077 == 0
    with app.app_context(), pytest.raises(Problem, match=r"^import_gone$"):
        staging.fetch(folder, uuid4(), token)


@pytest.mark.parametrize("token", ["", "0" * 32, "../../../etc/passwd", "0" * 31 + "/"])
def test_an_unknown_token_is_gone(app, token) -> None:
    answer = at_desk(app, "town").form("/office/households/import/confirm", token=token)
    assert answer.status_code == 410


def test_cancelled_and_forgotten_files_go(app) -> None:
    browser, folder = at_desk(app, "town"), app.extensions["settings"].data_dir / "tmp"
    token = preview_token(upload(browser, sheet(*GOOD)))
    assert browser.form("/office/households/import/cancel", token=token).status_code == 303
    assert kept_files(app) == []
    old = folder / f"import-{preview_token(upload(browser, sheet(*GOOD)))}"
    os.utime(old, (1, 1))
    assert browser.form("/office/households/import/confirm", token=old.name.removeprefix("import-")).status_code == 410
    upload(browser, sheet(*GOOD))
    assert len(kept_files(app)) == 1
    assert not old.exists()


@pytest.mark.parametrize("username", ["county", "village", "dept", "auditor"])
def test_only_the_town_imports(app, username) -> None:
    browser = at_desk(app, username)
    assert browser.client.get("/office/households/import").status_code == 403
    assert browser.form("/office/households/import").status_code == 403


def test_the_empty_sheet_is_what_the_page_reads_back(app) -> None:
    browser = at_desk(app, "town")
    for lang in ("zh", "en"):
        answer = browser.client.get("/office/households/import/sheet.xlsx", headers={"Accept-Language": lang})
        book = openpyxl.load_workbook(BytesIO(answer.data))
        codes = [row[0].value for row in book.worksheets[1].rows][1:]
        assert codes == [f"33042410200000{grid}00{part}" for grid in (1, 2) for part in (1, 2)]
        book.worksheets[0].append(GOOD[0])
        saved = BytesIO()
        book.save(saved)
        assert preview_token(upload(browser, saved.getvalue()))
