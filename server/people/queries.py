"""Reads of the people room: who holds a session, what a person holds on a day, rows for the phone, lists for pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import roster, rules, scopes
from server.people.models import Appointment, Device, Person, Role, ScopeSnapshot, SignIn, Team, TeamMember
from server.people.registry import neighbours
from server.people.rules import Holder
from server.platform.exports import ListExport


@dataclass(frozen=True)
class OpenSession:
    """A living session: its person as of today, and whether only the queue's doors are open to it."""

    id: UUID
    kind: str
    device_id: UUID | None
    secret: str
    last_used_at: int
    language: str | None
    restricted: bool
    holder: Holder

    @property
    def person_id(self) -> UUID:
        return self.holder.person_id


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


# What every request asks is made once: building a statement costs as much as running it.
_OPEN_SESSION = (
    sa.select(SignIn, Person, Device)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Device, sa.and_(Device.id == SignIn.device_id, Device.person_id == SignIn.person_id))
    .where(SignIn.token_hash == sa.bindparam("token_hash"), SignIn.ended_at.is_(None))
)
_DAY = sa.bindparam("day", type_=sa.Date)
_PERSON = sa.bindparam("person_id", type_=sa.Uuid)
_IS_HELD = sa.and_(Appointment.from_day <= _DAY, sa.or_(Appointment.to_day.is_(None), Appointment.to_day > _DAY))
_POSTS_OF = sa.select(Appointment).where(Appointment.person_id == _PERSON, _IS_HELD).order_by(Appointment.id)
_TEAMS_OF = (
    sa.select(Team)
    .join(TeamMember, TeamMember.team_id == Team.id)
    .where(
        TeamMember.person_id == _PERSON,
        TeamMember.from_day <= _DAY,
        sa.or_(TeamMember.to_day.is_(None), TeamMember.to_day > _DAY),
        sa.or_(Team.closed_on.is_(None), Team.closed_on > _DAY),
    )
)
_NEWEST_SCOPE = (
    sa.select(ScopeSnapshot).where(ScopeSnapshot.person_id == _PERSON).order_by(ScopeSnapshot.version.desc()).limit(1)
)


