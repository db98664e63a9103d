"""What a piece of information may hold, and why. The one table of its fields: name, and the matters that need it.

A field enters ``ASKED`` with the code of a listed matter, or it does not enter at all. A matter that the table does not
name is told in words alone. Never here, whatever the matter: identity numbers, religion, politics, ethnicity, illness,
sums of money, where somebody went, who rents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.kernel.outcome import ALLOWED, Refused, Verdict


@dataclass(frozen=True)
class Asked:
    """The matters that cannot do without a field, and those that merely have room for it."""

    needed_by: tuple[str, ...] = ()
    open_to: tuple[str, ...] = ()


ASKED: Mapping[str, Asked] = {
    "household_id": Asked(needed_by=("INFO-01", "INFO-02", "INFO-04", "INFO-05"), open_to=("INFO-06",)),
    "finding": Asked(needed_by=("INFO-01", "INFO-02", "INFO-03", "INFO-04", "INFO-05")),
    "business_name": Asked(needed_by=("INFO-03",)),
    "place_words": Asked(needed_by=("INFO-03", "INFO-07")),
    "wants_answer": Asked(open_to=("INFO-06", "INFO-07")),
    "note": Asked(needed_by=("INFO-06",)),  # words are open to every matter
}

FINDINGS: Mapping[str, tuple[str, ...]] = {  # what may be found, by matter
    "INFO-01": ("as_known", "moved_in", "moved_out", "contact_changed"),
    "INFO-02": ("reminded", "says_registered", "not_met"),
    "INFO-03": ("opened", "closed"),
    "INFO-04": ("wants_help", "living_changed", "contact_changed"),
    "INFO-05": ("moved_in", "moved_out", "contact_changed", "wants_contact"),
}
EVERY_FINDING = tuple(sorted({word for words in FINDINGS.values() for word in words}))


def is_named(matter_code: str) -> bool:
    return any(matter_code in (*asked.needed_by, *asked.open_to) for asked in ASKED.values())


def needed(matter_code: str) -> frozenset[str]:
    """What the matter cannot do without; of a matter that the table does not name, the words."""
    if not is_named(matter_code):
        return frozenset({"note"})
    return frozenset(name for name, asked in ASKED.items() if matter_code in asked.needed_by)


def has_room_for(matter_code: str) -> frozenset[str]:
    named = {name for name, asked in ASKED.items() if matter_code in (*asked.needed_by, *asked.open_to)}
    return frozenset(named | {"note"})


def is_whole(
    matter_code: str, told: Mapping[str, Any], obstructed: bool, *, stay: frozenset[str] = frozenset()
) -> Verdict:
    """The fields that the matter needs, no other, and a finding of its own. Whoever was obstructed (受阻) may lack some.

    ``stay``: fields that are not told now and remain as they are.
    """
    given = {name for name in ASKED if told.get(name)}
    unasked = given - has_room_for(matter_code)
    if unasked:
        return Refused("field_not_asked", {"fields": sorted(unasked)})
    if told.get("finding") and told["finding"] not in FINDINGS.get(matter_code, ()):
        return Refused("invalid", {"fields": ["finding"]})
    lacking = needed(matter_code) - given - stay
    if lacking and not obstructed:
        return Refused("information_lacking", {"fields": sorted(lacking)})
    return ALLOWED
