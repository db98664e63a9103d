"""Tasks assigned at a desk: by village, town and county, to a person, a role, or all workers of a place, in one act."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.messages.models import Delivery, Message
from server.people.models import Appointment, Person
from server.platform.db import reading
from server.tasks.models import Task
from tests.builders import Browser, at_desk, writing
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, hazard
from tests.world import COUNTY, STARTED, World


def told(world: World, **more: Any) -> dict[str, Any]:
    """The form as the page has it, for all workers of the first grid's village."""
    due = (clock.today() + timedelta(days=3)).isoformat()
    place = str(world.areas["village"])
    form = {
        "id": str(new_id()),
        "place": place,
        "to": "workers",
        "matter_code": "HAZ-01",
        "words": "查看楼道",
        "due_day": due,
    }
    return {**form, **more}


def key(world: World, who: str, grid: str = "grid") -> str:
    return f"{world.areas[grid]}:{world.people[who]}"


def tasks_of(app: Flask, who: str) -> list[dict[str, Any]]:
    phone = Phone(app, who)
    return [task for task in phone.pull().get("task", {}).values() if task["person_id"] == phone.person]


def page_of(desk: Browser, world: World, **asked: str) -> str:
    query = {"place": str(world.areas["grid"]), "matter_code": "HAZ-01", **asked}
    return desk.client.get("/office/tasks/new", query_string=query).text


@pytest.mark.parametrize("office", ["village", "town", "county"])
def test_all_workers_of_a_place_get_a_task_each_in_one_act(app: Flask, world: World, office: str) -> None:
    answer = at_desk(app, office).form("/office/tasks", **told(world))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/office/tasks?done=given&count=4")
    for who in ("worker", "worker2", "parttime", "worker3"):
        task = tasks_of(app, who)[0]
        assert (task["words"], task["assigned_by_name"], task["state"]) == ("查看楼道", f"张{office}", "open")
    assert [tasks_of(app, who) for who in ("leader", "adviser", "micro")] == [[], [], []]


def test_to_a_role_and_to_people_by_name(app: Flask, world: World) -> None:
    town = at_desk(app, "town")
    assert town.form("/office/tasks", **told(world, to="grid_leader")).status_code == 303
    assert [len(tasks_of(app, who)) for who in ("leader", "leader2", "worker")] == [1, 1, 0]
    chosen = told(world, to="chosen", receiver=[key(world, "worker"), key(world, "micro")])
    assert town.form("/office/tasks", **chosen).status_code == 303
    assert [len(tasks_of(app, who)) for who in ("worker", "micro", "worker2")] == [1, 1, 0]


def test_a_form_sent_twice_gives_nothing_twice(app: Flask, world: World) -> None:
    town, form = at_desk(app, "town"), told(world)
    assert [town.form("/office/tasks", **form).status_code for _ in range(2)] == [303, 303]
    assert len(tasks_of(app, "worker")) == 1


def test_the_same_form_with_other_words_is_told_that_it_was_sent_and_gets_a_fresh_number(
    app: Flask, world: World
) -> None:
    town, form = at_desk(app, "town"), told(world)
    assert town.form("/office/tasks", **form).status_code == 303
    answer = town.form("/office/tasks", **form | {"words": "另一件事"})
    assert answer.status_code == 409 and form["id"] not in answer.text
    assert len(tasks_of(app, "worker")) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"matter_code": "NO-SUCH"}, 422),
        ({"matter_code": "VIS-01"}, 422),
        ({"due_day": "2020-01-01"}, 422),
        ({"words": ""}, 422),
        ({"to": "chosen"}, 422),
        ({"to": "department"}, 422),
        ({"to": "chosen", "receiver": "nobody"}, 422),
    ],
)
def test_what_cannot_be_assigned_gives_nothing_to_anybody(
    app: Flask, world: World, change: dict[str, Any], status: int
) -> None:
    assert at_desk(app, "town").form("/office/tasks", **told(world, **change)).status_code == status
    assert tasks_of(app, "worker") == []


def test_only_in_the_own_area(app: Flask, world: World) -> None:
    add_strangers(app, world)
    assert at_desk(app, "town_b").form("/office/tasks", **told(world)).status_code == 404
    assert at_desk(app, "town_b").get(f"/office/tasks/new?place={world.areas['grid']}").status_code == 404
    elsewhere = told(world, to="chosen", receiver=key(world, "worker3", "other_grid"), place=str(world.areas["grid"]))
    assert at_desk(app, "town").form("/office/tasks", **elsewhere).status_code == 422
    assert tasks_of(app, "worker") + tasks_of(app, "worker3") == []


