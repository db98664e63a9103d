"""A department asks for a task; town or county sends it on, merges it or declines; the department sees what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.tasks.models import TaskForRequest, TaskRequest
from tests.builders import Browser, at_desk
from tests.county import looking
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.world import World

PATH = "/office/requests"


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


def told(world: World, **more: Any) -> dict[str, Any]:
    form = {
        "id": str(new_id()),
        "matter_code": "HAZ-01",
        "area_unit": str(world.areas["town"]),
        "words": "查看楼道充电",
        "figures": "楼道充电处数",
        "wanted_day": day(5),
    }
    return {**form, **more}


def asked(app: Flask, world: World, **more: Any) -> str:
    """A department's open request: its path."""
    form = told(world, **more)
    assert at_desk(app, "dept").form(PATH, **form).status_code == 303
    return f"{PATH}/{form['id']}"


def sent_on(desk: Browser, world: World, path: str, **more: Any) -> Any:
    """The desk's form of tasks, for all workers of the village, with the request that it sends on."""
    form = {
        "id": str(new_id()),
        "request_id": path.rpartition("/")[2],
        "place": str(world.areas["village"]),
        "to": "workers",
        "matter_code": "HAZ-01",
        "words": "查看楼道充电",
        "due_day": day(4),
    }
    return desk.form("/office/tasks", **{**form, **more})


def state_of(app: Flask, path: str) -> str:
    with looking(app) as session:
        return session.scalar(sa.select(TaskRequest.state).where(TaskRequest.id == UUID(path.rpartition("/")[2])))


@pytest.mark.parametrize("office", ["town", "county"])
def test_sent_on_it_becomes_tasks_and_the_department_sees_how_far_they_are(
    app: Flask, world: World, office: str
) -> None:
    path, department = asked(app, world), at_desk(app, "dept")
    assert "待答复" in department.get(path).text
    assert sent_on(at_desk(app, office), world, path).status_code == 303
    worker = Phone(app, "worker")
    task = next(one for one in worker.pull()["task"].values() if one["person_id"] == worker.person)
    report = hazard(world)
    assert worker.do("hazards.report", report)["outcome"] == "applied"
    assert worker.do("tasks.finish", {"task_id": task["id"], "record_id": report["id"]})["outcome"] == "applied"
    page = department.get(path).text
    assert "已转办" in page and "已完成 1 项" in page and "待接受 3 项" in page
    assert "张worker" not in page  # by state, never by person


def test_whoever_sends_it_on_sees_what_is_asked_beside_what_is_held_and_who_has_how_much(
    app: Flask, world: World
) -> None:
    path, town = asked(app, world), at_desk(app, "town")
    assert Phone(app, "worker").do("hazards.report", hazard(world))["outcome"] == "applied"
    form = town.client.get("/office/tasks/new", query_string={"request_id": path.rpartition("/")[2]}).text
    for words in ("楼道充电处数", "1 条，最近", "手上有 0 项", f'value="{day(5)}"', 'value="查看楼道充电"'):
        assert words in form


def test_a_form_sent_twice_asks_once_and_sends_on_once(app: Flask, world: World) -> None:
    form, department = told(world), at_desk(app, "dept")
    assert [department.form(PATH, **form).status_code for _ in range(2)] == [303, 303]
    path, town, number = f"{PATH}/{form['id']}", at_desk(app, "town"), str(new_id())
    assert [sent_on(town, world, path, id=number).status_code for _ in range(2)] == [303, 303]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TaskForRequest)) == 4


def test_merged_it_has_the_answer_of_the_other(app: Flask, world: World) -> None:
    first, second = asked(app, world), asked(app, world, words="再查一遍楼道")
    town, department = at_desk(app, "town"), at_desk(app, "dept")
    assert "查看楼道充电" in town.get(second).text
    into = first.rpartition("/")[2]
    assert town.form(second, decision="merge", into=into).status_code == 303
    assert sent_on(town, world, first).status_code == 303
    page = department.get(second).text
    assert "已合并" in page and "查看楼道充电" in page and "待接受 4 项" in page
    assert sent_on(town, world, second).status_code == 409


