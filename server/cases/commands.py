"""What changes a case. Each command writes the step, the row and the stream entry; it never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases import queries, rules
from server.cases.models import CaseFile, CaseHelper, CaseLevel, CaseStep
from server.duties.hazards.queries import is_fixed
from server.kernel import clock, ids
from server.kernel.outcome import Refused
from server.kernel.problems import Conflict, Problem, insist
from server.matters.queries import policy
from server.messages.commands import ring
from server.people.queries import in_unit_posts
from server.people.roster import leaders_of
from server.people.rules import Holder, Thing, may
from server.photos.commands import link
from server.platform import streams
from server.platform.workdays import add_working_days
from server.platform.worktime import GIVEN, due_at
from server.records.models import Record
from server.records.queries import thing_of
from server.records.rules import Act

SWEEP = 500
CONFLICTS = frozenset({"stale", "step_unfit"})  # of the phone's acts: the row comes with the answer


def open_case(
    session: Session,
    by: Holder,
    record_id: UUID,
    *,
    level: str,
    given_day: date | None = None,
    lead_unit: UUID | None = None,
    grid_helps: bool = False,
) -> CaseFile:
    """An open hazard becomes a case under the level's term in force (Art. 10); the reporter is told.

    Refuses with ``not_found``, ``not_allowed``, ``no_case_of_this``, ``case_exists``, ``day_out_of_range``.
    """
    record = session.get(Record, record_id, with_for_update=True, populate_existing=True)
    if record is None:
        raise Problem("not_found")
    insist(may(by, "case.open", thing_of(session, record)))
    insist(
        rules.may_be_case(
            kind=record.kind,
            is_fixed=record.kind == "hazard" and is_fixed(session, record.id),
            is_sensitive=record.team_id is not None,
        )
    )
    if queries.case_of_record(session, record_id) is not None:
        raise Problem("case_exists")
    today, now = clock.today(), clock.now()
    term = queries.level_in_force(session, record.county_code, level, today)
    if term.unit in GIVEN:
        insist(rules.given_day_fits(given_day, today))
    case = CaseFile(
        id=ids.new_id(),
        county_code=record.county_code,
        grid_id=record.grid_id,
        record_id=record.id,
        stream=record.stream,
        matter_code=record.matter_code or "",
        reporter_id=record.author_id,
        level=level,
        unit=term.unit,
        amount=term.amount,
        given_day=given_day if term.unit in GIVEN else None,
        document_no=term.document_no,
        opened_at=now,
        state=rules.ACCEPTED,
        version=0,
    )
    session.add(case)
    session.flush()
    _advance(session, case, by.person_id, now, "opened")
    ring(session, case.reporter_id, "case_opened", record_id=record.id, at=now)
    if grid_helps:
        help_with(session, by, case.id, case.version, None)
    if lead_unit is not None:
        assign(session, by, case.id, case.version, lead_unit)
    return case


def assign(session: Session, by: Holder, case_id: UUID, version: int, unit_id: UUID) -> CaseFile:
    """One unit is in the lead. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``unit_unknown``."""
    case = _found(session, by, case_id, "case.assign")
    _fits(case, "assigned", version)
    case.lead_unit = _unit(session, case, unit_id)
    now = clock.now()
    _take(session, case, by.person_id, now, "assigned", unit_id=unit_id)
    for person in in_unit_posts(session, [unit_id], clock.today()):
        ring(session, person.id, "case_assigned", record_id=case.record_id, at=now)
    return case


def help_with(session: Session, by: Holder, case_id: UUID, version: int, unit_id: UUID | None) -> CaseFile:
    """Another unit helps, or with none named the grid itself. Refuses as ``assign``; twice is once."""
    case = _found(session, by, case_id, "case.assign")
    _fits(case, "helper_added", version)
    unit = _unit(session, case, unit_id) if unit_id is not None else None
    if unit in {helper.unit_id for helper in queries.helpers_of(session, [case.id])[case.id]}:
        return case
    session.add(CaseHelper(id=ids.new_id(), case_id=case.id, unit_id=unit))
    now = clock.now()
    _take(session, case, by.person_id, now, "helper_added", unit_id=unit)
    if unit is None:
        _ring_leaders(session, case, "case_helps", now)
    return case


def work(
    session: Session, by: Holder, case_id: UUID, version: int, step: str, words: str = "", photo: str | None = None
) -> CaseFile:
    """Whoever is in the lead arrives, suspends (the clock stands), resumes, reports the result, with a photo or without.

    Refuses with ``not_found``, ``stale``, ``step_unfit``, ``invalid`` (a suspension or a result without words).
    """
    case = _found(session, by, case_id, "case.work")
    _fits(case, step, version)
    if step in rules.STOPS and not words:
        raise Problem("invalid", fields=["words"])
    now = clock.now()
    if step == "reported":
        days = int(policy(session, "case_verify_days"))
        case.verify_by = add_working_days(clock.today(), days)
        if photo is not None:
            link(session, case.county_code, photo, "case", case.id, "after", author_id=by.person_id)
    _take(session, case, by.person_id, now, step, words=words, photo=photo if step == "reported" else None)
    if step == "reported":
        ring(session, case.reporter_id, "case_result", record_id=case.record_id, at=now)
        _ring_leaders(session, case, "case_to_verify", now)
    return case


def verify(session: Session, act: Act, told: Mapping[str, Any]) -> CaseFile:
    """The grid's leader looks at the result: settled, or sent back with words. Conflicts ``stale``, ``step_unfit``.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``invalid`` (sent back without words).
    """
    case = _found(session, act.holder, told["case_id"], "case.verify")
    step = "verified" if told["settled"] else "sent_back"
    done = queries.steps_of(session, [case.id])[case.id]
    verdict = rules.may_verify(
        step,
        state=case.state,
        version=case.version,
        version_seen=act.version_seen,
        in_time=case.verify_by is not None and act.day <= case.verify_by,
        gave_result=any(one.step == "reported" and one.by_person == act.person_id for one in done),
        words=told["words"],
    )
    if isinstance(verdict, Refused) and verdict.code in CONFLICTS:
        raise Conflict(verdict.code, kind="case", object_id=case.id)
    insist(verdict)
    # sent back: the clock runs on from when the house hears of it, not for the days the phone was away
    at = act.now if step == "sent_back" else max(act.acted_at, done[-1].at)
    _take(session, case, act.person_id, at, step, words=told["words"])
    if case.reporter_id != act.person_id:
        ring(session, case.reporter_id, f"case_{step}", record_id=case.record_id, at=act.now)
    return case


def close(session: Session, by: Holder, case_id: UUID, version: int, words: str = "") -> CaseFile:
    """The office closes what was verified. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``."""
    case = _found(session, by, case_id, "case.assign")
    _fits(case, "closed", version)
    _take(session, case, by.person_id, clock.now(), "closed", words=words)
    ring(session, case.reporter_id, "case_closed", record_id=case.record_id, at=clock.now())
    return case


def close_unverified(session: Session, today: date) -> int:
    """A result that nobody verified in time ends the case as *not verified*, never against the reporter. Returns how many."""
    waiting = sa.select(CaseFile).where(CaseFile.state == rules.REPORTED, CaseFile.verify_by < today)
    count = 0
    for case in session.scalars(waiting.limit(SWEEP).with_for_update(skip_locked=True)):
        _take(session, case, None, clock.now(), "not_verified")
        ring(session, case.reporter_id, "case_not_verified", record_id=case.record_id, at=clock.now())
        count += 1
    return count


def archive_old(session: Session, now: int) -> int:
    """What is over leaves the phones after the feed's days. Returns how many."""
    before = now - int(policy(session, "feed_days")) * clock.DAY_MS
    old = sa.select(CaseFile).where(CaseFile.over_at < before, CaseFile.archived_at.is_(None)).limit(SWEEP)
    count = 0
    for case in session.scalars(old):
        case.archived_at = now
        streams.gone(session, case.stream, "case", case.id, "archived")
        count += 1
    return count


