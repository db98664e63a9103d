"""Which step fits which state, and when the clock stood."""

from __future__ import annotations

from datetime import date

import pytest

from server.cases import rules
from server.kernel.outcome import Refused

TODAY = date(2026, 9, 30)


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("step", rules.STEPS)
def test_a_step_fits_the_states_named_for_it_alone(step: str, state: str) -> None:
    verdict = rules.may_take(step, state, 3, 3)
    assert bool(verdict) == (state in rules.STEPS[step][0])
    assert (step in rules.steps_open(state)) == bool(verdict)
    assert rules.may_take(step, state, 3, 2) == Refused("stale")


def test_nothing_follows_what_is_over_but_another_opening() -> None:
    for state in rules.OVER:
        assert rules.steps_open(state) == {"reopened"}


def test_the_clock_stands_while_suspended_and_while_a_result_waits() -> None:
    told = [("opened", 1), ("suspended", 5), ("resumed", 9), ("reported", 12), ("sent_back", 20), ("suspended", 30)]
    assert rules.spans(told) == [(5, 9), (12, 20)]
    assert rules.spans([("reported", 12), ("verified", 15), ("closed", 20)]) == []
    assert rules.spans([("suspended", 9), ("resumed", 7)]) == [(9, 9)]


def test_an_open_hazard_or_information_outside_a_team_becomes_a_case() -> None:
    assert rules.may_be_case(kind="hazard", is_fixed=False, is_sensitive=False)
    assert rules.may_be_case(kind="information", is_fixed=False, is_sensitive=False)
    for change in ({"kind": "visit"}, {"kind": "mediation"}, {"is_fixed": True}, {"is_sensitive": True}):
        facts = {"kind": "hazard", "is_fixed": False, "is_sensitive": False, **change}
        assert rules.may_be_case(**facts) == Refused("no_case_of_this")  # type: ignore[arg-type]


def test_a_term_counts_from_today_on_and_never_in_the_past() -> None:
    def verdict(day: date, amount: int = 3, needs_amount: bool = True) -> object:
        return rules.level_may_be("days", amount, day, TODAY, needs_amount=needs_amount)

    assert verdict(TODAY) and verdict(date(2027, 1, 1))
    assert verdict(date(2026, 9, 29)) == Refused("day_out_of_range")
    assert verdict(TODAY, -1) == Refused("invalid", {"fields": ["amount"]})
    assert verdict(TODAY, -1, needs_amount=False)


def test_office_hours_as_a_document_writes_them() -> None:
    assert rules.minutes_of([["08:30", "12:00"], ["13:30", "17:30"]]) == ((510, 720), (810, 1050))
