"""Pure decisions about patrols. No length, no duration, no track: coverage is points looked at of points planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

RESULTS = ("normal", "hazard", "not_reached")
INSIDE = ("inside", "outside", "unknown")


class Coverage(NamedTuple):
    """How many check points were in the plan and how many of the named ones were looked at."""

    planned: int
    looked_at: int


def coverage(planned: int, results: Iterable[str]) -> Coverage:
    return Coverage(planned, sum(1 for result in results if result != "not_reached"))


def checks_are_distinct(places: Sequence[UUID]) -> Verdict:
    """One point is told once in a patrol."""
    return ALLOWED if len(set(places)) == len(places) else Refused("duplicate_check")
