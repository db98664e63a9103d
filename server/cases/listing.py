"""What an office sees of cases: the list, narrowed and in order, and the records of which a case may be made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.areas.queries import units_under
from server.cases.models import CaseFile, CaseHelper, CaseOrder
from server.cases.queries import grids_of_office, handling_units
from server.cases.rules import (
    BY_LEVEL,
    CONTESTED,
    KINDS,
    OF_A_CASE,
    OF_RECORD,
    RUNNING,
    SORTED_BY,
    SOURCES,
    STATES,
    levels_of,
)
from server.duties.hazards.queries import fixed_ids, told_together_with
from server.kernel import clock
from server.matters.queries import matter_list, matters_in_force
from server.people.rules import SEEING_OFFICES, TABLE, Holder
from server.platform.lists import MOST_EXPORTED, Asked, ListShape, leaf
from server.records.models import Record

A_PAGE = 30
MONTHS_BACK = 24


class Found(NamedTuple):
    """One page of a list; ``has_more`` when another follows."""

    rows: list[Any]
    has_more: bool


def shape_for(session: Session, holder: Holder, today: date) -> ListShape:
    """What the list may be narrowed to by this office; ``month``: the one that a case was made in, two years back."""
    first = today.replace(day=1)
    months = [first]
    while len(months) < MONTHS_BACK:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return ListShape(
        "cases",
        "/office/cases",
        {
            "state": STATES,
            "level": OF_A_CASE,
            "lead_unit": tuple(str(unit.id) for unit in handling_units(session, holder.county_code)),
            "matter_code": tuple(m.code for m in matters_in_force(session, holder.county_code, today)),
            "source": (OF_RECORD, *SOURCES),
            "month": tuple(f"{month:%Y-%m}" for month in months),
            "overdue": ("yes",),
        },
        SORTED_BY,
        page=A_PAGE,
    )


def cases_for(session: Session, holder: Holder, now: int, asked: Asked) -> Found:
    """What this office sees: cases of its grids, and those its unit works on.

    Overdue first, then by the due moment; by level (the highest first) when asked for, and so within each level.
    """
    found = leaf(session, _listed(session, holder, now, asked), asked)
    return Found([row[0] for row in found.rows], found.has_more)


def cases_to_export(session: Session, holder: Holder, now: int, asked: Asked) -> list[CaseFile]:
    """The whole list, one more than a file may hold at most; a matter that became sensitive since is left out."""
    sensitive = [one.code for one in matter_list(session, holder.county_code) if one.data_class == "S"]
    statement = _listed(session, holder, now, asked).where(CaseFile.matter_code.not_in(sensitive))
    return list(session.scalars(statement.limit(MOST_EXPORTED + 1)))


def is_late(case: CaseFile, now: int) -> bool:
    """Whether it is not settled and its term is over."""
    return case.state in (*RUNNING, CONTESTED) and case.due_at is not None and case.due_at < now


def _listed(session: Session, holder: Holder, now: int, asked: Asked) -> sa.Select[CaseFile]:
    late = sa.and_(CaseFile.state.in_((*RUNNING, CONTESTED)), CaseFile.due_at < now)
    statement = sa.select(CaseFile).where(seen_by(session, holder))
    for name, value in asked.chosen.items():
        statement = statement.where(late if name == "overdue" else _narrowed(name, value))
    by_level = [sa.case((CaseFile.level == "L0", 0), else_=1), CaseFile.level.desc()] if asked.sort == BY_LEVEL else []
    return statement.order_by(
        *by_level,
        sa.case((late, 0), (CaseFile.over_at.is_(None), 1), else_=2),
        sa.case((CaseFile.due_at.is_(None), 1), else_=0),
        CaseFile.due_at,
        CaseFile.opened_at.desc(),
        CaseFile.id,
    )


def _narrowed(name: str, value: str) -> sa.ColumnElement[bool]:
    if name == "lead_unit":
        return CaseFile.lead_unit == UUID(value)
    if name == "month":
        first = date.fromisoformat(f"{value}-01")
        after = (first + timedelta(days=31)).replace(day=1)
        return CaseFile.opened_at.between(clock.start_of(first), clock.start_of(after) - 1)
    column: sa.ColumnElement[bool] = getattr(CaseFile, name) == value
    return column


def seen_by(session: Session, holder: Holder) -> sa.ColumnElement[bool]:
    """Cases of the grids below the holder's offices, and those that its units work on."""
    grant = TABLE["case.see"]
    leading = [post.org_unit_id for post in holder.posts if post.role in grant.as_lead]
    helping = [post.org_unit_id for post in holder.posts if post.role in grant.as_helper]
    above = [post.org_unit_id for post in holder.posts if post.role in SEEING_OFFICES]
    places = sa.select(Grid.id).where(Grid.village_id.in_(units_under(session, above)))  # closed ones too
    helped = sa.select(CaseHelper.case_id).where(CaseHelper.unit_id.in_(helping))
    ordered = sa.select(CaseOrder.case_id).where(CaseOrder.unit_id.in_(helping))
    return sa.and_(
        CaseFile.county_code == holder.county_code,
        sa.or_(
            CaseFile.grid_id.in_(places),
            CaseFile.lead_unit.in_(leading),
            CaseFile.id.in_(helped),
            CaseFile.id.in_(ordered),
        ),
    )


def places_of(session: Session, holder: Holder, messages: Sequence[Any]) -> dict[UUID, str]:
    """The pages of the cases of the records that these messages are about, of those that the holder may see."""
    wanted = {one.record_id for one in messages if one.record_id}
    if not wanted:
        return {}
    seen = sa.select(CaseFile.record_id, CaseFile.id).where(CaseFile.record_id.in_(wanted), seen_by(session, holder))
    cases = {row.record_id: row.id for row in session.execute(seen)}
    return {one.id: f"/office/cases/{cases[one.record_id]}" for one in messages if one.record_id in cases}


def records_without_a_case(session: Session, holder: Holder, page: int = 1) -> Found:
    """Open hazards and information of the office's grids of which no case was made, the newest first.

    Only of matters that go beyond the grid.
    """
    listed = matters_in_force(session, holder.county_code, clock.today())
    cased = sa.select(CaseFile.record_id).where(CaseFile.record_id.is_not(None))
    statement = sa.select(Record).where(
        Record.grid_id.in_([grid.id for grid in grids_of_office(session, holder)]),
        Record.kind.in_(KINDS),
        Record.archived_at.is_(None),
        Record.id.not_in(fixed_ids()),
        Record.team_id.is_(None),
        Record.matter_code.not_in([m.code for m in listed if not levels_of(m.start_level, m.max_level)]),
        Record.id.not_in(cased),
        sa.not_(told_together_with(cased.where(CaseFile.over_at.is_(None)))),  # one that came back is a new one
    )
    return _paged(session, statement.order_by(Record.acted_at.desc(), Record.id), page)


def _paged(session: Session, statement: sa.Select[Any], page: int) -> Found:
    found = list(session.scalars(statement.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return Found(found[:A_PAGE], len(found) > A_PAGE)
