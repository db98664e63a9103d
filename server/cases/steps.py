"""How one step of a case is taken: found and locked, held to its state and version, written with its history, told.

Every command of this room goes through here, so that row, history, clock and stream entry are one transaction. Nothing
here commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.models import OrgUnit
from server.areas.queries import units_of_grid
from server.areas.rules import tier_of
from server.cases import queries, rules
from server.cases.models import CaseFile, CaseStep
from server.duties.hazards.queries import reporters_of_it
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.matters.queries import policy_over_time
from server.matters.rules import value_at
from server.messages.commands import ring
from server.people.queries import in_unit_posts
from server.people.roster import leaders_of
from server.people.rules import OFFICE_ROLES, Holder, may
from server.platform import streams
from server.platform.worktime import GIVEN, WORKING_HOURS, Hours, Term, due_at

TIER_OF_LEVEL = {"L0": "town", "L2": "village", "L3": "town", "L4": "county"}
LEVEL_OFFICES = frozenset(rules.RANK)  # who is told at a level: not the county's administrators
ASKS_OF_A_UNIT = frozenset(
    {"case_assigned", "case_asked_to_help", "case_back_to_you", "case_handed", "case_handed_in", "case_whistle"}
)


def case_to_change(session: Session, by: Holder, case_id: UUID, action: str) -> CaseFile:
    """The case, locked: of two people who act at once, the second sees what the first has done.

    Refuses with ``not_found``, ``not_allowed``.
    """
    case = session.get(CaseFile, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise Problem("not_found")
    insist(may(by, action, queries.thing_of(session, case)))
    return case


def insist_fits(case: CaseFile, step: str, version: int) -> None:
    insist(rules.may_take(step, case.state, case.version, version))


def insist_words(words: str) -> None:
    if not words:
        raise Problem("invalid", fields=["words"])


def handling_unit(session: Session, case: CaseFile, unit_id: UUID) -> UUID:
    """One of those that the form offers: a department of the county, or a village or town above the grid."""
    if unit_id not in {unit.id for unit in queries.handling_units(session, case.county_code, case.grid_id)}:
        raise Problem("unit_unknown")
    return unit_id


def rank_above(session: Session, by: Holder, case: CaseFile) -> int:
    """The highest level that this person's offices above the place hold: 2 village, 3 town, 4 county; 0 for none."""
    above = units_of_grid(session, case.grid_id)
    return max((rules.RANK[p.role] for p in by.posts if p.role in rules.RANK and p.org_unit_id in above), default=0)


def unit_of_level(session: Session, case: CaseFile, level: str) -> UUID | None:
    """The village, town or county above the grid that holds a level."""
    above = (session.get_one(OrgUnit, unit) for unit in units_of_grid(session, case.grid_id))
    return next((unit.id for unit in above if tier_of(unit.kind) == TIER_OF_LEVEL[level]), None)


def start_term(session: Session, case: CaseFile, level: str, given_day: date | None, now: int) -> None:
    """The level's term of this day begins. Refuses with ``day_out_of_range`` for a term that is written by hand."""
    today = clock.day_of(now)
    term = queries.level_in_force(session, case.county_code, level, today)
    if term.unit in GIVEN:
        insist(rules.given_day_fits(given_day, today))
    case.level, case.unit, case.amount, case.document_no = level, term.unit, term.amount, term.document_no
    case.given_day = given_day if term.unit in GIVEN else None
    case.term_from, case.escalated_at = now, None


def due_under(session: Session, county_code: str, name: str, start: int) -> tuple[int, str | None]:
    """When one of the loop's other terms is over, and the document that it comes from."""
    term = queries.level_in_force(session, county_code, name, clock.day_of(start))
    hours = office_hours(session, start) if term.unit == WORKING_HOURS else ()
    return due_at(Term(term.unit, term.amount), start, (), hours), term.document_no


def office_hours(session: Session, since: int) -> Hours:
    """Those that counted when a term began: it keeps them to its end."""
    return rules.minutes_of(value_at(policy_over_time(session, "office_hours"), since))


def take(session: Session, case: CaseFile, by: UUID | None, at: int, step: str, **more: Any) -> None:
    """Write a step: the state after it, its history, the due moment anew, the stream entry."""
    case.state = rules.STEPS[step][1] or case.state
    advance(session, case, by, at, step, **more)


def advance(
    session: Session,
    case: CaseFile,
    by: UUID | None,
    at: int,
    step: str,
    *,
    unit_id: UUID | None = None,
    words: str = "",
    photo: str | None = None,
) -> None:
    """The step alone, in the state that the case is in."""
    case.version += 1
    session.add(
        CaseStep(
            id=ids.new_id(), case_id=case.id, version=case.version, at=at, by_person=by, step=step, unit_id=unit_id,
            words=words or None,
            photo=photo,
        )
    )  # fmt: skip
    session.flush()
    _set_clock(session, case, ((s.step, s.at) for s in queries.steps_of(session, [case.id])[case.id]))
    case.over_at = clock.now() if case.state in rules.OVER else None
    session.flush()
    if case.stream is not None:
        streams.put(session, case.stream, "case", case.id)


def _set_clock(session: Session, case: CaseFile, steps: Iterable[tuple[str, int]]) -> None:
    """The due moment anew; none while the clock stands or nothing more is due."""
    if not rules.runs(case.state, case.level):
        case.due_at = None
        return
    stood = rules.spans(steps, case.level)
    hours = office_hours(session, case.term_from) if case.unit == WORKING_HOURS else ()
    case.due_at = due_at(queries.term_of(case), case.term_from, stood, hours)


# -- who is told -------------------------------------------------------------------------------------------------------


def tell_reporter(session: Session, case: CaseFile, kind: str, at: int) -> None:
    """Whoever reported the record, or joined in its report; a case without one has no reporter."""
    joined = reporters_of_it(session, case.record_id) if case.record_id else []
    for person_id in dict.fromkeys([*([case.reporter_id] if case.reporter_id else []), *joined]):
        ring(session, person_id, kind, record_id=case.record_id, at=at)


def tell_leaders(session: Session, case: CaseFile, kind: str, at: int) -> None:
    for person_id in leaders_of(session, case.grid_id, clock.day_of(at)):
        ring(session, person_id, kind, record_id=case.record_id, at=at)


def tell_unit(session: Session, case: CaseFile, unit_id: UUID | None, kind: str, at: int) -> None:
    """Whoever holds an office in the unit; at the county's, the competent department alone.

    What an L0 case asks of a unit is urgent: its clock runs at night as well.
    """
    if unit_id is None:
        return
    urgent = case.level == "L0" and kind in ASKS_OF_A_UNIT
    is_level = unit_id in units_of_grid(session, case.grid_id)
    for person in in_unit_posts(
        session, [unit_id], clock.day_of(at), roles=LEVEL_OFFICES if is_level else OFFICE_ROLES
    ):
        ring(session, person.id, kind, record_id=case.record_id, at=at, urgent=urgent, by_unit=case.made_by_unit)


def is_department(session: Session, unit_id: UUID) -> bool:
    return session.get_one(OrgUnit, unit_id).kind == "department"
