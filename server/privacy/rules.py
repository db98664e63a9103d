"""Pure decisions about people's data: correction and data requests, figures and their bounds, steps of an incident."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.kernel.outcome import ALLOWED, Refused, Verdict

ABOUT = ("record", "fixes", "post", "phone")  # own record, own fixes, own post, own telephone number
ANSWERS = ("explained", "corrected", "refused")
DAY_MS, HOUR_MS = 86_400_000, 3_600_000


def may_answer(answer_so_far: str | None, words: str) -> Verdict:
    """Once, and never without words: whoever is refused learns why (Art. 45). ``correction_answered``, ``invalid``."""
    if answer_so_far is not None:
        return Refused("correction_answered")
    return ALLOWED if words.strip() else Refused("invalid", {"fields": ["words"]})


def masked_phone(phone: str) -> str:
    """``138****1234``; a short one shows its last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}" if phone else ""


def masked_name(name: str) -> str:
    """``张*``: the first character, and one star for all the rest."""
    return f"{name[0]}*" if name else ""


# -- figures -----------------------------------------------------------------------------------------------------------

DAYS, WORKING_DAYS, HOURS = "days", "working_days", "hours"


@dataclass(frozen=True)
class Figure:
    """A figure that a county sets with a document; ``proposal`` is only shown, and nothing rests on it.

    ``least``: what a law asks for, or below which phones would still hold what the server has deleted.
    """

    unit: str
    proposal: int | None
    least: int
    most: int = 36_500


ON_PHONES_DAYS = 92  # so long finished records stay in the feed of phones
SIX_MONTHS = 183  # 网络安全法: network logs are kept for at least six months

RETENTION: dict[str, Figure] = {
    "photos": Figure(DAYS, 365, ON_PHONES_DAYS),
    "hazard_photos": Figure(DAYS, 730, ON_PHONES_DAYS),
    "visits": Figure(DAYS, None, ON_PHONES_DAYS),
    "care_visits": Figure(DAYS, None, ON_PHONES_DAYS),
    "mediations": Figure(DAYS, 1825, ON_PHONES_DAYS),
    "cases": Figure(DAYS, 1095, ON_PHONES_DAYS),
    "tasks": Figure(DAYS, 1095, ON_PHONES_DAYS),
    "told_orders": Figure(DAYS, 1095, ON_PHONES_DAYS),
    "sent_words": Figure(DAYS, 365, ON_PHONES_DAYS),
    "untaken_words": Figure(DAYS, 365, ON_PHONES_DAYS),
    "score_sheets": Figure(DAYS, 1826, 2 * 366),  # of rows of grades that a set may look back on
    "findings": Figure(DAYS, 1826, 2 * 366),  # as long as sheets that may speak of one
    "request_words": Figure(DAYS, 1095, SIX_MONTHS),
    "audit_rows": Figure(DAYS, 1095, SIX_MONTHS),
    "audit_chain": Figure(DAYS, 1825, SIX_MONTHS),
}
CLOCKS: dict[str, Figure] = {
    "request_days": Figure(WORKING_DAYS, 15, 1, 60),
    "report_hours": Figure(HOURS, 24, 1, 720),
    "drill_days": Figure(DAYS, 365, 1, 1095),
}
FIGURES = {**RETENTION, **CLOCKS}


def figure_fits(name: str, value: int, from_day: date, today: date) -> Verdict:
    """Within its bounds and not for a day that is over. ``invalid``, ``figure_out_of_bounds``."""
    figure = FIGURES.get(name)
    if figure is None:
        return Refused("invalid", {"fields": ["name"]})
    if not figure.least <= value <= figure.most:
        return Refused("figure_out_of_bounds", {"least": figure.least, "most": figure.most, "fields": ["value"]})
    return ALLOWED if from_day >= today else Refused("day_out_of_range", {"fields": ["from_day"]})


# -- requests of people whose data is kept -----------------------------------------------------------------------------

REQUEST_KINDS = ("show", "correct", "delete")
REQUEST_ANSWERS = ("done", "partly", "refused")


def may_answer_request(
    kind: str, answer: str, words: str, answer_so_far: str | None, *, is_found: bool, is_held: bool
) -> Verdict:
    """Once, with words; nothing that a hold needs is deleted. ``request_answered``, ``invalid``, ``held``."""
    if answer_so_far is not None:
        return Refused("request_answered")
    if not words.strip():
        return Refused("invalid", {"fields": ["words"]})
    if kind == "delete" and answer == "done" and not is_found:
        return Refused("no_household_named", {"fields": ["answer"]})
    return Refused("held") if kind == "delete" and answer == "done" and is_held else ALLOWED


def clock_state(due: date | None, done: date | None, today: date) -> str:
    """``none`` without a figure, ``in_time``, ``late``, ``open``, ``overdue``."""
    if due is None:
        return "none"
    if done is not None:
        return "in_time" if done <= due else "late"
    return "open" if today <= due else "overdue"


# -- consents ----------------------------------------------------------------------------------------------------------

CONSENT_FORMS = ("written", "spoken")


def may_withdraw(consent: Any) -> Verdict:
    """Once. ``consent_withdrawn``."""
    return ALLOWED if consent.withdrawn_at is None else Refused("consent_withdrawn")


# -- the auditor's questions -------------------------------------------------------------------------------------------

SUBJECTS = ("person", "household", "record")


# -- incidents and drills ----------------------------------------------------------------------------------------------

EVENT_KINDS = ("incident", "drill")
STEPS = ("contained", "assessed", "reported", "told_people", "recovered", "reviewed", "closed")


def may_step(step: str, taken: Collection[str], words: str, *, is_closed: bool) -> Verdict:
    """Any order but the last: closed only after it was contained, assessed and reviewed. ``step_unfit``, ``invalid``."""
    if step not in STEPS or is_closed:
        return Refused("step_unfit")
    if not words.strip():
        return Refused("invalid", {"fields": ["words"]})
    if step == "closed" and not {"contained", "assessed", "reported", "reviewed"} <= set(taken):
        return Refused("steps_lacking", {"fields": ["step"]})
    return ALLOWED


def next_drill_due(last_on: date | None, every_days: int | None) -> date | None:
    """When the next drill is due; none where nothing was held or set."""
    if last_on is None or every_days is None:
        return None
    return date.fromordinal(last_on.toordinal() + every_days)
