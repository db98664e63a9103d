"""Pure decisions about hazards. ``advised_fix_by`` is the worker's advice; orders with deadlines are the department's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.outcome import ALLOWED, Refused, Verdict

SEVERITIES = ("general", "major")
FIXED = "fixed"
RELOOK_OUTCOMES = (FIXED, "not_fixed", "worse")
FARTHEST_DAYS = 366


def days_are_plausible(day: date, *later: date | None) -> Verdict:
    """Advised and re-look days lie on or after the day of the hazard, or of the look, within a year."""
    for other in later:
        if other is not None and not day <= other <= day + timedelta(days=FARTHEST_DAYS):
            return Refused("day_out_of_range", {"day": other.isoformat()})
    return ALLOWED


def is_fixed(fixed_on_spot: bool, relooks: list[str]) -> bool:
    """Fixed on the spot, or by the latest re-look."""
    return relooks[-1] == FIXED if relooks else fixed_on_spot


@dataclass(frozen=True, slots=True)
class Look:
    """A re-look: by whom, when (ms UTC), what was seen, and the day of the next one, if it named any."""

    id: UUID
    by_person: UUID
    at: int
    outcome: str
    next_on: date | None

    @property
    def day(self) -> date:
        return clock.day_of(self.at)


def promises(looks: Sequence[Look]) -> Iterator[tuple[Look, Look | None]]:
    """Each look of one hazard that promised another, with the one that kept it: the first of a later day.

    ``looks`` by time. Those of one day are one look: the last day they name counts, and fixed leaves nothing to promise, so
    that nobody keeps more promises by looking twice. The own day of a look is none to come back on.
    """
    promised: Look | None = None
    for look in looks:
        if promised is not None and look.day > promised.day:
            yield promised, look
            promised = None
        if look.outcome == FIXED:
            promised = None
        elif look.next_on is not None and look.next_on > look.day:
            promised = look
    if promised is not None:
        yield promised, None
