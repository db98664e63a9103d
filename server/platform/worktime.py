"""When something is due: minutes, clock hours, working hours, days, working days, or a day given by plan or by order.

A span in which the clock stands is ``(from, to)`` in milliseconds UTC, half-open. Minutes and hours run on as soon as the
span is over. Days are counted whole: the day of the start is number 0, and a day does not count when the clock stood at its
end (of a span from Monday to Wednesday, Monday and Tuesday). Whatever is counted in days is due when its last day ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel import clock
from server.platform.workdays import is_working_day

MINUTES, CLOCK_HOURS, WORKING_HOURS, DAYS, WORKING_DAYS, BY_PLAN, BY_ORDER = (
    "minutes", "clock_hours", "working_hours", "days", "working_days", "by_plan", "by_order",
)  # fmt: skip
UNITS = (MINUTES, CLOCK_HOURS, WORKING_HOURS, DAYS, WORKING_DAYS, BY_PLAN, BY_ORDER)
GIVEN = (BY_PLAN, BY_ORDER)  # the day is written by hand
IN_DAYS = (DAYS, WORKING_DAYS, *GIVEN)
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
A_DAY = timedelta(days=1)

Span = tuple[int, int]
Hours = Sequence[tuple[int, int]]  # office hours as minutes of the day


@dataclass(frozen=True)
class Term:
    """How long something may take. ``amount`` counts units; ``day`` is the last day of a term by plan or by order."""

    unit: str
    amount: int = 0
    day: date | None = None


def due_at(term: Term, start: int, stood: Sequence[Span], hours: Hours) -> int:
    """The instant at which the term is over."""
    if term.unit in IN_DAYS:
        return clock.start_of(_last_day(term, clock.day_of(start), stood) + A_DAY)
    left = term.amount * (MINUTE_MS if term.unit == MINUTES else HOUR_MS)
    for begin, end in _running(term.unit, start, stood, hours):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise AssertionError("time runs on")


def counted(unit: str, begin: int, end: int, hours: Hours) -> int:
    """How much of a unit's time lies between two instants: milliseconds, or whole days for units in days."""
    if unit in IN_DAYS:
        days = (clock.day_of(end) - clock.day_of(begin)).days
        return sum(_counts(unit, clock.day_of(begin) + n * A_DAY) for n in range(days))
    found = 0
    for first, last in _open(unit, begin, hours):
        if first >= end:
            break
        found += min(last, end) - first
    return found


def _last_day(term: Term, first: date, stood: Sequence[Span]) -> date:
    skipped = [(clock.day_of(begin), clock.day_of(end)) for begin, end in stood]
    day, left = first, term.amount
    if term.unit in GIVEN:  # every day of standing puts the given day off by one
        last = max(term.day or first, first)
        left = (last - first).days
    if not _counts(term.unit, day):  # begun on a free day: the next working day is number 1
        day, left = _next(term.unit, day), max(left - 1, 0)
    while left or any(begin <= day < end for begin, end in skipped):
        left -= not any(begin <= day < end for begin, end in skipped)
        day = _next(term.unit, day)
    return day


def _next(unit: str, day: date) -> date:
    day += A_DAY
    while not _counts(unit, day):
        day += A_DAY
    return day


def _counts(unit: str, day: date) -> bool:
    return unit != WORKING_DAYS or is_working_day(day)


def _running(unit: str, start: int, stood: Sequence[Span], hours: Hours) -> Iterator[Span]:
    """Spans in which the unit's clock runs, from ``start`` on, without end."""
    stops = sorted(span for span in stood if span[1] > start and span[0] < span[1])
    for begin, end in _open(unit, start, hours):
        at = begin
        for stop, go in stops:
            if stop >= end:
                break
            if stop > at:
                yield at, stop
            at = max(at, go)
        if at < end:
            yield at, end


def _open(unit: str, start: int, hours: Hours) -> Iterator[Span]:
    """Days whole, or the office hours of working days, from ``start`` on."""
    day = clock.day_of(start)
    while True:
        midnight = clock.start_of(day)
        if unit != WORKING_HOURS:
            yield max(start, midnight), midnight + clock.DAY_MS
        elif is_working_day(day):
            for first, last in hours:
                begin, end = max(start, midnight + first * MINUTE_MS), midnight + last * MINUTE_MS
                if begin < end:
                    yield begin, end
        day += A_DAY
