"""Reads the files that the product ships: the starter list, the fifteen departments of Art. 3, and the advice.

The list is an example, shaped by Arts. 3, 7 and 8; every figure in it is to be replaced by the county's own document.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.matters.rules import SHIPPED_REVIEW, ReviewFacts

HERE = Path(__file__).parent
SHIPPED = HERE / "starter_list.csv"


@dataclass(frozen=True)
class StarterMatter:
    """One line of the starter list with its advice. ``columns`` are those of the table of matters."""

    columns: dict[str, Any]
    departments: list[str]
    advice: list[str]


def departments() -> list[dict[str, str]]:
    return _rows(HERE / "departments.csv")


def advice() -> list[dict[str, str]]:
    return _rows(HERE / "advice.csv")


def matters(review: ReviewFacts | None = None, path: Path = SHIPPED) -> list[StarterMatter]:
    """A list, the shipped one unless another file is named.

    ``review`` counts instead of the shipped review policy of each duty (the demo reviews all), but not of emergencies:
    of those the leader is told, nobody waits for a review.
    """
    extras = {row["matter_code"]: row for row in _rows(HERE / "advice_of_matters.csv")}
    return [_matter(row, extras.get(row["code"], {}), review) for row in _rows(path)]


def _matter(row: dict[str, str], extra: dict[str, str], review: ReviewFacts | None) -> StarterMatter:
    policy = SHIPPED_REVIEW[row["duty"]] if review is None or row["duty"] == "emergencies" else review
    same = (
        "code", "name_zh", "name_en", "category", "duty", "start_level", "max_level", "deadline_unit", "deadline_from",
        "photo_policy", "data_class", "training",
    )  # fmt: skip
    columns: dict[str, Any] = {name: row[name] for name in same}
    columns |= {
        "deadline": _number(row["deadline"]),
        "relook_days": _number(row["relook_days"]),
        "fix_days": _number(extra.get("fix_days", "")),
        "low_risk": extra.get("low_risk") == "1" or row["duty"] == "publicity",
        "review_mode": policy.mode,
        "review_percent": policy.percent or None,
    }
    return StarterMatter(columns, row["departments"].split(";"), [a for a in extra.get("advice", "").split(";") if a])


def _number(text: str) -> int | None:
    return int(text) if text else None


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
