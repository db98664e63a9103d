"""The list of cases as a file: as the page is narrowed, of the own part alone, and nobody's name or words in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.areas.models import Grid
from server.cases.models import CaseFile
from server.kernel import clock
from server.matters.models import Matter
from server.platform.db import transaction
from tests.builders import Browser, at_desk, writing
from tests.strangers import add_strangers
from tests.sync import test_lists_as_files as files
from tests.sync.phone import Phone, hazard
from tests.sync.test_case_loop import later, made
from tests.sync.test_cases import take
from tests.sync.test_lists_as_files import lines, logged, told_in
from tests.world import World

PATH = "/office/cases"
HEADINGS = ["事项编号", "事项", "环节", "层级", "牵头单位", "协助", "村（社区）", "网格", "来源", "建立时间", "期限",
            "逾期", "办结时间"]  # fmt: skip


def taken(desk: Browser, **form: str) -> Any:
    return files.taken(desk, PATH, purpose="", **form)


def codes(answer: Any) -> list[str]:
    return [row[0] for row in lines(answer)[3:]]


def set_due(app: Flask, case: str, due_at: int) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, UUID(case)).due_at = due_at


def test_the_file_says_how_each_case_stands_and_who_took_it_out(app: Flask, world: World) -> None:
    late, ended = made(app, world, lead="dept"), made(app, world, matter="HAZ-01", level="L2")
    set_due(app, late, clock.now() - 1)
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, UUID(ended)).over_at = clock.now()
    title, by, headings, *rows = lines(taken(at_desk(app, "town")))
    assert title == ["闭环办理"] and by[0].startswith("张town 于 20") and headings == HEADINGS
    assert [row[0] for row in rows] == ["HAZ-06", "HAZ-01"]
    told = dict(zip(HEADINGS, rows[0], strict=True))
    assert (told["环节"], told["牵头单位"], told["村（社区）"], told["网格"], told["逾期"], told["办结时间"]) == (
        "已交办", "dept", "village", "第1网格", "逾期", "",
    )  # fmt: skip
    assert told["建立时间"] and told["期限"] and rows[1][11:] != ["逾期", ""] and rows[1][12]
    one = logged(app)[0]
    assert (one.person_id, one.list_name, one.row_count, one.is_personal, one.narrowed) == (
        world.people["town"], "cases", 2, False, {"sort": "due"},
    )  # fmt: skip


@pytest.mark.parametrize("who", ["village", "county", "dept"])
def test_each_office_takes_out_what_it_sees(app: Flask, world: World, who: str) -> None:
    made(app, world, lead="dept")
    made(app, world, matter="HAZ-01")
    assert sorted(codes(taken(at_desk(app, who)))) == (["HAZ-06"] if who == "dept" else ["HAZ-01", "HAZ-06"])
    add_strangers(app, world)
    assert [codes(taken(at_desk(app, other))) for other in ("town_b", "county_b")] == [[], []]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"level": "L2"}, ["HAZ-01"]),
        ({"lead_unit": "dept"}, ["HAZ-06"]),
        ({"overdue": "yes"}, ["HAZ-01"]),
        ({"state": "assigned", "matter_code": "HAZ-06"}, ["HAZ-06"]),
        ({"source": "record", "month": "this"}, ["HAZ-01", "HAZ-06"]),
        ({"source": "telephone"}, []),
        ({"month": "last"}, []),
        ({"sort": "level"}, ["HAZ-06", "HAZ-01"]),
    ],
)
def test_the_page_and_its_file_are_narrowed_alike(
    app: Flask, world: World, narrowed: dict[str, str], found: list[str]
) -> None:
    made(app, world, lead="dept")
    set_due(app, made(app, world, matter="HAZ-01", level="L2"), clock.now() - 1)
    first = clock.today().replace(day=1)
    said = {
        "dept": str(world.areas["dept"]),
        "this": f"{first:%Y-%m}",
        "last": f"{clock.day_of(clock.start_of(first) - 1):%Y-%m}",
    }
    asked = {name: said.get(value, value) for name, value in narrowed.items()}
    town = at_desk(app, "town")
    page = town.client.get(PATH, query_string=asked).text
    shown = [part.partition(" ")[0] for part in page.split('<span class="seen-by-readers"> ')[1:]]
    assert [one for one in shown if one.startswith("HAZ")] == found
    if found:
        assert all(f'type="hidden" name="{name}" value="{value}"' in page for name, value in asked.items())
    assert codes(taken(town, **asked)) == found


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_nobodys_name_words_or_number_elsewhere_is_in_the_file(app: Flask, world: World, file_format: str) -> None:
    told = hazard(world, matter_code="HAZ-06", note="楼上张三说的", place_words="三楼西户")
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    town = at_desk(app, "town")
    answer = town.form(f"{PATH}/new/{told['id']}", level="L3", lead_unit=str(world.areas["dept"]))
    case = answer.headers["Location"].split("?")[0].rpartition("/")[2]
    assert take(at_desk(app, "dept"), app, case, "reported", words="已找张三谈过") == 303
    taken_in = {
        "about": "matter",
        "source": "12345",
        "external_ref": "HZ-778899",
        "matter_code": "HAZ-06",
        "level": "L3",
    }
    taken_in |= {"grid_id": str(world.areas["grid"]), "place_words": "李四家门口", "told_words": "李四来电"}
    assert town.form(f"{PATH}/take-in", **taken_in).status_code == 303
    answer = taken(town, file_format=file_format)
    content = told_in(answer.data) if file_format == "xlsx" else answer.data.decode("utf-8-sig")
    assert "12345" in content and content.count("HAZ-06") == 2
    for kept_back in ("张worker", "张三", "李四", "三楼西户", "HZ-778899"):
        assert kept_back not in content


def test_a_matter_that_became_sensitive_is_in_no_file(app: Flask, world: World) -> None:
    made(app, world)
    made(app, world, matter="HAZ-01")
    with writing(app) as session:
        session.execute(sa.update(Matter).where(Matter.code == "HAZ-01").values(data_class="S"))
    assert codes(taken(at_desk(app, "town"))) == ["HAZ-06"]


def test_a_name_that_begins_as_a_formula_does_is_neutralised(app: Flask, world: World) -> None:
    made(app, world)
    with writing(app) as session:
        session.get_one(Grid, world.areas["grid"]).name_zh = "=1+1网格"
    assert lines(taken(at_desk(app, "town")))[3][7] == "'=1+1网格"


def test_too_long_a_list_is_to_be_narrowed(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("server.cases.listing", "server.people.pages.exporting"):
        monkeypatch.setattr(f"{module}.MOST_EXPORTED", 1)
    made(app, world)
    made(app, world, matter="HAZ-01")
    town = at_desk(app, "town")
    assert taken(town).status_code == 422 and logged(app) == []
    assert codes(taken(town, matter_code="HAZ-01")) == ["HAZ-01"]


def test_a_case_made_in_another_month_is_found_there(app: Flask, world: World) -> None:
    with later(40 * clock.DAY_MS):
        made(app, world)
        month = f"{clock.today():%Y-%m}"
        town = at_desk(app, "town")
        assert codes(taken(town, month=month)) == ["HAZ-06"]
        earlier = clock.day_of(clock.now() - 35 * clock.DAY_MS)
        assert codes(taken(town, month=f"{earlier:%Y-%m}")) == []
