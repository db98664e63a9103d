"""Reads of feedback: what a unit has to handle, one piece for its handler, the status by receipt, what a person is asked."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.areas.queries import ancestors, grids_under, units_of_grid
from server.areas.rules import tier_of
from server.feedback import rules
from server.feedback.models import Clarification, Feedback, FeedbackPerson, FeedbackPicture, FeedbackStep
from server.feedback.rules import Facts
from server.findings.above import unit_of_tier
from server.findings.queries import held, rested_on
from server.findings.rules import TOWN
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.models import Person
from server.people.queries import holder_of_person, in_post, in_unit_posts, names_of
from server.people.rules import Holder, Thing, may
from server.platform.lists import Asked, Leaf, ListShape, leaf

SHAPE = ListShape(
    "feedback", "/office/feedback", {"state": rules.STATES, "kind": rules.KINDS}, ("due", "newest"), page=30
)
SORTS = {
    "due": (
        sa.case((Feedback.state == rules.CLOSED, 1), else_=0),
        sa.func.coalesce(Feedback.handle_by, Feedback.accept_by),
    ),
    "newest": (Feedback.came_at.desc(),),
}
_due = sa.case((Feedback.state == rules.RECEIVED, Feedback.accept_by), else_=Feedback.handle_by)


def facts_of(session: Session, one: Feedback) -> Facts:
    """What the rules need of it."""
    named = session.scalars(sa.select(FeedbackPerson.person_id).where(FeedbackPerson.feedback_id == one.id))
    told = f"{one.who or ''} {one.words}"
    return Facts(one.about, one.grid_id, frozenset(named), one.state, one.handler_id, told)


def thing_of(one: Feedback) -> Thing:
    """It lies in the unit that handles it, and nowhere else: not in the grid, not in the town above it."""
    return Thing(county_code=one.county_code, lead_unit=one.unit_id)


def may_handle(session: Session, holder: Holder, one: Feedback) -> bool:
    """Somebody of the handling unit who is not, and could not be, the person meant."""
    if not may(holder, "feedback.handle", thing_of(one)):
        return False
    person = session.get(Person, holder.person_id)
    return not rules.may_be_meant(holder, facts_of(session, one), person.name if person else "")


def one_for(session: Session, holder: Holder, feedback_id: UUID) -> Feedback:
    """Problem ``not_found`` for everybody whom it does not concern."""
    found = session.get(Feedback, feedback_id)
    if found is None or not may_handle(session, holder, found):
        raise Problem("not_found")
    return found


def for_the_office(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """Heads of what the unit handles: no words, nobody who complained, nobody who is meant."""
    statement = sa.select(Feedback).where(Feedback.unit_id.in_({post.org_unit_id for post in holder.posts}))
    for name, value in asked.chosen.items():
        statement = statement.where(getattr(Feedback, name) == value)
    found = leaf(session, statement.order_by(*SORTS[asked.sort], Feedback.id), asked)
    rows = [row[0] for row in found.rows if may_handle(session, holder, row[0])]
    names = names_of(session, [one.handler_id for one in rows if one.handler_id])
    return Leaf([head(one, names) for one in rows], found.has_more)


def head(one: Feedback, names: dict[UUID, str]) -> dict[str, Any]:
    """What a list tells of it, with the day that runs now and whether it is over."""
    due = due_day(one)
    is_late = due is not None and clock.today() > due
    return {
        "one": one,
        "due": due,
        "is_late": is_late,
        "handler": names.get(one.handler_id, "") if one.handler_id else "",
    }


def due_day(one: Feedback) -> date | None:
    """The day that runs now: to accept it, then to settle it; none once it is settled."""
    return None if one.outcome else (one.accept_by if one.state == rules.RECEIVED else one.handle_by)


def is_late(today: date) -> sa.ColumnElement[bool]:
    """The same for rows: not settled, and the day that runs now is over."""
    return sa.and_(Feedback.outcome.is_(None), _due < today)


def handlers_of(session: Session, one: Feedback) -> list[Person]:
    """Who of the unit may be named: nobody who is or could be meant."""
    above = unit_of_tier(session, one.unit_id, TOWN)
    today, facts = clock.today(), facts_of(session, one)
    staff = in_unit_posts(session, [one.unit_id], today, roles=frozenset({above.role}))
    return [
        one_of
        for one_of in staff
        if not rules.may_be_meant(holder_of_person(session, one_of, today), facts, one_of.name)
    ]


def meant(session: Session, one: Feedback) -> list[Person]:
    """The persons named so far, by name."""
    named = sa.select(FeedbackPerson.person_id).where(FeedbackPerson.feedback_id == one.id)
    return sorted(session.scalars(sa.select(Person).where(Person.id.in_(named))), key=lambda person: person.name)


def to_be_named(session: Session, one: Feedback, grid_id: UUID | None) -> list[Person]:
    """Whom the handler may name: whoever works in the grid and in the units above it; without a grid, in the unit said."""
    today, found = clock.today(), {}
    units = set(units_of_grid(session, grid_id)) if grid_id else {one.start_unit}
    if grid_id:
        found = {person.id: person for person in in_post(session, grid_id, today)}
    found |= {person.id: person for person in in_unit_posts(session, list(units), today)}
    return sorted(found.values(), key=lambda person: person.name)


def grids_of(session: Session, unit_id: UUID) -> list[Grid]:
    """Open grids of a town or county, to choose from."""
    return grids_under(session, [unit_id])


def grids_named(session: Session, grid_ids: Collection[UUID]) -> list[Grid]:
    """These grids, by code."""
    return list(session.scalars(sa.select(Grid).where(Grid.id.in_(grid_ids)).order_by(Grid.code)))


def steps_of(session: Session, feedback_id: UUID) -> list[tuple[FeedbackStep, str, str]]:
    """The way it took: step, name of who took it, name of the unit."""
    statement = (
        sa.select(FeedbackStep, Person, OrgUnit.name_zh)
        .outerjoin(Person, Person.id == FeedbackStep.by_person)
        .join(OrgUnit, OrgUnit.id == FeedbackStep.unit_id)
        .where(FeedbackStep.feedback_id == feedback_id)
        .order_by(FeedbackStep.at, FeedbackStep.id)
    )
    return [(step, person.name if person else "", unit) for step, person, unit in session.execute(statement)]


def clarifications_of(session: Session, feedback_id: UUID) -> list[tuple[Clarification, str]]:
    """Clarifications with the name of the person meant, empty for nobody in particular."""
    statement = (
        sa.select(Clarification, Person)
        .outerjoin(Person, Person.id == Clarification.person_id)
        .where(Clarification.feedback_id == feedback_id)
        .order_by(Clarification.asked_at, Clarification.id)
    )
    return [(one, person.name if person else "") for one, person in session.execute(statement)]


def has_picture(session: Session, feedback_id: UUID) -> bool:
    named = sa.select(FeedbackPicture.feedback_id).where(FeedbackPicture.feedback_id == feedback_id)
    return session.scalar(named) is not None


def picture_of(session: Session, feedback_id: UUID) -> bytes:
    """The JPEG. Problem ``not_found`` without one."""
    found = session.get(FeedbackPicture, feedback_id)
    if found is None:
        raise Problem("not_found")
    return found.jpeg


def concerning(session: Session, person_id: UUID) -> list[Clarification]:
    """What a person is asked about themselves; who complained, and in which words, is not in it."""
    statement = sa.select(Clarification).where(Clarification.person_id == person_id)
    return list(session.scalars(statement.order_by(Clarification.asked_at.desc(), Clarification.id)))


def by_receipt(session: Session, receipt: str, secret: str) -> Feedback | None:
    """The piece that both numbers open. A wrong secret and a receipt that is none look alike."""
    found = session.scalar(sa.select(Feedback).where(Feedback.receipt == receipt))
    fits = hmac.compare_digest((found.secret if found else "-").encode(), secret.encode("utf-8", "replace"))
    return found if fits else None


def is_clarified(session: Session, feedback_id: UUID) -> bool:
    """Whether at least one clarification was made known."""
    made = sa.select(Clarification.id).where(
        Clarification.feedback_id == feedback_id, Clarification.form.is_not(None), Clarification.form != rules.SILENCE
    )
    return session.scalar(made.limit(1)) is not None


def towns(session: Session) -> list[tuple[OrgUnit, list[OrgUnit]]]:
    """Counties and zones, each with its towns and subdistricts, as the public form asks for the place."""
    units = list(session.scalars(sa.select(OrgUnit).order_by(OrgUnit.county_code, OrgUnit.name_zh)))
    counties = [unit for unit in units if tier_of(unit.kind) == "county"]
    below: dict[UUID | None, list[OrgUnit]] = {}
    for unit in units:
        if tier_of(unit.kind) == "town":
            below.setdefault(unit.parent_id, []).append(unit)
    return [(county, below.get(county.id, [])) for county in counties]


def place(session: Session, unit_id: UUID) -> OrgUnit | None:
    """The town or county that a form names, or None when it is neither."""
    unit = session.get(OrgUnit, unit_id)
    return unit if unit is not None and tier_of(unit.kind) in ("town", "county") else None


def county_unit_of(session: Session, unit_id: UUID) -> OrgUnit:
    """The county or zone above a unit, or the unit itself where there is none."""
    chain = ancestors(session, unit_id)
    return next((unit for unit in chain if tier_of(unit.kind) == "county"), chain[0])


def over_since(session: Session, county_code: str, closed_before: int, most: int) -> list[UUID]:
    """Closed before that instant, held by nothing and under no finding that is still open, the oldest first."""
    statement = sa.select(Feedback.id).where(
        Feedback.county_code == county_code,
        Feedback.state == rules.CLOSED,
        Feedback.closed_at < closed_before,
        Feedback.id.not_in(held(session, "feedback") | rested_on(session)),
    )
    return list(session.scalars(statement.order_by(Feedback.closed_at).limit(most)))


def open_by_unit(session: Session, county_code: str, today: date) -> dict[UUID, tuple[int, int]]:
    """For figures: how many a unit of the county has to settle, and how many of them are overdue. Never by grid or person."""
    late = sa.func.sum(sa.case((_due < today, 1), else_=0))
    statement = sa.select(Feedback.unit_id, sa.func.count(), late).where(
        Feedback.county_code == county_code, Feedback.outcome.is_(None)
    )
    return {unit: (count, int(over)) for unit, count, over in session.execute(statement.group_by(Feedback.unit_id))}


def counties_with_closed(session: Session) -> Collection[str]:
    return set(session.scalars(sa.select(Feedback.county_code).where(Feedback.state == rules.CLOSED).distinct()))
