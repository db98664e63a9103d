"""Rule sets and facts that are broken, contradict themselves or mean harm: a clear word each, at once."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

import pytest

from server.evaluation import schemas
from server.evaluation.canonical import canonical
from server.evaluation.lint import lint
from server.evaluation.rule_set import Refused, compiled
from server.evaluation.schemas import RULES_BYTES, read_facts, read_rule_set
from server.evaluation.words import said
from tests.evaluation.given import changed, facts, rows, told

MOMENT = 5.0
"""Seconds within which anything is answered, also on a machine that is busy."""
DEEP = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "10 MB": (b'{"title_zh": "' + b"x" * 10_000_000 + b'"}', "too_large"),
    "nests without end": (DEEP, "too_deep"),
    "nests in what is no bracket": (b'{"a": "[[[[[[[["}', "key_missing"),
    "a string without end": (b'{"a": "' + b'\\"' * 100_000, "not_json"),
    "only backslashes": (b'"' + b"\\" * 200_001, "not_json"),
    "a number of 200,000 digits": (b'{"a": ' + b"9" * 200_000 + b"}", "bare_number"),
    "a JSON number": (b'{"places": 2}', "bare_number"),
    "no number": (b'{"places": NaN}', "bare_number"),
    "infinite": (b'{"places": -Infinity}', "bare_number"),
    "a key twice": (b'{"role": "a", "role": "b"}', "key_twice"),
    "half a character": (b'{"role": "\\ud800"}', "not_text"),
    "a character that is none": (b'{"role": "\\u0000"}', "not_text"),
    "not UTF-8": (b'{"role": "\xff"}', "not_text"),
    "a list": (b"[]", "wrong_kind"),
    "nothing": (b"", "not_json"),
    "two values": (b"{} {}", "not_json"),
    "50,000 indicators": (b'{"indicators": [' + b",".join([b"{}"] * 50_000) + b"]}", "key_missing"),
    "50,000 keys": (b"{" + b",".join(b'"%d":""' % number for number in range(20_000)) + b"}", "key_unknown"),
}


def codes(refused: Refused) -> list[str]:
    return [fault.code for fault in refused.faults]


@pytest.mark.parametrize("harm", HOSTILE)
def test_a_hostile_file_gets_a_clear_word_at_once(harm: str) -> None:
    raw, code = HOSTILE[harm]
    begun = time.process_time()
    with pytest.raises(Refused) as refused:
        read_rule_set(raw)
    assert time.process_time() - begun < MOMENT
    assert code in codes(refused.value)
    assert len(refused.value.faults) <= 50
    for fault in refused.value.faults:
        assert said(fault, "zh") != said(fault, "en")


BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "a key is missing": (changed("default", "VISITS_DUE", max=None), "key_missing", "VISITS_DUE/max"),
    "a key nobody knows": (changed("default", "VISITS_DUE", maximum="5"), "key_unknown", "VISITS_DUE/maximum"),
    "a key of another type": (changed("default", "VISITS_DUE", tiers={"1": "5"}), "key_unknown", "VISITS_DUE/tiers"),
    "a key of the head nobody knows": (changed("default", ranking="yes"), "key_unknown", "ranking"),
    "no such type": (changed("default", "VISITS_DUE", type="steps"), "not_a_choice", "VISITS_DUE/type"),
    "a number with a comma": (changed("default", "VISITS_DUE", max="1,5"), "bad_value", "VISITS_DUE/max"),
    "a number and a line feed": (changed("default", "VISITS_DUE", max="5\n"), "bad_value", "VISITS_DUE/max"),
    "foreign digits": (changed("default", "VISITS_DUE", max="٥"), "bad_value", "VISITS_DUE/max"),
    "a number below zero": (changed("default", "VISITS_DUE", max="-5"), "bad_value", "VISITS_DUE/max"),
    "neutral beyond all": (changed("default", "VISITS_DUE", neutral="1.5"), "bad_value", "VISITS_DUE/neutral"),
    "each and weights": (changed("default", "FINDINGS", each="1"), "each_or_weights", "FINDINGS"),
    "half a deadline": (changed("default", "TASKS_IN_TIME", within="5"), "key_missing", "TASKS_IN_TIME/within_unit"),
    "no indicator": (changed("default", indicators=[]), "wrong_length", "indicators"),
    "201 indicators": (changed("default", indicators=told("default")["indicators"] * 15), "wrong_length", "indicators"),
    "an object as a word": (changed("default", title_zh={}), "wrong_kind", "title_zh"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_breaks_the_schema_is_named_with_its_place(fault: str) -> None:
    told_, code, where = BROKEN[fault]
    with pytest.raises(Refused) as refused:
        read_rule_set(canonical(told_))
    assert (code, where) in [(each.code, each.where) for each in refused.value.faults]
    assert "key_unknown" not in codes(refused.value) or code == "key_unknown"


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "divides by a maximum of zero": (changed("default", "VISITS_DUE", max="0"), "max_is_zero"),
    "divides by a scale of zero": (changed("default", "SATISFACTION", scale="1"), "scale_is_empty"),
    "divides by raters that weigh nothing": (changed("points", "MARK", raters={"villagers": "0"}), "weights_are_zero"),
    "divides by a target of zero": (changed("e2_lawful", "CLOSURE", target="0"), "target_out_of_range"),
    "a target beyond all": (changed("e2_lawful", "CLOSURE", target="1.1"), "target_out_of_range"),
    "a code used twice": (changed("default", "TRAINING", code="VISITS_DUE"), "code_twice"),
    "a group that is not there": (changed("default", "TRAINING", group="NONE"), "unknown_group"),
    "a grade that is not there": (changed("default", "ARTICLE_13", grade="none"), "unknown_grade"),
    "tiers that fall": (changed("e5_lawful", "COMPLETE", tiers={"0.9": "15", "0.95": "10"}), "tiers_fall"),
    "tiers that miss the maximum": (changed("e5_lawful", "COMPLETE", tiers={"0.9": "10"}), "tiers_miss_max"),
    "a tier above all": (changed("e5_lawful", "COMPLETE", tiers={"1": "15"}, inclusive="above"), "tier_unreachable"),
    "another base score": (changed("default", base_score="99"), "base_score_differs"),
    "finer than it rounds": (changed("default", places="0", max="105.5"), "finer_than_places"),
    "limits crossed": (changed("default", min="106"), "limits_crossed"),
    "no such day": (changed("default", valid_from="2026-02-30"), "no_such_day"),
    "ends before it begins": (changed("default", valid_to="2025-12-31"), "ends_before_it_begins"),
    "another role on nobody's authority": (changed("points", legal_basis=None), "legal_basis_missing"),
    "no lowest grade": (changed("default", grades=told("default")["grades"][:3]), "one_lowest_grade"),
    "a streak of no periods": (changed("default", "TWICE_FAILED", periods="0"), "no_periods"),
}


@pytest.mark.parametrize("fault", CONTRADICTIONS)
def test_a_set_that_contradicts_itself_is_neither_compiled_nor_published(fault: str) -> None:
    told_, code = CONTRADICTIONS[fault]
    read_rule_set(canonical(told_))
    with pytest.raises(Refused) as refused:
        compiled(told_)
    assert code in codes(refused.value)
    assert code in [each.code for each in lint(told_).refused]
    for each in refused.value.faults:
        assert said(each, "zh") != said(each, "en")


def broken_facts(**more: Any) -> bytes:
    whole = facts({"visits_due": rows(2)}).as_json()
    return canonical({**whole, **more})


def test_facts_come_back_as_they_were_written() -> None:
    whole = facts({"visits_due": rows(2), "marks": rows(1, value="5", reason="好", rater="a", drawn=True)})
    assert read_facts(canonical(whole.as_json())).as_json() == whole.as_json()


ROW = {"kind": "visit", "id": "1", "on": "2026-10-09", "outcome": "met"}
WRONG_FACTS: dict[str, tuple[bytes, str]] = {
    "neutral without a reason": (broken_facts(facts={"tasks": [{**ROW, "outcome": "neutral"}]}), "key_missing"),
    "a reason without being neutral": (broken_facts(facts={"tasks": [{**ROW, "why": "leave"}]}), "bad_value"),
    "a source twice": (broken_facts(facts={"tasks": [ROW, ROW]}), "row_twice"),
    "too many rows": (broken_facts(facts={"tasks": [{}] * 20_001}), "too_many_rows"),
    "no such day": (broken_facts(period={"type": "month", "start": "2026-02-01", "end": "2026-02-30"}), "no_such_day"),
    "a period that ends first": (
        broken_facts(period={"type": "month", "start": "2026-02-02", "end": "2026-02-01"}),
        "ends_before_it_begins",
    ),
    "a name that is no fact's": (broken_facts(facts={"__proto__": [ROW]}), "bad_value"),
    "a bare number": (json.dumps({**facts({}).as_json(), "days": {"due": 5, "present": "5"}}).encode(), "bare_number"),
}


@pytest.mark.parametrize("fault", WRONG_FACTS)
def test_wrong_facts_are_named(fault: str) -> None:
    raw, code = WRONG_FACTS[fault]
    with pytest.raises(Refused) as refused:
        read_facts(raw)
    assert code in codes(refused.value)


def test_the_largest_set_that_is_taken_is_read_and_linted_in_a_moment() -> None:
    one = told("default")["indicators"][0]
    many = [{**one, "code": f"I{number}", "explain_zh": "字" * 300} for number in range(200)]
    largest = changed("default", indicators=many, base_score=None)
    largest["groups"] = [each for each in largest["groups"] if each["code"] == one["group"]]
    raw = canonical(largest)
    assert RULES_BYTES * 0.8 < len(raw) <= RULES_BYTES
    begun = time.process_time()
    report = lint(read_rule_set(raw))
    assert time.process_time() - begun < MOMENT
    assert report.publishable


def work(body: dict[str, Any]) -> int:
    """How many functions are called to read it."""
    calls: Counter[str] = Counter()
    raw = json.dumps(body).encode()
    sys.setprofile(lambda _frame, event, _what: calls.update([event]))
    try:
        read_rule_set(raw)
    except Refused:
        pass
    finally:
        sys.setprofile(None)
    return calls.total()


@pytest.mark.parametrize("where", ["areas", "categories"])
def test_a_long_list_costs_in_proportion_to_its_length(where: str) -> None:
    """Of mixed kinds, so that it cannot be sorted."""

    def told(length: int) -> dict[str, Any]:
        items = [None, *(f"a{number}" for number in range(length))]
        return (
            changed("default", **{where: items})
            if where == "areas"
            else changed("default", "VISITS_DUE", categories=items)
        )

    least = work(told(0))
    assert work(told(2000)) - least < 3 * (work(told(1000)) - least)


def test_an_item_twice_is_still_named() -> None:
    with pytest.raises(Refused) as refused:
        read_rule_set(json.dumps(changed("default", areas=["330402", "330402"])).encode())
    assert [fault.code for fault in refused.value.faults] == ["code_twice"]


def test_a_key_twice_behind_many_is_found_without_comparing_each_with_each() -> None:
    compared = 0

    class Key(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    pairs = [(Key(number), "") for number in [*range(1000), 999]]
    with pytest.raises(Refused, match="key_twice 999"):
        schemas._once(pairs)
    assert compared < 10 * len(pairs)
