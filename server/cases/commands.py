"""A case made of a record, given, worked on, verified, closed. Each command writes the step, the row and the stream entry; it
never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.cases import joint, queries, rules
from server.cases.handing import note_arrival
from server.cases.models import CaseFile, CaseHelper, CaseLevel
from server.cases.steps import (
    advance,
    case_to_change,
    handling_unit,
    insist_fits,
    insist_words,
    start_term,
    take,
    tell_leaders,
    tell_reporter,
    tell_unit,
)
from server.duties.hazards.queries import is_fixed
from server.kernel import clock, ids
from server.kernel.outcome import Refused
from server.kernel.problems import Conflict, Problem, insist
from server.matters.queries import policy
from server.people.rules import Holder, Thing, may
from server.photos.commands import link
from server.platform.workdays import add_working_days
from server.platform.worktime import GIVEN
from server.records.models import Record
from server.records.queries import thing_of
from server.records.rules import Act

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
    """An open hazard, or information, becomes a case under the level's term in force (Art. 10); the reporter is told.

    Refuses with ``not_found``, ``not_allowed``, ``no_case_of_this``, ``case_exists``, ``level_unfit``, ``day_out_of_range``.
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
    matter = record.matter_code or ""
    insist(rules.level_fits(level, queries.levels_of_matter(session, record.county_code, matter)))
    case = CaseFile(
        id=ids.new_id(),
        county_code=record.county_code,
        grid_id=record.grid_id,
        record_id=record.id,
        source=rules.OF_RECORD,
        stream=record.stream,
        matter_code=matter,
        reporter_id=record.author_id,
    )
    begin(session, case, level, given_day, by.person_id, queries.office_above(session, by, case.grid_id))
    tell_reporter(session, case, "case_opened", case.opened_at)
    if grid_helps:
        help_with(session, by, case.id, case.version, None)
    if lead_unit is not None:
        assign(session, by, case.id, case.version, lead_unit)
    return case


def begin(
    session: Session, case: CaseFile, level: str, given_day: date | None, by: UUID | None, made_by_unit: UUID | None
) -> None:
    """The first step of a case, however it came into the house; ``by`` nobody where another system handed it in."""
    now = clock.now()
    case.opened_at, case.state, case.version = now, rules.ACCEPTED, 0
    case.made_by_unit = made_by_unit
    start_term(session, case, level, given_day, now)
    session.add(case)
    session.flush()
    advance(session, case, by, now, "opened")


def assign(session: Session, by: Holder, case_id: UUID, version: int, unit_id: UUID) -> CaseFile:
    """One unit is in the lead. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``unit_unknown``."""
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "assigned", version)
    case.lead_unit = handling_unit(session, case, unit_id)
    now = clock.now()
    take(session, case, by.person_id, now, "assigned", unit_id=unit_id)
    tell_unit(session, case, unit_id, "case_assigned", now)
    return case


def help_with(session: Session, by: Holder, case_id: UUID, version: int, unit_id: UUID | None) -> CaseFile:
    """Another unit helps, or with none named the grid itself, where there is a record. Refuses as ``assign``; twice is once."""
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "helper_added", version)
    if unit_id is None and case.record_id is None:  # no phone of the grid shows a case without a record
        raise Problem("unit_unknown")
    unit = handling_unit(session, case, unit_id) if unit_id is not None else None
    if unit in {helper.unit_id for helper in queries.helpers_of(session, [case.id])[case.id]}:
        return case
    session.add(CaseHelper(id=ids.new_id(), case_id=case.id, unit_id=unit))
    now = clock.now()
    take(session, case, by.person_id, now, "helper_added", unit_id=unit)
    if unit is None:
        tell_leaders(session, case, "case_helps", now)
    else:
        tell_unit(session, case, unit, "case_asked_to_help", now)
    return case


def add_help(
    session: Session, by: Holder, case_id: UUID, version: int, words: str, photo: str | None = None
) -> CaseFile:
    """A unit that helps tells what it did; only the one in the lead reports the result.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``invalid`` (without words).
    """
    case = case_to_change(session, by, case_id, "case.help")
    insist_fits(case, "helped", version)
    insist_words(words)
    _keep(session, by, case, photo)
    take(session, case, by.person_id, clock.now(), "helped", words=words, photo=photo)
    return case


