"""Persons, their roles and posts, and what phones hear of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people import queries, roster, rules
from server.people.commands.signing import end_sessions, forget_ended, forget_old_tries
from server.people.models import Appointment, Person, Role
from server.people.registry import neighbours
from server.platform import streams
from server.platform.config import current_settings
from server.platform.db import upsert
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


@dataclass(frozen=True)
class Newcomer:
    """Somebody new with one post; a micro-grid's leader with the grid around it as well."""

    username: str
    name: str
    phone: str | None
    role: str
    org_unit_id: UUID
    grid_id: UUID
    micro_grid_id: UUID | None
    from_day: date


def add_person(
    session: Session,
    *,
    county_code: str,
    username: str,
    name: str,
    password_hash: str | None = None,
    phone: str | None = None,
    language: str | None = None,
    person_id: UUID | None = None,
) -> Person:
    """Somebody who may be appointed; can sign in once a password is set."""
    person = Person(
        id=person_id or new_id(),
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
    """A role of a person in one place, with dates. A micro-grid's leader is named with the grid around it as well.

    Problem ``administrators_apart``: by whatever road a post is given, nobody holds two of the three administrators.
    """
    person = queries.person(session, person_id)
    wanted = rules.Post(role, org_unit_id, from_day=from_day, to_day=to_day)
    _insist_administrators_apart(session, person_id, wanted)
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
    _posts_changed(session, {appointment.grid_id})
    return appointment


def take_on_many(session: Session, county_code: str, newcomers: Sequence[Newcomer]) -> None:
    """New persons with one post each, written at once: a sheet of thousands holds no other writer for a minute.

    The staff row of somebody new is that of the only post; who begins later is told by ``tell_of_day``.
    """
    now, today = clock.now(), clock.today()
    made = [(new_id(), new_id(), one) for one in newcomers]
    session.add_all(
        Person(
            id=person_id, county_code=county_code, username=one.username, name=one.name, phone=one.phone, created_at=now
        )
        for person_id, _post, one in made
    )
    session.flush()
    session.add_all(
        Appointment(
            id=post_id, county_code=county_code, person_id=person_id, role=one.role, org_unit_id=one.org_unit_id,
            grid_id=one.grid_id, micro_grid_id=one.micro_grid_id, from_day=one.from_day,
        )
        for person_id, post_id, one in made
    )  # fmt: skip
    session.flush()
    for _person, post_id, one in made:
        if one.from_day <= today:
            streams.put(session, stream_keys.grid(one.grid_id), "staff", post_id)
    _posts_changed(session, {one.grid_id for _person, _post, one in made})


def end_appointment(session: Session, appointment_id: UUID, to_day: date) -> None:
    """The post is held until the day before ``to_day``. Problems ``not_found``, ``administrators_apart`` (a later end)."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise Problem("not_found")
    wanted = replace(roster.post_of(appointment), to_day=to_day)
    _insist_administrators_apart(session, appointment.person_id, wanted, besides=appointment.id)
    appointment.to_day = to_day
    session.flush()
    tell_staff(session, appointment.grid_id, appointment.person_id)
    _posts_changed(session, {appointment.grid_id})


def _posts_changed(session: Session, grid_ids: set[UUID | None]) -> None:
    for grid_id in grid_ids:
        if grid_id is not None:
            neighbours().posts_changed(session, grid_id)


def _insist_administrators_apart(
    session: Session, person_id: UUID, wanted: rules.Post, besides: UUID | None = None
) -> None:
    """Of two who appoint at once, the second sees what the first has done."""
    if wanted.role not in rules.ADMINISTRATORS:
        return
    session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update())
    held = session.scalars(sa.select(Appointment).where(Appointment.person_id == person_id))
    insist(rules.administrators_apart([roster.post_of(a) for a in held if a.id != besides], wanted))


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
    """What the worker wakes every hour: the day's posts are told, failed and long ended sign-ins forgotten."""
    forgotten = forget_old_tries(session, now - rules.DAY_MS) + forget_ended(
        session, now - rules.KEEP_ENDED_MS, current_settings().phone_session_days
    )
    return tell_of_day(session, clock.day_of(now)) + forgotten
