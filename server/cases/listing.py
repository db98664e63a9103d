"""What an office sees of cases: the list, narrowed and in order, and the records of which a case may be made."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.areas.queries import units_under
from server.cases.models import CaseFile, CaseHelper, CaseOrder
from server.cases.queries import grids_of_office
from server.cases.rules import BY_DUE, BY_LEVEL, CONTESTED, KINDS, RUNNING, levels_of
from server.duties.hazards.queries import fixed_ids, told_together_with
from server.kernel import clock
from server.matters.queries import matters_in_force
from server.people.rules import SEEING_OFFICES, TABLE, Holder
from server.records.models import Record

A_PAGE = 30


class Found(NamedTuple):
    """One page of a list; ``has_more`` when another follows."""

    rows: list[Any]
    has_more: bool


def cases_for(
    session: Session,
    holder: Holder,
    now: int,
    *,
    state: str | None = None,
    level: str | None = None,
    lead_unit: UUID | None = None,
    matter_code: str | None = None,
    overdue: str | None = None,
    sort: str = BY_DUE,
    page: int = 1,
) -> Found:
    """What this office sees: cases of its grids, and those its unit works on.

    Overdue first, then by the due moment; by level (the highest first) when asked for, and so within each level.
    """
    is_late = sa.and_(CaseFile.state.in_((*RUNNING, CONTESTED)), CaseFile.due_at < now)
    statement = sa.select(CaseFile).where(seen_by(session, holder))
    for column, value in (
        (CaseFile.state, state),
        (CaseFile.level, level),
        (CaseFile.lead_unit, lead_unit),
        (CaseFile.matter_code, matter_code),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if overdue is not None:
        statement = statement.where(is_late)
    by_level = [sa.case((CaseFile.level == "L0", 0), else_=1), CaseFile.level.desc()] if sort == BY_LEVEL else []
    ordered = statement.order_by(
        *by_level,
        sa.case((is_late, 0), (CaseFile.over_at.is_(None), 1), else_=2),
        sa.case((CaseFile.due_at.is_(None), 1), else_=0),
        CaseFile.due_at,
        CaseFile.opened_at.desc(),
        CaseFile.id,
    )
    return _paged(session, ordered, page)


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
        sa.not_(told_together_with(cased)),
    )
    return _paged(session, statement.order_by(Record.acted_at.desc(), Record.id), page)


def _paged(session: Session, statement: sa.Select[Any], page: int) -> Found:
    found = list(session.scalars(statement.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return Found(found[:A_PAGE], len(found) > A_PAGE)