def open_session(session: Session, token: str, office_minutes: int, phone_days: int) -> OpenSession | None:
    """The session of a cookie's token, or None when it ended, rested too long or never was."""
    found = session.execute(_OPEN_SESSION, {"token_hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    row, person, device = found
    now = clock.now()
    if now - row.last_used_at > rules.idle_limit_ms(row.kind, device is not None, office_minutes, phone_days):
        return None
    holder = holder_of_person(session, person, clock.day_of(now))
    is_revoked = device is not None and device.revoked_at is not None
    return OpenSession(
        id=row.id,
        kind=row.kind,
        device_id=device.id if device else None,
        secret=row.csrf,
        last_used_at=row.last_used_at,
        language=person.language,
        restricted=row.restricted or is_revoked or not holder.is_in_post,
        holder=holder,
    )


def holder_of(session: Session, person_id: UUID, day: date) -> Holder:
    """The person with posts and teams held on the day. Problem ``not_found``."""
    return holder_of_person(session, person(session, person_id), day)


def holder_of_person(session: Session, found: Person, day: date) -> Holder:
    if found.left_on is not None and found.left_on <= day:
        return Holder(found.id, found.county_code)
    posts = [roster.post_of(a) for a in session.scalars(_POSTS_OF, {"person_id": found.id, "day": day})]
    acting = roster.acting_posts(session, found.id, day, posts)
    teams = teams_of(session, found.id, day)
    return Holder(
        person_id=found.id,
        county_code=found.county_code,
        posts=(*posts, *acting),
        teams=frozenset(t.id for t in teams),
        reviews_teams=frozenset(t.id for t in teams if t.reviewer_id == found.id),
    )


def _in_force(session: Session, statement: sa.Select[Appointment], day: date) -> list[Appointment]:
    return list(session.scalars(statement.where(_IS_HELD).order_by(Appointment.id), {"day": day}))


def teams_of(session: Session, person_id: UUID, day: date) -> list[Team]:
    """Open teams in which the person is named for the day."""
    return list(session.scalars(_TEAMS_OF, {"person_id": person_id, "day": day}))


def person(session: Session, person_id: UUID) -> Person:
    """The person, or Problem ``not_found``."""
    found = session.get(Person, person_id)
    if found is None:
        raise Problem("not_found")
    return found


def person_named(session: Session, username: str) -> Person | None:
    return session.scalars(sa.select(Person).where(Person.username == username)).one_or_none()


def names_of(session: Session, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names by person, for rows that show who did something."""
    return {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(person_ids)))}


def exports_of(county_code: str, chosen: Mapping[str, str]) -> sa.Select[ListExport]:
    """The county's lists that were taken out as files, the newest first; ``chosen``: column → value."""
    statement = sa.select(ListExport).where(ListExport.county_code == county_code)
    statement = statement.where(*(getattr(ListExport, name) == value for name, value in chosen.items()))
    return statement.order_by(ListExport.at.desc(), ListExport.id)


def roles(session: Session) -> dict[str, Role]:
    return {role.code: role for role in session.scalars(sa.select(Role))}


def in_post(session: Session, grid_id: UUID, day: date) -> list[Person]:
    """Whoever holds a post in the grid or one of its micro-grids on the day, by name."""
    held = _in_force(session, _of_grids(session, [grid_id]), day)
    people = session.scalars(sa.select(Person).where(Person.id.in_({a.person_id for a in held})))
    return sorted((p for p in people if p.left_on is None or p.left_on > day), key=lambda p: p.name)


def in_unit_posts(
    session: Session, unit_ids: Sequence[UUID], day: date, roles: frozenset[str] = rules.OFFICE_ROLES
) -> list[Person]:
    """Whoever holds an office post in one of these units on the day, by name."""
    statement = sa.select(Appointment).where(Appointment.org_unit_id.in_(unit_ids), Appointment.role.in_(roles))
    held = _in_force(session, statement, day)
    people = session.scalars(sa.select(Person).where(Person.id.in_({a.person_id for a in held})))
    return sorted((p for p in people if p.left_on is None or p.left_on > day), key=lambda p: p.name)


def _of_grids(session: Session, grid_ids: Sequence[UUID]) -> sa.Select[Appointment]:
    micro = neighbours().micro_grids_of(session, grid_ids)
    here = sa.or_(Appointment.grid_id.in_(grid_ids), Appointment.micro_grid_id.in_(micro))
    return sa.select(Appointment).where(here, Appointment.role.in_(rules.FIELD_ROLES))


# -- devices -----------------------------------------------------------------------------------------------------------


def devices_of(session: Session, person_id: UUID) -> list[Device]:
    """All devices of a person, the newest first."""
    statement = sa.select(Device).where(Device.person_id == person_id).order_by(Device.registered_at.desc(), Device.id)
    return list(session.scalars(statement))


def last_uses(session: Session, device_ids: Sequence[UUID]) -> dict[UUID, int]:
    """When each device's newest session was last used (ms)."""
    statement = (
        sa.select(SignIn.device_id, sa.func.max(SignIn.last_used_at))
        .where(SignIn.device_id.in_(device_ids))
        .group_by(SignIn.device_id)
    )
    return {device: at for device, at in session.execute(statement) if device}


# -- scopes ------------------------------------------------------------------------------------------------------------


def streams_held(session: Session, holder: Holder) -> tuple[str, ...]:
    """The streams that the holder may see."""
    units = {p.org_unit_id for p in holder.posts}
    above = {u: tuple((x.id, x.kind) for x in neighbours().units_above(session, u)) for u in units}
    micro = frozenset(neighbours().micro_grids_of(session, holder.grids)) if holder.grids else frozenset[UUID]()
    return scopes.streams_of(holder, micro, above)


def newest_scope(session: Session, person_id: UUID) -> ScopeSnapshot | None:
    return session.scalars(_NEWEST_SCOPE, {"person_id": person_id}).one_or_none()


def scope_numbered(session: Session, person_id: UUID, version: int) -> ScopeSnapshot | None:
    """The scope under which a mutation says it was made."""
    return session.get(ScopeSnapshot, (person_id, version))


# -- what phones see ---------------------------------------------------------------------------------------------------


def session_answer(session: Session, open_: OpenSession) -> dict[str, Any]:
    """``person``, ``roles``, ``policy``, ``epoch`` of ``SessionAnswer`` (docs/wire.md §1); the door adds the rest."""
    found = person(session, open_.person_id)
    names = {u: neighbours().units_above(session, u) for u in {p.org_unit_id for p in open_.holder.posts}}
    absent = names_of(session, [p.acting_for for p in open_.holder.posts if p.acting_for])
    return {
        "person": {
            "id": found.id,
            "name": found.name,
            "username": found.username,
            "county_code": found.county_code,
            "language": found.language,
        },
        "roles": [
            {
                "role": p.role,
                "grid_id": p.grid_id,
                "micro_grid_id": p.micro_grid_id,
                "org_unit_id": p.org_unit_id,
                "org_unit_name": names[p.org_unit_id][0].name if names[p.org_unit_id] else "",
                "from_": p.from_day,
                "to": p.to_day,
                **({"acting_for": absent[p.acting_for]} if p.acting_for else {}),
            }
            for p in open_.holder.posts
        ],
        "epoch": neighbours().epoch(session),
        "policy": neighbours().policy(session, found.county_code),
        "restricted": open_.restricted,
    }


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``team``, ``staff``, ``absence`` (docs/wire.md §5); what is no longer in force has none."""
    rows = {"team": _team_rows, "staff": _staff_rows, "absence": roster.absence_rows}
    return rows[kind](session, ids, clock.today())


def members_of(session: Session, team_ids: Sequence[UUID]) -> dict[UUID, list[TeamMember]]:
    found: dict[UUID, list[TeamMember]] = {team: [] for team in team_ids}
    statement = sa.select(TeamMember).where(TeamMember.team_id.in_(team_ids))
    for member in session.scalars(statement.order_by(TeamMember.from_day, TeamMember.person_id)):
        found[member.team_id].append(member)
    return found


def teams_in(session: Session, grid_ids: Sequence[UUID]) -> list[Team]:
    """Teams of these grids, the newest first; closed ones last."""
    statement = sa.select(Team).where(Team.grid_id.in_(grid_ids))
    return list(session.scalars(statement.order_by(Team.closed_on.is_not(None), Team.created_at.desc())))


def _team_rows(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, dict[str, Any]]:
    is_open = sa.or_(Team.closed_on.is_(None), Team.closed_on > day)
    teams = list(session.scalars(sa.select(Team).where(Team.id.in_(ids), is_open)))
    members = members_of(session, [t.id for t in teams])
    names = names_of(session, [m.person_id for team in members.values() for m in team])
    return {
        team.id: {
            "id": str(team.id),
            "version": team.version,
            "name": team.name,
            "purpose": team.purpose,
            "members": [
                {
                    "person_id": str(m.person_id),
                    "name": names[m.person_id],
                    "from": m.from_day.isoformat(),
                    "to": m.to_day.isoformat() if m.to_day else None,
                }
                for m in members[team.id]
            ],
            "reviewer_id": str(team.reviewer_id),
        }
        for team in teams
    }


def staff_row_of(session: Session, grid_id: UUID, person_id: UUID) -> UUID | None:
    """The id of a person's row among the staff of a grid: the first appointment there, ever."""
    here = _of_grids(session, [grid_id]).where(Appointment.person_id == person_id).order_by(Appointment.id).limit(1)
    first = session.scalars(here).one_or_none()
    return first.id if first else None


def grid_of_post(session: Session, grid_id: UUID | None, micro_grid_id: UUID | None) -> UUID | None:
    if grid_id is None and micro_grid_id is not None:
        return neighbours().grid_of_micro(session, micro_grid_id)
    return grid_id


def _staff_rows(session: Session, ids: Sequence[UUID], day: date) -> dict[UUID, dict[str, Any]]:
    firsts = list(session.scalars(sa.select(Appointment).where(Appointment.id.in_(ids))))
    grids = {a.id: grid_of_post(session, a.grid_id, a.micro_grid_id) for a in firsts}
    people = {p.id: p for p in session.scalars(sa.select(Person).where(Person.id.in_({a.person_id for a in firsts})))}
    held: dict[tuple[UUID | None, UUID], list[Appointment]] = {}
    everything = _of_grids(session, [g for g in set(grids.values()) if g]).where(Appointment.person_id.in_(people))
    for post in _in_force(session, everything, day):
        held.setdefault((grid_of_post(session, post.grid_id, post.micro_grid_id), post.person_id), []).append(post)
    away = roster.away_from(session, list(people), day)
    rows: dict[UUID, dict[str, Any]] = {}
    for first in firsts:
        who, posts = people[first.person_id], held.get((grids[first.id], first.person_id), [])
        if not posts or (who.left_on is not None and who.left_on <= day):
            continue
        rows[first.id] = {
            "id": str(first.id),
            "version": 1,  # never edited on a phone
            "grid_id": str(grids[first.id]),
            "person_id": str(who.id),
            "name": who.name,
            "roles": sorted({p.role for p in posts}),
            "phone": who.phone,
            "micro_grid_id": next((str(p.micro_grid_id) for p in posts if p.micro_grid_id), None),
            **({"away": away[who.id]} if who.id in away else {}),
        }
    return rows
