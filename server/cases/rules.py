"""Pure decisions about cases: which step fits which state, when the clock stood, which level is in force, how long it has.

The regulation names the loop (Art. 10) and no level and no figure: both are the county's, with the number of its document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

ACCEPTED, ASSIGNED, IN_PROGRESS, SUSPENDED, CONTESTED, REPORTED, VERIFIED, CLOSED, NOT_VERIFIED = (
    "accepted", "assigned", "in_progress", "suspended", "contested", "done_reported", "verified", "closed",
    "not_verified",
)  # fmt: skip
STATES = (ACCEPTED, ASSIGNED, IN_PROGRESS, SUSPENDED, CONTESTED, REPORTED, VERIFIED, CLOSED, NOT_VERIFIED)
RUNNING = (ACCEPTED, ASSIGNED, IN_PROGRESS)  # the clock runs
OVER = (CLOSED, NOT_VERIFIED)
LEVELS = ("L0", "L1", "L2", "L3", "L4")
OF_A_CASE = ("L0", "L2", "L3", "L4")  # what the grid settles itself is no case
LADDER = ("L2", "L3", "L4")  # village, town, county: a case is handed up and down here
WHISTLE, NOT_OURS, ESCALATE, REOPEN = OTHER_TERMS = ("whistle", "not_ours", "escalate", "reopen")
RANK = {"village_committee": 2, "town_government": 3, "county_authority": 4}  # office → the level that it holds
RANK_OF_LEVEL = {"L0": 3, "L2": 2, "L3": 3, "L4": 4}  # L0: the town's command room
TELEPHONE, HOTLINE, PLATFORM, RESIDENT, MEDIATION = SOURCES = (  # of a case without a record
    "telephone", "12345", "platform", "resident", "mediation",
)  # fmt: skip
NUMBERED = (HOTLINE, PLATFORM)  # have a number of their own
OF_RECORD = "record"
KINDS = ("hazard", "information")  # of records that become cases; what lives in a team never does
BY_DUE, BY_LEVEL = SORTED_BY = ("due", "level")  # of the list; never by anything that counts people
ABOUT_MATTER, ABOUT_STAFF = ABOUT = ("matter", "staff")
LONGEST_DAYS = 366
MOST_OF_A_UNIT = 10_000

# Which states a step may be taken in, and the state after it (None: as before, or the command says).
WORKED_ON = (ASSIGNED, IN_PROGRESS, SUSPENDED)
STEPS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "assigned": (RUNNING, ASSIGNED),
    "helper_added": ((*RUNNING, SUSPENDED), None),
    "helped": (WORKED_ON, None),
    "arrived": ((ASSIGNED,), IN_PROGRESS),
    "suspended": ((ASSIGNED, IN_PROGRESS), SUSPENDED),
    "resumed": ((SUSPENDED,), IN_PROGRESS),
    "reported": ((ASSIGNED, IN_PROGRESS), REPORTED),
    "verified": ((REPORTED,), VERIFIED),
    "sent_back": ((REPORTED,), IN_PROGRESS),
    "closed": ((VERIFIED,), CLOSED),
    "not_verified": ((REPORTED,), NOT_VERIFIED),
    "handed_up": ((*RUNNING, SUSPENDED), ACCEPTED),  # a unit that suspends and forgets keeps nobody from going on
    "handed_down": ((*RUNNING, SUSPENDED), ACCEPTED),
    "whistled": (RUNNING, None),
    "whistle_met": ((*RUNNING, SUSPENDED, CONTESTED), None),
    "not_ours": ((ASSIGNED, IN_PROGRESS), CONTESTED),
    "duty_moved": ((CONTESTED,), ASSIGNED),
    "duty_stays": ((CONTESTED,), ASSIGNED),
    "reminded": ((*RUNNING, SUSPENDED), None),
    "escalated": ((*RUNNING, CONTESTED), None),  # contested: of L0 alone, whose clock runs on
    "reopened": (OVER, None),
    "ordered": (WORKED_ON, None),
    "order_met": ((*RUNNING, SUSPENDED), None),
    "order_unmet": ((*RUNNING, SUSPENDED), None),
}
OF_OFFICE = ("assigned", "helper_added", "closed", "handed_up", "handed_down", "whistled", "reminded", "reopened")
OF_LEAD = ("arrived", "suspended", "resumed", "reported", "not_ours")
OF_OTHERS = (
    "helped", "whistle_met", "duty_moved", "duty_stays", "verified", "sent_back", "ordered", "order_met", "order_unmet",
)  # fmt: skip
HANDED_OVER = ("assigned", "handed_up", "handed_down", "duty_moved", "whistled")  # each has its printable slip
NEW_TERM = ("handed_up", "handed_down", "reopened")  # another level, or the same one anew
STOPS = ("suspended", "reported", "not_ours")
RUNS_ON = ("resumed", "sent_back", "duty_moved", "duty_stays", "reopened", "handed_up", "handed_down")


@dataclass(frozen=True)
class Level:
    """Who settles a level, and how long that may take, from a day on. No document: a demonstration value.

    ``level`` is also the name of one of the loop's other terms: a called department appears, the county answers a doubt
    about duty, an overdue case is told above, a case may be opened again.
    """

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
    Level(WHISTLE, "clock_hours", 2),
    Level(NOT_OURS, "working_hours", 8),
    Level(ESCALATE, "working_days", 2),
    Level(REOPEN, "days", 30),
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
    """A hazard that is not fixed, or information, that lives in no team: ``no_case_of_this`` otherwise."""
    return ALLOWED if kind in KINDS and not is_fixed and not is_sensitive else Refused("no_case_of_this")


def levels_of(start: str, most: str) -> tuple[str, ...]:
    """The levels of cases that a matter allows: from where it starts to its highest; L0 only where it starts there."""
    return tuple(level for level in OF_A_CASE if start <= level <= most)


def level_fits(level: str, allowed: Iterable[str]) -> Verdict:
    """``level_unfit`` where the matter does not go so high, or does not start so low."""
    return ALLOWED if level in allowed else Refused("level_unfit")


def next_level(step: str, level: str) -> str | None:
    """The level that a case goes to when it is handed up or down; None at the end of the ladder, and for L0."""
    if level not in LADDER:
        return None
    at = LADDER.index(level) + (1 if step == "handed_up" else -1)
    return LADDER[at] if 0 <= at < len(LADDER) else None


def may_hand(step: str, level: str, allowed: Iterable[str], rank: int) -> Verdict:
    """Whoever holds the level or stands above it: ``not_allowed``; ``step_unfit`` at the end, ``level_unfit`` by the matter."""
    if rank < RANK_OF_LEVEL[level]:
        return Refused("not_allowed")
    to = next_level(step, level)
    return Refused("step_unfit") if to is None else level_fits(to, allowed)


def may_whistle(level: str, rank: int, *, is_department: bool, is_called: bool) -> Verdict:
    """The town, whoever stands above it, or who holds the case, calls a department; once until it has come."""
    if rank < min(RANK["town_government"], RANK_OF_LEVEL[level]):
        return Refused("not_allowed")
    if not is_department:
        return Refused("unit_unknown")
    return Refused("step_unfit") if is_called else ALLOWED


def may_remind(rank: int, makers_rank: int) -> Verdict:
    """Whoever made the case, or stands above them."""
    return ALLOWED if rank and rank >= makers_rank else Refused("not_allowed")


def rank_of_kind(tier: str | None) -> int:
    """The level that a village, town or county holds; 0 for none, as in cases made before the making unit was kept."""
    return {"village": 2, "town": 3, "county": 4}.get(tier or "", 0)


def may_order(is_hazard: bool, by_day: date, today: date) -> Verdict:
    """A department orders what is wrong at a hazard to be put right, by a day from today on."""
    if not is_hazard:
        return Refused("step_unfit")
    return given_day_fits(by_day, today)


def may_report(orders: Iterable[bool | None]) -> Verdict:
    """``order_open`` while a department has not found what it ordered to be put right: nobody else checks that."""
    return ALLOWED if all(is_rectified is True for is_rectified in orders) else Refused("order_open")


def may_check(
    step: str, *, state: str, version: int, version_seen: int, is_lead: bool, gave_result: bool, words: str
) -> Verdict:
    """An office looks at the result of a case without a record; never the unit in the lead, nor who gave the result."""
    verdict = may_verify(
        step, state=state, version=version, version_seen=version_seen, in_time=False, gave_result=gave_result, words=words
    )  # fmt: skip
    return Refused("own_record") if verdict and is_lead else verdict


def may_take_in(about: str, source: str, external_ref: str) -> Verdict:
    """A complaint about staff never becomes a case; the hotline and the platform have a number of their own."""
    if about == ABOUT_STAFF:
        return Refused("complaint_elsewhere")
    if source in NUMBERED and not external_ref:
        return Refused("invalid", {"fields": ["external_ref"]})
    return ALLOWED


def runs(state: str, level: str) -> bool:
    """Whether the clock runs: never while a duty is in doubt, except at L0."""
    return state in RUNNING or (state == CONTESTED and level == "L0")


def spans(steps: Iterable[tuple[str, int]], level: str = "") -> list[tuple[int, int]]:
    """When the clock stood, from the steps in order ``(step, at)``: suspended, a result waiting to be verified, or a duty in
    doubt (at L0 that stops nothing).
    """
    found, since = [], None
    for step, at in steps:
        if step == "not_ours" and level == "L0":
            continue
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


def level_may_be(
    unit: str, amount: int, from_day: date, today: date, *, needs_amount: bool, may_be_given: bool = True
) -> Verdict:
    """From today on, never in the past; a term that is counted has its figure; only a level's day is given by hand."""
    if not needs_amount and not may_be_given:
        return Refused("invalid", {"fields": ["unit"]})
    if not today <= from_day <= today + timedelta(days=LONGEST_DAYS):
        return Refused("day_out_of_range")
    if needs_amount and not 0 <= amount <= MOST_OF_A_UNIT:
        return Refused("invalid", {"fields": ["amount"]})
    return ALLOWED


def given_day_fits(day: date | None, today: date) -> Verdict:
    """The last day of a term by plan or by order."""
    fits = day is not None and today <= day <= today + timedelta(days=LONGEST_DAYS)
    return ALLOWED if fits else Refused("day_out_of_range")
