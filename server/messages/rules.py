"""Pure rules of delivery: what an answer means, when to try again, when to give up or climb, when nothing rings."""

from __future__ import annotations

from dataclasses import dataclass

MOST_TRIES = 6
LONGEST_WAIT_S = 3600.0
KEPT_FOR_S = {False: 24 * 3600, True: 3600}  # by urgent: how long a message is worth sending, and the push's TTL
OPENS_AFTER = 3  # failures in a row
SHUT_FOR = 20  # times the first wait: ten minutes as shipped

PUSH_RUNG, CALL_RUNG = 0, 99
READ, AWAY, LEFT, OVER = "read", "away", "left", "over"
CALLED, NOT_REACHED = "called", "not_reached"
QUIET_FROM, QUIET_TO, ANSWER_MINUTES = 21 * 60, 7 * 60, 5  # demonstration values until a county sets its own
MINUTE_MS, DAY_MINUTES = 60_000, 1440
BURST_MS = 2000  # of a channel that takes many: how much of its minute may go at once

ACCEPTED, GONE, BUSY, FAILED, REFUSED, CUT = "accepted", "gone", "busy", "failed", "refused", "cut"
LATER = frozenset({BUSY, FAILED, "silent", "unreachable", CUT})
TROUBLED = frozenset({FAILED, "silent", "unreachable"})  # the host's own trouble, not this subscription's


def meaning(status: int | None, trouble: str | None) -> str:
    """The outcome of one try: ``accepted``, ``gone`` (forget it), ``refused`` (never again), else something for later."""
    if status is None:
        return trouble or FAILED
    if status in (200, 201, 202, 204):
        return ACCEPTED
    if status in (404, 410):
        return GONE
    if status == 429:
        return BUSY
    return FAILED if status >= 500 else REFUSED


@dataclass(frozen=True)
class Next:
    """What becomes of a delivery: its state, the reason of an end without success, or seconds until the next try."""

    state: str
    reason: str | None = None
    wait_s: float | None = None


def after(outcomes: list[tuple[str, int | None]], tries: int, age_s: float, urgent: bool, base_s: float) -> Next:
    """``outcomes``: of this round's devices, with ``Retry-After`` in seconds. One that was reached is enough.

    Waits double from ``base_s`` to an hour and never come before a Retry-After. It ends undelivered after six tries, or
    when the next one would come too late to be of use.
    """
    found = [outcome for outcome, _ in outcomes]
    if ACCEPTED in found:
        return Next("delivered")
    later = [(outcome, wait) for outcome, wait in outcomes if outcome in LATER]
    if not later:
        return Next("undelivered", REFUSED if REFUSED in found else "no_subscription")
    wait_s = max(min(base_s * 2 ** (tries - 1), LONGEST_WAIT_S), *(float(wait or 0) for _, wait in later))
    if tries >= MOST_TRIES or age_s + wait_s > KEPT_FOR_S[urgent]:
        return Next("undelivered", later[0][0])
    return Next("waiting", wait_s=wait_s)


def breaker(failures: int, outcomes: list[str], now: int, base_s: float) -> tuple[int, int]:
    """A host's failures in a row after these outcomes in order, and until when it is left alone (ms, 0 = open)."""
    for outcome in outcomes:
        failures = failures + 1 if outcome in TROUBLED else 0
    return failures, now + int(SHUT_FOR * base_s * 1000) if failures >= OPENS_AFTER else 0


def in_quiet_hours(minute: int, quiet_from: int, quiet_to: int) -> bool:
    """``minute`` of the day in China. From 21:00 to 7:00 lies over midnight; equal = no quiet hours."""
    if quiet_from <= quiet_to:
        return quiet_from <= minute < quiet_to
    return minute >= quiet_from or minute < quiet_to


def rings_at(now: int, day_began: int, quiet_from: int, quiet_to: int) -> int:
    """When something that is not urgent may ring: now, or when the quiet hours end. Instants in ms."""
    minute = (now - day_began) // MINUTE_MS
    if not in_quiet_hours(minute, quiet_from, quiet_to):
        return now
    days_on = 1 if minute >= quiet_to else 0
    return day_began + (quiet_to + days_on * DAY_MINUTES) * MINUTE_MS


def most_now(per_minute: int) -> int:
    """How many calls a channel takes in one go, so that a minute never sees more than ``per_minute`` by much.

    A group's robot (20 a minute) takes one every three seconds; what waits meanwhile goes out as one message.
    """
    return max(1, BURST_MS * per_minute // MINUTE_MS)


def free_again(now: int, calls: int, per_minute: int) -> int:
    """When a channel that was just called so often may be called again (ms)."""
    return now + -(-calls * MINUTE_MS // per_minute)


def may_be_urgent(start_level: str, why: str | None) -> bool:
    """``urgent`` is open to matters of level L0 alone, and only with a reason in words."""
    return start_level == "L0" and bool(why and why.strip())
