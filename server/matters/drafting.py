"""The next version of the list: drawn up with the functional departments, consented to, made public (Art. 8).

The draft is the competent department's. Each adjustment waits for its consent, given with a document number; a change of
the adjustment takes the consent away. Publication ends and begins entries on the day of effect, so phones change by
themselves that day, and writes a version that nobody edits any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters import commands, leaving, queries, rules, versions
from server.matters.models import (
    Department,
    ListAdjustment,
    ListDraft,
    ListOpinion,
    ListVersion,
    Matter,
    MatterAdvice,
    MatterDepartment,
    MatterWithdrawal,
)
from server.people.rules import Holder, may
from server.platform import streams

ACTION = "matter.list"
OPEN, PUBLISHED, DROPPED = "open", "published", "dropped"
CARRIED = (
    "review_mode",
    "review_percent",
    "low_risk",
    "fix_days",
)  # of the entry before, where the draft says nothing of it


def open_draft(session: Session, county_code: str) -> ListDraft | None:
    """The one that is being drawn up."""
    statement = sa.select(ListDraft).where(ListDraft.county_code == county_code, ListDraft.state == OPEN)
    return session.scalar(statement)


def begin(session: Session, actor: Holder) -> ListDraft:
    """Begin to draw up the next version; the open draft where there is one. Refuses with ``not_allowed``."""
    insist(may(actor, ACTION))
    versions.hold_list(session, actor.county_code)
    versions.ensure_first(session, actor.county_code)
    found = open_draft(session, actor.county_code)
    if found is not None:
        return found
    made = ListDraft(
        id=new_id(), county_code=actor.county_code, state=OPEN, made_at=clock.now(), made_by=actor.person_id, version=1
    )
    session.add(made)
    session.flush()
    return made


def drop(session: Session, actor: Holder, draft_id: UUID) -> None:
    """Give the draft up; it stays on record. Refuses with ``not_found``, ``draft_closed``."""
    _own(session, actor, draft_id).state = DROPPED


def adjust(session: Session, actor: Holder, draft_id: UUID, told: Mapping[str, Any]) -> ListAdjustment:
    """Admit, change or withdraw one matter; what the draft said of it before is replaced, its consent is gone.

    ``told``: ``kind``, ``code``, ``proposed_by``, ``reason``, and unless it is a withdrawal the columns and
    ``departments``. Refuses with ``not_found``, ``draft_closed``, ``matter_on_list``, ``matter_not_in_force``,
    ``invalid``, ``reason_needed``, ``unit_unknown``, ``not_allowed``.
    """
    draft = _own(session, actor, draft_id)
    found = queries.matter_in_force(session, draft.county_code, told["code"], clock.today())
    insist(rules.adjustment_may_be(told["kind"], told["code"], found))
    columns, departments = ({}, []) if told["kind"] == "withdraw" else _entry_told(session, told)
    before = sa.select(ListAdjustment).where(
        ListAdjustment.draft_id == draft.id, ListAdjustment.matter_code == told["code"]
    )
    row = session.scalar(before) or ListAdjustment(id=new_id(), draft_id=draft.id, matter_code=told["code"])
    row.kind, row.columns, row.departments = told["kind"], columns, departments
    row.proposed_by, row.reason = told["proposed_by"], told["reason"]
    row.made_at, row.made_by = clock.now(), actor.person_id
    row.consent_document = row.consent_at = row.consent_by = None
    session.add(row)
    session.flush()
    return row


def leave_out(session: Session, actor: Holder, draft_id: UUID, adjustment_id: UUID) -> None:
    """The draft no longer adjusts that matter. Refuses with ``not_found``, ``draft_closed``."""
    session.delete(_adjustment(session, _own(session, actor, draft_id), adjustment_id))


def consent(session: Session, actor: Holder, draft_id: UUID, adjustment_id: UUID, document_no: str) -> None:
    """The competent department consents to one adjustment. Refuses with ``not_found``, ``draft_closed``."""
    row = _adjustment(session, _own(session, actor, draft_id), adjustment_id)
    row.consent_document, row.consent_at, row.consent_by = document_no, clock.now(), actor.person_id


def write_opinion(session: Session, actor: Holder, draft_id: UUID, told: Mapping[str, Any]) -> None:
    """A department was asked on a day, and what it answered; no answer is kept as that.

    Refuses with ``not_found``, ``draft_closed``, ``unit_unknown``, ``invalid``, ``day_out_of_range``.
    """
    draft = _own(session, actor, draft_id)
    insist(rules.opinion_may_be(told["asked_on"], told["answer"], told["answered_on"], clock.today()))
    department = _departments(session, [told["department"]])[0]
    row = session.get(ListOpinion, (draft.id, department.id)) or ListOpinion(
        draft_id=draft.id, department_id=department.id
    )
    for name in ("asked_on", "answer", "answered_on", "words", "document_no"):
        setattr(row, name, told[name] or None)
    row.written_by = actor.person_id
    session.add(row)


def publish(session: Session, actor: Holder, draft_id: UUID, from_day: date, document_no: str) -> ListVersion:
    """Make the list public, in force from ``from_day`` on, and tell those whose open work a withdrawal ends.

    Refuses with ``not_found``, ``draft_closed``, ``nothing_adjusted``, ``consent_lacking``, ``department_not_asked``,
    ``department_disagrees``, ``day_out_of_range``; ``matter_on_list``, ``matter_not_in_force`` where the list has changed
    since.
    """
    draft = _own(session, actor, draft_id)
    county = draft.county_code
    versions.hold_list(session, county)
    newest = versions.newest(session, county)
    insist(rules.takes_effect_on(from_day, clock.today(), newest.from_day if newest else None))
    rows = adjustments_of(session, draft.id)
    insist(_may_be_published(session, draft, rows))
    reasons = []
    for row in rows:
        found = queries.matter_in_force(session, county, row.matter_code, from_day)
        insist(rules.adjustment_may_be(row.kind, row.matter_code, found))
        reasons.append(_reason(row, found))
        _carry_out(session, actor, row, found, county, from_day, document_no)
    draft.state = PUBLISHED
    session.flush()
    queries.forget_list(session)
    return versions.write(
        session, county, kind=versions.REVISION, from_day=from_day, document_no=document_no, by=actor.person_id,
        reasons=reasons, opinions=[_public(one) for one in opinions_of(session, draft.id)],
    )  # fmt: skip


def adjustments_of(session: Session, draft_id: UUID) -> list[ListAdjustment]:
    """By code."""
    statement = sa.select(ListAdjustment).where(ListAdjustment.draft_id == draft_id)
    return list(session.scalars(statement.order_by(ListAdjustment.matter_code)))


def opinions_of(session: Session, draft_id: UUID) -> list[tuple[ListOpinion, Department]]:
    """By department."""
    statement = (
        sa.select(ListOpinion, Department)
        .join(Department, Department.id == ListOpinion.department_id)
        .where(ListOpinion.draft_id == draft_id)
        .order_by(Department.code)
    )
    return [(one, department) for one, department in session.execute(statement)]


def concerned(session: Session, county_code: str, rows: Sequence[ListAdjustment]) -> dict[str, str]:
    """The departments of the matters that a draft adjusts, as they are and as they are to be: code → Chinese name."""
    codes = {code for row in rows for code in row.departments}
    old = [queries.matter_in_force(session, county_code, row.matter_code, clock.today()) for row in rows]
    of_old = sa.select(MatterDepartment.department_id).where(
        MatterDepartment.matter_id.in_([one.id for one in old if one])
    )
    wanted = sa.or_(Department.code.in_(codes), Department.id.in_(of_old))
    statement = sa.select(Department.code, Department.name_zh).where(wanted).order_by(Department.code)
    return {row.code: row.name_zh for row in session.execute(statement)}


def _may_be_published(session: Session, draft: ListDraft, rows: Sequence[ListAdjustment]) -> Any:
    unconsented = [row.matter_code for row in rows if row.consent_at is None]
    asked = {department.code: one.answer for one, department in opinions_of(session, draft.id)}
    return rules.draft_may_be_published(unconsented, asked, concerned(session, draft.county_code, rows), len(rows))


def _carry_out(
    session: Session,
    actor: Holder,
    row: ListAdjustment,
    found: rules.MatterFacts | None,
    county: str,
    from_day: date,
    document_no: str,
) -> None:
    old = session.get(Matter, found.id) if found else None
    if row.kind != "withdraw":
        _admit(session, row, old, county, from_day, document_no)
    if old is not None and old.county_code is not None:
        commands.end_entry(session, old, actor, from_day, document_no)
    if row.kind == "withdraw":
        gone = MatterWithdrawal(
            id=new_id(), county_code=county, matter_code=row.matter_code, missing=[], reason=row.reason,
            document_no=document_no, to_day=from_day, decided_at=clock.now(), decided_by=actor.person_id,
        )  # fmt: skip
        session.add(gone)
        leaving.tell(session, gone.county_code, gone.matter_code)


def _admit(
    session: Session, row: ListAdjustment, old: Matter | None, county: str, from_day: date, document_no: str
) -> None:
    shipped = rules.SHIPPED_REVIEW[row.columns["duty"]]
    kept: dict[str, Any] = {"review_mode": shipped.mode, "review_percent": shipped.percent or None, "low_risk": False}
    if old is not None:
        kept = {name: getattr(old, name) for name in CARRIED}
    columns = kept | row.columns
    advice = columns.pop("advice", None)
    made = Matter(
        id=new_id(), scope="county", county_code=county, code=row.matter_code, document_no=document_no, from_day=from_day,
        version=1, **columns,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for position, department in enumerate(_departments(session, row.departments)):
        session.add(MatterDepartment(matter_id=made.id, department_id=department.id, position=position))
    if advice is None and old is not None:  # a draft of before the form asked for it
        advice = queries.advice_of(session, old.id)
    for position, code in enumerate(advice or ()):
        session.add(MatterAdvice(matter_id=made.id, advice_code=code, position=position))
    streams.put(session, stream_keys.county(county), "matter", made.id)


def _entry_told(session: Session, told: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The columns of the entry that is to be with the advice that it offers, and its departments."""
    insist(rules.levels_fit(told["start_level"], told["max_level"]))
    insist(rules.photo_policy_may_be(told["photo_policy"], told["photo_reason"], told["photo_document"]))
    names = (
        "name_zh", "name_en", "category", "duty", "data_class", "start_level", "max_level", "deadline", "deadline_unit",
        "deadline_from", "relook_days", "photo_policy", "photo_reason", "photo_document", "training",
    )  # fmt: skip
    columns = {name: told[name] for name in names}
    if "advice" in told:
        advice = list(dict.fromkeys(told["advice"]))
        if not set(advice) <= queries.advice_words(session, "zh").keys():
            raise Problem("invalid", fields=["advice"])
        columns |= {"fix_days": told["fix_days"], "low_risk": bool(told["low_risk"]), "advice": advice}
    if columns["photo_policy"] != "needed":
        columns |= {"photo_reason": None, "photo_document": None}
    return columns, [one.code for one in _departments(session, told["departments"])]


