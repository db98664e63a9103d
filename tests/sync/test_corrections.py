"""Correction requests: asked by a phone about its own person, answered by the town, seen by these two alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.builders import at_desk
from tests.sync.phone import Phone, correction, hazard
from tests.world import World


def done(phone: Phone, told: dict[str, Any]) -> str:
    result = phone.do("corrections.ask", told)
    code: str = result["outcome"] if result["outcome"] == "applied" else result["problem"]["code"]
    return code


def answer(app: Flask, told: dict[str, Any], said: str = "corrected", words: str = "已改正") -> Any:
    return at_desk(app, "town").form(f"/office/corrections/{told['id']}", answer=said, words=words)


def test_what_was_asked_comes_back_with_its_answer_to_the_person_alone(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), correction()
    assert done(worker, told) == "applied"
    row = worker.pull()["correction_request"][told["id"]]
    assert (row["about"], row["words"], row["state"], row["_stream"]) == (
        "phone", "号码少写了一位", "asked", f"person:{world.people['worker']}",
    )  # fmt: skip
    assert answer(app, told).status_code == 303
    rows = worker.pull()
    row = rows["correction_request"][told["id"]]
    assert (row["state"], row["answer"], row["answer_words"], row["answered_by_name"]) == (
        "answered", "corrected", "已改正", "张town",
    )  # fmt: skip
    assert [m["kind"] for m in rows["message"].values()] == ["correction_answered"]
    for other in ("leader", "worker2", "worker3"):
        assert "correction_request" not in Phone(app, other).pull()


def test_only_a_record_of_ones_own_is_asked_about(app: Flask, world: World) -> None:
    worker, leader, record = Phone(app, "worker"), Phone(app, "leader"), hazard(world)
    assert worker.do("hazards.report", record)["outcome"] == "applied"
    assert done(leader, correction("record", record_id=record["id"])) == "not_found"
    assert done(worker, correction("record", record_id=record["id"])) == "applied"
    page = at_desk(app, "town").get("/office/corrections").text
    assert "张worker" in page and "本人的记录" in page and "隐患" in page


def test_whoever_holds_an_office_alone_has_nothing_to_ask_on_a_phone(app: Flask, world: World) -> None:
    assert done(Phone(app, "village"), correction()) == "not_allowed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"about": "health"}, "invalid"),
        ({"words": " "}, "invalid"),
        ({"words": "长" * 501}, "invalid"),
        ({"more": 1}, "invalid"),
    ],
)
def test_what_is_no_request_is_refused(app: Flask, world: World, change: dict[str, Any], code: str) -> None:
    assert done(Phone(app, "worker"), {**correction(), **change}) == code


def test_the_same_request_is_not_taken_twice(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), correction()
    assert [done(worker, told), done(worker, told)] == ["applied", "record_exists"]


def test_nothing_is_refused_without_a_reason_and_nothing_answered_twice(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), correction()
    assert done(worker, told) == "applied"
    assert answer(app, told, "refused", " ").status_code == 422
    assert answer(app, told, "ignored").status_code == 422
    assert worker.pull()["correction_request"][told["id"]]["state"] == "asked"
    assert answer(app, told, "refused", "与身份证一致").status_code == 303
    again = answer(app, told, "corrected")
    assert again.status_code == 409 and "已经答复过了" in again.text
    assert worker.pull()["correction_request"][told["id"]]["answer_words"] == "与身份证一致"
