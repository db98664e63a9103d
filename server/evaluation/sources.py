"""Every source of facts by its name, and what other rooms keep besides records: cases, asked-for sessions, courses.

What makes a row fair is decided here as in ``gathering.py`` (docs/evaluation_facts.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases import rules as loop
from server.cases.models import CaseFile, CaseStep
from server.evaluation.facts import Row, decimal_string
from server.evaluation.gathering import (
    AT_ONCE,
    Found,
    Key,
    Scope,
    followups_due,
    hazards,
    id_of,
    key_of,
    keyed,
    mediations,
    patrol_points,
    read,
    records,
    reports,
    tasks,
    visits_due,
)
from server.evaluation.relooks import relooks_due
from server.evaluation.staff import Worker
from server.kernel import clock
from server.matters.models import Matter
from server.matters.queries import policy_over_time
from server.matters.rules import value_at
from server.people.rules import OFFICE_ROLES
from server.platform import worktime
from server.tasks.models import Task
from server.workforce.models import Attendance, Course

COURSE = "course"  # a meeting teaches nothing that is tested or counts
GIVEN_TO = ("assigned", "duty_moved")
HOURS = 24  # of a day
IN_HOURS = {
    worktime.MINUTES: "clock_hours",
    worktime.CLOCK_HOURS: "clock_hours",
    worktime.WORKING_HOURS: "working_hours",
}

# -- what was asked for under a duty -----------------------------------------------------------------------------------


def publicity_due(session: Session, scope: Scope) -> Found:
    """Sessions that somebody asked the person for: nothing else says how many are due, and what is told unasked is no debt."""
    yield from tasks(session, scope, _under("publicity"))


def information_due(session: Session, scope: Scope) -> Found:
    """Details that the person was asked to look at again."""
    yield from tasks(session, scope, _under("information"))


def _under(duty: str) -> sa.ColumnElement[bool]:
    return Task.matter_code.in_(sa.select(Matter.code).where(Matter.duty == duty))


# -- courses -----------------------------------------------------------------------------------------------------------


def trainings(session: Session, scope: Scope) -> Found:
    """Each topic of each course that the person sat through, as the register of the workforce has it.

    Who was not there has no row: no list says who was asked to come, and whoever was away on the day missed nothing.
    """
    sat = (
        sa.select(key_of(Attendance.person_id), id_of(Course.id), Course.day, Course.topics, Attendance.passed)
        .join(Course, Course.id == Attendance.course_id)
        .where(
            Attendance.person_id.in_(scope.workers), Course.kind == COURSE,
            Course.day >= scope.period.from_day, Course.day < scope.period.to_day,
        )
    )  # fmt: skip
    for person, key, day, topics, passed in read(session, sat):
        for number, topic in enumerate(sorted(topics), 1):
            outcome = "met" if passed else "unmet"
            yield person, Row("course", f"{key}/{number}", day.isoformat(), outcome, category=topic)


# -- cases -------------------------------------------------------------------------------------------------------------


def cases(session: Session, scope: Scope) -> Found:
    """A case counts for the office that has it in hand, and its clock for that time alone; a grid that was asked to help has
    the help it gave.
    """
    yield from _help_given(session, scope)
    if scope.role in OFFICE_ROLES:
        yield from _held_by_offices(session, scope)


def _help_given(session: Session, scope: Scope) -> Found:
    """By whoever gave it. Help has no term, and none that was not given is held against anybody."""
    given = (
        sa.select(
            key_of(CaseStep.by_person), id_of(CaseFile.id), CaseStep.at, CaseFile.matter_code, CaseFile.level
        )
        .join(CaseFile, CaseFile.id == CaseStep.case_id)
        .where(
            CaseStep.by_person.in_(scope.workers), CaseStep.step == "helped",
            CaseStep.at >= clock.start_of(scope.period.from_day), CaseStep.at < clock.start_of(scope.period.to_day),
        )
        .order_by(CaseStep.at)
    )  # fmt: skip
    seen: set[tuple[Key, str]] = set()
    for person, key, at, matter, level in read(session, given):
        if (person, key) not in seen:
            seen.add((person, key))
            yield person, Row("case_help", key, clock.day_of(at).isoformat(), category=matter, level=level)


def _held_by_offices(session: Session, scope: Scope) -> Found:
    """Settled: for whoever gave the result. Not settled and overdue: for everybody of the role who was there.

    In the period of the day it was settled, or was due if that came first, so that a case counts once.
    """
    units: dict[UUID, list[Worker]] = defaultdict(list)
    for worker in scope.workers.values():
        for unit in {post.unit_id for post in worker.posts}:
            units[unit].append(worker)
    found = list(_cases_of(session, scope, units))
    steps = _steps_of(session, [case.id for case in found])
    hours = policy_over_time(session, "office_hours")
    for case in found:
        if case.lead_unit is not None:
            counted = loop.minutes_of(value_at(hours, case.term_from))  # a term keeps those that it began with
            yield from _held(scope, case, steps[case.id], units[case.lead_unit], counted)


def _cases_of(session: Session, scope: Scope, units: Collection[UUID]) -> Iterator[CaseFile]:
    since, until = clock.start_of(scope.period.from_day), clock.start_of(scope.period.to_day)
    yield from session.scalars(
        sa.select(CaseFile)
        .where(
            CaseFile.lead_unit.in_(units), CaseFile.opened_at < until,
            sa.or_(CaseFile.over_at.is_(None), CaseFile.over_at >= since),
        )
        .order_by(CaseFile.id)
    )  # fmt: skip


def _steps_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[Any]]:
    """The history of each case without its words, in order."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for start in range(0, len(ids), AT_ONCE):
        statement = sa.select(CaseStep.case_id, CaseStep.step, CaseStep.at, CaseStep.by_person, CaseStep.unit_id)
        statement = statement.where(CaseStep.case_id.in_(ids[start : start + AT_ONCE]))
        for step in read(session, statement.order_by(CaseStep.version, CaseStep.id)):
            found[step.case_id].append(step)
    return found


