"""Facts written briefly: so many rows of a fact, each told apart by a running number."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from server.evaluation.facts import Facts, PastGrade, Period, Row
from server.evaluation.rule_set import RuleSet, compiled
from server.evaluation.schemas import read_rule_set

EXAMPLES = Path(__file__).resolve().parents[2] / "server/evaluation/examples"
MONTH = Period("month", "2026-10-01", "2026-10-31")
QUARTER = Period("quarter", "2026-07-01", "2026-09-30")
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))
_numbers = count(1)


def rows(times: int, outcome: str = "met", kind: str = "record", **more: Any) -> list[Row]:
    """Rows that differ only in their id."""
    return [Row(kind, f"r{next(_numbers):06}", "2026-10-09", outcome, **more) for _ in range(times)]


def timed(took: str, allowed: str = "24", outcome: str = "met", unit: str = "clock_hours", **more: Any) -> list[Row]:
    """One row that took so long of what it was allowed."""
    return rows(1, outcome, took={unit: took}, allowed=allowed, allowed_unit=unit, **more)


def facts(streams: dict[str, list[Row]], **more: Any) -> Facts:
    given: dict[str, Any] = {
        "person": "worker-1",
        "role": "full_time_worker",
        "period": MONTH,
        "days_due": "20",
        "days_present": "20",
        **more,
    }
    return Facts(facts=streams, **given)


def past(start: str, end: str, grade: str) -> PastGrade:
    return PastGrade(start, end, grade)


def told(name: str) -> dict[str, Any]:
    return read_rule_set((EXAMPLES / f"{name}.json").read_bytes())


def rules(name: str) -> RuleSet:
    return compiled(told(name))


def changed(name: str, indicator: str | None = None, /, **more: Any) -> dict[str, Any]:
    """An example with some keys changed, of one indicator or of its head; ``None`` takes a key away."""
    copy = json.loads(json.dumps(told(name)))
    part = copy if indicator is None else next(each for each in copy["indicators"] if each["code"] == indicator)
    for key, value in more.items():
        if value is None:
            del part[key]
        else:
            part[key] = value
    return dict(copy)
