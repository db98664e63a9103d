"""Teams, named with dates by the town, or by whoever opens a mediation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people import queries, roster, rules
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


def replace_reviewer(session: Session, actor: Holder, team_id: UUID, person_id: UUID | None) -> None:
    """From today on another member of the team reviews; what waits is theirs too. Nobody comes into a team by this: it would
    open to them what was written before. The one before stays a member, whose days may then end.

    Problems ``not_found``, ``not_allowed``, ``invalid`` for whoever is no member today, or a team that a mediation opened
    (decision 0011: its author and one reviewer).
    """
    team = _team_of(session, actor, team_id)
    today = clock.today()
    member = {m.person_id: m for m in queries.members_of(session, [team_id])[team_id]}.get(person_id or team_id)
    is_there = member is not None and member.from_day <= today and (member.to_day is None or member.to_day > today)
    if person_id is None or not is_there or team.purpose == "opened":
        raise Problem("invalid", fields=["person_id"])
    team.reviewer_id = person_id
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


def team_for_mediation(session: Session, author: Holder, grid_id: UUID, now: int) -> UUID | None:
    """Who is to see the author's mediations in a grid: the team that the town named for it; else the author and a
    reviewer, opened here when there is none yet. None when nobody else of the grid could review.

    The reviewer is another leader of the grid, else its adviser (nobody decides a record of their own). One team serves
    all mediations of the two, so that nobody's scope grows with every case.
    """
    day = clock.day_of(now)
    teams = [t for t in queries.teams_of(session, author.person_id, day) if t.grid_id == grid_id]
    named = [t for t in teams if t.purpose == "mediation"]
    if named:
        return min(named, key=lambda t: (t.created_at, t.id)).id
    posts = (roster.leaders_of(session, grid_id, day), roster.advisers_of(session, grid_id, day))
    leaders, advisers = ([p for p in held if p != author.person_id] for held in posts)
    reviewers = leaders or advisers
    if not reviewers:
        return None
    opened = [t for t in teams if t.purpose == "opened" and t.named_by == author.person_id]
    kept = next((t for t in opened if t.reviewer_id in reviewers), None)
    return kept.id if kept else _open(session, author, grid_id, reviewers[0], now).id


def _open(session: Session, author: Holder, grid_id: UUID, reviewer_id: UUID, now: int) -> Team:
    names = queries.names_of(session, [author.person_id, reviewer_id])
    team = Team(
        id=new_id(),
        county_code=author.county_code,
        grid_id=grid_id,
        name=f"{names[author.person_id]} · {names[reviewer_id]}",
        purpose="opened",
        reviewer_id=reviewer_id,
        named_by=author.person_id,
        created_at=now,
        version=1,
    )
    session.add(team)
    session.flush()
    for person_id in (author.person_id, reviewer_id):
        session.add(TeamMember(team_id=team.id, person_id=person_id, from_day=clock.day_of(now)))
    session.flush()
    streams.put(session, stream_keys.team(team.id), "team", team.id)
    return team


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
