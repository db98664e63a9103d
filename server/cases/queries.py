"""Reads of the cases room: rows for the phone, terms in force, the office's list, and hazards that may become cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import grids_under, thing_of_grid
from server.cases.models import CaseFile, CaseHelper, CaseLevel, CaseStep
from server.cases.rules import LEVELS, RUNNING, SHIPPED_LEVELS, Level
from server.duties.hazards.queries import fixed_ids
from server.kernel import clock
from server.people.queries import names_of
from server.people.rules import SEEING_OFFICES, TABLE, Holder, Thing, may
from server.platform.worktime import IN_DAYS, Term
from server.records import queries as records
from server.records.models import Record

HANDLING_KINDS = ("department", "town", "subdistrict", "village", "community")
A_PAGE = 30


class Found(NamedTuple):
    """One page of a list; ``has_more`` when another follows."""

    rows: list[Any]
    has_more: bool


def case_of_record(session: Session, record_id: UUID) -> CaseFile | None:
    return session.scalar(sa.select(CaseFile).where(CaseFile.record_id == record_id))


def term_of(case: CaseFile) -> Term:
    return Term(case.unit, case.amount, case.given_day)


def thing_of(session: Session, case: CaseFile) -> Thing:
    """Where a case lies, for the permission table, and which units work on it."""
    helping = (h.unit_id for h in helpers_of(session, [case.id])[case.id])
    return Thing(
        grid_id=case.grid_id,
        author_id=case.reporter_id,
        lead_unit=case.lead_unit,
        helping_units=frozenset(unit for unit in helping if unit is not None),
        **thing_of_grid(session, case.grid_id),
    )


def steps_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[CaseStep]]:
    """The history of each case, in order."""
    found: dict[UUID, list[CaseStep]] = defaultdict(list)
    statement = sa.select(CaseStep).where(CaseStep.case_id.in_(ids)).order_by(CaseStep.version, CaseStep.id)
    for step in session.scalars(statement):
        found[step.case_id].append(step)
    return found


def helpers_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[CaseHelper]]:
    found: dict[UUID, list[CaseHelper]] = defaultdict(list)
    statement = sa.select(CaseHelper).where(CaseHelper.case_id.in_(ids)).order_by(CaseHelper.id)
    for helper in session.scalars(statement):
        found[helper.case_id].append(helper)
    return found


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``case``)."""
    statement = sa.select(CaseFile).where(CaseFile.id.in_(ids), CaseFile.archived_at.is_(None))
    return rows_of(session, list(session.scalars(statement)))


def rows_of(session: Session, cases: Sequence[CaseFile]) -> dict[UUID, dict[str, Any]]:
    """The same rows, of archived cases too."""
    found = [case.id for case in cases]
    steps, helpers = steps_of(session, found), helpers_of(session, found)
    people = {step.by_person for case in found for step in steps[case] if step.by_person}
    names, units = names_of(session, list(people)), unit_names(session, cases, steps, helpers)
    return {case.id: _row(case, steps[case.id], helpers[case.id], names, units) for case in cases}


def unit_names(
    session: Session,
    cases: Sequence[CaseFile],
    steps: Mapping[UUID, list[CaseStep]],
    helpers: Mapping[UUID, list[CaseHelper]],
) -> dict[UUID, str]:
    """Names of the units that these cases speak of."""
    ids = {case.lead_unit for case in cases} | {s.unit_id for c in cases for s in steps[c.id]}
    ids |= {h.unit_id for c in cases for h in helpers[c.id]}
    units = session.scalars(sa.select(OrgUnit).where(OrgUnit.id.in_([i for i in ids if i])))
    return {unit.id: unit.name_zh for unit in units}


def _row(
    case: CaseFile,
    steps: list[CaseStep],
    helpers: list[CaseHelper],
    names: Mapping[UUID, str],
    units: Mapping[UUID, str],
) -> dict[str, Any]:
    row = {
        "id": str(case.id),
        "version": case.version,
        "record_id": str(case.record_id),
        "grid_id": str(case.grid_id),
        "matter_code": case.matter_code,
        "level": case.level,
        "state": case.state,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "due_day": _last_day(case),
        "verify_by": case.verify_by.isoformat() if case.verify_by else None,
        "lead_name": units[case.lead_unit] if case.lead_unit else None,
        "helpers": [units[helper.unit_id] for helper in helpers if helper.unit_id],
        "grid_helps": any(helper.unit_id is None for helper in helpers) or None,
        "steps": [_step(step, names, units) for step in steps],
    }
    return {name: value for name, value in row.items() if value is not None}


def _last_day(case: CaseFile) -> str | None:
    """The last day of a term that is counted in days: it is due when that day ends."""
    if case.due_at is None or case.unit not in IN_DAYS:
        return None
    return clock.day_of(case.due_at - 1).isoformat()


def _step(step: CaseStep, names: Mapping[UUID, str], units: Mapping[UUID, str]) -> dict[str, Any]:
    told = {
        "step": step.step,
        "at": step.at,
        "by_name": names[step.by_person] if step.by_person else None,
        "unit_name": units[step.unit_id] if step.unit_id else None,
        "words": step.words,
        "photo": step.photo,
    }
    return {name: value for name, value in told.items() if value is not None}


# -- levels ------------------------------------------------------------------------------------------------------------


