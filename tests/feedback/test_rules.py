"""Pure rules: where feedback goes, who could be meant, what follows what, when facts may be made known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from server.feedback import rules
from server.feedback.rules import Facts
from server.findings.rules import tier_above
from server.people.rules import Holder, Post

GRID, OTHER_GRID, VILLAGE, TOWN = (uuid4() for _ in range(4))
ME, SHE = uuid4(), uuid4()
FACTS = Facts("grid_leader", GRID, frozenset(), rules.RECEIVED, None)
TODAY = date(2026, 11, 29)


def holder(*posts: Post) -> Holder:
    return Holder(ME, "330424", posts)


LEADER = Post("grid_leader", VILLAGE, GRID)
OTHER_LEADER = Post("grid_leader", VILLAGE, OTHER_GRID)
OFFICIAL = Post("town_government", TOWN)


@pytest.mark.parametrize(
    ("about", "tier"),
    [
        ("work", "town"),
        ("grid_leader", "town"),
        ("full_time_worker", "town"),
        ("village_committee", "town"),
        ("grid_adviser", "county"),
        ("town_government", "county"),
        ("department", "county"),
        ("county_authority", "city"),
        ("other", "county"),
    ],
)
def test_it_goes_above_whoever_is_meant(about: str, tier: str) -> None:
    assert rules.least_tier(about) == tier


def test_of_several_posts_the_highest_counts() -> None:
    assert tier_above(["grid_leader", "town_government"]) == "county"
    assert tier_above(["grid_leader", "county_authority"]) == "city"
    assert tier_above(["a role of tomorrow"]) == "city"


@pytest.mark.parametrize(
    ("person", "facts", "is_meant"),
    [
        (holder(OFFICIAL), FACTS, False),
        (holder(LEADER, OFFICIAL), FACTS, True),
        (holder(OTHER_LEADER, OFFICIAL), FACTS, False),
        (holder(OTHER_LEADER, OFFICIAL), replace(FACTS, grid_id=None), True),
        (holder(OFFICIAL), replace(FACTS, about="town_government"), True),
        (holder(LEADER, OFFICIAL), replace(FACTS, about="other"), True),
        (holder(LEADER, OFFICIAL), replace(FACTS, about="work"), False),
        (holder(LEADER, OFFICIAL), replace(FACTS, named=frozenset({SHE})), False),
        (holder(OFFICIAL), replace(FACTS, named=frozenset({SHE, ME})), True),
        (holder(OFFICIAL), replace(FACTS, about="work", named=frozenset({ME})), True),
    ],
)
def test_whoever_is_or_could_be_meant_is_kept_out(person: Holder, facts: Facts, is_meant: bool) -> None:
    assert rules.may_be_meant(person, facts) is is_meant


@pytest.mark.parametrize(
    ("facts", "is_meant"),
    [
        (replace(FACTS, about="other", told="张县官索贿"), True),
        (replace(FACTS, about="work", told="张县官索贿"), False),
        (replace(FACTS, about="other", told="张县官索贿", named=frozenset({SHE})), False),
        (replace(FACTS, about="other", told="有人索贿"), False),
    ],
)
def test_whose_name_stands_in_it_is_kept_out_until_somebody_is_named(facts: Facts, is_meant: bool) -> None:
    assert rules.may_be_meant(holder(Post("county_authority", TOWN)), facts, "张县官") is is_meant


def test_the_words_are_the_handlers_once_there_is_one() -> None:
    assert rules.may_read(holder(OFFICIAL), FACTS)
    assert rules.may_read(holder(OFFICIAL), replace(FACTS, handler_id=ME))
    assert not rules.may_read(holder(OFFICIAL), replace(FACTS, handler_id=SHE))


@pytest.mark.parametrize(
    ("kind", "outcome", "code"),
    [
        ("complaint", "unfounded", None),
        ("report", "upheld", None),
        ("suggestion", "answered", None),
        ("suggestion", "elsewhere", None),
        ("suggestion", "unfounded", "outcome_unfit"),
        ("complaint", "answered", "outcome_unfit"),
        ("complaint", "guilty", "outcome_unfit"),
    ],
)
def test_a_suggestion_is_answered_and_a_complaint_is_judged(kind: str, outcome: str, code: str | None) -> None:
    verdict = rules.may_settle(replace(FACTS, state=rules.ACCEPTED, handler_id=ME), kind, outcome, ME, "查过了")
    assert getattr(verdict, "code", None) == code


def test_only_the_handler_settles_once_and_in_words() -> None:
    facts = replace(FACTS, state=rules.ACCEPTED, handler_id=ME)
    for changed, by, answer, code in (
        (facts, SHE, "查过了", "not_allowed"),
        (facts, ME, "", "invalid"),
        (replace(facts, state=rules.CLOSED), ME, "查过了", "step_done"),
    ):
        assert rules.may_settle(changed, "complaint", "upheld", by, answer).code == code  # type: ignore[union-attr]


CLARIFY = {
    "is_made": False, "is_anybody": True, "was_heard": True, "wants_silence": False, "hear_by": TODAY, "today": TODAY,
    "form": "meeting", "circle": "本网格居民", "words": "已核实",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"was_heard": False}, "not_heard_yet"),
        ({"was_heard": False, "hear_by": date(2026, 11, 28)}, None),
        ({"was_heard": False, "is_anybody": False}, None),
        ({"is_made": True}, "step_done"),
        ({"wants_silence": True}, "silence_wanted"),
        ({"wants_silence": True, "form": "silence", "circle": "", "words": ""}, None),
        ({"form": "silence"}, "invalid"),
        ({"circle": ""}, "invalid"),
        ({"words": ""}, "invalid"),
    ],
)
def test_facts_are_made_known_after_a_hearing_and_never_against_the_wish_for_silence(changed, code) -> None:
    verdict = rules.may_clarify(**{**CLARIFY, **changed})
    assert getattr(verdict, "code", None) == code
