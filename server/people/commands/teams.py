"""Teams, named with dates by the town."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.models import Team, TeamMember
from server.people.registry import neighbours
from server.people.rules import Holder, Thing
from server.platform import streams


def name_team(
    session: Session,
    actor: Holder,
    *,
    grid_id: UUID,
    name: str,
    purpose: str,
    members: Mapping[UUID, tuple[date, date | None]],
    reviewer_id: UUID,
) -> Team:
    """Name the people of a team, with dates. Problems ``grid_unknown``, ``not_found``, ``not_allowed``, ``team_needs_two``,
    ``invalid`` for somebody of another county."""
    insist(rules.may(actor, "team.name", _thing_of_grid(session, grid_id)))
    insist(rules.is_team(members, reviewer_id))
    county = {queries.person(session, m).county_code for m in members}
    if county != {actor.county_code}:
        raise Problem("invalid", fields=["members"])
    team = Team(
        id=new_id(),
        county_code=actor.county_code,
        grid_id=grid_id,
        name=name,
        purpose=purpose,
        reviewer_id=reviewer_id,
        named_by=actor.person_id,
        created_at=clock.now(),
        version=1,
    )
    session.add(team)
    session.flush()
    for person_id, (from_day, to_day) in members.items():
        session.add(TeamMember(team_id=team.id, person_id=person_id, from_day=from_day, to_day=to_day))
    session.flush()
    streams.put(session, stream_keys.team(team.id), "team", team.id)
    return team


def end_membership(session: Session, actor: Holder, team_id: UUID, person_id: UUID, to_day: date) -> None:
    """A member leaves the team on ``to_day``. Problem ``team_needs_two`` when too few would stay: then close the team."""
    team = _team_of(session, actor, team_id)
    members = {m.person_id: m for m in queries.members_of(session, [team_id])[team_id]}
    if person_id not in members:
        raise Problem("not_found")
    stay = [m for p, m in members.items() if p != person_id and (m.to_day is None or m.to_day > to_day)]
    if len(stay) < 2 or person_id == team.reviewer_id:
        raise Problem("team_needs_two")
    members[person_id].to_day = to_day
    team.version += 1
    session.flush()
    streams.put(session, stream_keys.team(team_id), "team", team_id)


def close_team(session: Session, actor: Holder, team_id: UUID, day: date) -> None:
    """From the day on nobody works in the team and nobody sees its rows by it."""
    team = _team_of(session, actor, team_id)
    team.closed_on = day
    team.version += 1
    session.flush()
    streams.gone(session, stream_keys.team(team_id), "team", team_id)


def _team_of(session: Session, actor: Holder, team_id: UUID) -> Team:
    team = session.get(Team, team_id)
    if team is None or team.closed_on is not None:
        raise Problem("not_found")
    insist(rules.may(actor, "team.name", _thing_of_grid(session, team.grid_id)))
    return team


def _thing_of_grid(session: Session, grid_id: UUID) -> Thing:
    place = neighbours().grid_place(session, grid_id)
    if place is None:
        raise Problem("grid_unknown")
    return Thing(county_code=place.county_code, grid_id=grid_id, units=tuple(u.id for u in place.units))
