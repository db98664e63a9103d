"""Writes of the people room: persons and posts, sessions and devices, reset codes, teams, scopes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.models import (
    Appointment,
    Device,
    Person,
    ResetCode,
    Role,
    ScopeSnapshot,
    SignIn,
    SignInFailure,
    Team,
    TeamMember,
)
from server.people.registry import neighbours
from server.people.rules import Holder, Thing
from server.platform import csrf, streams
from server.platform.db import aside, is_reading, upsert
from server.platform.keys import b64, keyring
from server.platform.passwords import passwords
from server.text import text

ROLES = (  # code, what an appointment names, whether it is an office; names stand in text/ under ``role.<code>``
    ("grid_leader", "grid", False),
    ("full_time_worker", "grid", False),
    ("part_time_worker", "grid", False),
    ("grid_adviser", "grid", False),
    ("micro_grid_leader", "micro_grid", False),
    ("village_committee", "org_unit", True),
    ("town_government", "org_unit", True),
    ("department", "org_unit", True),
    ("county_authority", "org_unit", True),
    ("city_authority", "org_unit", True),
    ("system_administrator", "org_unit", True),
    ("security_administrator", "org_unit", True),
    ("auditor", "org_unit", True),
)

# -- persons and posts -------------------------------------------------------------------------------------------------


def ensure_roles(session: Session) -> None:
    """The roles of Art. 7 and of the offices, as data; may be called again."""
    rows = [
        {
            "code": code,
            "name_zh": text(f"role.{code}", "zh"),
            "name_en": text(f"role.{code}", "en"),
            "scope_kind": scope_kind,
            "is_office": is_office,
        }
        for code, scope_kind, is_office in ROLES
    ]
    upsert(session, Role, rows, ["code"])


def add_person(
    session: Session,
    *,
    county_code: str,
    username: str,
    name: str,
    password_hash: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> Person:
    """Somebody who may be appointed; can sign in once a password is set."""
    person = Person(
        id=new_id(),
        county_code=county_code,
        username=username,
        name=name,
        phone=phone,
        password_hash=password_hash,
        language=language,
        created_at=clock.now(),
    )
    session.add(person)
    session.flush()
    return person


def set_password(session: Session, person_id: UUID, password: str) -> None:
    """A new password; every session of the person ends. Problem ``password_too_short``."""
    hashed = hash_of(password)
    queries.person(session, person_id).password_hash = hashed
    end_sessions(session, person_id)


def hash_of(password: str) -> str:
    """Problem ``password_too_short`` below ten characters."""
    if len(password) < rules.LEAST_PASSWORD:
        raise Problem("password_too_short", least=rules.LEAST_PASSWORD)
    return passwords().hash(password)


def set_language(session: Session, person_id: UUID, language: str) -> None:
    queries.person(session, person_id).language = language


def appoint(
    session: Session,
    *,
    person_id: UUID,
    role: str,
    org_unit_id: UUID,
    grid_id: UUID | None = None,
    micro_grid_id: UUID | None = None,
    from_day: date,
    to_day: date | None = None,
) -> Appointment:
    """A role of a person in one place, with dates. A micro-grid's leader is named with the grid around it as well."""
    person = queries.person(session, person_id)
    appointment = Appointment(
        id=new_id(),
        county_code=person.county_code,
        person_id=person_id,
        role=role,
        org_unit_id=org_unit_id,
        grid_id=queries.grid_of_post(session, grid_id, micro_grid_id),
        micro_grid_id=micro_grid_id,
        from_day=from_day,
        to_day=to_day,
    )
    session.add(appointment)
    session.flush()
    tell_staff(session, appointment.grid_id, person_id)
    return appointment


def end_appointment(session: Session, appointment_id: UUID, to_day: date) -> None:
    """The post is held until the day before ``to_day``. Problem ``not_found``."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise Problem("not_found")
    appointment.to_day = to_day
    session.flush()
    tell_staff(session, appointment.grid_id, appointment.person_id)


def tell_staff(session: Session, grid_id: UUID | None, person_id: UUID) -> None:
    """The row of a person among the staff of a grid is new, changed, or no longer in force."""
    if grid_id is None:
        return
    row_id = queries.staff_row_of(session, grid_id, person_id)
    if row_id is None:
        return
    if queries.feed_rows(session, "staff", [row_id]):
        streams.put(session, stream_keys.grid(grid_id), "staff", row_id)
    else:
        streams.gone(session, stream_keys.grid(grid_id), "staff", row_id)


def tell_of_day(session: Session, day: date) -> int:
    """Posts that begin or end on the day are told to their grids, once. How many were told.

    Dates come into force without anybody writing; the worker calls this often, an entry of today is not written again.
    """
    turns = sa.or_(Appointment.from_day == day, Appointment.to_day == day)
    posts = {(a.grid_id, a.person_id) for a in session.scalars(sa.select(Appointment).where(turns)) if a.grid_id}
    told = 0
    for grid_id, person_id in sorted(posts, key=str):
        row_id = queries.staff_row_of(session, grid_id, person_id)
        entry = session.get(streams.StreamEntry, (stream_keys.grid(grid_id), "staff", row_id)) if row_id else None
        if entry is None or entry.at < clock.start_of(day):
            tell_staff(session, grid_id, person_id)
            told += 1
    return told


def tidy(session: Session, now: int) -> int:
    """What the worker wakes every hour: the day's posts are told, failed sign-ins of yesterday forgotten."""
    return tell_of_day(session, clock.day_of(now)) + forget_old_tries(session, now - rules.DAY_MS)


