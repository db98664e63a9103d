"""What follows up on a case: reminders, the level above, another opening, orders of departments; and what time ends by itself.

Commands and sweepers of the same kind as ``commands.py``: they never commit.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases import joint, queries, rules
from server.cases.models import CaseDispute, CaseFile, CaseOrder
from server.cases.steps import (
    advance,
    case_to_change,
    due_under,
    insist_fits,
    insist_words,
    rank_above,
    start_term,
    take,
    tell_reporter,
    tell_unit,
    unit_of_level,
)
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.matters.queries import policy
from server.people.rules import Holder
from server.platform import streams
from server.records.models import Record

SWEEP = 500
ABOVE = {"L0": "L4", "L2": "L3", "L3": "L4", "L4": "L4"}  # who is told of what is overdue


def remind(session: Session, by: Holder, case_id: UUID, version: int, words: str = "") -> CaseFile:
    """Whoever made the case, or stands above, asks those who have it to go on.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``.
    """
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "reminded", version)
    makers_rank = rules.rank_of_kind(queries.kind_of_unit(session, case.made_by_unit))
    insist(rules.may_remind(rank_above(session, by, case), makers_rank))
    now = clock.now()
    unit = case.lead_unit or unit_of_level(session, case, case.level)
    take(session, case, by.person_id, now, "reminded", unit_id=unit, words=words)
    tell_unit(session, case, unit, "case_reminded", now)
    return case


def reopen(
    session: Session, by: Holder, case_id: UUID, version: int, words: str, given_day: date | None = None
) -> CaseFile:
    """What is over goes on, with words, within the days allowed: to the unit that had it, under the level's term of that day.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``invalid``, ``too_late``, ``day_out_of_range``.
    """
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "reopened", version)
    insist_words(words)
    now = clock.now()
    last, _ = due_under(session, case.county_code, rules.REOPEN, case.over_at or now)
    if now >= last:
        raise Problem("too_late")
    start_term(session, case, case.level, given_day, now)
    case.state = rules.ASSIGNED if case.lead_unit else rules.ACCEPTED
    case.verify_by = case.archived_at = None
    advance(session, case, by.person_id, now, "reopened", words=words)
    tell_reporter(session, case, "case_reopened", now)
    tell_unit(session, case, case.lead_unit, "case_back_to_you", now)
    return case


def order(
    session: Session, by: Holder, case_id: UUID, version: int, order_no: str, ordered_rectify_by: date
) -> CaseFile:
    """A department orders a hazard to be put right by a day, under its own document (a grid worker only advises, Art. 12).

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``day_out_of_range``.
    """
    case = case_to_change(session, by, case_id, "case.order")
    insist_fits(case, "ordered", version)
    record = session.get(Record, case.record_id) if case.record_id else None
    insist(rules.may_order(record is not None and record.kind == "hazard", ordered_rectify_by, clock.today()))
    now, unit = clock.now(), joint.department_of(by, queries.thing_of(session, case))
    session.add(
        CaseOrder(
            id=ids.new_id(), case_id=case.id, unit_id=unit, order_no=order_no, ordered_rectify_by=ordered_rectify_by,
            made_at=now, made_by=by.person_id,
        )
    )  # fmt: skip
    take(session, case, by.person_id, now, "ordered", unit_id=unit, words=f"{order_no} · {ordered_rectify_by}")
    return case


def check_order(
    session: Session, by: Holder, case_id: UUID, version: int, order_id: UUID, is_rectified: bool, words: str = ""
) -> CaseFile:
    """The department that ordered it looks whether it was put right: nobody else does. A later check counts.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``invalid`` (not put right, without words).
    """
    case = case_to_change(session, by, case_id, "case.order")
    step = "order_met" if is_rectified else "order_unmet"
    insist_fits(case, step, version)
    found = session.get(CaseOrder, order_id)
    if found is None or found.case_id != case.id:
        raise Problem("not_found")
    if found.unit_id not in by.office_units("department"):
        raise Problem("not_allowed")
    if not is_rectified:
        insist_words(words)
    now = clock.now()
    found.checked_at, found.checked_by, found.is_rectified = now, by.person_id, is_rectified
    take(session, case, by.person_id, now, step, unit_id=found.unit_id, words=words or found.order_no)
    return case


def escalate_overdue(session: Session, now: int) -> int:
    """What is overdue for longer than the county allows is told to the level above, once in a term. Returns how many."""
    late = sa.and_(CaseFile.due_at < now, CaseFile.escalated_at.is_(None))
    counties = session.scalars(sa.select(CaseFile.county_code).where(late).distinct()).all()
    return sum(_escalate(session, sa.and_(late, CaseFile.county_code == county), now) for county in sorted(counties))


def _escalate(session: Session, late: sa.ColumnElement[bool], now: int) -> int:
    """Of one county: what it allows longer than another stands in nobody's way."""
    oldest = sa.select(CaseFile).where(late).order_by(CaseFile.due_at).limit(SWEEP)
    count = 0
    for case in session.scalars(oldest.with_for_update(skip_locked=True)):
        if case.due_at is None or due_under(session, case.county_code, rules.ESCALATE, case.due_at)[0] > now:
            continue
        above = unit_of_level(session, case, ABOVE[case.level])
        case.escalated_at = now
        take(session, case, None, now, "escalated", unit_id=above)
        tell_unit(session, case, above, "case_escalated", now)
        count += 1
    return count


def tell_late_answers(session: Session, now: int) -> int:
    """A doubt about duty that the county has not answered in time: who asked and who is to answer hear of it, once."""
    late = sa.and_(CaseDispute.ruled_at.is_(None), CaseDispute.answer_by < now, CaseDispute.late_told_at.is_(None))
    oldest = sa.select(CaseDispute).where(late).order_by(CaseDispute.answer_by).limit(SWEEP)
    count = 0
    for dispute in session.scalars(oldest.with_for_update(skip_locked=True)):
        case = session.get_one(CaseFile, dispute.case_id)
        dispute.late_told_at = now
        for unit in (dispute.unit_id, unit_of_level(session, case, "L4")):
            tell_unit(session, case, unit, "case_duty_late", now)
        count += 1
    return count


def close_unverified(session: Session, today: date) -> int:
    """A result that nobody verified in time ends the case as *not verified*, never against the reporter. Returns how many."""
    waiting = sa.select(CaseFile).where(CaseFile.state == rules.REPORTED, CaseFile.verify_by < today)
    count = 0
    for case in session.scalars(waiting.limit(SWEEP).with_for_update(skip_locked=True)):
        take(session, case, None, clock.now(), "not_verified")
        tell_reporter(session, case, "case_not_verified", clock.now())
        count += 1
    return count


def archive_old(session: Session, now: int) -> int:
    """What is over leaves the phones after the feed's days. Returns how many."""
    before = now - int(policy(session, "feed_days")) * clock.DAY_MS
    old = sa.select(CaseFile).where(CaseFile.over_at < before, CaseFile.archived_at.is_(None)).limit(SWEEP)
    count = 0
    for case in session.scalars(old.with_for_update(skip_locked=True)):  # not one that is opened again at this moment
        case.archived_at = now
        if case.stream is not None:
            streams.gone(session, case.stream, "case", case.id, "archived")
        count += 1
    return count
