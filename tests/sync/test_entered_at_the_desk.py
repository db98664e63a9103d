"""The office's page of entering for a worker: who may, for whom, what; and that the worker's tap makes it count."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from tests.builders import at_desk
from tests.sync.phone import Phone
from tests.sync.test_absences import done, waiting_in_office
from tests.world import World

PAGE = "/office/enter"


def filled(world: World, duty: str = "hazards", who: str = "worker", **more: Any) -> dict[str, Any]:
    fields = {
        "hazards": {"matter_code": "HAZ-02", "severity": "general", "place_words": "三楼"},
        "visits": {"matter_code": "VIS-08", "mode": "door", "all_well": "yes"},
        "publicity": {"matter_code": "PUB-01", "people": "20", "households": ""},
    }[duty]
    told = {"id": str(new_id()), "grid_id": str(world.areas["grid"]), "duty": duty, "person_id": str(world.people[who])}
    return {**told, "day": clock.today().isoformat(), "note": "纸上记的", **fields, **more}


@pytest.mark.parametrize("duty", ["hazards", "visits", "publicity"])
def test_what_the_desk_enters_is_the_workers_once_confirmed_and_waits_for_a_reviewer(
    app: Flask, world: World, duty: str
) -> None:
    told = filled(world, duty)
    assert at_desk(app, "village").form(PAGE, **told).status_code == 303
    worker = Phone(app, "worker")
    row = worker.pull()["record"][told["id"]]
    assert (row["author_id"], row["confirmation"], row["entered_by_id"]) == (
        worker.person, "waiting", str(world.people["village"]),
    )  # fmt: skip
    assert done(worker, "records.confirm", {"record_id": told["id"], "mine": True}) == "applied"
    assert done(Phone(app, "leader"), "approvals.approve", {"record_id": told["id"]}, base_version=2) == "applied"


def test_the_same_form_sent_twice_makes_one_record(app: Flask, world: World) -> None:
    desk, told = at_desk(app, "town"), filled(world)
    assert [desk.form(PAGE, **told).status_code for _ in range(2)] == [303, 303]
    assert list(Phone(app, "worker").pull()["record"]) == [told["id"]]


def test_for_a_leader_it_is_not_reviewed_by_the_village_that_wrote_it(app: Flask, world: World) -> None:
    told = filled(world, who="leader")
    assert at_desk(app, "village").form(PAGE, **told).status_code == 303
    assert told["id"] not in {str(i) for i in waiting_in_office(app, world, "village")}
    assert told["id"] in {str(i) for i in waiting_in_office(app, world, "town")}
    assert done(Phone(app, "leader"), "records.confirm", {"record_id": told["id"], "mine": True}) == "applied"
    shown = at_desk(app, "town").get("/office/review")
    assert shown.status_code == 200 and "本人确认" in shown.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"matter_code": "VIS-01"}, 422),
        ({"matter_code": "HAZ-99"}, 422),
        ({"severity": ""}, 422),
        ({"duty": "mediations"}, 422),
        ({"day": "2020-01-01"}, 422),
        ({"day": (clock.today() + timedelta(days=2)).isoformat()}, 422),
        ({"person_id": "nobody"}, 422),
    ],
)
def test_what_may_not_be_entered_says_why_and_makes_nothing(
    app: Flask, world: World, change: dict[str, Any], status: int
) -> None:
    got = at_desk(app, "town").form(PAGE, **{**filled(world), **change})
    assert got.status_code == status and 'role="alert"' in got.text
    assert "record" not in Phone(app, "worker").pull()


def test_only_people_of_the_grid_and_nothing_sensitive_is_offered(app: Flask, world: World) -> None:
    desk = at_desk(app, "town")
    shown = desk.get(f"{PAGE}?grid={world.areas['grid']}&duty=visits").text
    people = set(re.findall(r"<option[^>]*>(张\w+)</option>", shown))
    assert people == {"张worker", "张worker2", "张parttime", "张leader", "张adviser", "张micro"}
    assert "VIS-08" in shown and "VIS-01" not in shown
    assert desk.form(PAGE, **filled(world, who="worker3")).status_code == 422
    assert desk.get(f"{PAGE}?grid={new_id()}&duty=visits").status_code == 404


def test_a_town_enters_nothing_in_a_grid_that_is_not_there(app: Flask, world: World) -> None:
    assert at_desk(app, "town").form(PAGE, **filled(world, grid_id=str(new_id()))).status_code == 404
