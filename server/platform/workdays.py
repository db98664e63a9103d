"""Working days in China: weekends, public holidays and make-up Saturdays, from the ``chinesecalendar`` library.

The library knows a year once the State Council has published it; beyond that only weekends count as free.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year not yet published
        return day.weekday() < 5


def add_working_days(day: date, count: int) -> date:
    """The working day ``count`` working days after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day
