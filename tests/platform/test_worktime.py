"""The clock of cases, against cases reckoned by hand with the published calendar of 2026.

National Day 2026: free from Thursday 1 to Wednesday 7 October; Sunday 20 September and Saturday 10 October are worked.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.kernel import clock
from server.platform.workdays import is_working_day
from server.platform.worktime import BY_ORDER, BY_PLAN, DAYS, IN_DAYS, UNITS, WORKING_DAYS, Term, counted, due_at

HOURS = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))  # 7.5 hours a day


def at(text: str) -> int:
    """``09-30 16:00`` of 2026 in China; ``24:00`` is the day's end."""
    day, time = text.split()
    month, number = (int(part) for part in day.split("-"))
    hour, minute = (int(part) for part in time.split(":"))
    begin = int(datetime(2026, month, number, tzinfo=clock.CHINA).timestamp() * 1000)
    return begin + (hour * 60 + minute) * 60_000


def test_the_calendar_is_the_published_one() -> None:
    free = [date(2026, 10, day) for day in range(1, 8)]
    assert not any(is_working_day(day) for day in free)
    assert all(
        is_working_day(day) for day in (date(2026, 9, 20), date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 10))
    )
    assert not is_working_day(date(2026, 10, 11))


@pytest.mark.parametrize(
    ("term", "start", "stood", "due"),
    [
        # minutes and clock hours run through the holiday
        (Term("minutes", 5), "10-01 23:58", [], "10-02 00:03"),
        (Term("clock_hours", 24), "09-30 16:00", [], "10-01 16:00"),
        (Term("clock_hours", 24), "09-30 16:00", [("09-30 17:00", "10-02 17:00")], "10-03 16:00"),
        # working hours: 1.5 h left on the 30th, then 8 October, then the worked Saturday
        (Term("working_hours", 2), "09-30 16:00", [], "10-08 09:00"),
        (Term("working_hours", 9), "09-30 16:00", [], "10-08 17:30"),
        (Term("working_hours", 8), "10-09 16:00", [], "10-10 16:30"),
        (Term("working_hours", 1), "10-03 10:00", [], "10-08 09:30"),
        (Term("working_hours", 4), "10-08 08:30", [], "10-08 14:00"),
        (Term("working_hours", 2), "10-08 09:00", [("10-08 10:00", "10-10 15:00")], "10-10 16:00"),
        # days: the day of the start is number 0
        (Term("days", 0), "09-30 09:00", [], "09-30 24:00"),
        (Term("days", 7), "09-30 09:00", [], "10-07 24:00"),
        (Term("days", 7), "09-30 09:00", [("10-02 09:00", "10-04 08:00")], "10-09 24:00"),
        (Term("days", 0), "09-30 09:00", [("09-30 10:00", "10-02 08:00")], "10-02 24:00"),
        (Term("days", 7), "09-30 09:00", [("10-02 09:00", "10-02 18:00")], "10-07 24:00"),
        # working days: 8, 9 and the worked Saturday 10 October; 11 is a Sunday
        (Term("working_days", 1), "09-30 16:00", [], "10-08 24:00"),
        (Term("working_days", 3), "09-30 16:00", [], "10-10 24:00"),
        (Term("working_days", 4), "09-30 16:00", [], "10-12 24:00"),
        (Term("working_days", 1), "10-02 10:00", [], "10-08 24:00"),
        (Term("working_days", 2), "09-18 10:00", [], "09-21 24:00"),  # the worked Sunday 20 September is the first
        (Term("working_days", 3), "09-30 16:00", [("10-09 10:00", "10-12 09:00")], "10-13 24:00"),
        (Term("working_days", 3), "09-30 16:00", [("10-01 10:00", "10-07 09:00")], "10-10 24:00"),  # free days only
        # a given day
        (Term("by_plan", day=date(2026, 10, 15)), "09-30 16:00", [], "10-15 24:00"),
        (Term("by_order", day=date(2026, 10, 15)), "09-30 16:00", [("10-08 09:00", "10-10 09:00")], "10-17 24:00"),
    ],
)
def test_due_as_reckoned_by_hand(term: Term, start: str, stood: list[tuple[str, str]], due: str) -> None:
    assert due_at(term, at(start), [(at(a), at(b)) for a, b in stood], HOURS) == at(due)


MOMENTS = st.integers(at("09-14 00:00"), at("10-20 00:00"))
TERMS = st.one_of(
    st.builds(Term, st.sampled_from([u for u in UNITS if u not in (BY_PLAN, BY_ORDER)]), st.integers(0, 40)),
    st.builds(Term, st.sampled_from([BY_PLAN, BY_ORDER]), st.just(0), st.dates(date(2026, 9, 14), date(2026, 11, 1))),
)


@given(term=TERMS, start=MOMENTS, ahead=st.integers(0, 12 * clock.DAY_MS), length=st.integers(0, 9 * clock.DAY_MS))
@example(Term(WORKING_DAYS, 3), at("09-30 16:00"), clock.DAY_MS, 9 * clock.DAY_MS)
@example(Term(DAYS, 0), at("09-30 16:00"), 0, 2 * clock.DAY_MS)
def test_a_span_puts_the_due_moment_off_by_exactly_its_length(term: Term, start: int, ahead: int, length: int) -> None:
    free = due_at(term, start, [], HOURS)
    begin = min(start + ahead, free - 1) if term.unit in IN_DAYS or term.amount else start
    begin = max(begin, start)
    span = (begin, begin + length)
    put_off = due_at(term, start, [span], HOURS)
    assert counted(term.unit, free, put_off, HOURS) == counted(term.unit, *span, HOURS)


@given(
    term=TERMS,
    start=MOMENTS,
    later=st.integers(0, 5 * clock.DAY_MS),
    after=st.integers(0, 12 * clock.DAY_MS),
    length=st.integers(0, clock.DAY_MS * 9),
    more=st.integers(0, clock.DAY_MS * 3),
)
def test_later_or_longer_is_never_due_sooner(
    term: Term, start: int, later: int, after: int, length: int, more: int
) -> None:
    first = start + later + after  # a clock that does not run yet cannot be stopped
    stood, longer = [(first, first + length)], [(first, first + length + more)]
    due = due_at(term, start, stood, HOURS)
    assert due <= due_at(term, start + later, stood, HOURS)
    assert due <= due_at(term, start, longer, HOURS)
    assert due <= due_at(Term(term.unit, term.amount + 1, term.day), start, stood, HOURS)
    assert due == due_at(term, start, [(first, first + length // 2), (first + length // 2, first + length)], HOURS)
