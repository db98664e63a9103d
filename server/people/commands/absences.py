"""Absences: told by the person or by who leads the grid, with a stand-in; cut short or called off."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.outcome import ALLOWED, Refused, Verdict
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.commands.posts import tell_staff
from server.people.models import Absence, Appointment, Person
from server.people.registry import neighbours
from server.people.rules import Holder, Thing, may
from server.platform import streams

KEPT_DAYS = 92


def tell_absence(
    session: Session,
    by: Holder,
    *,
    absence_id: UUID,
    person_id: UUID,
    kind: str,
    from_day: date,
    to_day: date,
    stand_in_id: UUID | None,
    today: date,
) -> Absence:
    """Days on which somebody is not on duty (from_day counts, to_day does not), and who stands in.

    Refuses with ``not_found``, ``not_allowed``, ``day_out_of_range``, ``stand_in_not_here``, ``record_exists``.
    """
    absent = _absent(session, by, person_id, today)
    insist(rules.absence_days_fit(from_day, to_day, today))
    if stand_in_id is not None:
        insist(_may_stand_in(session, absent, stand_in_id, today))
    if session.get(Absence, absence_id) is not None:
        raise Problem("record_exists")
    absence = Absence(
        id=absence_id,
        county_code=absent.county_code,
        person_id=person_id,
        kind=kind,
        from_day=from_day,
        to_day=to_day,
        stand_in_id=stand_in_id,
        entered_by=by.person_id,
        entered_at=clock.now(),
    )
    session.add(absence)
    _tell(session, absence, absent)
    return absence


def end_absence(session: Session, by: Holder, absence_id: UUID, to_day: date, today: date) -> Absence:
    """Back on ``to_day``, or never away when that is before the first day. A longer absence is told anew.

    Refuses with ``not_found``, ``not_allowed``.
    """
    absence = session.get(Absence, absence_id, with_for_update=True, populate_existing=True)
    if absence is None:
        raise Problem("not_found")
    absent = _absent(session, by, absence.person_id, today)
    absence.to_day = max(absence.from_day, min(absence.to_day, to_day))
    absence.version += 1
    _tell(session, absence, absent)
    return absence


def posts_of_absent(session: Session, person_id: UUID, day: date) -> list[rules.Post]:
    """The field posts that somebody leaves open; acting ones are not handed on."""
    holder = queries.holder_of(session, person_id, day)
    return [p for p in holder.posts if p.acting_for is None and p.role in rules.FIELD_ROLES]


def field_posts_of(session: Session, person_id: UUID) -> set[tuple[UUID, str]]:
    """Grids and roles in which somebody was, is or will be in post."""
    statement = sa.select(Appointment.grid_id, Appointment.role).where(
        Appointment.person_id == person_id, Appointment.grid_id.is_not(None), Appointment.role.in_(rules.FIELD_ROLES)
    )
    return {(grid, role) for grid, role in session.execute(statement) if grid is not None}


def turn_absences(session: Session, day: date) -> int:
    """What the worker does as days pass: an absence that ended today is told to colleagues, an old one leaves the phone."""
    told = 0
    for absence in session.scalars(sa.select(Absence).where(Absence.to_day == day)):
        for post in posts_of_absent(session, absence.person_id, day):
            row_id = queries.staff_row_of(session, post.grid_id, absence.person_id) if post.grid_id else None
            key = stream_keys.grid(post.grid_id) if post.grid_id else ""
            entry = session.get(streams.StreamEntry, (key, "staff", row_id)) if row_id else None
            if entry is not None and entry.at < clock.start_of(day):
                tell_staff(session, post.grid_id, absence.person_id)
                told += 1
    over = clock.day_of(clock.start_of(day) - KEPT_DAYS * clock.DAY_MS)
    for absence in session.scalars(sa.select(Absence).where(Absence.to_day == over)):
        key = stream_keys.person(absence.person_id)
        entry = session.get(streams.StreamEntry, (key, "absence", absence.id))
        if entry is not None and entry.op == "put":
            streams.gone(session, key, "absence", absence.id, "archived")
            told += 1
    return told


def _absent(session: Session, by: Holder, person_id: UUID, today: date) -> Holder:
    """The absent person, if ``by`` may say so: oneself, or a leader (or the village) for somebody of the own grids."""
    if session.get(Person, person_id) is None:
        raise Problem("not_found")
    absent = queries.holder_of(session, person_id, today)
    fields = [p for p in absent.posts if p.acting_for is None and p.role in rules.FIELD_ROLES]
    if by.person_id == person_id:
        if not fields:
            raise Problem("not_allowed")
        return absent
    insist(_may_enter(session, by, fields))
    return absent


def _may_enter(session: Session, by: Holder, posts: list[rules.Post]) -> Verdict:
    answer: Verdict = Refused("not_found")
    for post in posts:
        place = neighbours().grid_place(session, post.grid_id) if post.grid_id else None
        if place is None:
            continue
        units = tuple(unit.id for unit in place.units)
        one = may(by, "absence.enter", Thing(county_code=place.county_code, grid_id=place.id, units=units))
        if not isinstance(one, Refused):
            return ALLOWED
        answer = one if one.code != "not_found" else answer
    return answer


def _may_stand_in(session: Session, absent: Holder, stand_in_id: UUID, today: date) -> Verdict:
    if stand_in_id == absent.person_id or session.get(Person, stand_in_id) is None:
        return Refused("stand_in_not_here")
    theirs = queries.holder_of(session, stand_in_id, today).posts
    fits = any(rules.may_stand_in(theirs, post) for post in absent.posts if post.acting_for is None)
    return ALLOWED if fits else Refused("stand_in_not_here")


def _tell(session: Session, absence: Absence, absent: Holder) -> None:
    session.flush()
    key = stream_keys.person(absence.person_id)
    if absence.to_day > absence.from_day:
        streams.put(session, key, "absence", absence.id)
    else:
        streams.gone(session, key, "absence", absence.id)
    for grid_id in sorted({p.grid_id for p in absent.posts if p.grid_id and p.acting_for is None}, key=str):
        tell_staff(session, grid_id, absence.person_id)
