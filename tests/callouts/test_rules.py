"""Pure decisions about call-outs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.callouts import rules
from server.callouts.rules import DAY_MS, Told

CASES = json.loads((Path(__file__).parents[1] / "shared_cases/callout_standing.json").read_text("utf-8"))


def opening(**other: object) -> object:
    told = {"hours": 4, "most_hours": 24, "reason": "台风", "is_open_there": False, **other}
    verdict = rules.may_open(**told)  # type: ignore[arg-type]
    return "yes" if verdict else verdict.code


def test_it_opens_with_a_reason_within_the_limit_and_once_in_an_area() -> None:
    assert opening() == "yes" and opening(hours=24) == "yes"
    assert opening(reason="  ") == opening(hours=0) == "invalid"
    assert opening(hours=25) == "callout_too_long"
    assert opening(is_open_there=True) == "callout_open"


def test_a_limit_stands_in_a_document_and_never_becomes_a_habit() -> None:
    assert rules.limit_may_be(72, "示例〔2026〕1号")
    assert not rules.limit_may_be(72, " ")
    assert not rules.limit_may_be(rules.LONGEST_LIMIT_HOURS + 1, "示例〔2026〕1号")


@pytest.mark.parametrize("case", CASES)
def test_the_newest_of_safe_and_need_help_counts_and_received_takes_nothing_back(case: dict) -> None:
    assert rules.standing(Told(kind, at) for kind, at in case["told"]) == case["stands"]


def test_a_position_is_kept_only_from_within_an_open_call_out() -> None:
    def keeps(acted_at: int, *, ended_at: int | None = None, now: int = 150) -> bool:
        return rules.keeps_position(acted_at=acted_at, opened_at=100, ends_at=200, ended_at=ended_at, now=now)

    assert keeps(100) and keeps(200, now=300)
    assert not keeps(99) and not keeps(201, now=300)
    assert not keeps(180, ended_at=170, now=300)
    assert not keeps(150, now=200 + 30 * DAY_MS)


def test_a_call_for_help_rings_at_once_and_again_when_repeated() -> None:
    assert rules.rings("need_help", None, 0)
    assert not rules.rings("safe", None, 0) and not rules.rings("received", None, 0)
    assert not rules.rings("need_help", 1_000, 60_999)
    assert rules.rings("need_help", 1_000, 61_000)


def test_a_position_is_filed_once_with_a_reason_and_not_at_the_last_moment() -> None:
    def filing(**other: object) -> object:
        told = {"reason": "事故调查", "is_filed": False, "ended_at": 100, "now": 100 + 30 * DAY_MS - 1, **other}
        verdict = rules.may_file(**told)  # type: ignore[arg-type]
        return "yes" if verdict else verdict.code

    assert filing() == filing(ended_at=None, now=999 * DAY_MS) == "yes"
    assert filing(reason=" ") == "invalid" and filing(is_filed=True) == "position_filed"
    assert filing(now=100 + 30 * DAY_MS) == "position_due"
    assert rules.is_due(100, 100 + 30 * DAY_MS) and not rules.is_due(None, 999 * DAY_MS)
