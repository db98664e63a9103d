"""Pure decisions about figures: which month is shown, when a figure would tell of people, what may be called a median."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median as middle
from typing import TypeVar

LEAST_WORKERS = 5  # behind fewer full-time workers a figure of output would be a figure of people
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
HOUR_MS = 3_600_000
Key = TypeVar("Key")


@dataclass(frozen=True)
class Month:
    """A month of the calendar."""

    first: date

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    @property
    def days(self) -> int:
        return self.last.day

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(words: str, today: date) -> Month:
    """The month written as ``YYYY-MM``, else the one of today."""
    found = MONTH.fullmatch(words)
    return Month(date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1))


def months_back(today: date, count: int) -> list[Month]:
    """This month and those before it."""
    found = [Month(today.replace(day=1))]
    while len(found) < count:
        found.append(Month((found[-1].first - timedelta(days=1)).replace(day=1)))
    return found


def tells_of_people(full_time_workers: int) -> bool:
    """Whether figures of what was done would be figures of single persons."""
    return full_time_workers < LEAST_WORKERS


def withheld(workers: Mapping[Key, int]) -> set[Key]:
    """Of the units side by side: those that would tell of people; where it is one alone, the smallest other with it, because
    it could be reckoned from the sum of all. ``workers``: in the order of the names."""
    found = {unit for unit, count in workers.items() if tells_of_people(count)}
    if len(found) == 1 and len(workers) > 1:
        found.add(min((unit for unit in workers if unit not in found), key=lambda unit: workers[unit]))
    return found


def median_hours(spans_ms: Sequence[int]) -> float | None:
    """Half of them took longer; None without any."""
    return round(middle(spans_ms) / HOUR_MS, 1) if spans_ms else None
