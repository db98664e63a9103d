"""Which unit stands above a person: there complaints about them go, and there findings are opened (Arts. 13, 14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import ancestors
from server.areas.rules import tier_of
from server.findings.rules import CITY, OFFICE_OF, TIERS, TOWN, next_tier, tier_above
from server.people.rules import Holder


@dataclass(frozen=True)
class Above:
    """A unit, its tier, and the role that works there on complaints and findings."""

    unit_id: UUID
    tier: str

    @property
    def role(self) -> str:
        return OFFICE_OF[self.tier]


def _tier(unit: OrgUnit) -> str | None:
    return CITY if unit.kind == CITY else tier_of(unit.kind)


def unit_of_tier(session: Session, start: UUID, tier: str) -> Above:
    """The nearest unit of at least that tier above ``start``, itself included; where none is, the highest there is."""
    chain = [(unit, _tier(unit)) for unit in ancestors(session, start)]
    fit = [Above(unit.id, found) for unit, found in chain if found in TIERS]
    high = [one for one in fit if TIERS.index(one.tier) >= TIERS.index(tier)]
    if high:
        return high[0]
    return fit[-1] if fit else Above(start, CITY)


def above_persons(session: Session, holders: Iterable[Holder], start: UUID, least: str = TOWN) -> Above:
    """The unit that stands above every post of all these persons, and is at least of tier ``least``.

    Posts in two units of one tier lead to the tier above both. Without posts: the unit of ``least`` above ``start``.
    """
    posts = [post for holder in holders for post in holder.posts]
    tier = max((least, tier_above(post.role for post in posts)), key=TIERS.index)
    while True:
        found = {unit_of_tier(session, post.org_unit_id, tier) for post in posts} or {
            unit_of_tier(session, start, tier)
        }
        if len(found) == 1 or tier == CITY:
            return min(found, key=lambda one: one.unit_id)
        tier = next_tier(tier)


def unit_over(session: Session, unit_id: UUID) -> Above:
    """The unit one tier above a unit that works on complaints; the city's stays."""
    here = unit_of_tier(session, unit_id, TOWN)
    return unit_of_tier(session, unit_id, next_tier(here.tier))