def levels_on(session: Session, county_code: str, day: date) -> list[Level]:
    """The term of each level in force on the day: the county's, else as shipped (a demonstration value)."""
    return [level_in_force(session, county_code, level, day) for level in LEVELS]


def level_in_force(session: Session, county_code: str, level: str, day: date) -> Level:
    statement = _levels_of(county_code).where(CaseLevel.level == level, CaseLevel.from_day <= day).limit(1)
    found = session.scalars(statement).first()
    if found is None:
        return next(shipped for shipped in SHIPPED_LEVELS if shipped.level == level)
    return Level(found.level, found.unit, found.amount, found.from_day, found.document_no)


def level_history(session: Session, county_code: str) -> list[CaseLevel]:
    """Every term that the county has set, the newest first."""
    return list(session.scalars(_levels_of(county_code)))


def _levels_of(county_code: str) -> sa.Select[CaseLevel]:
    mine = sa.select(CaseLevel).where(CaseLevel.county_code == county_code)
    return mine.order_by(CaseLevel.from_day.desc(), CaseLevel.at.desc(), CaseLevel.id.desc())


# -- the office --------------------------------------------------------------------------------------------------------


def cases_for(
    session: Session,
    holder: Holder,
    now: int,
    *,
    state: str | None = None,
    level: str | None = None,
    lead_unit: UUID | None = None,
    page: int = 1,
) -> Found:
    """What this office sees, overdue first, then by the due moment: cases of its grids, and those its unit works on."""
    is_late = sa.and_(CaseFile.state.in_(RUNNING), CaseFile.due_at < now)
    statement = sa.select(CaseFile).where(_seen_by(session, holder))
    for column, value in ((CaseFile.state, state), (CaseFile.level, level), (CaseFile.lead_unit, lead_unit)):
        if value is not None:
            statement = statement.where(column == value)
    ordered = statement.order_by(
        sa.case((is_late, 0), (CaseFile.over_at.is_(None), 1), else_=2),
        sa.case((CaseFile.due_at.is_(None), 1), else_=0),
        CaseFile.due_at,
        CaseFile.opened_at.desc(),
        CaseFile.id,
    )
    return _paged(session, ordered, page)


def _seen_by(session: Session, holder: Holder) -> sa.ColumnElement[bool]:
    grant = TABLE["case.see"]
    leading = [post.org_unit_id for post in holder.posts if post.role in grant.as_lead]
    helping = [post.org_unit_id for post in holder.posts if post.role in grant.as_helper]
    above = [post.org_unit_id for post in holder.posts if post.role in SEEING_OFFICES]
    helped = sa.select(CaseHelper.case_id).where(CaseHelper.unit_id.in_(helping))
    return sa.and_(
        CaseFile.county_code == holder.county_code,
        sa.or_(
            CaseFile.grid_id.in_([grid.id for grid in grids_under(session, above)]),
            CaseFile.lead_unit.in_(leading),
            CaseFile.id.in_(helped),
        ),
    )


def hazards_without_a_case(session: Session, holder: Holder, page: int = 1) -> Found:
    """Open hazards of the office's grids of which no case was made, the newest first."""
    above = [post.org_unit_id for post in holder.posts if post.role in SEEING_OFFICES]
    grids = [grid.id for grid in grids_under(session, above)]
    statement = sa.select(Record).where(
        Record.grid_id.in_(grids),
        Record.kind == "hazard",
        Record.archived_at.is_(None),
        Record.id.not_in(fixed_ids()),
        Record.team_id.is_(None),
        Record.id.not_in(sa.select(CaseFile.record_id)),
    )
    return _paged(session, statement.order_by(Record.acted_at.desc(), Record.id), page)


def _paged(session: Session, statement: sa.Select[Any], page: int) -> Found:
    found = list(session.scalars(statement.limit(A_PAGE + 1).offset((page - 1) * A_PAGE)))
    return Found(found[:A_PAGE], len(found) > A_PAGE)


def handling_units(session: Session, county_code: str, grid_id: UUID | None = None) -> list[OrgUnit]:
    """Who may be given a case: departments of the county, and with a grid named the village and town above it."""
    departments = sa.select(OrgUnit).where(OrgUnit.county_code == county_code, OrgUnit.kind == "department")
    found = list(session.scalars(departments.order_by(OrgUnit.id)))
    if grid_id is not None:
        above = thing_of_grid(session, grid_id)["units"]
        near = session.scalars(sa.select(OrgUnit).where(OrgUnit.id.in_(above), OrgUnit.kind.in_(HANDLING_KINDS)))
        found += sorted(near, key=lambda unit: above.index(unit.id))
    return found


def may_see_record(session: Session, holder: Holder, record_id: UUID) -> bool:
    """Whoever sees the record, and the units that work on its case (photos ask here)."""
    if records.may_see(session, holder, record_id):
        return True
    case = case_of_record(session, record_id)
    return case is not None and bool(may(holder, "case.see", thing_of(session, case)))


def may_see_case(session: Session, holder: Holder, case_id: UUID) -> bool:
    """Whoever works on it, and whoever sees its record (photos of a result ask here)."""
    case = session.get(CaseFile, case_id)
    return case is not None and may_see_record(session, holder, case.record_id)


def case_file(session: Session, case_id: UUID) -> CaseFile | None:
    return session.get(CaseFile, case_id)
