"""What holds for every rule set and every history: order, fulfilled duties, refused tasks, caps, sharing out, the same bytes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from server.evaluation.canonical import canonical
from server.evaluation.facts import Facts, Row
from server.evaluation.rule_set import BASE_TYPES, compiled, full_marks
from server.evaluation.score import score
from tests.evaluation import chance
from tests.evaluation.given import facts, rows, rules, timed

SEEDS = range(80)
GOOD: dict[str, Any] = {
    "took": dict.fromkeys(chance.UNITS, "0"),
    "allowed": "1",
    "allowed_unit": "working_days",
    "check": "ok",
}


def with_row(given: Facts, fact: str, row: Row) -> Facts:
    return replace(given, facts={**given.facts, fact: [*given.facts.get(fact, ()), row]})


def added(rng: Random, outcome: str, **more: Any) -> Row:
    """A row that is not there yet; without a mark, for a mark is not a duty."""
    return replace(chance.row(rng, 99, outcome), value=None, **more)


def test_the_order_of_facts_does_not_matter() -> None:
    for seed in SEEDS:
        told, given = chance.pair(seed)
        rng = Random(seed)
        streams = [(name, rng.sample(list(stream), len(stream))) for name, stream in given.facts.items()]
        rng.shuffle(streams)
        mixed = replace(given, facts=dict(streams), history=rng.sample(list(given.history), len(given.history)))
        assert canonical(score(mixed, compiled(told))) == canonical(score(given, compiled(told)))


def test_a_fulfilled_duty_never_lowers_a_score_unless_the_sheet_says_why() -> None:
    for seed in SEEDS:
        told, given = chance.pair(seed)
        compiled_rules, rng = compiled(told), Random(seed)
        before = score(given, compiled_rules)
        for fact in chance.FACTS:
            after = score(with_row(given, fact, added(rng, "met", **GOOD)), compiled_rules)
            if before["total"] is not None and Fraction(after["total"]) < Fraction(before["total"]):
                assert came_alive(before, after), (fact, before["total"], after["total"])


def came_alive(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Indicators that the row lifted to their minimum number, as both sheets say."""
    return [
        new["indicator"]
        for old, new in zip(before["lines"], after["lines"], strict=True)
        if new["state"] == "scored" and old["state"] != "scored" and int(old["numbers"]["have"]) < int(new["numbers"]["have"])
    ]  # fmt: skip


def test_the_exception_is_real_and_the_sheet_says_it() -> None:
    """The third drawn visit, a middling one, brings satisfaction to life: others had carried its points in full."""
    full = {"visits_due": rows(5)}
    two = facts({**full, "return_visits": rows(2, value="3", drawn=True)})
    three = with_row(two, "return_visits", rows(1, value="4", drawn=True)[0])
    before, after = score(two, rules("default")), score(three, rules("default"))
    assert (before["total"], after["total"]) == ("100", "86.11")
    line = next(line for line in after["lines"] if line["indicator"] == "SATISFACTION")
    assert (line["numbers"]["have"], line["numbers"]["need"], line["state"]) == ("3", "3", "scored")
    assert came_alive(before, after) == ["SATISFACTION"]


@pytest.mark.parametrize("why", ["refused", "handed_back", "taken_back", "dispute_upheld", "leave", "known_loss"])
def test_what_is_neutral_never_changes_a_score(why: str) -> None:
    for seed in SEEDS[:15]:
        told, given = chance.pair(seed)
        rng = Random(seed)
        before = score(given, compiled(told))
        for fact in chance.FACTS:
            after = score(with_row(given, fact, added(rng, "neutral", why=why, finding="2026-1")), compiled(told))
            assert without_sources(after) == without_sources(before)


def without_sources(sheet: dict[str, Any]) -> dict[str, Any]:
    lines = [{key: value for key, value in line.items() if key != "sources"} for line in sheet["lines"]]
    return {**sheet, "lines": lines, "facts": ""}


def test_caps_and_groups_hold() -> None:
    for seed in SEEDS:
        told, given = chance.pair(seed)
        sheet = score(given, compiled(told))
        limits = {group["code"]: group for group in told["groups"]}
        for line in sheet["lines"]:
            most = Fraction(line["max"])
            assert (0 if line["type"] != "deduction" else -most) <= Fraction(line["points"]) <= most
            assert line["points"] == "0" or Fraction(line["points"]) * 10 ** int(told["places"]) % 1 == 0
        for group in sheet["groups"]:
            own = limits[group["code"]]
            inside = [Fraction(line["points"]) for line in sheet["lines"] if line["group"] == group["code"]]
            assert Fraction(group["sum"]) == sum(inside)
            if "max" in own:
                assert Fraction(group["points"]) <= Fraction(group["max"])
            if "min" in own:
                assert Fraction(group["points"]) >= Fraction(own["min"])
        if sheet["total"] is not None and "max" in told:
            assert Fraction(told["min"]) <= Fraction(sheet["total"]) <= Fraction(told["max"])


def test_sharing_out_keeps_the_maximum() -> None:
    """To the last unit: what the lines that are left can reach is what all of them could."""
    for seed in SEEDS:
        told, given = chance.pair(seed)
        sheet = score(given, compiled(told))
        earning = [line for line in sheet["lines"] if line["type"] in BASE_TYPES]
        groups = {line["group"] for line in earning}
        caps = [Fraction(group["max"]) for group in sheet["groups"] if group["code"] in groups]
        if any(Fraction(line["max"]) for line in earning):
            own = {
                "groups": [each for each in told["groups"] if each["code"] in groups],
                "indicators": told["indicators"],
            }
            assert sum(caps) == full_marks(own)
        for group in sheet["groups"]:
            lines = [Fraction(line["max"]) for line in earning if line["group"] == group["code"]]
            if lines and all("max" not in each for each in told["groups"] if each["code"] == group["code"]):
                assert sum(lines) == Fraction(group["max"])


def test_a_sheet_recomputes_to_the_same_bytes() -> None:
    for seed in SEEDS[:30]:
        told, given = chance.pair(seed)
        again_told, again_given = chance.pair(seed)
        assert canonical(score(given, compiled(told))) == canonical(score(again_given, compiled(again_told)))


def test_who_did_everything_has_full_marks_however_much_was_due() -> None:
    """With one line alone alive, and with three lines of which one dropped out (33.33 + 33.34 + 33.33)."""
    assert score(facts({"visits_due": rows(1)}), rules("default"))["total"] == "100"
    three = {"cases": timed("1"), "external.diary_sample": rows(2, check="ok"), "patrol_points_due": rows(3)}
    assert score(facts(three), rules("e11_lawful"))["total"] == "100"
