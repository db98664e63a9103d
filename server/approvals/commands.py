"""The review: approve, return, dispute, rule, and what lapses when nobody looked in time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.approvals import rules
from server.kernel import clock
from server.kernel.outcome import Refused, Verdict
from server.kernel.problems import Conflict
from server.messages.commands import ring
from server.people.roster import advisers_of
from server.platform.workdays import add_working_days
from server.records.commands import advance, found_for, review_days
from server.records.models import Record
from server.records.rules import Act


def approve(session: Session, act: Act, record_id: UUID) -> Record:
    """The reviewer's yes. Conflicts: ``stale``, ``already_decided``; refuses ``own_record``, ``not_found``."""
    found = found_for(session, act, record_id, "record.review")
    _decide(found, rules.may_decide(found.review_status, found.version, act.version_seen))
    _settle(found, act, "approved")
    advance(session, found, act, "approved")
    return found


def send_back(session: Session, act: Act, record_id: UUID, reason: str, words: str) -> Record:
    """Returned for correction, with a reason; the author is told."""
    found = found_for(session, act, record_id, "record.review")
    _decide(found, rules.may_decide(found.review_status, found.version, act.version_seen))
    _settle(found, act, "returned", reason, words)
    advance(session, found, act, "returned", reason=reason, words=words)
    ring(session, found.author_id, "record_returned", record_id=found.id, at=act.now)
    return found


def dispute(session: Session, act: Act, record_id: UUID, words: str) -> Record:
    """The author does not agree with the return (不同意退回): adviser or town decides.

    Inside a team another member may, if there is one; else it lapses in its time (decision 0008).
    """
    found = found_for(session, act, record_id, "record.dispute")
    _decide(found, rules.may_dispute(found.review_status, found.version, act.version_seen))
    found.review_status = "disputed"
    if found.team_id is not None:
        found.review_due = add_working_days(clock.day_of(act.now), review_days(session, found))
    advance(session, found, act, "disputed", words=words)
    if found.team_id is None:
        for person_id in advisers_of(session, found.grid_id, act.day):
            ring(session, person_id, "record_disputed", record_id=found.id, at=act.now)
    return found


def rule_dispute(session: Session, act: Act, record_id: UUID, upheld: bool, words: str) -> Record:
    """Upheld: the return is lifted and the record stands approved. Not upheld: the return stands."""
    found = found_for(session, act, record_id, "record.rule_dispute")
    _decide(found, rules.may_rule(found.review_status, found.version, act.version_seen))
    _settle(found, act, "approved" if upheld else "returned", None if upheld else found.review_reason, words)
    advance(session, found, act, "dispute_upheld" if upheld else "dispute_rejected", words=words)
    ring(session, found.author_id, "dispute_ruled", record_id=found.id, at=act.now)
    return found


def lapse_overdue(session: Session, today: date, limit: int = 500) -> int:
    """逾期未审，视同通过: not reviewed in time counts as passed, and so does a dispute inside a team. Returns how many.

    Whoever is deciding a record just now is in time: it is passed over.
    """
    in_team = sa.and_(Record.review_status == "disputed", Record.team_id.is_not(None))
    undecided = sa.or_(Record.review_status == "waiting", in_team)
    overdue = sa.select(Record).where(undecided, Record.review_due < today).limit(limit)
    statement = overdue.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    count = 0
    for found in session.scalars(statement):
        found.review_status = "lapsed"
        found.reviewed_by = found.reviewed_at = found.review_reason = found.review_words = None  # no return stands
        advance(session, found, None, "lapsed")
        count += 1
    return count


def _decide(found: Record, verdict: Verdict) -> None:
    if isinstance(verdict, Refused):
        raise Conflict(verdict.code, kind="record", object_id=found.id)


def _settle(found: Record, act: Act, status: str, reason: str | None = None, words: str | None = None) -> None:
    found.review_status = status
    found.reviewed_by = act.person_id
    found.reviewed_at = act.acted_at
    found.review_reason = reason
    found.review_words = words or None
