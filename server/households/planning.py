"""What the office keeps in its grids: places, the check points of the next patrols, plans of visits. Never commits.

Village and town put them in; the field adds places of its own (``places.save``). A plan of a class-S matter is its team's
alone: somebody of the office makes, sees and ends it as a member of the team, whatever the post.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import borders_on, grids_under, micro_grids_of
from server.households import commands, queries
from server.households.models import Household, Place, VisitPlan
from server.households.plans import add_plan, end_plan
from server.households.rules import ByHand, may_be_planned, visit_may_be_planned
from server.kernel import clock
from server.kernel.geo import Position, contains
from server.kernel.problems import Problem, insist
from server.matters.queries import matters_in_force
from server.matters.rules import MatterFacts
from server.people.queries import teams_of
from server.people.rules import TABLE, Holder, may

KEEP = "plan.keep"
TOLD = ("kind", "name", "address", "lng", "lat", "radius_m", "matters")


def keep_place(session: Session, by: Holder, told: Mapping[str, Any], place_id: UUID | None = None) -> Place:
    """A new place, or what the form says of one, and whether it is in the plan of the next patrols.

    Problems: ``not_found``, ``not_allowed``, ``record_exists``, ``closed``, ``matter_not_in_force``, ``place_elsewhere``
    (the point lies outside the grid), ``check_point_unfit``, ``patrol_plan_full``; ``Conflict`` as in ``save_place``.
    """
    fields = {name: told[name] for name in TOLD}
    before = session.get(Place, place_id) if place_id else None
    if place_id is not None and before is None:
        raise Problem("not_found")
    if before is None:
        found = commands.save_place(session, ByHand(by), {"id": told["id"], "grid_id": told["grid_id"], **fields})
        _insist_inside(session, found)
    else:
        was = before.lng, before.lat
        found = commands.save_place(session, ByHand(by, told["version"]), {"id": before.id, "changes": fields})
        if was != (found.lng, found.lat):
            _insist_inside(session, found)
    offered = {matter.code for matter in matters_to_look_at(session, found.county_code)}
    for code in fields["matters"]:
        if code not in offered:
            raise Problem("matter_not_in_force", matter=code)
    _plan(session, found, told["in_plan"] == "yes")
    return found


def _plan(session: Session, found: Place, is_planned: bool) -> None:
    if is_planned:
        others = [one for one in queries.planned_places(session, found.grid_id) if one.id != found.id]
        insist(may_be_planned(found.kind, found.matters, len(others)))
    commands.plan_place(session, found, is_planned)


def _insist_inside(session: Session, found: Place) -> None:
    border = borders_on(session, [found.grid_id], clock.today()).get(found.grid_id)
    point = Position(found.lng, found.lat)
    if border is not None and not sum(contains(ring, point) for ring in border.rings) % 2:
        raise Problem("place_elsewhere", fields=["lng", "lat"])


def plan_visits_to_place(session: Session, by: Holder, place_id: UUID, told: Mapping[str, Any]) -> VisitPlan:
    """Somebody is to go there. Problems: those of ``plan_visits``, ``closed``."""
    return _plan_visits(session, by, session.get(Place, place_id, with_for_update=True, populate_existing=True), told)


def plan_visits_to_household(session: Session, by: Holder, household_id: UUID, told: Mapping[str, Any]) -> VisitPlan:
    """Somebody is to knock at this door. Problems: those of ``plan_visits``, ``closed``."""
    found = session.get(Household, household_id, with_for_update=True, populate_existing=True)
    return _plan_visits(session, by, found, told)


def _plan_visits(session: Session, by: Holder, target: Household | Place | None, told: Mapping[str, Any]) -> VisitPlan:
    """Refuses with ``not_found``, ``not_allowed``, ``closed``, ``matter_not_in_force``, ``matter_wrong_duty``,
    ``team_needed``, ``training_lacking``, ``day_out_of_range``, ``invalid``, ``visit_planned``."""
    if target is None:
        raise Problem("not_found")
    insist(may(by, KEEP, queries.thing_of(session, target)))
    if target.closed_on is not None:
        raise Problem("closed")
    today = clock.today()
    matter = _matter_of_visits(session, target.county_code, told["matter_code"], today)
    is_sensitive = matter.data_class == "S"
    in_grid_stream = isinstance(target, Place) or is_sensitive
    insist(visit_may_be_planned(told["due"], today, told["for_role"], in_grid_stream=in_grid_stream))
    team_id = _own_team(session, by, target.grid_id, told["team_id"]) if is_sensitive else None
    is_open = queries.open_plans_of if isinstance(target, Household) else queries.open_plans_at
    if any((one.matter_code, one.team_id) == (matter.code, team_id) for one in is_open(session, target.id)):
        raise Problem("visit_planned")
    return add_plan(
        session, matter=matter, target=target, due=told["due"], for_role=told["for_role"],
        every_days=told["every_days"], team_id=team_id,
    )  # fmt: skip


def _matter_of_visits(session: Session, county_code: str, code: str, today: date) -> MatterFacts:
    found = next((one for one in matters_in_force(session, county_code, today) if one.code == code), None)
    if found is None:
        raise Problem("matter_not_in_force", matter=code)
    if found.duty != "visits":
        raise Problem("matter_wrong_duty", matter=code)
    return found


def _own_team(session: Session, by: Holder, grid_id: UUID, team_id: UUID | None) -> UUID:
    if team_id is None:
        raise Problem("team_needed", fields=["team_id"])
    if team_id not in own_teams(session, by, grid_id):
        raise Problem("not_found")
    return team_id


def end_visits(session: Session, by: Holder, plan_id: UUID) -> VisitPlan:
    """Nobody goes there any longer; a plan that has ended stays as it is. ``not_found``, ``not_allowed``."""
    found = session.get(VisitPlan, plan_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(by, KEEP, queries.thing_of(session, found)))
    if found.closed_on is None:
        end_plan(session, found, clock.today())
    return found


def close_place(session: Session, by: Holder, place_id: UUID, version: int) -> Place:
    """As ``commands.close_place``, by hand."""
    return commands.close_place(session, ByHand(by, version), place_id)


# -- what the pages show -----------------------------------------------------------------------------------------------


def grids_of(session: Session, holder: Holder) -> list[Any]:
    """The grids below the offices that keep places and plans there."""
    return grids_under(session, {post.org_unit_id for post in holder.posts if post.role in TABLE[KEEP].offices})


def places_in(session: Session, grid_id: UUID) -> list[Place]:
    """The open places of a grid: its planned check points first, then by kind and name."""
    found = session.scalars(sa.select(Place).where(Place.grid_id == grid_id, Place.closed_on.is_(None)))
    return sorted(found, key=lambda one: (not one.in_plan, one.kind, one.name))


def place_for(session: Session, holder: Holder, place_id: UUID) -> Place:
    """An open place of the office's grids. ``not_found``, ``not_allowed``."""
    found = session.get(Place, place_id)
    if found is None or found.closed_on is not None:
        raise Problem("not_found")
    insist(may(holder, KEEP, queries.thing_of(session, found)))
    return found


