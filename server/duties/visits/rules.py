"""Pure decisions about visits."""

from __future__ import annotations

from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

MODES = ("door", "phone", "street", "office")
TICKS = ("phone_ok", "gas_ok", "fire_ok", "living_ok", "medicine_ok")
NEEDS = ("repair", "medical", "errand", "policy", "talk", "other")
FARTHEST_DAYS = 366


def next_visit(day: date, every_days: int | None, wished: date | None) -> date | None:
    """The next visit due: the day agreed with the household, else the plan's interval; None when the plan has none."""
    if wished is not None:
        return wished
    return day + timedelta(days=every_days) if every_days else None


def next_is_plausible(day: date, wished: date | None) -> Verdict:
    if wished is not None and not day < wished <= day + timedelta(days=FARTHEST_DAYS):
        return Refused("day_out_of_range", {"day": wished.isoformat()})
    return ALLOWED
