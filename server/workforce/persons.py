"""Whom an office may write down: people of its own county, and of a town only those who work below it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import ancestors, units_of_grid, units_under
from server.kernel import clock
from server.kernel.problems import Problem
from server.people import queries as people
from server.people.models import Appointment, Person
from server.people.rules import TABLE, Holder, Post, Thing, may

WORKER = "full_time_worker"


def find(session: Session, holder: Holder, action: str, username: str) -> Person:
    """By account name. Problem ``person_unknown``: nobody, of another county, or not below the office."""
    found = people.person_named(session, username.strip())
    if found is None or not may_for(session, holder, action, found.id, found.county_code):
        raise Problem("person_unknown", fields=["username"])
    return found


def may_for(session: Session, holder: Holder, action: str, person_id: UUID, county_code: str) -> bool:
    """Whether the holder may do this for a person, by any post that the person holds today."""
    if county_code != holder.county_code:
        return False
    if {post.role for post in holder.posts} & TABLE[action].anywhere:
        return True
    own = people.holder_of(session, person_id, clock.today())
    return any(
        may(holder, action, Thing(county_code=county_code, grid_id=post.grid_id, units=_above(session, post)))
        for post in own.posts
    )


def workers_under(session: Session, holder: Holder, action: str, day: date) -> dict[UUID, UUID]:
    """Full-time workers in post below the offices by which the holder has a right: person → grid."""
    offices = {post.org_unit_id for post in holder.posts if post.role in TABLE[action].offices}
    return workers_of(session, units_under(session, offices), day)


def workers_of(session: Session, unit_ids: Collection[UUID], day: date) -> dict[UUID, UUID]:
    """Full-time workers with a post in these units on the day: person → grid of the oldest post."""
    statement = (
        sa.select(Appointment.person_id, Appointment.grid_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.org_unit_id.in_(list(unit_ids)), *in_post(day))
        .order_by(Appointment.from_day.desc(), Appointment.id.desc())
    )
    return {person: grid for person, grid in session.execute(statement) if grid is not None}


def in_post(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Full-time workers' posts of a day; joined with the person."""
    return (
        Appointment.role == WORKER,
        Appointment.from_day <= day,
        sa.or_(Appointment.to_day.is_(None), Appointment.to_day > day),
        sa.or_(Person.left_on.is_(None), Person.left_on > day),
    )


def _above(session: Session, post: Post) -> tuple[UUID, ...]:
    if post.grid_id is not None:
        return units_of_grid(session, post.grid_id)
    return tuple(unit.id for unit in ancestors(session, post.org_unit_id))