def test_the_form_shows_how_much_each_has_and_what_the_grid_holds_already(app: Flask, world: World) -> None:
    desk, worker = at_desk(app, "village"), Phone(app, "worker")
    assert "这些网格还没有这个事项的记录" in page_of(desk, world)
    assert worker.do("hazards.report", hazard(world))["outcome"] == "applied"
    for _ in range(2):
        assert Phone(app, "leader").do("tasks.assign", assigned(world))["outcome"] == "applied"
    refused = tasks_of(app, "worker")[0]["id"]
    assert worker.do("tasks.refuse", {"id": str(new_id()), "task_id": refused, "ground": 1})["outcome"] == "applied"
    text = page_of(desk, world)
    assert re.search(r"张worker</span>.*?手上有 1 项", text) and re.search(r"张worker2</span>.*?手上有 0 项", text)
    assert "张worker3" not in text
    today = clock.today()
    assert f"1 条，最近 {today.year}年{today.month}月{today.day}日" in text
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert "这些网格还没有这个事项的记录" in page_of(desk, world, since=tomorrow)


def test_the_list_shows_what_the_own_unit_and_those_below_gave(app: Flask, world: World) -> None:
    add_strangers(app, world)
    assert Phone(app, "leader").do("tasks.assign", assigned(world))["outcome"] == "applied"
    assert at_desk(app, "county").form("/office/tasks", **told(world)).status_code == 303
    own = {
        who: at_desk(app, who).get("/office/tasks").text for who in ("village", "town", "county", "town_b", "county_b")
    }
    assert [who for who, text in own.items() if "幼儿园门口的电线" in text] == ["village", "town", "county"]
    assert [who for who, text in own.items() if "查看楼道" in text] == ["county"]
    county = at_desk(app, "county")
    assert "查看楼道" not in county.get("/office/tasks?state=done").text
    assert "查看楼道" in county.get("/office/tasks?state=open&sort=due&page=1").text
    assert "没有这样的任务" in county.get("/office/tasks?page=2").text
    theirs = county.get("/office/tasks").text
    county_task = re.search(r'/office/tasks/([0-9a-f-]{36})" lang="zh-CN">查看楼道', theirs)
    assert county_task and at_desk(app, "town").get(f"/office/tasks/{county_task[1]}").status_code == 404


def test_another_day_and_withdrawn_of_the_version_seen(app: Flask, world: World) -> None:
    village, worker, form = at_desk(app, "village"), Phone(app, "worker"), assigned(world)
    assert Phone(app, "leader").do("tasks.assign", form)["outcome"] == "applied"
    one, later = f"/office/tasks/{form['id']}", (clock.today() + timedelta(days=9)).isoformat()
    assert village.form(one, decision="set_due", version="1", due_day="2020-01-01").status_code == 422
    assert village.form(one, decision="set_due", version="1").status_code == 422
    assert village.form(one, decision="set_due", version="1", due_day=later).status_code == 303
    assert worker.pull()["task"][form["id"]]["due_day"] == later
    assert village.form(one, decision="withdraw", version="1").status_code == 409
    assert village.form(one, decision="withdraw", version="2").status_code == 303
    assert worker.pull()["task"][form["id"]]["state"] == "withdrawn"
    assert "撤回" in village.get(one).text and 'name="decision"' not in village.get(one).text


def test_urgent_is_for_matters_of_level_l0_with_a_reason_and_counts_for_the_unit(app: Flask, world: World) -> None:
    town, why = at_desk(app, "town"), "台风橙色预警，今晚转移"
    refused = town.form("/office/tasks", **told(world, urgent_why=why))
    assert refused.status_code == 422 and "这件事不能标为紧急" in refused.text and tasks_of(app, "worker") == []
    assert 'name="urgent_why"' not in page_of(town, world)
    assert 'name="urgent_why"' in page_of(town, world, matter_code="EMG-01")
    assert town.form("/office/tasks", **told(world, matter_code="EMG-01", urgent_why=why)).status_code == 303
    assert town.form("/office/tasks", **told(world, matter_code="EMG-01")).status_code == 303
    with app.app_context(), reading() as session:
        found = session.execute(
            sa.select(Message.urgent_why, Message.urgent_unit, Delivery.urgent).join(Delivery)
        ).all()
    assert sorted(map(tuple, found), key=str) == sorted(
        [(why, world.areas["town"], True)] * 4 + [(None, None, False)] * 4, key=str
    )
    page = town.get("/office/deliveries").text
    assert '<span lang="zh-CN">town</span></th><td>4</td>' in page and why not in page


