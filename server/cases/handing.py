"""A case on its way between levels and departments: handed up and down, a department called, a duty in doubt.

The commands never commit.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from server.cases import joint, queries, rules
from server.cases.models import CaseDispute, CaseFile, CaseHelper, CaseWhistle
from server.cases.steps import (
    case_to_change,
    due_under,
    handling_unit,
    insist_fits,
    insist_words,
    is_department,
    rank_above,
    start_term,
    take,
    tell_unit,
    unit_of_level,
)
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.people.rules import Holder


def hand(
    session: Session,
    by: Holder,
    case_id: UUID,
    version: int,
    step: str,
    words: str = "",
    given_day: date | None = None,
) -> CaseFile:
    """``handed_up`` or ``handed_down``: the next level has it, under its own term of this day, and gives it anew.

    By whoever holds the level or stands above it. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``,
    ``level_unfit``, ``invalid`` (without words), ``day_out_of_range``.
    """
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, step, version)
    allowed = queries.levels_of_matter(session, case.county_code, case.matter_code)
    insist(rules.may_hand(step, case.level, allowed, rank_above(session, by, case)))
    insist_words(words)
    level, now = rules.next_level(step, case.level) or case.level, clock.now()
    start_term(session, case, level, given_day, now)
    case.lead_unit = None
    unit = unit_of_level(session, case, level)
    take(session, case, by.person_id, now, step, unit_id=unit, words=words)
    tell_unit(session, case, unit, "case_handed", now)
    return case


def whistle(session: Session, by: Holder, case_id: UUID, version: int, unit_id: UUID, words: str = "") -> CaseFile:
    """A department is called to appear, within the county's term; it helps from now on, unless it is in the lead.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``, ``unit_unknown``.
    """
    case = case_to_change(session, by, case_id, "case.assign")
    insist_fits(case, "whistled", version)
    unit = handling_unit(session, case, unit_id)
    insist(
        rules.may_whistle(
            case.level,
            rank_above(session, by, case),
            is_department=is_department(session, unit),
            is_called=bool(joint.open_whistles(session, case.id, [unit])),
        )
    )
    now = clock.now()
    due, document = due_under(session, case.county_code, rules.WHISTLE, now)
    session.add(
        CaseWhistle(
            id=ids.new_id(), case_id=case.id, unit_id=unit, called_at=now, called_by=by.person_id, due_at=due,
            document_no=document,
        )
    )  # fmt: skip
    helping = {helper.unit_id for helper in queries.helpers_of(session, [case.id])[case.id]}
    if unit != case.lead_unit and unit not in helping:
        session.add(CaseHelper(id=ids.new_id(), case_id=case.id, unit_id=unit))
    take(session, case, by.person_id, now, "whistled", unit_id=unit, words=words)
    tell_unit(session, case, unit, "case_whistle", now)
    return case


def appear(session: Session, by: Holder, case_id: UUID, version: int) -> CaseFile:
    """The department that was called has come, and says so itself.

    Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit`` (nobody has called it).
    """
    case = case_to_change(session, by, case_id, "case.order")
    insist_fits(case, "whistle_met", version)
    now = clock.now()
    unit = note_arrival(session, case, by, now)
    if unit is None:
        raise Problem("step_unfit")
    take(session, case, by.person_id, now, "whistle_met", unit_id=unit)
    return case


def note_arrival(session: Session, case: CaseFile, by: Holder, now: int) -> UUID | None:
    """Whoever arrives has come to every open call of the own department. The department, None when it was not called."""
    calls = joint.open_whistles(session, case.id, by.office_units("department"))
    for call in calls:
        call.arrived_at, call.arrived_by = now, by.person_id
    return calls[0].unit_id if calls else None


def contest(session: Session, by: Holder, case_id: UUID, version: int, reason: str) -> CaseFile:
    """A department in the lead says that the matter is not its duty. The clock runs for nobody meanwhile, except at L0.

    The county answers within its working hours. Refuses with ``not_found``, ``not_allowed``, ``stale``, ``step_unfit``,
    ``invalid`` (without a reason).
    """
    case = case_to_change(session, by, case_id, "case.contest")
    insist_fits(case, "not_ours", version)
    insist_words(reason)
    if case.lead_unit is None:
        raise Problem("step_unfit")
    now, unit = clock.now(), case.lead_unit
    answer_by, _ = due_under(session, case.county_code, rules.NOT_OURS, now)
    session.add(
        CaseDispute(
            id=ids.new_id(), county_code=case.county_code, case_id=case.id, matter_code=case.matter_code, unit_id=unit,
            asked_at=now, answer_by=answer_by, reason=reason,
        )
    )  # fmt: skip
    take(session, case, by.person_id, now, "not_ours", unit_id=unit, words=reason)
    tell_unit(session, case, unit_of_level(session, case, "L4"), "case_not_ours", now)
    return case


def rule_duty(
    session: Session, by: Holder, case_id: UUID, version: int, words: str, unit_id: UUID | None = None
) -> CaseFile:
    """The county decides whose duty it is: another unit's, or with none named the department's that doubted it.

    The answer stays as a proposal for the table of responsibilities. Refuses with ``not_found``, ``not_allowed``,
    ``stale``, ``step_unfit``, ``own_record`` (somebody of that department), ``unit_unknown``, ``invalid`` (without words, or
    the same department named).
    """
    case = case_to_change(session, by, case_id, "case.rule_duty")
    step = "duty_stays" if unit_id is None else "duty_moved"
    insist_fits(case, step, version)
    insist_words(words)
    dispute = joint.open_dispute(session, case.id)
    if dispute is None:
        raise Problem("step_unfit")
    if any(post.org_unit_id == dispute.unit_id for post in by.posts):  # whoever works there as well
        raise Problem("own_record")
    if unit_id == dispute.unit_id:
        raise Problem("invalid", fields=["unit_id"])
    unit = dispute.unit_id if unit_id is None else handling_unit(session, case, unit_id)
    now = clock.now()
    case.lead_unit = unit
    dispute.ruled_at, dispute.ruled_by, dispute.words = now, by.person_id, words
    dispute.is_upheld, dispute.to_unit = unit_id is not None, unit
    take(session, case, by.person_id, now, step, unit_id=unit, words=words)
    tell_unit(session, case, dispute.unit_id, "case_duty_ruled", now)
    if unit != dispute.unit_id or case.level == "L0":  # at night a ruling waits for the morning, and the work does not
        tell_unit(session, case, unit, "case_assigned", now)
    return case
