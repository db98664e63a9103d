"""Pure decisions about matters: which entry is in force, what policies may be set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

DUTIES = ("information", "hazards", "mediations", "visits", "emergencies", "publicity")
PHOTO_POLICIES = ("forbidden", "optional", "needed")
REVIEW_MODES = ("none", "sample", "all")


@dataclass(frozen=True)
class ReviewFacts:
    """``none``, ``sample`` with a percentage, or ``all``; to be done within ``days`` working days."""

    mode: str
    percent: int = 0
    days: int = 3


SHIPPED_REVIEW = {  # what an installation starts with; a county changes it on its page
    "patrols": ReviewFacts("none"),
    "hazards": ReviewFacts("none"),
    "emergencies": ReviewFacts("none"),
    "information": ReviewFacts("none"),
    "visits": ReviewFacts("sample", 10),
    "publicity": ReviewFacts("sample", 10),
    "mediations": ReviewFacts("all"),
}
SHIPPED_POLICIES: dict[str, Any] = {  # name → value; each may be set by a document of the city
    "review_working_days": 3,
    "refusal_ruling_days": 5,  # working days for the competent department to rule on a refusal
    "office_hours": [["08:30", "12:00"], ["13:30", "17:30"]],  # of working days; working hours of cases run in them
    "case_verify_days": 7,  # working days for the grid's leader to verify a result
    "feed_days": 92,
    "closed_household_days": 90,
    "pin": False,
    "track": "off",
    "near_metres": {
        "": 50
    },  # matter code ("": every other) → how near another open hazard is shown as perhaps the same
    # county code → {"document_no", "most_days"}: the county's own document that provides for urgent temporary matters, and
    # how long one may last; a county that is not named has none (Art. 8)
    "temporary_matters": {},
    # county code ("": every other) → working days to accept and to handle what people say, days for a person to be heard,
    # days that it is kept after it was closed, and the county's document (Arts. 13, 14); as shipped: demonstration values
    "feedback_days": {
        "": {"accept_days": 5, "handle_days": 30, "hearing_days": 7, "keep_days": 730, "document_no": None}
    },
    "gas_numbers": {},  # county code → telephone number of its gas repair service
}


@dataclass(frozen=True)
class MatterFacts:
    """One entry of the list, as rules of all duties see it."""

    id: UUID
    code: str
    duty: str
    data_class: str
    photo_policy: str
    review: ReviewFacts
    low_risk: bool
    from_day: date
    to_day: date | None = None
    county_code: str | None = None
    name_zh: str = ""
    name_en: str | None = None
    start_level: str = "L1"
    max_level: str = "L1"
    deadline: int | None = None
    deadline_unit: str = ""
    deadline_from: str = ""
    relook_days: int | None = None
    fix_days: int | None = None
    advice: tuple[str, ...] = ()

    @property
    def last_day(self) -> date | None:
        return self.to_day - timedelta(days=1) if self.to_day else None

    def is_in_force_on(self, day: date) -> bool:
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


def entry_in_force(entries: Iterable[MatterFacts], code: str, day: date) -> MatterFacts | None:
    """The county's entry of that code on the day, else the city's, else None."""
    valid = [e for e in entries if e.code == code and e.is_in_force_on(day)]
    return max(valid, key=lambda e: (e.county_code is not None, e.from_day), default=None)


def photo_policy_may_be(policy: str, reason: str | None, document_no: str | None) -> Verdict:
    """``needed`` puts work on everybody in the field, so it names its reason and its document."""
    if policy not in PHOTO_POLICIES:
        return Refused("invalid", {"fields": ["photo_policy"]})
    missing = [name for name, text in (("reason", reason), ("document_no", document_no)) if not (text or "").strip()]
    if policy == "needed" and missing:
        return Refused("reason_needed", {"fields": missing})
    return ALLOWED


TEMPORARY_DUTIES = ("hazards", "visits", "publicity")  # of the six: what needs neither a team nor fields of its own
TEMPORARY_CLASSES = ("N", "P")
LONGEST_TEMPORARY = 366  # days that a county's document may allow at most
DEMO_TEMPORARY_DAYS = 30  # a demonstration value


def temporary_may_be(provided_days: int | None, from_day: date, last_day: date, today: date) -> Verdict:
    """Off without the county's document (``temporary_off``); not in the past, not longer than it allows."""
    if provided_days is None:
        return Refused("temporary_off")
    fits = today <= last_day and from_day <= last_day and (last_day - from_day).days < provided_days
    return ALLOWED if fits else Refused("day_out_of_range")


NUMBER = re.compile(r"\+?[0-9][0-9 -]{2,19}")


def number_may_be(number: str) -> Verdict:
    """A telephone number to dial: digits, spaces and hyphens; empty takes the button away."""
    if number and not NUMBER.fullmatch(number):
        return Refused("invalid", {"fields": ["number"]})
    return ALLOWED


def review_may_be(mode: str, percent: int) -> Verdict:
    """A sample is 1 to 99 %; none and all carry no figure."""
    if mode not in REVIEW_MODES:
        return Refused("invalid", {"fields": ["mode"]})
    if mode == "sample" and not 1 <= percent <= 99:
        return Refused("invalid", {"fields": ["percent"]})
    return ALLOWED
