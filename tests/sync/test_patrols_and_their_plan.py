"""Patrols meet the plan that the office makes: no walk is refused because of what was planned, or was not."""

from __future__ import annotations

from flask import Flask

from server.households.commands import plan_places
from server.households.rules import MOST_MATTERS
from tests.builders import writing
from tests.sync.phone import Phone, patrol
from tests.world import World


def test_a_walk_where_nothing_is_planned_is_taken_without_a_check(app: Flask, world: World) -> None:
    with writing(app) as session:
        plan_places(session, world.areas["grid"], set())
    worker, told = Phone(app, "worker"), patrol(world, checks=[], note="走了一遍")
    assert worker.do("patrols.report", told)["outcome"] == "applied"
    row = Phone(app, "leader").pull()["record"][told["id"]]
    assert (row["body"]["planned"], row["body"]["looked_at"], row["body"]["checks"]) == (0, 0, [])
    again = {"id": told["id"], "changes": {"note": "沿河走了一遍", "checks": []}}
    assert worker.do("records.correct", again, base_version=row["version"])["outcome"] == "applied"


def test_a_walk_from_before_the_plan_reached_the_phone_is_taken(app: Flask, world: World) -> None:
    told = patrol(world, checks=[])
    assert Phone(app, "worker").do("patrols.report", told)["outcome"] == "applied"
    body = Phone(app, "leader").pull()["record"][told["id"]]["body"]
    assert (body["planned"], body["looked_at"]) == (3, 0)


def test_a_check_may_name_every_matter_that_a_place_may(app: Flask, world: World) -> None:
    told = patrol(world)
    told["checks"][0]["matters"] = [f"HAZ-{n:02}" for n in range(MOST_MATTERS)]
    assert Phone(app, "worker").do("patrols.report", told)["outcome"] == "applied"