@pytest.mark.parametrize("other", [{"matter_code": "HAZ-02"}, {"area_unit": "village"}, {"state": "declined"}, None])
def test_only_an_open_request_of_the_same_matter_and_area_takes_another_in(
    app: Flask, world: World, other: dict[str, str] | None
) -> None:
    path, town = asked(app, world), at_desk(app, "town")
    if other is None:
        into = path  # itself
    else:
        is_over = other.get("state") == "declined"
        change = {} if is_over else {**other}
        if "area_unit" in change:
            change["area_unit"] = str(world.areas["village"])
        into = asked(app, world, **change)
        if is_over:
            assert town.form(into, decision="decline", words="不办").status_code == 303
    answer = town.form(path, decision="merge", into=into.rpartition("/")[2])
    assert answer.status_code == 422 and "不能合并" in answer.text
    assert state_of(app, path) == "open"


def test_declined_with_a_reason_that_the_department_reads(app: Flask, world: World) -> None:
    path, town = asked(app, world), at_desk(app, "town")
    assert town.form(path, decision="decline", words="").status_code == 422
    assert town.form(path, decision="decline", words="上月已经查过，数字在台账里").status_code == 303
    assert "上月已经查过" in at_desk(app, "dept").get(path).text
    assert town.form(path, decision="decline", words="再说一遍").status_code == 409
    assert sent_on(town, world, path).status_code == 409
    assert Phone(app, "worker").pull().get("task", {}) == {}


def test_tasks_of_another_matter_or_place_are_not_what_was_asked_for(app: Flask, world: World) -> None:
    path, county = asked(app, world), at_desk(app, "county")
    assert sent_on(county, world, path, matter_code="HAZ-02").status_code == 422
    wider = asked(app, world, area_unit=str(world.areas["village"]))
    add_strangers(app, world)
    assert sent_on(county, world, wider, place=str(world.areas["county"])).status_code == 422
    assert (state_of(app, path), state_of(app, wider)) == ("open", "open")
    assert Phone(app, "worker").pull().get("task", {}) == {}


def test_who_sees_and_who_answers(app: Flask, world: World) -> None:
    path = asked(app, world)
    countys = asked(app, world, area_unit=str(world.areas["county"]))
    add_strangers(app, world)
    for office in ("village", "worker"):
        assert at_desk(app, office).get(path).status_code in (303, 403)
    for office in ("town_b", "county_b"):
        desk = at_desk(app, office)
        assert desk.get(path).status_code == 404 and "查看楼道充电" not in desk.get(PATH).text
        assert desk.form(path, decision="decline", words="不办").status_code == 404
    town = at_desk(app, "town")
    assert town.get(countys).status_code == 404  # asked of the whole county: the county answers
    assert at_desk(app, "county").form(countys, decision="decline", words="不办").status_code == 303
    assert sent_on(at_desk(app, "village"), world, path).status_code == 404
    assert at_desk(app, "dept").form(path, decision="decline", words="不办").status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"matter_code": "NO-SUCH"},
        {"matter_code": "VIS-01"},
        {"wanted_day": "2020-01-01"},
        {"words": " "},
        {"area_unit": "dept"},
    ],
)
def test_what_is_not_on_the_list_is_sensitive_or_lies_nowhere_cannot_be_asked_for(
    app: Flask, world: World, change: dict[str, str]
) -> None:
    if "area_unit" in change:
        change = {"area_unit": str(world.areas[change["area_unit"]])}
    assert at_desk(app, "dept").form(PATH, **told(world, **change)).status_code == 422
    assert "查看楼道充电" not in at_desk(app, "county").get(PATH).text


def test_the_list_is_narrowed_by_state_and_ordered_by_days_alone(app: Flask, world: World) -> None:
    late, soon = asked(app, world, words="晚的", wanted_day=day(9)), asked(app, world, words="早的", wanted_day=day(1))
    town = at_desk(app, "town")
    assert town.form(late, decision="decline", words="不办").status_code == 303
    assert "晚的" not in town.get(f"{PATH}?state=open").text
    listed = town.get(f"{PATH}?sort=wanted").text
    assert listed.index("早的") < listed.index("晚的")
    assert soon.rpartition("/")[2] in listed
