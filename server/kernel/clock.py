"""The only place that says *now*.

An instant is an ``int``: milliseconds since 1970 UTC. A calendar day is a ``datetime.date`` in Asia/Shanghai, which has
had no other offset than +08:00 since 1991.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY_MS = 86_400_000

_source: Callable[[], int] = lambda: time.time_ns() // 1_000_000  # noqa: E731


def now() -> int:
    """Milliseconds UTC."""
    return _source()


def set_source(source: Callable[[], int] | None) -> None:
    """Tests and the simulator turn the clock by hand; ``None`` gives the real one back."""
    global _source
    _source = source or (lambda: time.time_ns() // 1_000_000)


def day_of(instant: int) -> date:
    """The calendar day in China of an instant."""
    return datetime.fromtimestamp(instant / 1000, CHINA).date()


def today() -> date:
    return day_of(now())


def start_of(day: date) -> int:
    """The instant at which a day begins in China."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)


def as_text(instant: int) -> str:
    """ISO 8601 with China's offset, for people and exports."""
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(CHINA).isoformat(timespec="seconds")


def parse_day(text: object) -> date | None:
    """The day written as ``YYYY-MM-DD``, or None."""
    if isinstance(text, date) and not isinstance(text, datetime):
        return text
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