def set_level(session: Session, by: Holder, told: Mapping[str, Any], amount: int) -> CaseLevel:
    """Another term of a level from a day on; what was in force before stays in the table, and cases keep their term.

    Refuses with ``not_allowed``, ``day_out_of_range``, ``invalid``.
    """
    insist(may(by, "level.set", Thing(county_code=by.county_code)))
    is_given = told["unit"] in GIVEN
    insist(rules.level_may_be(told["unit"], amount, told["from_day"], clock.today(), needs_amount=not is_given))
    row = CaseLevel(
        id=ids.new_id(),
        county_code=by.county_code,
        level=told["level"],
        unit=told["unit"],
        amount=0 if is_given else amount,
        from_day=told["from_day"],
        document_no=told["document_no"],
        at=clock.now(),
        by_person=by.person_id,
    )
    session.add(row)
    session.flush()
    return row


def _found(session: Session, by: Holder, case_id: UUID, action: str) -> CaseFile:
    # the row is locked: of two people who act at once, the second sees what the first has done
    case = session.get(CaseFile, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise Problem("not_found")
    insist(may(by, action, queries.thing_of(session, case)))
    return case


def _fits(case: CaseFile, step: str, version: int) -> None:
    insist(rules.may_take(step, case.state, case.version, version))


def _unit(session: Session, case: CaseFile, unit_id: UUID) -> UUID:
    """One of those that the form offers: a department of the county, or a village or town above the grid."""
    if unit_id not in {unit.id for unit in queries.handling_units(session, case.county_code, case.grid_id)}:
        raise Problem("unit_unknown")
    return unit_id


def _ring_leaders(session: Session, case: CaseFile, kind: str, now: int) -> None:
    for person_id in leaders_of(session, case.grid_id, clock.day_of(now)):
        ring(session, person_id, kind, record_id=case.record_id, at=now)


def _take(session: Session, case: CaseFile, by: UUID | None, at: int, step: str, **more: Any) -> None:
    case.state = rules.STEPS[step][1] or case.state
    _advance(session, case, by, at, step, **more)


def _advance(
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
    streams.put(session, case.stream, "case", case.id)


def _set_clock(session: Session, case: CaseFile, steps: Iterable[tuple[str, int]]) -> None:
    """The due moment anew; none while the clock stands or nothing more is due."""
    if case.state not in rules.RUNNING:
        case.due_at = None
        return
    hours = rules.minutes_of(policy(session, "office_hours"))
    case.due_at = due_at(queries.term_of(case), case.opened_at, rules.spans(steps), hours)
