"""Pure decisions about matters: which entry is in force, what policies may be set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

DUTIES = ("information", "hazards", "mediations", "visits", "emergencies", "publicity")
PHOTO_POLICIES = ("forbidden", "optional", "needed")
REVIEW_MODES = ("none", "sample", "all")
TEMPORARY_CODE = "TMP-"


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
    # county code → {"document_no", "days"}: within how many days guidance, training, funds and supervision of a matter must
    # be on record (Art. 9 gives no figure); a county that is not named asks only whether there are any at all
    "support_days": {},
    # county code → {"document_no", "most_days"}: the county's own document that provides for urgent temporary matters, and
    # how long one may last; a county that is not named has none (Art. 8)
    "temporary_matters": {},
    # county code → {"document_no", "social_owner", "warn_days"}: who owes the social insurances and the fund, which Art. 19
    # leaves open, and how many days before its end a cover is warned of
    "cover_rules": {},
    # county code → {"document_no", "from"}: from which day class-S work is refused to whoever lacks a matter's training
    "training_rule": {},
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
    training: str | None = None

    @property
    def last_day(self) -> date | None:
        return self.to_day - timedelta(days=1) if self.to_day else None

    @property
    def is_temporary(self) -> bool:
        return self.code.startswith(TEMPORARY_CODE)

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


# -- the list as it is drawn up, published and left (Arts. 8, 9) ----------------------------------------------------------

SUPPORTS = ("guidance", "training", "funds", "supervision")  # the duties of Art. 9
LEVELS = ("L0", "L1", "L2", "L3", "L4")
DEADLINE_FROM = ("discovery", "report", "accept", "agreement", "last_visit", "order", "plan", "policy")
DATA_CLASSES = ("N", "P", "S")
MATTER_CODE = re.compile(r"[A-Z]{2,5}-[0-9]{2,3}")
# what a version of the list says of a matter, and what a difference between two compares
PUBLIC_COLUMNS = (
    "name_zh", "name_en", "duty", "departments", "data_class", "start_level", "max_level", "deadline", "deadline_unit",
    "deadline_from", "relook_days", "photo_policy", "training",
)  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """What one version of the list has that another has not; ``changed``: (before, after, names of what differs)."""

    admitted: tuple[Mapping[str, Any], ...]
    withdrawn: tuple[Mapping[str, Any], ...]
    changed: tuple[tuple[Mapping[str, Any], Mapping[str, Any], tuple[str, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.admitted or self.withdrawn or self.changed)


def difference(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Difference:
    """Between two whole lists, by code."""
    old, new = {one["code"]: one for one in before}, {one["code"]: one for one in after}
    changed = []
    for code in sorted(old.keys() & new.keys()):
        names = tuple(name for name in PUBLIC_COLUMNS if old[code].get(name) != new[code].get(name))
        if names:
            changed.append((old[code], new[code], names))
    return Difference(
        admitted=tuple(new[code] for code in sorted(new.keys() - old.keys())),
        withdrawn=tuple(old[code] for code in sorted(old.keys() - new.keys())),
        changed=tuple(changed),
    )


def adjustment_may_be(kind: str, code: str, found: MatterFacts | None) -> Verdict:
    """``found``: the entry of that code in force. Admitted is what is not there, changed or withdrawn what is.

    ``matter_on_list``, ``matter_not_in_force``, ``invalid``; the city's entries are the city's to withdraw (``not_allowed``).
    """
    if not MATTER_CODE.fullmatch(code) or code.startswith(TEMPORARY_CODE):
        return Refused("invalid", {"fields": ["code"]})
    if kind == "admit":
        return Refused("matter_on_list") if found else ALLOWED
    if found is None:
        return Refused("matter_not_in_force", {"matter": code})
    if kind == "withdraw" and found.county_code is None:
        return Refused("not_allowed")
    return ALLOWED


def levels_fit(start_level: str, max_level: str) -> Verdict:
    """The highest level is not below the first."""
    fits = LEVELS.index(start_level) <= LEVELS.index(max_level)
    return ALLOWED if fits else Refused("invalid", {"fields": ["max_level"]})


def takes_effect_on(day: date, today: date, newest: date | None) -> Verdict:
    """A version is public before it is in force, and versions follow each other by day: ``day_out_of_range``."""
    fits = day > today and (newest is None or day > newest) and (day - today).days <= LONGEST_TEMPORARY
    return ALLOWED if fits else Refused("day_out_of_range")


def draft_may_be_published(
    unconsented: Sequence[str], asked: Mapping[str, str | None], concerned: Iterable[str], adjustments: int
) -> Verdict:
    """Something to publish; consent to each adjustment; each department concerned was asked, and none disagrees.

    ``asked``: department → ``agrees``, ``disagrees`` or None (no answer). ``nothing_adjusted``, ``consent_lacking``,
    ``department_not_asked``, ``department_disagrees``.
    """
    if not adjustments:
        return Refused("nothing_adjusted")
    if unconsented:
        return Refused("consent_lacking", {"matters": sorted(unconsented)})
    wanted = sorted(set(concerned))
    missing = [one for one in wanted if one not in asked]
    if missing:
        return Refused("department_not_asked", {"departments": missing})
    against = [one for one in wanted if asked[one] == "disagrees"]
    return Refused("department_disagrees", {"departments": against}) if against else ALLOWED


def opinion_may_be(asked_on: date, answer: str | None, answered_on: date | None, today: date) -> Verdict:
    """Asked today or before; answered not before that. An answer has its day, and a day its answer."""
    if (answer is None) != (answered_on is None):
        return Refused("invalid", {"fields": ["answered_on"]})
    fits = asked_on <= today and (answered_on is None or asked_on <= answered_on <= today)
    return ALLOWED if fits else Refused("day_out_of_range")


def on_list_since(entries: Iterable[MatterFacts], found: MatterFacts) -> date:
    """When the matter came onto the list: a change of its entry, the day after the old one, begins nothing anew."""
    day, ends = found.from_day, {e.to_day: e.from_day for e in entries if e.code == found.code and e.to_day}
    while day in ends and ends[day] < day:
        day = ends[day]
    return day


def missing_support(
    newest: Mapping[str, date], admitted: date, today: date, within_days: int | None
) -> tuple[str, ...]:
    """Which duties of Art. 9 nobody has on record: none at all or, where a document says so, none within the days.

    With such a document a matter is given those days from its admission before anything is missing.
    """
    if within_days is None:
        return tuple(kind for kind in SUPPORTS if kind not in newest)
    since = today - timedelta(days=within_days)
    if admitted >= since:
        return ()
    return tuple(kind for kind in SUPPORTS if newest.get(kind, date.min) < since)


def withdrawal_may_be(named: Sequence[str], missing: Sequence[str], heard_on: date, today: date) -> Verdict:
    """At least one duty is named, each of them is missing by the register, and the department was heard before.

    ``invalid``, ``duty_on_record``, ``day_out_of_range``.
    """
    if not named or not set(named) <= set(SUPPORTS):
        return Refused("invalid", {"fields": ["missing"]})
    if not set(named) <= set(missing):
        return Refused("duty_on_record", {"duties": sorted(set(named) - set(missing))})
    return ALLOWED if heard_on <= today else Refused("day_out_of_range")


# -- settings of the whole city, each by a document --------------------------------------------------------------------------

DAYS_OF = {  # name → fewest and most days; all in working days but the last
    "refusal_ruling_days": (1, 30),
    "case_verify_days": (1, 30),
    "review_working_days": (1, 30),
    "closed_household_days": (30, 1095),
}
HOURS, NEAR = "office_hours", "near_metres"
TERMS = (*DAYS_OF, HOURS, NEAR)  # in the order of the page
FARTHEST = 1000  # metres to another open hazard
MOST_SPANS, DAY_MINUTES = 4, 24 * 60
SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


def days_read(name: str, text: str) -> int | None:
    """A setting in days as somebody types it; None when it is no number or outside the bounds."""
    least, most = DAYS_OF[name]
    return _whole(text, least, most)


def metres_read(text: str) -> int | None:
    """From 0, which shows nothing, to the farthest; None for anything else."""
    return _whole(text, 0, FARTHEST)


def hours_read(text: str) -> list[list[str]] | None:
    """``08:30-12:00 13:30-17:30`` as the setting keeps it; None unless every span lies within the day, in order, none over
    another. Full-width figures and colons, long dashes and commas between spans are taken as well.
    """
    plain = re.sub(r"[\u2010-\u2015~]", "-", unicodedata.normalize("NFKC", text))
    parts = re.sub(r"\s*-\s*", "-", plain.replace("\u3001", " ").replace(",", " ").replace(";", " ")).split()
    found, at = [], 0
    for part in parts:
        fits = SPAN.fullmatch(part)
        if not fits:
            return None
        one, two, three, four = (int(figure) for figure in fits.groups())
        begin, end = one * 60 + two, three * 60 + four
        if two > 59 or four > 59 or not at <= begin < end <= DAY_MINUTES:
            return None
        at = end
        found.append([f"{one:02}:{two:02}", f"{three:02}:{four:02}"])
    return found if 1 <= len(found) <= MOST_SPANS else None


def value_at(values: Sequence[tuple[int, Any]], instant: int) -> Any:
    """What counted at an instant. ``values``: since when each has counted, the oldest first, which counted ever before."""
    return next((value for since, value in reversed(values) if since <= instant), values[0][1])


def _whole(text: str, least: int, most: int) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    found = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 6 else -1
    return found if least <= found <= most else None


DEPARTMENT_CODE = re.compile(r"[a-z][a-z0-9_]{1,38}")
