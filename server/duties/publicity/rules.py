"""Pure decisions about publicity. It is counted in people and households; the sessions are the records themselves."""

from __future__ import annotations

from server.kernel.outcome import ALLOWED, Refused, Verdict

MOST_REACHED = 99_999  # of people, and of households, in one session


def is_told_whom(people: int, households: int, obstructed: bool) -> Verdict:
    """A session reached somebody, or was kept from it (受阻)."""
    if people or households or obstructed:
        return ALLOWED
    return Refused("nobody_reached")
