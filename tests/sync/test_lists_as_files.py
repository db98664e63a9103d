"""Lists of the office that leave as files: what for, who and when, in the file and in the log; and what is in none of them."""

from __future__ import annotations

import csv
import shutil
import subprocess
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.matters.models import Matter
from server.platform import lists
from server.platform.exports import ListExport
from tests.builders import Browser, at_desk, writing
from tests.county import looking
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, outside_order
from tests.sync.test_requests_of_departments import asked
from tests.world import World

FORMULA = "=HYPERLINK(A1) 查看楼道"
PURPOSE = "月度例会"


def given(app: Flask, world: World, words: str = "查看楼道", **more: Any) -> dict[str, Any]:
    told = assigned(world, words=words, **more)
    assert Phone(app, "leader").do("tasks.assign", told)["outcome"] == "applied"
    return told


def refused(app: Flask, world: World, ground: int) -> None:
    told, worker, number = given(app, world), Phone(app, "worker"), str(new_id())
    assert worker.do("tasks.refuse", {"id": number, "task_id": told["id"], "ground": ground})["outcome"] == "applied"
    assert worker.do("refusals.say", {"id": number, "words": "本人的话"})["outcome"] == "applied"


def taken(desk: Browser, path: str, **form: str) -> Any:
    return desk.form(f"{path}/export", **{"file_format": "csv", "purpose": PURPOSE, **form})


def lines(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline="")))


def logged(app: Flask) -> list[ListExport]:
    with looking(app) as session:
        return list(session.scalars(sa.select(ListExport).order_by(ListExport.at, ListExport.id)))


def test_the_file_says_who_when_and_what_for_and_so_does_the_log(app: Flask, world: World) -> None:
    given(app, world, FORMULA)
    answer = taken(at_desk(app, "town"), "/office/tasks", state="open", sort="due")
    title, by, purpose, headings, *rows = lines(answer)
    assert title == ["交办的任务"] and by[0].startswith("张town 于 20") and purpose == [f"用途：{PURPOSE}"]
    assert headings[:3] == ["事项", "要做什么", "交给谁"]
    assert [row[1:4] for row in rows] == [[f"'{FORMULA}", "张worker", "第1网格"]]
    assert answer.headers["Content-Disposition"] == f"attachment; filename=tasks-{clock.today()}.csv"
    one = logged(app)[0]
    assert (one.person_id, one.list_name, one.file_format, one.row_count, one.is_personal, one.purpose) == (
        world.people["town"], "tasks", "csv", 1, True, PURPOSE,
    )  # fmt: skip
    assert one.narrowed == {"state": "open", "sort": "due"}
    audit = at_desk(app, "auditor").get("/office/exports").text
    assert "张town" in audit and PURPOSE in audit


@pytest.mark.parametrize("path", ["/office/tasks", "/office/requests"])
@pytest.mark.parametrize("purpose", ["", "  "])
def test_without_a_purpose_no_personal_data_leaves(app: Flask, world: World, path: str, purpose: str) -> None:
    given(app, world)
    answer = taken(at_desk(app, "town"), path, purpose=purpose)
    assert answer.status_code == 422 and answer.mimetype == "text/html" and "Content-Disposition" not in answer.headers
    assert taken(at_desk(app, "town"), path, file_format="pdf").status_code == 422
    assert logged(app) == []


def test_the_whole_list_leaves_as_it_is_narrowed_and_of_the_own_area_alone(app: Flask, world: World) -> None:
    for number in range(3):
        given(app, world, f"第{number}件")
    gone = given(app, world, "撤回的")
    assert Phone(app, "leader").do("tasks.withdraw", {"task_id": gone["id"]}, base_version=1)["outcome"] == "applied"
    town = at_desk(app, "town")
    assert len(lines(taken(town, "/office/tasks"))) == 4 + 4
    assert [row[1] for row in lines(taken(town, "/office/tasks", state="withdrawn"))[4:]] == ["撤回的"]
    add_strangers(app, world)
    assert lines(taken(at_desk(app, "town_b"), "/office/tasks"))[4:] == []