# -- signing in --------------------------------------------------------------------------------------------------------


def begin_try(session: Session, username: str, address: str, tries: int, lock_minutes: int) -> UUID:
    """Note a try as failed before it is judged, so that many at once cannot slip through. Problem ``account_locked``.

    Counted by keyed hashes of account and address, whether or not the account exists.
    """
    account, place = _blind_pair(username, address)
    until = rules.locked_until(_failures(session, account, place, tries), tries, lock_minutes)
    now = clock.now()
    if until is not None and now < until:
        raise locked(until - now)
    row = SignInFailure(id=new_id(), account=account, address=place, at=now)
    session.add(row)
    return row.id


def is_beyond(session: Session, try_id: UUID, tries: int, lock_minutes: int) -> bool:
    """Whether more tries than allowed were under way at once before this one."""
    row = session.get(SignInFailure, try_id)
    if row is None:
        return False
    statement = sa.select(sa.func.count()).where(
        SignInFailure.account == row.account,
        SignInFailure.address == row.address,
        SignInFailure.at > row.at - lock_minutes * rules.MINUTE_MS,
        sa.or_(SignInFailure.at < row.at, sa.and_(SignInFailure.at == row.at, SignInFailure.id < row.id)),
    )
    return session.scalar(statement) >= tries  # type: ignore[operator]


def forget_tries(session: Session, username: str, address: str) -> None:
    """A right password clears the account for this address."""
    account, place = _blind_pair(username, address)
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account == account, SignInFailure.address == place))


def forget_old_tries(session: Session, before: int) -> int:
    """Failures older than ``before`` (ms) serve nothing any more."""
    return session.execute(sa.delete(SignInFailure).where(SignInFailure.at < before)).rowcount  # type: ignore[attr-defined]


def locked(for_ms: int) -> Problem:
    seconds = max(1, -(-for_ms // 1000))
    return Problem("account_locked", headers={"Retry-After": str(seconds)}, retry_after=seconds)


def _failures(session: Session, account: bytes, address: bytes, most: int) -> list[int]:
    statement = sa.select(SignInFailure.at).where(SignInFailure.account == account, SignInFailure.address == address)
    return list(session.scalars(statement.order_by(SignInFailure.at.desc()).limit(most)))


def _blind_pair(username: str, address: str) -> tuple[bytes, bytes]:
    return keyring().blind(username, "sign_in.account"), keyring().blind(address, "sign_in.address")


def begin_session(session: Session, person: Person, *, device_id: UUID | None, kind: str | None = None) -> str:
    """A session row; returns the token, of which only the hash is kept.

    On a revoked device the session is restricted: it may push, upload and pull. A device of another person is not
    taken over, the phone will be told when it registers.
    """
    now = clock.now()
    holder = queries.holder_of_person(session, person, clock.day_of(now))
    device = session.get(Device, device_id) if device_id else None
    if device is not None and device.person_id != person.id:
        device = None
    token = b64(secrets.token_bytes(32))
    row = SignIn(
        id=new_id(),
        token_hash=queries.token_hash(token),
        csrf=csrf.new_secret(),
        person_id=person.id,
        device_id=device.id if device else None,
        kind=kind or rules.session_kind(frozenset(p.role for p in holder.posts)),
        restricted=device is not None and device.revoked_at is not None,
        created_at=now,
        last_used_at=now,
    )
    session.add(row)
    session.flush()
    return token


def touch_session(session: Session, sign_in_id: UUID, now: int) -> None:
    session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_used_at < now).values(last_used_at=now))


def end_session(session: Session, sign_in_id: UUID) -> None:
    is_open = sa.and_(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_open).values(ended_at=clock.now()))


def end_sessions(session: Session, person_id: UUID) -> None:
    is_open = sa.and_(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_open).values(ended_at=clock.now()))


# -- devices -----------------------------------------------------------------------------------------------------------