def many(app: Flask, world: World, role: str, count: int) -> None:
    """People with this post in the first grid, beside those who are there."""
    place = {"micro_grid_id": world.areas["micro"]} if role == "micro_grid_leader" else {"grid_id": world.areas["grid"]}
    post = {"county_code": COUNTY, "role": role, "org_unit_id": world.areas["village"], "from_day": STARTED, **place}
    ids = [new_id() for _ in range(count)]
    with writing(app) as session:
        for n, one in enumerate(ids):
            named = {"username": f"{role}{n}", "name": f"众{role}{n}", "created_at": clock.now()}
            session.add(Person(id=one, county_code=COUNTY, **named))
        session.flush()
        session.add_all([Appointment(id=new_id(), person_id=one, **post) for one in ids])


def test_so_many_micro_grid_leaders_do_not_keep_the_workers_from_a_task(app: Flask, world: World) -> None:
    many(app, world, "micro_grid_leader", 501)
    many(app, world, "part_time_worker", 112)
    town = at_desk(app, "town")
    page = page_of(town, world)
    offered = re.findall(r'name="to" value="(\w+)"', page)
    assert offered == ["chosen", "workers", "grid_leader", "full_time_worker", "part_time_worker", "grid_adviser"]
    assert "微网格长：这里有 502 人，一次最多交给 500 人。" in page
    assert "众part_time_worker111" in page and "众micro_grid_leader" not in page
    here = told(world, place=str(world.areas["grid"]))
    assert town.form("/office/tasks", **here | {"id": str(new_id()), "to": "micro_grid_leader"}).status_code == 422
    answer = town.form("/office/tasks", **here)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/office/tasks?done=given&count=115")


def test_where_every_role_fits_but_all_together_are_too_many_nobody_is_listed_by_name(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.tasks.assigning.MOST_RECEIVERS", 3)
    page = page_of(at_desk(app, "town"), world)
    assert 'name="to" value="workers"' in page and 'value="chosen"' not in page and 'name="receiver"' not in page
    assert "这里的人超过 3 名" in page
    monkeypatch.setattr("server.tasks.assigning.MOST_RECEIVERS", 0)
    assert 'data-testid="task-form"' not in page_of(at_desk(app, "town"), world)


def test_the_list_and_its_file_are_narrowed_by_matter_and_by_what_is_overdue(app: Flask, world: World) -> None:
    leader, ids = Phone(app, "leader"), []
    for words, code in (("看电线", "HAZ-01"), ("看楼顶", "HAZ-02"), ("看水井", "HAZ-01")):
        form = assigned(world, words=words, matter_code=code)
        assert leader.do("tasks.assign", form)["outcome"] == "applied"
        ids.append(UUID(form["id"]))
    with writing(app) as session:
        session.execute(sa.update(Task).where(Task.id.in_(ids)).values(due_day=clock.today() - timedelta(days=1)))
        session.execute(sa.update(Task).where(Task.id == ids[2]).values(state="done"))
    town = at_desk(app, "town")

    def found(**asked: str) -> list[str]:
        text = town.client.get("/office/tasks", query_string=asked).text
        file = town.form("/office/tasks/export", file_format="csv", purpose="例会", **asked).data.decode("utf-8-sig")
        shown = [words for words in ("看电线", "看楼顶", "看水井") if words in text]
        assert [words for words in ("看电线", "看楼顶", "看水井") if words in file] == shown
        return shown

    assert found() == ["看电线", "看楼顶", "看水井"]
    assert found(overdue="yes") == ["看电线", "看楼顶"]
    assert found(matter_code="HAZ-01") == ["看电线", "看水井"]
    assert found(matter_code="HAZ-01", overdue="yes") == ["看电线"]
    assert 'value="HAZ-02"' in town.get("/office/tasks").text
    add_strangers(app, world)
    assert 'value="HAZ-02"' not in at_desk(app, "town_b").get("/office/tasks").text
