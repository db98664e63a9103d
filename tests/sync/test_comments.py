"""The adviser's comment: who may, who sees it, and that it never stands in the way of a decision."""

from __future__ import annotations

import pytest
from flask import Flask

from server.sync.mutations import MUTATIONS
from server.text import text
from tests.sync.phone import Phone, hazard, mediation
from tests.sync.test_absences import done
from tests.world import World

WORDS = "请写明通知了谁"


def reported(app: Flask, world: World) -> tuple[Phone, str]:
    worker, told = Phone(app, "worker"), hazard(world)
    assert done(worker, "hazards.report", told) == "applied"
    return worker, told["id"]


def test_author_and_leader_read_it_and_a_decision_made_meanwhile_still_counts(app: Flask, world: World) -> None:
    worker, record = reported(app, world)
    leader = Phone(app, "leader")
    leader.pull()
    assert done(Phone(app, "adviser"), "records.comment", {"record_id": record, "words": WORDS}) == "applied"
    for phone in (worker, leader):
        row = phone.pull()["record"][record]
        assert [(s["step"], s["by_name"], s.get("words")) for s in row["history"]][-1] == (
            "commented",
            "张adviser",
            WORDS,
        )
        assert (row["version"], row["review"]["status"]) == (1, "waiting")
    assert [m["kind"] for m in worker.pull()["message"].values()] == ["record_commented"]
    assert done(leader, "approvals.approve", {"record_id": record}, base_version=1) == "applied"


@pytest.mark.parametrize(
    ("who", "code"),
    [("leader", "not_allowed"), ("worker2", "not_allowed"), ("worker", "own_record"), ("leader2", "not_found")],
)
def test_nobody_else_comments(app: Flask, world: World, who: str, code: str) -> None:
    worker, record = reported(app, world)
    assert done(Phone(app, who), "records.comment", {"record_id": record, "words": WORDS}) == code
    assert len(worker.pull()["record"][record]["history"]) == 1


def test_what_lives_in_a_team_is_not_there_for_the_adviser(app: Flask, world: World) -> None:
    told = mediation(world)
    assert done(Phone(app, "worker"), "mediations.report", told) == "applied"
    comment = {"record_id": told["id"], "words": WORDS}
    assert done(Phone(app, "adviser"), "records.comment", comment) == "not_found"


@pytest.mark.parametrize("words", ["", " ", "长" * 501])
def test_a_comment_is_a_few_words(app: Flask, world: World, words: str) -> None:
    _, record = reported(app, world)
    assert done(Phone(app, "adviser"), "records.comment", {"record_id": record, "words": words}) == "invalid"


def test_the_office_has_words_for_every_act_that_a_phone_may_send() -> None:
    assert [name for name in MUTATIONS if not text(f"act.{name}", "zh")] == []
