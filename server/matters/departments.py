"""Functional departments are rows (Art. 3 names fifteen "and others"): a sixteenth is added in the office."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters import queries
from server.matters.models import Department, Matter, MatterDepartment
from server.matters.rules import DEPARTMENT_CODE
from server.people.rules import Holder, may

ADD, CLOSE = "department.add", "department.close"


def add(session: Session, actor: Holder, code: str, name_zh: str, name_en: str) -> Department:
    """One more, for every county of the city. ``not_allowed``, ``invalid``, ``department_exists``."""
    insist(may(actor, ADD))
    if not DEPARTMENT_CODE.fullmatch(code):
        raise Problem("invalid", fields=["code"])
    made = Department(id=new_id(), code=code, name_zh=name_zh, name_en=name_en)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise Problem("department_exists") from error
    return made


def close(session: Session, actor: Holder, code: str) -> None:
    """No matter can name it any more. ``not_allowed``, ``not_found``, ``department_in_use`` (a matter in force names it)."""
    insist(may(actor, CLOSE))
    found = session.scalar(sa.select(Department).where(Department.code == code).with_for_update())
    if found is None or found.closed_on is not None:
        raise Problem("not_found")
    today = clock.today()
    named = (
        sa.select(Matter.id)
        .join(MatterDepartment, MatterDepartment.matter_id == Matter.id)
        .where(MatterDepartment.department_id == found.id, sa.or_(Matter.to_day.is_(None), Matter.to_day > today))
    )
    if session.scalar(named.limit(1)) is not None:
        raise Problem("department_in_use")
    found.closed_on = today


def all_of(session: Session) -> list[Department]:
    """Those that exist and those that are closed, by code."""
    return [*queries.open_departments(session), *session.scalars(_CLOSED)]


_CLOSED = sa.select(Department).where(Department.closed_on.is_not(None)).order_by(Department.code)