def work(
    session: Session, by: Holder, case_id: UUID, version: int, step: str, words: str = "", photo: str | None = None
) -> CaseFile:
    """Whoever is in the lead arrives, suspends (the clock stands), resumes, reports the result, with a photo or without.

    Refuses with ``not_found``, ``stale``, ``step_unfit``, ``invalid`` (a suspension or a result without words),
    ``order_open`` (a result while what a department ordered is not found to be put right).
    """
    case = case_to_change(session, by, case_id, "case.work")
    insist_fits(case, step, version)
    if step in rules.STOPS:
        insist_words(words)
    now = clock.now()
    if step == "arrived":
        note_arrival(session, case, by, now)
    if step != "reported":
        take(session, case, by.person_id, now, step, words=words)
        return case
    insist(rules.may_report(order.is_rectified for order in joint.binding_orders(session, case.id, clock.today())))
    case.verify_by = add_working_days(clock.today(), int(policy(session, "case_verify_days")))
    _keep(session, by, case, photo)
    take(session, case, by.person_id, now, step, words=words, photo=photo)
    tell_reporter(session, case, "case_result", now)
    if case.record_id is not None:
        tell_leaders(session, case, "case_to_verify", now)
    else:
        tell_unit(session, case, case.made_by_unit, "case_to_verify", now)
    return case


def _keep(session: Session, by: Holder, case: CaseFile, photo: str | None) -> None:
    if photo is not None:
        link(session, case.county_code, photo, "case", case.id, "after", author_id=by.person_id)


def verify(session: Session, act: Act, told: Mapping[str, Any]) -> CaseFile:
    """The grid's leader looks at the result: settled, or sent back with words. Conflicts ``stale``, ``step_unfit``.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``invalid`` (sent back without words).
    """
    case = case_to_change(session, act.holder, told["case_id"], "case.verify")
    if case.record_id is None:  # on no phone: an office looks at its result
        raise Problem("not_found")
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
    take(session, case, act.person_id, at, step, words=told["words"])
    if case.reporter_id != act.person_id:
        tell_reporter(session, case, f"case_{step}", act.now)
    return case


def check(session: Session, by: Holder, case_id: UUID, version: int, step: str, words: str = "") -> CaseFile:
    """An office above the place verifies the result of a case without a record, or sends it back with words.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``own_record``, ``invalid``.
    """
    case = case_to_change(session, by, case_id, "case.assign")
    if case.record_id is not None:  # the grid's leader looks at that
        raise Problem("step_unfit")
    done = queries.steps_of(session, [case.id])[case.id]
    insist(
        rules.may_check(
            step,
            state=case.state,
            version=case.version,
            version_seen=version,
            is_lead=any(post.org_unit_id == case.lead_unit for post in by.posts),
            gave_result=any(one.step == "reported" and one.by_person == by.person_id for one in done),
            words=words,
        )
    )
    now = clock.now()
    take(session, case, by.person_id, now, step, words=words)
    if step == "sent_back":
        tell_unit(session, case, case.lead_unit, "case_back_to_you", now)
    return case


def close(session: Session, by: Holder, case_id: UUID, version: int, words: str = "") -> CaseFile:
    """The office closes what was verified. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``."""
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "closed", version)
    now = clock.now()
    take(session, case, by.person_id, now, "closed", words=words)
    tell_reporter(session, case, "case_closed", now)
    return case


def set_level(session: Session, by: Holder, told: Mapping[str, Any], amount: int) -> CaseLevel:
    """Another term of a level from a day on; what was in force before stays in the table, and cases keep their term.

    Refuses with ``not_allowed``, ``day_out_of_range``, ``invalid``.
    """
    insist(may(by, "level.set", Thing(county_code=by.county_code)))
    is_given = told["unit"] in GIVEN
    insist(
        rules.level_may_be(
            told["unit"],
            amount,
            told["from_day"],
            clock.today(),
            needs_amount=not is_given,
            may_be_given=told["level"] not in rules.OTHER_TERMS,
        )
    )
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
