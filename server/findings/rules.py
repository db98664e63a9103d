"""Pure decisions about findings: who stands above a person, what may be decided and when.

Art. 13 names five grounds; who decides and in which order is our design.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from server.kernel.outcome import ALLOWED, Refused, Verdict

GROUNDS = (1, 2, 3, 4, 5)  # of Art. 13, in its order
CONFIRMED, NOT_CONFIRMED, WITHDRAWN = "confirmed", "not_confirmed", "withdrawn"
DECISIONS = (CONFIRMED, NOT_CONFIRMED, WITHDRAWN)
HELD_KINDS = ("record", "household", "feedback")

TOWN, COUNTY, CITY = "town", "county", "city"
TIERS = (TOWN, COUNTY, CITY)
OFFICE_OF = {TOWN: "town_government", COUNTY: "county_authority", CITY: "city_authority"}
ABOVE = {  # who works here is looked into there; advisers are sent by a town, so a town does not judge them
    "full_time_worker": TOWN,
    "part_time_worker": TOWN,
    "micro_grid_leader": TOWN,
    "grid_leader": TOWN,
    "village_committee": TOWN,
    "grid_adviser": COUNTY,
    "town_government": COUNTY,
    "department": COUNTY,
    "county_authority": CITY,
}


def tier_above(roles: Iterable[str]) -> str:
    """The lowest tier that stands above all of these roles; the city where a role is not named, and for its own."""
    tiers = [ABOVE.get(role, CITY) for role in roles]
    return max(tiers, key=TIERS.index, default=TOWN)


def next_tier(tier: str) -> str:
    """One tier further up; the city stays."""
    return TIERS[min(TIERS.index(tier) + 1, len(TIERS) - 1)]


def may_decide(
    *, decision: str | None, is_opener: bool, was_heard: bool, hear_by: date, today: date, document_no: str, said: str
) -> Verdict:
    """Once, by somebody else than whoever opened it, with a document, after the person spoke or let the day pass.

    ``step_done``, ``own_matter``, ``not_heard_yet``, ``reason_needed``. To withdraw it needs no hearing.
    """
    if decision is not None:
        return Refused("step_done")
    if said == WITHDRAWN:
        return ALLOWED
    if is_opener:
        return Refused("own_matter")
    if not was_heard and today <= hear_by:
        return Refused("not_heard_yet")
    return ALLOWED if document_no else Refused("reason_needed", {"fields": ["document_no"]})


def was_heard(heard_at: int | None, evidence_at: int | None) -> bool:
    """Whether the person spoke after the last piece of evidence was added: on what came later they were not heard."""
    return heard_at is not None and heard_at >= (evidence_at or 0)


def may_answer(*, decision: str | None, is_concerned: bool) -> Verdict:
    """The person concerned, as long as nothing is decided; a later answer takes the place of the earlier one."""
    if not is_concerned:
        return Refused("not_found")
    return ALLOWED if decision is None else Refused("step_done")
