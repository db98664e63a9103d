"""A re-look that is not the last one names the day of the next (decision 0035). On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from tests.builders import at_desk
from tests.sync.phone import Phone, hazard
from tests.world import World


def reported(phone: Phone, world: World) -> str:
    told = hazard(world)
    assert phone.do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"])


def look(record: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "hazard_id": record, "outcome": outcome, **more}


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def test_its_row_tells_the_day_and_who_said_it(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    record, day = reported(worker, world), in_days(3).isoformat()
    for phone, told in (
        (worker, look(record, "not_fixed", next_on=day)),
        (worker, look(record, "worse", next_on=None)),
        (leader, look(record, "not_fixed")),  # as an older app tells it
        (leader, look(record, "fixed", next_on=day)),  # nothing is due after that
    ):
        assert phone.do("hazards.relook", told)["outcome"] == "applied"
    looks = leader.pull()["record"][record]["body"]["relooks"]
    assert [(one.get("next_on"), one.get("by_id")) for one in looks] == [(day, worker.person), *[(None, None)] * 3]


@pytest.mark.parametrize("next_on", [-1, 367, "soon"])
def test_a_day_before_the_look_or_beyond_a_year_is_refused(app: Flask, world: World, next_on: int | str) -> None:
    worker = Phone(app, "worker")
    record = reported(worker, world)
    day = in_days(next_on).isoformat() if isinstance(next_on, int) else next_on
    result = worker.do("hazards.relook", look(record, "not_fixed", next_on=day))
    wanted = "day_out_of_range" if isinstance(next_on, int) else "invalid"
    assert (result["outcome"], result["problem"]["code"]) == ("refused", wanted)
    assert worker.pull()["record"][record]["body"]["relooks"] == []


def test_the_office_reads_what_was_seen_and_when_somebody_looks_again(app: Flask, world: World) -> None:
    leader, day = Phone(app, "leader"), in_days(3)
    record = reported(leader, world)
    assert leader.do("hazards.relook", look(record, "worse", next_on=day.isoformat()))["outcome"] == "applied"
    page = at_desk(app, "village").get("/office/review").text
    assert f"更严重了 · {day.year}年{day.month}月{day.day}日再看" in " ".join(page.split())
