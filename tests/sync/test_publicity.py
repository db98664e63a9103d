"""Publicity from the phone to the leader: two numbers, its matters alone, corrected like any record. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.duties.publicity.rules import is_told_whom
from tests.sync.phone import Phone, publicity
from tests.world import World


@pytest.mark.parametrize(
    "people, households, obstructed, is_told",
    [(1, 0, False, True), (0, 1, False, True), (0, 0, True, True), (0, 0, False, False)],
)
def test_somebody_was_reached_or_it_was_obstructed(
    people: int, households: int, obstructed: bool, is_told: bool
) -> None:
    assert bool(is_told_whom(people, households, obstructed)) is is_told


def test_publicity_arrives_with_its_two_numbers_and_a_photo(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = publicity(world, photos=[{"sha256": "a" * 64, "role": "scene"}])
    assert worker.do("publicity.report", told)["outcome"] == "applied"
    row = Phone(app, "leader").pull()["record"][told["id"]]
    assert (row["kind"], row["matter_code"], row["state"]) == ("publicity", "PUB-01", "open")
    assert row["body"] == {"people": 23, "households": 9, "note": "广场摆摊"}
    assert row["review"]["status"] == "waiting" and len(row["photos"]) == 1
    assert row["_stream"] == f"grid:{world.areas['grid']}"


def test_what_a_micro_grid_leader_tells_stays_in_the_micro_grid(app: Flask, world: World) -> None:
    micro = Phone(app, "micro")
    told = publicity(world)
    assert micro.do("publicity.report", told)["outcome"] == "applied"
    assert micro.pull()["record"][told["id"]]["_stream"] == f"micro:{world.areas['micro1']}"
    assert told["id"] not in Phone(app, "worker3").pull().get("record", {})


def test_returned_corrected_and_approved(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = publicity(world)
    worker.do("publicity.report", told)
    leader.do("approvals.return", {"record_id": told["id"], "reason": "unclear"}, base_version=1)
    changes = {"people": 25, "note": "广场摆摊，发材料"}
    assert worker.do("records.correct", {"id": told["id"], "changes": changes}, base_version=2)["outcome"] == "applied"
    assert leader.do("approvals.approve", {"record_id": told["id"]}, base_version=3)["outcome"] == "applied"
    row = worker.pull()["record"][told["id"]]
    assert (row["body"]["people"], row["body"]["households"], row["review"]["status"]) == (25, 9, "approved")


def test_a_correction_may_not_take_everybody_away(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = publicity(world, people=0)
    worker.do("publicity.report", told)
    result = worker.do("records.correct", {"id": told["id"], "changes": {"households": 0}}, base_version=1)
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "nobody_reached")
    assert worker.pull()["record"][told["id"]]["body"]["households"] == 9


def test_two_edits_of_different_numbers_merge(app: Flask, world: World) -> None:
    one, two = Phone(app, "worker"), Phone(app, "worker")
    told = publicity(world)
    one.do("publicity.report", told)
    one.do("records.correct", {"id": told["id"], "changes": {"people": 30}}, base_version=1)
    other = two.do("records.correct", {"id": told["id"], "changes": {"households": 12}}, base_version=1)
    assert other["outcome"] == "applied"
    body = one.pull()["record"][told["id"]]["body"]
    assert (body["people"], body["households"]) == (30, 12)


@pytest.mark.parametrize(
    "wrong, code",
    [
        ({"people": 0, "households": 0}, "nobody_reached"),
        ({"people": -1}, "invalid"),
        ({"people": 100_000}, "invalid"),
        ({"people": "12"}, "invalid"),
        ({"people": 1.5}, "invalid"),
        ({"people": True}, "invalid"),
        ({"people": None}, "invalid"),
        ({"households": [3]}, "invalid"),
        ({"note": "长" * 2_001}, "invalid"),
        ({"place_words": "广场"}, "invalid"),
        ({"household_id": "x"}, "invalid"),
        ({"matter_code": "HAZ-01"}, "matter_wrong_duty"),
        ({"matter_code": "PUB-99"}, "matter_not_in_force"),
        ({"matter_code": None}, "invalid"),
    ],
)
def test_bad_input_is_refused_in_words_of_both_languages(
    app: Flask, world: World, wrong: dict[str, Any], code: str
) -> None:
    worker = Phone(app, "worker")
    result = worker.do("publicity.report", publicity(world, **wrong))
    assert (result["outcome"], result["problem"]["code"]) == ("refused", code)
    assert result["problem"]["detail_zh"] and result["problem"]["detail_en"]
    assert "record" not in worker.pull()