def _departments(session: Session, codes: Sequence[str]) -> list[Department]:
    """In the order told. Problem ``unit_unknown`` for one that is not there or is closed, and for none at all."""
    by_code = {one.code: one for one in queries.open_departments(session)}
    if not codes or not set(codes) <= by_code.keys():
        raise Problem("unit_unknown")
    return [by_code[code] for code in dict.fromkeys(codes)]


def _reason(row: ListAdjustment, found: rules.MatterFacts | None) -> dict[str, Any]:
    named = row.columns or {"name_zh": found.name_zh if found else "", "name_en": found.name_en if found else None}
    return {
        "kind": row.kind, "code": row.matter_code, "name_zh": named["name_zh"], "name_en": named["name_en"],
        "reason": row.reason, "proposed_by": row.proposed_by, "consent_document": row.consent_document,
    }  # fmt: skip


def _public(found: tuple[ListOpinion, Department]) -> dict[str, Any]:
    one, department = found
    return {
        "name_zh": department.name_zh, "name_en": department.name_en, "asked_on": one.asked_on.isoformat(),
        "answer": one.answer, "answered_on": one.answered_on.isoformat() if one.answered_on else None,
        "document_no": one.document_no,
    }  # fmt: skip


def _own(session: Session, actor: Holder, draft_id: UUID) -> ListDraft:
    """The county's open draft, locked: it changes under one hand at a time."""
    insist(may(actor, ACTION))
    draft = session.get(ListDraft, draft_id, with_for_update=True, populate_existing=True)
    if draft is None or draft.county_code != actor.county_code:
        raise Problem("not_found")
    if draft.state != OPEN:
        raise Problem("draft_closed")
    return draft


def _adjustment(session: Session, draft: ListDraft, adjustment_id: UUID) -> ListAdjustment:
    found = session.get(ListAdjustment, adjustment_id)
    if found is None or found.draft_id != draft.id:
        raise Problem("not_found")
    return found