def plans_of_places(session: Session, grid_id: UUID, holder: Holder) -> dict[UUID, list[VisitPlan]]:
    """Open plans by place, the next visit first; those of a team for its members alone."""
    here = sa.and_(VisitPlan.grid_id == grid_id, VisitPlan.place_id.is_not(None), VisitPlan.closed_on.is_(None))
    found: dict[UUID, list[VisitPlan]] = {}
    for plan in session.scalars(sa.select(VisitPlan).where(here).order_by(VisitPlan.due, VisitPlan.id)):
        if _is_shown(plan, holder) and plan.place_id is not None:
            found.setdefault(plan.place_id, []).append(plan)
    return found


def household_plans_by_matter(session: Session, grid_id: UUID) -> list[tuple[str, int, date]]:
    """How many households of a grid are visited under a matter, and when the next of them is; no team's plan is counted."""
    here = sa.and_(VisitPlan.grid_id == grid_id, VisitPlan.household_id.is_not(None), VisitPlan.closed_on.is_(None))
    asked = sa.select(VisitPlan.matter_code, sa.func.count(), sa.func.min(VisitPlan.due))
    grouped = asked.where(here, VisitPlan.team_id.is_(None)).group_by(VisitPlan.matter_code)
    return [(code, count, due) for code, count, due in session.execute(grouped.order_by(VisitPlan.matter_code))]


def households_behind(session: Session, holder: Holder, grid: Any, door: str) -> list[dict[str, Any]]:
    """The households behind a door of the grid, each with its micro-grid and its open plans; no name, no telephone.

    Problem ``door_not_here``.
    """
    micros = {one.id: one for one in micro_grids_of(session, [grid.id])}
    found = queries.households_at(session, micros, door)
    if not found:
        raise Problem("door_not_here", fields=["door"])
    return [
        {
            "household": one,
            "micro_grid": micros[one.micro_grid_id],
            "plans": [plan for plan in queries.open_plans_of(session, one.id) if _is_shown(plan, holder)],
        }
        for one in found
    ]


def _is_shown(plan: VisitPlan, holder: Holder) -> bool:
    return plan.team_id is None or plan.team_id in holder.teams


def own_teams(session: Session, holder: Holder, grid_id: UUID) -> dict[UUID, str]:
    """The care teams of the grid in which the holder is, by name: only they may be given a plan of a class-S matter."""
    teams = teams_of(session, holder.person_id, clock.today())
    return {one.id: one.name for one in teams if one.grid_id == grid_id and one.purpose == "care"}


def matters_to_look_at(session: Session, county_code: str) -> list[MatterFacts]:
    """What may be looked at in a place: matters of hazards in force today."""
    return [one for one in matters_in_force(session, county_code, clock.today()) if one.duty == "hazards"]


def matters_of_visits(session: Session, county_code: str, *, with_teams: bool) -> list[MatterFacts]:
    """What a visit may be for today; those of class S only where there is a team to give them to."""
    found = [one for one in matters_in_force(session, county_code, clock.today()) if one.duty == "visits"]
    return [one for one in found if with_teams or one.data_class != "S"]
