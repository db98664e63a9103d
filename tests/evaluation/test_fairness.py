"""The rules that keep an evaluation fair, as far as the score decides them, and what it proposes."""

from __future__ import annotations

import pytest

from server.evaluation.quota import proposed
from server.evaluation.rule_set import Refused, compiled
from server.evaluation.score import score
from tests.evaluation.given import QUARTER, changed, facts, past, rows, rules, timed

FULL = {"visits_due": rows(10)}
QUOTA = {"share": "0.2", "rounding": "half_up", "min_unit": "5"}


def line(sheet: dict, indicator: str) -> dict:
    return next(each for each in sheet["lines"] if each["indicator"] == indicator)


def test_no_opportunity_at_all_is_no_score_and_no_grade() -> None:
    sheet = score(facts({}), rules("default"))
    assert (sheet["status"], sheet["total"], sheet["grade"]) == ("nothing", None, None)


@pytest.mark.parametrize(("days", "status"), [("4", "too_short"), ("5", "graded"), ("0", "too_short")])
def test_who_was_hardly_in_post_gets_no_grade(days: str, status: str) -> None:
    assert score(facts(FULL, days_present=days), rules("default"))["status"] == status


def test_a_count_is_asked_in_proportion_to_the_days_in_post() -> None:
    given = {"reports": rows(6, check="ok")}
    whole = score(facts(given), rules("e5_lawful"))
    half = score(facts(given, days_present="10"), rules("e5_lawful"))
    assert (line(whole, "VALID")["exact"], line(half, "VALID")["exact"]) == (
        "28",
        "56",
    )  # of 70: two groups had nothing


def test_the_clock_is_the_holders_and_what_has_no_clock_is_not_late() -> None:
    given = {"tasks": [*timed("8", "8"), *timed("8.5", "8"), *rows(3)]}
    sheet = score(facts(given), rules("default"))
    assert [source["as"] for source in line(sheet, "TASKS_IN_TIME")["sources"]] == ["met", "late", *["no_clock"] * 3]
    assert line(sheet, "TASKS_IN_TIME")["numbers"]["whole"] == "2"


def test_waiting_for_review_counts_as_done() -> None:
    assert score(facts({"visits_due": rows(2, "pending")}), rules("default"))["total"] == "100"


def test_satisfaction_hears_only_visits_drawn_by_lot() -> None:
    given = {**FULL, "return_visits": [*rows(3, value="5", drawn=True), *rows(20, value="1")]}
    assert line(score(facts(given), rules("default")), "SATISFACTION")["numbers"]["mean"] == "5"


def test_a_mark_without_a_written_reason_does_not_count() -> None:
    marks = [
        *rows(1, category="MARK", value="100", rater="villagers", reason="…"),
        *rows(9, category="MARK", value="0", rater="villagers"),
    ]
    told = changed("points", "MARK", min_n="1")
    sheet = score(facts({"marks": marks}, role="micro_grid_leader", period=QUARTER), compiled(told))
    assert line(sheet, "MARK")["numbers"]["mark"] == "100"


def test_a_complaint_alone_neither_takes_points_nor_vetoes() -> None:
    given = {**FULL, "findings": [*rows(3, "unmet", category="13.3"), *rows(3, "unmet", category="serious")]}
    sheet = score(facts(given), rules("default"))
    assert (sheet["total"], sheet["grade"], sheet["vetoes"]) == ("100", "excellent", [])


def test_a_veto_needs_a_confirmed_finding_and_is_a_proposal() -> None:
    finding = rows(1, "unmet", category="13.3", finding="示例〔2026〕9号")
    sheet = score(facts({**FULL, "findings": finding}), rules("default"))
    assert (sheet["total"], sheet["grade"]) == ("100", "fail")
    assert sheet["vetoes"][0]["sources"] == [{"kind": "record", "id": finding[0].id, "as": "counted"}]
    assert [(each["kind"], each["indicator"]) for each in sheet["proposals"]] == [("veto", "ARTICLE_13")]


def test_an_open_objection_keeps_the_grade_back() -> None:
    sheet = score(facts(FULL, disputed=["VISITS_DUE"]), rules("default"))
    assert (sheet["status"], sheet["grade"], line(sheet, "VISITS_DUE")["disputed"]) == ("disputed", None, True)
    assert sheet["proposals"] == []


@pytest.mark.parametrize(
    ("earlier", "proposals"),
    [
        ([("2026-09-01", "2026-09-30", "fail")], 1),
        ([("2026-09-01", "2026-09-29", "fail")], 0),
        ([("2026-09-01", "2026-09-30", "basic")], 0),
        ([("2026-08-01", "2026-08-31", "fail")], 0),
        ([("2026-09-01", "2026-09-30", "of-another-set")], 0),
        ([], 0),
    ],
)
def test_a_streak_is_periods_that_follow_each_other(earlier: list[tuple[str, str, str]], proposals: int) -> None:
    given = facts({"visits_due": rows(3, "unmet")}, history=[past(*each) for each in earlier])
    assert len(score(given, rules("default"))["proposals"]) == proposals


def test_facts_of_another_role_or_period_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        score(facts(FULL, role="grid_leader", period=QUARTER), rules("default"))
    assert [fault.code for fault in refused.value.faults] == ["other_role", "other_period"]


def test_a_quota_caps_who_is_proposed_and_ties_go_up() -> None:
    reached = {"a": "99", "b": "98", "c": "98.0", "d": "91"}
    assert proposed(QUOTA, reached, 10) == {"a", "b", "c"}
    assert proposed(QUOTA, reached, 5) == {"a"}
    assert proposed(QUOTA, reached, 20) == set(reached)


def test_a_small_unit_has_no_cap_and_nobody_fills_a_quota() -> None:
    assert proposed(QUOTA, {"a": "90"}, 4) == {"a"}
    assert proposed(QUOTA, {}, 100) == frozenset()
    assert proposed({**QUOTA, "share": "0"}, {"a": "100"}, 9) == frozenset()


@pytest.mark.parametrize(("rounding", "places"), [("down", 1), ("half_up", 1), ("up", 2)])
def test_how_a_share_becomes_a_number_of_people(rounding: str, places: int) -> None:
    reached = {"a": "99", "b": "98", "c": "97"}
    assert len(proposed({**QUOTA, "rounding": rounding}, reached, 7)) == places  # 1.4
