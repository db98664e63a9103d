"""Between levels and departments: who may hand a case on, call, remind, order; what a matter allows; when the clock stands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.cases import rules
from server.kernel.outcome import Refused

TODAY = date(2026, 9, 30)
VILLAGE, TOWN, COUNTY = 2, 3, 4
ALL = ("L2", "L3", "L4")


def test_a_matter_allows_the_levels_from_its_start_to_its_highest() -> None:
    assert rules.levels_of("L1", "L3") == ("L2", "L3")
    assert rules.levels_of("L3", "L4") == ("L3", "L4")
    assert rules.levels_of("L0", "L3") == ("L0", "L2", "L3")
    assert rules.levels_of("L1", "L1") == ()
    assert rules.level_fits("L3", ("L2", "L3"))
    assert rules.level_fits("L0", ("L2", "L3")) == Refused("level_unfit")


def test_whoever_holds_a_level_or_stands_above_hands_it_on() -> None:
    assert rules.may_hand("handed_up", "L2", ALL, VILLAGE) and rules.may_hand("handed_down", "L4", ALL, COUNTY)
    assert rules.may_hand("handed_up", "L2", ALL, COUNTY)
    assert rules.may_hand("handed_up", "L3", ALL, VILLAGE) == Refused("not_allowed")
    assert rules.may_hand("handed_down", "L3", ALL, 0) == Refused("not_allowed")


def test_a_case_is_handed_along_the_ladder_and_never_past_what_its_matter_allows() -> None:
    assert [rules.next_level("handed_up", level) for level in ("L2", "L3", "L4", "L0")] == ["L3", "L4", None, None]
    assert [rules.next_level("handed_down", level) for level in ALL] == [None, "L2", "L3"]
    assert rules.may_hand("handed_up", "L4", ALL, COUNTY) == Refused("step_unfit")
    assert rules.may_hand("handed_up", "L3", ("L2", "L3"), COUNTY) == Refused("level_unfit")
    assert rules.may_hand("handed_down", "L3", ("L3", "L4"), TOWN) == Refused("level_unfit")


@pytest.mark.parametrize("level", ["L0", "L2", "L3", "L4"])
def test_the_town_calls_and_the_village_only_what_it_holds(level: str) -> None:
    verdict = rules.may_whistle(level, VILLAGE, is_department=True, is_called=False)
    assert bool(verdict) == (level == "L2")
    assert rules.may_whistle(level, TOWN, is_department=True, is_called=False)
    assert rules.may_whistle(level, TOWN, is_department=False, is_called=False) == Refused("unit_unknown")
    assert rules.may_whistle(level, TOWN, is_department=True, is_called=True) == Refused("step_unfit")


def test_whoever_made_it_or_stands_above_reminds() -> None:
    assert rules.may_remind(TOWN, TOWN) and rules.may_remind(COUNTY, TOWN)
    assert rules.may_remind(VILLAGE, TOWN) == Refused("not_allowed")
    assert rules.may_remind(0, 0) == Refused("not_allowed")


def test_an_order_is_of_a_hazard_and_never_of_yesterday() -> None:
    assert rules.may_order(True, TODAY, TODAY)
    assert rules.may_order(False, TODAY, TODAY) == Refused("step_unfit")
    assert rules.may_order(True, TODAY - timedelta(days=1), TODAY) == Refused("day_out_of_range")


def test_no_result_while_what_was_ordered_is_not_found_to_be_put_right() -> None:
    assert rules.may_report([]) and rules.may_report([True, True])
    for orders in ([None], [True, False], [None, True]):
        assert rules.may_report(orders) == Refused("order_open")


def test_an_office_never_checks_what_it_did_itself() -> None:
    def verdict(step: str = "verified", **more: object) -> object:
        facts = {"state": "done_reported", "version": 4, "version_seen": 4, "is_lead": False, "gave_result": False}
        return rules.may_check(step, **{**facts, "words": "", **more})  # type: ignore[arg-type]

    assert verdict()
    assert verdict(is_lead=True) == verdict(gave_result=True) == Refused("own_record")
    assert verdict(version_seen=3) == Refused("stale")
    assert verdict(state="assigned") == Refused("step_unfit")
    assert verdict("sent_back") == Refused("invalid", {"fields": ["words"]})
    assert verdict("sent_back", words="还堵着")


def test_a_complaint_about_staff_is_never_taken_in() -> None:
    for source in rules.SOURCES:
        assert rules.may_take_in("staff", source, "1") == Refused("complaint_elsewhere")
        assert rules.may_take_in("matter", source, "1")
    for source in ("telephone", "resident", "mediation"):
        assert rules.may_take_in("matter", source, "")
    assert rules.may_take_in("matter", "12345", "") == Refused("invalid", {"fields": ["external_ref"]})


def test_the_clock_runs_for_nobody_while_a_duty_is_in_doubt_except_at_l0() -> None:
    assert not rules.runs("contested", "L3") and rules.runs("contested", "L0")
    assert rules.runs("assigned", "L3") and not rules.runs("suspended", "L0")
    told = [("assigned", 1), ("not_ours", 5), ("duty_moved", 9), ("suspended", 11), ("resumed", 12)]
    assert rules.spans(told, "L3") == [(5, 9), (11, 12)]
    assert rules.spans(told, "L0") == [(11, 12)]
    assert rules.spans([("not_ours", 5), ("duty_stays", 6)], "L4") == [(5, 6)]


def test_what_was_over_before_another_opening_stops_nothing_after_it() -> None:
    told = [("reported", 5), ("verified", 6), ("closed", 7), ("reopened", 9), ("suspended", 12), ("resumed", 14)]
    assert rules.spans(told, "L3") == [(5, 9), (12, 14)]


def test_what_is_handed_on_out_of_a_suspension_runs_from_then_on() -> None:
    assert {"handed_up", "handed_down"} <= rules.steps_open("suspended")
    assert not {"assigned", "not_ours", "whistled"} & rules.steps_open("suspended")
    told = [("suspended", 5), ("handed_up", 9), ("assigned", 10), ("suspended", 12), ("resumed", 14)]
    assert rules.spans(told, "L4") == [(5, 9), (12, 14)]


def test_only_a_levels_day_is_written_by_hand() -> None:
    def verdict(unit: str, *, by_hand: bool, may_be_given: bool) -> object:
        return rules.level_may_be(unit, 2, TODAY, TODAY, needs_amount=not by_hand, may_be_given=may_be_given)

    assert verdict("by_order", by_hand=True, may_be_given=True)
    assert verdict("by_order", by_hand=True, may_be_given=False) == Refused("invalid", {"fields": ["unit"]})
    assert verdict("clock_hours", by_hand=False, may_be_given=False)
