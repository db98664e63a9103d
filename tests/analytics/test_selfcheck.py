"""减负自查: the named tests are there, and what units asked of workers is counted by unit alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from server.analytics.selfcheck import KEPT_BY, UnitLoad
from server.kernel import clock
from server.kernel.ids import new_id
from server.messages.models import Delivery, Message
from server.messages.setting import set_ring_rule
from server.people.queries import holder_of
from server.platform.db import transaction
from tests.builders import at_desk
from tests.sync.phone import Phone, assigned
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
LINE = r'<th scope="row" lang="zh-CN">{}</th>' + r"<td>(\d+)</td>" * 7


@pytest.mark.parametrize("test", [test for tests in KEPT_BY.values() for test in tests])
def test_what_the_page_names_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    functions = {
        node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)
    }
    assert name in functions


def test_no_figure_is_of_a_person(app: Flask, world: World) -> None:
    """No field of the figures names anybody, and neither does the page."""
    assert not {name for name in UnitLoad.__dataclass_fields__ if "person" in name or "worker" in name}
    assert Phone(app, "leader").do("tasks.assign", assigned(world))["outcome"] == "applied"
    page = at_desk(app, "county").get("/office/self-inspection").text.partition("<main")[2]
    assert ">village</th><td>1</td>" in page, "the task stands there, with its unit"
    assert [name for name in world.people if f"张{name}" in page] == []


def test_tasks_and_upheld_refusals_stand_with_the_unit_that_assigned(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    for ruling in ("upheld", "not_upheld"):
        asked, refusal = assigned(world), str(new_id())
        assert leader.do("tasks.assign", asked)["outcome"] == "applied"
        assert worker.do("tasks.refuse", {"id": refusal, "task_id": asked["id"], "ground": 1})["outcome"] == "applied"
        due = {"due_day": asked["due_day"]} if ruling == "not_upheld" else {}
        form = {"ruling": ruling, "words": "x", **due}
        assert at_desk(app, "county").form(f"/office/refusals/{refusal}", **form).status_code == 303
    page = at_desk(app, "county").get("/office/self-inspection").text
    found = re.search(LINE.format("village"), page)
    assert found and found.groups() == ("2", "0", "0", "0", "1", "0", "0")
    later = at_desk(app, "county").get(f"/office/self-inspection?since={clock.day_of(clock.now() + clock.DAY_MS)}").text
    assert not re.search(LINE.format("village"), later)


def test_what_left_the_house_at_night_is_counted(app: Flask, world: World) -> None:
    midnight = clock.start_of(clock.today())
    with app.app_context(), transaction() as session:
        county = holder_of(session, world.people["county"], clock.today())
        set_ring_rule(session, county, quiet_from=21 * 60, quiet_to=7 * 60, answer_minutes=5, document_no="x")
        for hour in (1, 12, 23):
            at = midnight - clock.DAY_MS + hour * 3_600_000
            message, person = new_id(), world.people["worker"]
            session.add(Message(id=message, county_code="330424", person_id=person, kind="task_assigned", at=at))
            session.flush()
            session.add(
                Delivery(
                    id=new_id(), county_code="330424", message_id=message, person_id=person, channel="push", urgent=False,
                    state="delivered", made_at=at, ended_at=at,
                )
            )  # fmt: skip
    page = at_desk(app, "county").get("/office/self-inspection?since=2026-01-01").text
    assert re.search(r"安静时段送出的消息</dt><dd>2</dd>", page)