def register_device(
    session: Session, open_: queries.OpenSession, *, device_id: UUID, label: str, platform: str
) -> Device:
    """The browser of this session; the same id again is the same device. Problem ``device_of_another_person``."""
    device = session.get(Device, device_id)
    if device is None:
        device = Device(
            id=device_id,
            county_code=open_.holder.county_code,
            person_id=open_.person_id,
            label=label,
            platform=platform,
            registered_at=clock.now(),
        )
        session.add(device)
        session.flush()
    elif device.person_id != open_.person_id:
        raise Problem("device_of_another_person")
    else:
        device.label, device.platform = label, platform
    kind = rules.session_kind(frozenset(p.role for p in open_.holder.posts))
    session.execute(sa.update(SignIn).where(SignIn.id == open_.id).values(device_id=device.id, kind=kind))
    return device


def revoke_device(session: Session, actor: Holder, device_id: UUID) -> Device:
    """By its owner or the security administrator: its sessions keep push, uploads and pull, until it was handed over.

    Problem ``not_found`` for any other's device.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise Problem("not_found")
    if device.person_id != actor.person_id:
        insist(_hidden(rules.may(actor, "device.revoke", Thing(county_code=device.county_code))))
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = clock.now(), actor.person_id
    is_there = sa.and_(SignIn.device_id == device.id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_there).values(restricted=True))
    return device


def _hidden(verdict: rules.Verdict) -> rules.Verdict:
    """What lies outside somebody's reach does not exist for them."""
    return verdict if verdict else rules.Refused("not_found")


# -- one-time codes ----------------------------------------------------------------------------------------------------


def show_reset_code(session: Session, actor: Holder, person_id: UUID) -> str:
    """Eight digits, good once for 15 minutes; an older code of the person is void. Problems ``not_found``, ``not_allowed``."""
    target = queries.holder_of(session, person_id, clock.today())
    insist(rules.may_show_reset_code(actor, target))
    session.execute(
        sa.update(ResetCode)
        .where(ResetCode.person_id == person_id, ResetCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    code = f"{secrets.randbelow(10**8):08d}"
    session.add(
        ResetCode(
            id=new_id(),
            person_id=person_id,
            code_hash=_code_hash(person_id, code),
            shown_by=actor.person_id,
            expires_at=clock.now() + rules.RESET_MINUTES * rules.MINUTE_MS,
        )
    )
    return code


def note_code_try(session: Session, username: str, code: str) -> UUID | None:
    """Judge a code and count the try. The person whose code it is, or None; the caller commits either way."""
    person = queries.person_named(session, username)
    if person is None:
        return None
    statement = (
        sa.select(ResetCode)
        .where(ResetCode.person_id == person.id, ResetCode.used_at.is_(None), ResetCode.expires_at > clock.now())
        .with_for_update()
    )
    row = session.scalars(statement.order_by(ResetCode.expires_at.desc()).limit(1)).one_or_none()
    if row is None or row.tries >= rules.RESET_TRIES:
        return None
    row.tries += 1
    return person.id if secrets.compare_digest(bytes(row.code_hash), _code_hash(person.id, code)) else None


def use_code(session: Session, person_id: UUID, password_hash: str) -> None:
    """Set the new password, void the code, end every session. Problem ``reset_code_wrong`` when it was used meanwhile."""
    used = session.execute(
        sa.update(ResetCode)
        .where(ResetCode.person_id == person_id, ResetCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if used.rowcount == 0:  # type: ignore[attr-defined]
        raise Problem("reset_code_wrong")
    queries.person(session, person_id).password_hash = password_hash
    end_sessions(session, person_id)


def _code_hash(person_id: UUID, code: str) -> bytes:
    return keyring().blind(f"{person_id}\0{code}", "reset_code")


# -- teams -------------------------------------------------------------------------------------------------------------


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


# -- scopes ------------------------------------------------------------------------------------------------------------


def current_scope(session: Session, person_id: UUID, now: int) -> ScopeSnapshot:
    """The scope of now, with a new number when posts, teams or streams changed since the last one.

    On a reading session the new number is written in a short transaction of its own.
    """
    holder = queries.holder_of(session, person_id, clock.day_of(now))
    content = rules.holder_to_json(holder), list(queries.streams_held(session, holder))
    newest = queries.newest_scope(session, person_id)
    if newest is not None and _content(newest) == content:
        return newest
    if not is_reading(session):
        return _next_scope(session, person_id, content, now)
    with aside() as writing:
        return _next_scope(writing, person_id, content, now)


def _next_scope(session: Session, person_id: UUID, content: tuple[Any, Any], now: int) -> ScopeSnapshot:
    session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update())  # one writer a person
    newest = queries.newest_scope(session, person_id)
    if newest is not None and _content(newest) == content:
        return newest
    if newest is not None:
        newest.to_at = now
    row = ScopeSnapshot(
        person_id=person_id,
        version=newest.version + 1 if newest else 1,
        holder=content[0],
        streams=content[1],
        from_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _content(snapshot: ScopeSnapshot) -> tuple[Any, Any]:
    return snapshot.holder, snapshot.streams
