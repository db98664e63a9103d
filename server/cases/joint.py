"""Reads of what several units do on one case: who was called, whose duty was in doubt, what was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.models import CaseDispute, CaseOrder, CaseWhistle
from server.kernel.problems import Problem
from server.people.queries import in_unit_posts
from server.people.rules import TABLE, Holder, Thing
from server.platform.lists import Asked, Leaf, ListShape, leaf

WAITS, ANSWERED = "waiting", "answered"
DUTIES = ListShape("duties", "/office/cases/duties", {"status": (WAITS, ANSWERED)}, page=30)


def whistles_of(session: Session, case_id: UUID) -> list[CaseWhistle]:
    """Every call for a department to appear, in order."""
    statement = sa.select(CaseWhistle).where(CaseWhistle.case_id == case_id)
    return list(session.scalars(statement.order_by(CaseWhistle.called_at, CaseWhistle.id)))


def open_whistles(session: Session, case_id: UUID, units: Sequence[UUID] | frozenset[UUID]) -> list[CaseWhistle]:
    """The calls that one of these units has not come to yet."""
    return [call for call in whistles_of(session, case_id) if call.arrived_at is None and call.unit_id in units]


def orders_of(session: Session, case_id: UUID) -> list[CaseOrder]:
    """What departments ordered, in order."""
    statement = sa.select(CaseOrder).where(CaseOrder.case_id == case_id)
    return list(session.scalars(statement.order_by(CaseOrder.made_at, CaseOrder.id)))


def binding_orders(session: Session, case_id: UUID, today: date) -> list[CaseOrder]:
    """Those of departments that are still there to check them: one in which nobody is in post holds up no result."""
    return [one for one in orders_of(session, case_id) if in_unit_posts(session, [one.unit_id], today)]


def open_dispute(session: Session, case_id: UUID) -> CaseDispute | None:
    """The doubt about duty that the county has not answered."""
    statement = sa.select(CaseDispute).where(CaseDispute.case_id == case_id, CaseDispute.ruled_at.is_(None))
    return session.scalars(statement).first()


def proposals(session: Session, county_code: str, asked: Asked) -> Leaf:
    """The county's doubts about duty, the unanswered first: proposals for the table of responsibilities once answered."""
    statement = (
        sa.select(CaseDispute)
        .where(CaseDispute.county_code == county_code)
        .order_by(
            sa.case((CaseDispute.ruled_at.is_(None), 0), else_=1), CaseDispute.asked_at.desc(), CaseDispute.id.desc()
        )
    )
    if "status" in asked.chosen:
        statement = statement.where(
            CaseDispute.ruled_at.is_(None) if asked.chosen["status"] == WAITS else CaseDispute.ruled_at.is_not(None)
        )
    found = leaf(session, statement, asked)
    return Leaf([row[0] for row in found.rows], found.has_more)


def department_of(by: Holder, thing: Thing) -> UUID:
    """The department for which somebody works on a case: the one in the lead first. Problem ``not_allowed``."""
    roles = TABLE["case.order"].as_lead
    held = [post.org_unit_id for post in by.posts if post.role in roles]
    for unit in held:
        if unit == thing.lead_unit:
            return unit
    for unit in held:
        if unit in thing.helping_units:
            return unit
    raise Problem("not_allowed")