def _held(scope: Scope, case: CaseFile, steps: Sequence[Any], there: Sequence[Worker], hours: worktime.Hours) -> Found:
    given = max((s.at for s in steps if s.step in GIVEN_TO and s.unit_id == case.lead_unit), default=case.term_from)
    since, end = max(given, case.term_from), min(clock.start_of(scope.period.to_day), clock.now())
    result = next((s for s in reversed(steps) if s.step == "reported" and s.at >= since), None)
    if case.state in (*loop.RUNNING, loop.SUSPENDED, loop.CONTESTED) or (result and result.at > end):
        result = None  # sent back, or settled only later
    before = [(s.step, s.at) for s in steps if s.at < (result.at if result else end)]
    stood = loop.spans(before, case.level)
    term = worktime.Term(case.unit, case.amount, case.given_day)
    due = clock.day_of(worktime.due_at(term, case.term_from, stood, hours) - 1)
    on = min(clock.day_of(result.at), due) if result else due
    if not scope.period.from_day <= on < scope.period.to_day:
        return
    took, allowed, unit = _clock(case, term, since, result.at if result else end, stood, hours)
    row: dict[str, Any] = {"category": case.matter_code, "level": case.level}
    if result is not None:
        timed: dict[str, Any] = {
            "took": {unit: decimal_string(took)},
            "allowed": decimal_string(allowed),
            "allowed_unit": unit,
        }
        outcome = "pending" if case.state == loop.REPORTED else "met"
        check = "ok" if case.state in (loop.VERIFIED, loop.CLOSED) else None
        if result.by_person in scope.workers:
            yield result.by_person, Row("case", str(case.id), on.isoformat(), outcome, check=check, **row, **timed)
    elif took > allowed and loop.runs(case.state, case.level):
        for worker in there:
            is_there = worker.first_day_there(max(due, scope.period.from_day), scope.period.to_day)
            why = None if is_there else worker.why_away(due)
            outcome = "unmet" if is_there else "neutral"
            yield worker.person_id, Row("case", str(case.id), on.isoformat(), outcome, why, **row)


def _clock(
    case: CaseFile, term: worktime.Term, since: int, until: int, stood: Sequence[worktime.Span], hours: worktime.Hours
) -> tuple[Fraction, Fraction, str]:
    """How long this holder had it while the clock ran, how long the term is, and the unit of both as facts carry it."""
    ran = worktime.counted(term.unit, since, until, hours)
    ran -= sum(worktime.counted(term.unit, max(a, since), max(b, since), hours) for a, b in stood if a < until)
    if term.unit in IN_HOURS:
        amount = Fraction(term.amount, 60) if term.unit == worktime.MINUTES else Fraction(term.amount)
        return Fraction(ran, worktime.HOUR_MS), amount, IN_HOURS[term.unit]
    if term.unit == worktime.WORKING_DAYS:
        return Fraction(ran), Fraction(term.amount), "working_days"
    days = (term.day - clock.day_of(case.term_from)).days if term.day else term.amount
    return Fraction(ran * HOURS), Fraction(days * HOURS), "clock_hours"


SOURCES: Mapping[str, Callable[[Session, Scope], Found]] = {
    "visits_due": visits_due,
    "patrol_points_due": patrol_points,
    "relooks_due": relooks_due,
    "hazards": hazards,
    "records": records,
    "reports": reports,
    "tasks": tasks,
    "cases": cases,
    "publicity_due": publicity_due,
    "information_due": information_due,
    "mediations": mediations,
    "mediation_followups_due": followups_due,
    "trainings": trainings,
}
"""``emergency_checkins`` has none and never will: an answer to a call-out counts for nothing (decision 0020)."""
DUE = ("visits_due", "relooks_due", "tasks", "publicity_due", "information_due", "mediation_followups_due")


def gather(session: Session, scope: Scope, wanted: Collection[str]) -> dict[UUID, dict[str, list[Row]]]:
    """Rows of the wanted facts, by person and fact."""
    found: dict[UUID, dict[str, list[Row]]] = {key: defaultdict(list) for key in scope.workers}
    by_key = keyed(found)
    for name, source in SOURCES.items():
        if name in wanted:
            for person, row in source(session, scope):
                by_key[person][name].append(row)
    return found
