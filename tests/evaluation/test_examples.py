"""The shipped examples: what the linter says of them, and their sheets against figures worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from server.evaluation.facts import Facts
from server.evaluation.lint import lint
from server.evaluation.score import score
from tests.evaluation.given import NAMES, QUARTER, facts, past, rows, rules, timed, told

FORBIDDEN = {
    "e2_issued": {"ONLINE": ("online_time", "2"), "PATROL": ("patrol_time", "2"), "REPORTS": ("report_quota", "1")},
    "e3_issued": {"ONLINE": ("online_time", "2"), "REPORTS": ("count_unverified", "1"), "RANK": ("rank", "2")},
    "e5_issued": {"PATROL": ("patrol_time", "2")},
    "e6_issued": {"PATROL": ("patrol_time", "2")},
    "e8_issued": {"PATROL": ("patrol_time", "2"), "NIGHT": ("patrol_time", "2")},
    "e11_issued": {"DIARY": ("reports_asked_for", "1")},
}


@pytest.mark.parametrize("name", NAMES)
def test_the_linter_refuses_exactly_what_is_forbidden(name: str) -> None:
    refused = {
        fault.where: (fault.code.removeprefix("forbidden_"), fault.values["paragraph"])
        for fault in lint(told(name)).refused
    }
    assert refused == FORBIDDEN.get(name, {})
    assert bool(refused) == name.endswith("_issued")


def default() -> Facts:
    """No dispute in the grid and no re-look due: 10 of 100 go to the other groups, and 10 of the hazards to their quality."""
    tasks = [row for _ in range(4) for row in timed("3", "8", unit="working_hours")]
    tasks += [
        *timed("9", "8", unit="working_hours"), *rows(1, "neutral", why="refused"), *rows(1, "neutral", why="handed_back"),
    ]  # fmt: skip
    visits = [
        *rows(1, value="5", drawn=True), *rows(1, value="4", drawn=True), *rows(1, value="3", drawn=True),
        *rows(1, value="1"),
    ]  # fmt: skip
    adopted = [
        *rows(1, level="county", subject="lamps", approver="office", evidence="2026-7"),
        *rows(1, level="city", subject="lamps", approver="office", evidence="2026-8"),
        *rows(1, level="nation", subject="wells"),
    ]
    found = [*rows(1, "unmet", category="minor", finding="2026-1"), *rows(1, "unmet", category="serious")]
    return facts(
        {
            "visits_due": [*rows(18), *rows(1, "pending"), *rows(1, "unmet")],
            "hazards": [*rows(8, check="ok"), *rows(1, check="bad"), *rows(3)],
            "tasks": tasks,
            "records": rows(5, check="ok"),
            "return_visits": visits,
            "trainings": [*rows(1, category="privacy"), *rows(1, "unmet", category="fire-safety")],
            "adoptions": adopted,
            "findings": found,
        }
    )


def e2() -> Facts:
    return facts(
        {
            "patrol_points_due": [*rows(9), *rows(1, "unmet")],
            "visits_due": [*rows(8, category="key-person"), *rows(3, category="key-place"),
                           *rows(1, "unmet", category="key-place")],
            "cases": [*rows(5), *rows(1, "unmet")],
            "reports": rows(2, check="ok"),
            "external.meetings": [*rows(2, "unmet"), *rows(3)],
            "adoptions": rows(1, approver="office", evidence="2026-9"),
        }
    )  # fmt: skip


def e3() -> Facts:
    return facts(
        {"reports": [*rows(3, check="ok"), *rows(1, check="bad")], "cases": [*timed("30"), *rows(1, "unmet")]},
        history=[past("2026-08-01", "2026-08-31", "good"), past("2026-09-01", "2026-09-30", "fail")],
    )


def e5() -> Facts:
    return facts(
        {
            "external.data_completeness": [*rows(18), *rows(2, "unmet")],
            "patrol_points_due": [*rows(4), *rows(1, "unmet")],
            "visits_due": [*rows(7, category="key-spot"), *rows(1, "unmet", category="key-spot"),
                           *rows(17, category="household"), *rows(3, "unmet", category="household")],
            "reports": [*rows(9, check="ok"), *rows(1, check="bad")],
            "cases": [*timed("20", check="ok"), *timed("24", check="ok"), *timed("30", check="ok")],
        }
    )  # fmt: skip


def e6() -> Facts:
    return facts(
        {
            "visits_due": [*rows(3), *rows(1, "unmet")],
            "reports": rows(3, check="ok"),
            "cases": [*timed("1"), *timed("2"), *timed("25")],
            "trainings": rows(1, category="mediator"),
            "findings": [
                *rows(2, "unmet", category="duplicate", finding="1"),
                *rows(1, "unmet", category="false", finding="2"),
            ],
        },
        period=QUARTER,
    )


def e8() -> Facts:
    tasks = [*rows(2), *rows(1, "unmet"), *rows(2, "neutral", why="taken_back")]
    return facts(
        {"reports": [*rows(6, check="ok"), *rows(1, check="bad")], "tasks": tasks, "patrol_points_due": rows(1)}
    )


def e11() -> Facts:
    return facts(
        {
            "cases": [*timed("1"), *timed("2"), *timed("3"), *timed("99")],
            "external.diary_sample": rows(1, check="ok"),
            "patrol_points_due": rows(5),
        }
    )


def points() -> Facts:
    marks = [
        *rows(1, category="MARK", value="90", rater="villagers", reason="…"),
        *rows(1, category="MARK", value="80", rater="villagers", reason="…"),
        *rows(1, category="MARK", value="70", rater="grid_leader", reason="…"),
        *rows(1, category="MARK", value="10", rater="grid_leader"),
    ]
    return facts(
        {
            "reports": [*rows(3, category="hazard", check="ok"), *rows(1, category="dispute", check="ok")],
            "visits_due": [*rows(1, category="care"), *rows(1, "unmet", category="care")],
            "marks": marks,
            "adoptions": rows(1, level="city", approver="office", evidence="2026-9"),
        },
        role="micro_grid_leader", period=QUARTER, days_due="60", days_present="40", area_kind="rural",
    )  # fmt: skip


BY_HAND: dict[str, Any] = {
    "default": (default, "86.8", "good", {
        "VISITS_DUE": ("22.22 × 19 ÷ 20", "21.11"),
        "HAZARD_QUALITY": ("27.78 × 8 ÷ 9", "24.69"),
        "HAZARD_RELOOK": ("0 < 1", "0"),
        "TASKS_IN_TIME": ("22.22 × 4 ÷ 5", "17.78"),
        "DISPUTES_HANDLED": ("0 < 1", "0"),
        "DISPUTES_FOLLOWED": ("0 < 1", "0"),
        "DATA_CORRECT": ("11.11 × 5 ÷ 5", "11.11"),
        "SATISFACTION": ("11.11 × (4 − 1) ÷ (5 − 1)", "8.33"),
        "TRAINING": ("5.56 × 1 ÷ 2", "2.78"),
        "ADOPTED": ("min(5, (1 × 2))", "2"),
        "FINDINGS": ("−min(10, (1 × 1))", "-1"),
    }),
    "e2_lawful": (e2, "85.33", "good", {
        "PATROL": ("20 × 9 ÷ 10", "18"),
        "KEY_PEOPLE": ("8 ÷ 8 ≥ 1: 20", "20"),
        "KEY_PLACES": ("3 ÷ 4 < 1: 20 × 3 ÷ 4 ÷ 1", "15"),
        "CLOSURE": ("5 ÷ 6 < 1: 40 × 5 ÷ 6 ÷ 1", "33.33"),
        "REPORTS": ("2 < 3", "0"),
        "MEETINGS": ("−min(5, (2 × 1))", "-2"),
        "HANDBOOK": ("−min(4, (0 × 2))", "0"),
        "REWARD": ("min(5, (1 × 1))", "1"),
    }),
    "e3_lawful": (e3, "37.5", "fail", {"REPORTS": ("50 × 3 ÷ 4", "37.5"), "CASES": ("50 × 0 ÷ 2", "0")}),
    "e5_lawful": (e5, "46", None, {
        "COMPLETE": ("18 ÷ 20 ≥ 0.9: 10", "10"),
        "PATROL": ("10 × 4 ÷ 5", "8"),
        "KEY_SPOTS": ("7 ÷ 8 < 1: 0", "0"),
        "VALID": ("min(30, (9 × 2))", "18"),
        "FAST": ("min(30, (2 × 3))", "6"),
        "OVERDUE": ("−min(30, (1 × 2))", "-2"),
        "COVERED": ("17 ÷ 20 ≥ 0.85: 6", "6"),
    }),
    "e6_lawful": (e6, "76.33", "good", {
        "COVERAGE": ("3 ÷ 4 < 1: 40 × 3 ÷ 4 ÷ 1", "30"),
        "QUALIFIED": ("20 × 3 ÷ 3", "20"),
        "IN_TIME": ("20 × 2 ÷ 3", "13.33"),
        "CERTIFICATES": ("20 × 1 ÷ 1", "20"),
        "FALSE": ("−min(20, (2 × 1 + 1 × 5))", "-7"),
    }),
    "e8_lawful": (e8, "80.953", "good", {
        "EFFICIENCY": ("40 × 6 ÷ 7", "34.286"), "TASK_RATE": ("40 × 2 ÷ 3", "26.667"), "PATROL": ("20 × 1 ÷ 1", "20"),
    }),
    "e11_lawful": (e11, "85", "good", {
        "DISPUTES": ("0 < 1", "0"),
        "EVENTS": ("33.33 × 3 ÷ 4", "25"),
        "DIARY": ("1 < 2: 33.34 × 0.8", "26.67"),
        "PATROL": ("33.33 × 5 ÷ 5", "33.33"),
    }),
    "points": (points, "57.8", "star3", {
        "CHECKED": ("min(30, (1 × 5 + 3 × 3) × 60 ÷ 40 × 1.2 × (16/15))", "26.9"),
        "CARE": ("2 < 3: 20 × 1", "20"),
        "MARK": ("20 × (70 × 0.4 + 85 × 0.6) ÷ 1 ÷ 100", "15.8"),
        "ADOPTED": ("min(10, (1 × 2))", "2"),
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_a_sheet_is_what_was_worked_out_by_hand(name: str) -> None:
    given, total, grade, expected = BY_HAND[name]
    sheet = score(given(), rules(name))
    assert {line["indicator"]: (line["formula"], line["points"]) for line in sheet["lines"]} == expected
    assert (sheet["total"], sheet["grade"], sheet["status"]) == (total, grade, "graded")


def test_every_lawful_example_has_a_sheet() -> None:
    assert set(BY_HAND) == {name for name in NAMES if not name.endswith("_issued")}


def test_what_a_sheet_says_beside_its_lines() -> None:
    two_bad_months = score(e3(), rules("e3_lawful"))
    assert two_bad_months["proposals"] == [
        {"kind": "streak", "indicator": "TWO_BAD_MONTHS", "clause": "三", "numbers": {"periods": "2", "need": "2"}}
    ]
    work = score(points(), rules("points"))["groups"][0]
    assert (work["sum"], work["max"], work["points"]) == ("46.9", "40", "40")
