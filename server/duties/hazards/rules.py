"""Pure decisions about hazards. ``advised_fix_by`` is the worker's advice; orders with deadlines are the department's."""

from __future__ import annotations

from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

SEVERITIES = ("general", "major")
RELOOK_OUTCOMES = ("fixed", "not_fixed", "worse")
FARTHEST_DAYS = 366


def days_are_plausible(day: date, *later: date | None) -> Verdict:
    """Advised and re-look days lie on or after the day of the hazard, within a year."""
    for other in later:
        if other is not None and not day <= other <= day + timedelta(days=FARTHEST_DAYS):
            return Refused("day_out_of_range", {"day": other.isoformat()})
    return ALLOWED


def is_fixed(fixed_on_spot: bool, relooks: list[str]) -> bool:
    """Fixed on the spot, or by the latest re-look."""
    return relooks[-1] == "fixed" if relooks else fixed_on_spot
