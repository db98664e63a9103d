"""Pure decisions about cases: which step fits which state, when the clock stood, which level is in force, how long it has.

The regulation names the loop (Art. 10) and no level and no figure: both are the county's, with the number of its document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

ACCEPTED, ASSIGNED, IN_PROGRESS, SUSPENDED, REPORTED, VERIFIED, CLOSED, NOT_VERIFIED = (
    "accepted", "assigned", "in_progress", "suspended", "done_reported", "verified", "closed", "not_verified",
)  # fmt: skip
STATES = (ACCEPTED, ASSIGNED, IN_PROGRESS, SUSPENDED, REPORTED, VERIFIED, CLOSED, NOT_VERIFIED)
RUNNING = (ACCEPTED, ASSIGNED, IN_PROGRESS)  # the clock runs
OVER = (CLOSED, NOT_VERIFIED)
LEVELS = ("L0", "L1", "L2", "L3", "L4")
OF_A_CASE = ("L2", "L3", "L4")  # what the grid settles itself is no case
LONGEST_DAYS = 366
MOST_OF_A_UNIT = 10_000

# Which states a step may be taken in, and the state after it (None: as before).
STEPS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "assigned": ((ACCEPTED, ASSIGNED, IN_PROGRESS), ASSIGNED),
    "helper_added": ((ACCEPTED, ASSIGNED, IN_PROGRESS, SUSPENDED), None),
    "arrived": ((ASSIGNED,), IN_PROGRESS),
    "suspended": ((ASSIGNED, IN_PROGRESS), SUSPENDED),
    "resumed": ((SUSPENDED,), IN_PROGRESS),
    "reported": ((ASSIGNED, IN_PROGRESS), REPORTED),
    "verified": ((REPORTED,), VERIFIED),
    "sent_back": ((REPORTED,), IN_PROGRESS),
    "closed": ((VERIFIED,), CLOSED),
    "not_verified": ((REPORTED,), NOT_VERIFIED),
}
OF_OFFICE, OF_LEAD = ("assigned", "helper_added", "closed"), ("arrived", "suspended", "resumed", "reported")
STOPS, RUNS_ON = ("suspended", "reported"), ("resumed", "sent_back")


@dataclass(frozen=True)
class Level:
    """Who settles a level, and how long that may take, from a day on. No document: a demonstration value."""

    level: str
    unit: str
    amount: int = 0
    from_day: date | None = None
    document_no: str | None = None


SHIPPED_LEVELS = (  # demonstration values: no county has decided them
    Level("L0", "minutes", 5),
    Level("L1", "days", 0),
    Level("L2", "working_days", 3),
    Level("L3", "days", 7),
    Level("L4", "days", 15),
)


def may_take(step: str, state: str, version: int, version_seen: int | None) -> Verdict:
    """``stale`` for another version than the one seen, ``step_unfit`` where the step does not fit the state."""
    if version != version_seen:
        return Refused("stale")
    return ALLOWED if state in STEPS[step][0] else Refused("step_unfit")


def may_verify(
    step: str, *, state: str, version: int, version_seen: int | None, in_time: bool, gave_result: bool, words: str
) -> Verdict:
    """``stale``, ``step_unfit``, ``own_record`` for whoever gave a result, in whatever office, ``invalid`` without words.

    In time on the phone, heard of only when the case had just ended as *not verified*: taken all the same.
    """
    is_late_news = in_time and state == NOT_VERIFIED and version_seen == version - 1
    if not is_late_news and isinstance(verdict := may_take(step, state, version, version_seen), Refused):
        return verdict
    if step == "sent_back" and not words:
        return Refused("invalid", {"fields": ["words"]})
    return Refused("own_record") if gave_result else ALLOWED


def steps_open(state: str) -> frozenset[str]:
    """What may be done now."""
    return frozenset(step for step, (states, _) in STEPS.items() if state in states)


def may_be_case(*, kind: str, is_fixed: bool, is_sensitive: bool) -> Verdict:
    """A hazard that is not fixed and lives in no team: ``no_case_of_this`` otherwise."""
    return ALLOWED if kind == "hazard" and not is_fixed and not is_sensitive else Refused("no_case_of_this")


def spans(steps: Iterable[tuple[str, int]]) -> list[tuple[int, int]]:
    """When the clock stood, from the steps in order ``(step, at)``: suspended, or the result waiting to be verified."""
    found, since = [], None
    for step, at in steps:
        if step in STOPS and since is None:
            since = at
        elif step in RUNS_ON and since is not None:
            found.append((since, max(at, since)))
            since = None
    return found


def minutes_of(hours: Sequence[Sequence[str]]) -> tuple[tuple[int, int], ...]:
    """Office hours as a document writes them, ``[["08:30", "12:00"], …]``, as minutes of the day."""

    def minute(text: str) -> int:
        hour, _, rest = text.partition(":")
        return int(hour) * 60 + int(rest)

    return tuple((minute(begin), minute(end)) for begin, end in hours)


def level_may_be(unit: str, amount: int, from_day: date, today: date, *, needs_amount: bool) -> Verdict:
    """From today on, never in the past; a term that is counted has its figure."""
    if not today <= from_day <= today + timedelta(days=LONGEST_DAYS):
        return Refused("day_out_of_range")
    if needs_amount and not 0 <= amount <= MOST_OF_A_UNIT:
        return Refused("invalid", {"fields": ["amount"]})
    return ALLOWED


def given_day_fits(day: date | None, today: date) -> Verdict:
    """The last day of a term by plan or by order."""
    fits = day is not None and today <= day <= today + timedelta(days=LONGEST_DAYS)
    return ALLOWED if fits else Refused("day_out_of_range")