def test_a_matter_that_became_sensitive_is_in_no_file(app: Flask, world: World) -> None:
    given(app, world, "一般的")
    given(app, world, "后来敏感的", matter_code="HAZ-02")
    asked(app, world, words="后来敏感的请求", matter_code="HAZ-02")
    asked(app, world, words="一般的请求")
    with writing(app) as session:
        session.execute(sa.update(Matter).where(Matter.code == "HAZ-02").values(data_class="S"))
    town = at_desk(app, "town")
    assert [row[1] for row in lines(taken(town, "/office/tasks"))[4:]] == ["一般的"]
    assert [row[2] for row in lines(taken(town, "/office/requests"))[4:]] == ["一般的请求"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_whoever_refused_or_told_of_an_order_is_in_no_file_nor_their_words(
    app: Flask, world: World, file_format: str
) -> None:
    refused(app, world, 2)
    assert Phone(app, "worker2").do("orders.report", outside_order())["outcome"] == "applied"
    county = at_desk(app, "county")
    for path in ("/office/refusals", "/office/orders"):
        answer = taken(county, path, file_format=file_format, purpose="")
        assert answer.status_code == 200
        told = told_in(answer.data) if file_format == "xlsx" else answer.data.decode("utf-8-sig")
        assert "依法应当由" in told or "清单" in told
        for name in (
            "张worker",
            "张worker2",
            "张leader",
            "本人的话",
            outside_order()["giver"],
            outside_order()["words"],
        ):
            assert name not in told
    assert [(one.is_personal, one.purpose, one.row_count) for one in logged(app)] == [(False, None, 1)] * 2


def told_in(content: bytes) -> str:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_a_list_that_is_too_long_is_to_be_narrowed(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("server.tasks.given", "server.people.pages.exporting"):
        monkeypatch.setattr(f"{module}.MOST_EXPORTED", 1)
    assert lists.MOST_EXPORTED == 5_000
    given(app, world)
    given(app, world)
    answer = taken(at_desk(app, "town"), "/office/tasks")
    assert answer.status_code == 422 and "列表太长" in answer.text
    assert logged(app) == []


def test_refusals_and_orders_are_narrowed_and_leafed(app: Flask, world: World) -> None:
    for ground in (1, 2):
        refused(app, world, ground)
    for _ in range(21):
        assert Phone(app, "worker2").do("orders.report", outside_order())["outcome"] == "applied"
    county = at_desk(app, "county")
    assert county.get("/office/refusals?ground=1").text.count('class="panel"') == 1
    assert county.get("/office/refusals?status=upheld").text.count('class="panel"') == 0
    assert county.get("/office/refusals?status=waiting&sort=rule_by").text.count('class="panel"') == 2
    first, second = (county.get(f"/office/orders?status=waiting&page={page}").text for page in (1, 2))
    assert (first.count('class="panel"'), second.count('class="panel"')) == (20, 1)
    assert "status=waiting&amp;sort=waiting&amp;page=2" in first
    assert county.get("/office/orders?status=nonsense&sort=people&page=-1").status_code == 200


@pytest.mark.prove
def test_libreoffice_reads_the_workbook_without_loss(app: Flask, world: World, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "this proof needs LibreOffice: apt-get install --no-install-recommends libreoffice-calc"
    hostile = (
        FORMULA,
        "+86 571",
        "-1",
        "@SUM(A1)",
        "＝1+1",
        '逗号,引号"，分号;',
        "两行\n第二行",
        "0012",
        "2026-10-01",
        "𠮷",
    )
    for words in hostile:
        given(app, world, words)
    town = at_desk(app, "town")
    book = taken(town, "/office/tasks", file_format="xlsx")
    (tmp_path / "tasks.xlsx").write_bytes(book.data)
    as_shown = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    done = subprocess.run(
        [office, profile, "--headless", "--convert-to", as_shown, "--outdir", tmp_path, tmp_path / "tasks.xlsx"],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (tmp_path / "tasks.csv").exists(), done.stderr
    converted = list(csv.reader(StringIO((tmp_path / "tasks.csv").read_text("utf-8-sig"), newline="")))
    wanted = lines(taken(town, "/office/tasks"))
    assert [_full(line) for line in converted] == [_full(line) for line in wanted]
    assert {row[1].lstrip("'") for row in converted[4:]} == set(hostile)


def _full(line: list[str]) -> list[str]:
    """Lines on top are one cell wide; a converter fills them up. The minute of the export is not compared."""
    cells = line[: 1 + max((n for n, cell in enumerate(line) if cell), default=-1)]
    return [cell.split(" 于 ")[0] for cell in cells]
