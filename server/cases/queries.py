"""Reads of the cases room: rows for the phone, terms in force, who may be given a case, who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.models import Grid, OrgUnit
from server.areas.queries import grids_under, names_of_units, thing_of_grid
from server.areas.rules import tier_of
from server.cases.models import CaseFile, CaseHelper, CaseLevel, CaseOrder, CaseStep
from server.cases.rules import LADDER, LEVELS, OTHER_TERMS, RANK, SHIPPED_LEVELS, Level, levels_of
from server.kernel import clock
from server.matters.queries import matter_in_force
from server.people.queries import holder_of, names_of
from server.people.rules import SEEING_OFFICES, Holder, Thing, may
from server.platform.worktime import IN_DAYS, Term
from server.records import queries as records

HANDLING_KINDS = ("department", "town", "subdistrict", "village", "community")


def case_of_record(session: Session, record_id: UUID) -> CaseFile | None:
    return session.scalar(sa.select(CaseFile).where(CaseFile.record_id == record_id))


def term_of(case: CaseFile) -> Term:
    return Term(case.unit, case.amount, case.given_day)


def thing_of(session: Session, case: CaseFile) -> Thing:
    """Where a case lies, for the permission table, and which units work on it."""
    helping = {h.unit_id for h in helpers_of(session, [case.id])[case.id]}
    # whoever ordered something checks it, whoever is in the lead by then
    helping |= set(session.scalars(sa.select(CaseOrder.unit_id).where(CaseOrder.case_id == case.id)))
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
        "record_id": str(case.record_id) if case.record_id else None,
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


def levels_on(
    session: Session, county_code: str, day: date, names: Sequence[str] = (*LEVELS, *OTHER_TERMS)
) -> list[Level]:
    """The terms in force on the day: the county's, else as shipped (a demonstration value)."""
    return [level_in_force(session, county_code, name, day) for name in names]


def levels_of_matter(session: Session, county_code: str, code: str) -> tuple[str, ...]:
    """The levels that the matter in force allows a case; every one but L0 for a matter that the list no longer holds."""
    matter = matter_in_force(session, county_code, code, clock.today())
    return levels_of(matter.start_level, matter.max_level) if matter else LADDER


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
    """Whoever works on it, and whoever sees its record (photos of a step ask here)."""
    case = session.get(CaseFile, case_id)
    if case is None:
        return False
    if case.record_id is None:
        return bool(may(holder, "case.see", thing_of(session, case)))
    return may_see_record(session, holder, case.record_id)


def kind_of_unit(session: Session, unit_id: UUID | None) -> str | None:
    """``village``, ``town`` or ``county``; None for no unit."""
    return tier_of(session.get_one(OrgUnit, unit_id).kind) if unit_id is not None else None


def place_of(session: Session, case: CaseFile) -> dict[str, str]:
    """Names of the grid and of the village above it."""
    grid = session.get_one(Grid, case.grid_id)
    return {"grid": grid.name_zh, "village": session.get_one(OrgUnit, grid.village_id).name_zh}


def places_of(session: Session, cases: Sequence[CaseFile]) -> dict[UUID, tuple[str, str]]:
    """By case: the names of its village and of its grid."""
    statement = sa.select(Grid.id, OrgUnit.name_zh, Grid.name_zh).join(OrgUnit, OrgUnit.id == Grid.village_id)
    found = session.execute(statement.where(Grid.id.in_({case.grid_id for case in cases})))
    names = {grid_id: (village, grid) for grid_id, village, grid in found}
    return {case.id: names[case.grid_id] for case in cases}


def unit_names_of_person(session: Session, case: CaseFile, person_id: UUID) -> list[str]:
    """For whom somebody acted on a case: names of the person's offices above the place, or of its departments."""
    holder = holder_of(session, person_id, clock.today())
    above = thing_of_grid(session, case.grid_id)["units"]
    held = {p.org_unit_id for p in holder.posts if p.org_unit_id in above and p.role in RANK}
    held |= {p.org_unit_id for p in holder.posts if p.role == "department"}
    return sorted(names_of_units(session, held).values())


def office_above(session: Session, holder: Holder, grid_id: UUID) -> UUID | None:
    """The unit of the highest office above the grid that somebody holds."""
    above = thing_of_grid(session, grid_id)["units"]
    held = [post for post in holder.posts if post.role in RANK and post.org_unit_id in above]
    return max(held, key=lambda post: RANK[post.role]).org_unit_id if held else None


def grids_of_office(session: Session, holder: Holder) -> list[Grid]:
    """The grids below the offices that somebody holds, by code."""
    return grids_under(session, [post.org_unit_id for post in holder.posts if post.role in SEEING_OFFICES])


def case_file(session: Session, case_id: UUID) -> CaseFile | None:
    return session.get(CaseFile, case_id)
