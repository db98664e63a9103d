"""The household that a report names: it must lie in the report's grid and in the reach of whoever reports."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.models import MicroGrid
from server.households.models import Household
from server.kernel.problems import Problem
from server.people.rules import Holder


def micro_grid_of_household(session: Session, holder: Holder, grid_id: UUID, household_id: UUID) -> UUID:
    """Its micro-grid. A household that is nowhere, in another grid or outside the scope: ``household_elsewhere``."""
    household = session.get(Household, household_id)
    micro = session.get(MicroGrid, household.micro_grid_id) if household else None
    if micro is None or micro.grid_id != grid_id:
        raise Problem("household_elsewhere")
    if not holder.roles_in_grid(micro.grid_id) and not holder.is_micro_leader_of(micro.id):
        raise Problem("household_elsewhere")
    return micro.id
