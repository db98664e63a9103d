"""Pure decisions about a call-out: how long it may last, what an answer means, when a position is kept, when it rings.

Nothing here is a figure of anybody's work: the emergency is the one place where an answer may be asked for at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.kernel.outcome import ALLOWED, Refused, Verdict

RECEIVED, SAFE, NEED_HELP = "received", "safe", "need_help"
KINDS = (RECEIVED, SAFE, NEED_HELP)
OPEN, ENDED = "open", "ended"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SHIPPED_MOST_HOURS = 24  # a demonstration value: a county sets its own with a document
LONGEST_LIMIT_HOURS = 240  # no document makes the exception a habit
REASON_LENGTH = 200
POSITIONS_KEPT_MS = 30 * DAY_MS  # after the end
ANSWERS_ON_PHONES_MS = DAY_MS  # after the end
RINGS_AGAIN_MS = 60_000


@dataclass(frozen=True)
class Told:
    """One answer: what, and when it was given (ms)."""

    kind: str
    at: int


def may_open(*, hours: int, most_hours: int, reason: str, is_open_there: bool) -> Verdict:
    """With a reason, no longer than the county's limit (``callout_too_long``), one at a time in an area (``callout_open``)."""
    if not reason.strip():
        return Refused("invalid", {"fields": ["reason"]})
    if hours < 1:
        return Refused("invalid", {"fields": ["hours"]})
    if hours > most_hours:
        return Refused("callout_too_long", {"most": most_hours})
    return Refused("callout_open") if is_open_there else ALLOWED


def limit_may_be(hours: int, document_no: str) -> Verdict:
    """A limit stands in a document."""
    wrong = [
        name
        for name, is_wrong in (
            ("hours", not 1 <= hours <= LONGEST_LIMIT_HOURS),
            ("document_no", not document_no.strip()),
        )
        if is_wrong
    ]
    return Refused("invalid", {"fields": wrong}) if wrong else ALLOWED


def standing(told: Iterable[Told]) -> str | None:
    """Where a person stands: the newest of safe and need-help; else ``received``; None without any answer."""
    known = list(told)
    said = [one for one in known if one.kind != RECEIVED]
    newest = max(said, key=lambda one: one.at, default=None)
    return newest.kind if newest else RECEIVED if known else None


def keeps_position(*, acted_at: int, opened_at: int, ends_at: int, ended_at: int | None, now: int) -> bool:
    """Only one that was given while the call-out was open, and that is not due to be deleted already."""
    end = ends_at if ended_at is None else ended_at
    return opened_at <= acted_at <= end and now < end + POSITIONS_KEPT_MS


def is_due(ended_at: int | None, now: int) -> bool:
    """Whether a position that is filed in no case has been kept for its time."""
    return ended_at is not None and now >= ended_at + POSITIONS_KEPT_MS


def may_file(*, reason: str, is_filed: bool, ended_at: int | None, now: int) -> Verdict:
    """With a reason, in one case, and while it is kept anyway. ``invalid``, ``position_filed``, ``position_due``."""
    if not reason.strip():
        return Refused("invalid", {"fields": ["reason"]})
    if is_filed:
        return Refused("position_filed")
    return Refused("position_due") if is_due(ended_at, now) else ALLOWED


def rings(kind: str, last_rung_at: int | None, now: int) -> bool:
    """A call for help rings at once, and again when it is repeated, once a minute at the most."""
    return kind == NEED_HELP and (last_rung_at is None or now - last_rung_at >= RINGS_AGAIN_MS)
