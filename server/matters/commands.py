"""Writes of the matters room: load a list, set policies. Each change is numbered, kept in history, sent to phones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters import queries, starter
from server.matters.models import (
    Advice,
    Department,
    ListChange,
    Matter,
    MatterAdvice,
    MatterDepartment,
    Policy,
    ReviewPolicy,
)
from server.matters.rules import (
    SHIPPED_POLICIES,
    SHIPPED_REVIEW,
    ReviewFacts,
    number_may_be,
    photo_policy_may_be,
    review_may_be,
)
from server.people.rules import Holder, Thing, may
from server.platform import streams


def seed_reference(session: Session) -> None:
    """Departments and advice that ship with the product; what is there already stays as it is."""
    known = set(session.scalars(sa.select(Department.code)))
    session.add_all(Department(id=new_id(), **row) for row in starter.departments() if row["code"] not in known)
    known = set(session.scalars(sa.select(Advice.code)))
    session.add_all(Advice(**row) for row in starter.advice() if row["code"] not in known)
    session.flush()


def seed_policies(session: Session, document_no: str | None = None) -> None:
    """The settings of the city, as shipped, for those that have no row yet."""
    known = set(session.scalars(sa.select(Policy.name)))
    for name, value in SHIPPED_POLICIES.items():
        if name not in known:
            row = Policy(id=new_id(), name=name, value=value, document_no=document_no, version=1)
            session.add(row)
            streams.put(session, stream_keys.CITY, "policy", row.id)


def add_new_policies(session: Session) -> None:
    """After an upgrade: settings that were added meanwhile. An installation without any is set up by its first list."""
    if session.scalar(sa.select(sa.func.count()).select_from(Policy)):
        seed_policies(session)


def load_starter_list(
    session: Session,
    *,
    county_code: str | None,
    from_day: date,
    document_no: str | None = None,
    is_demo: bool = False,
    review: ReviewFacts | None = None,
    path: Path = starter.SHIPPED,
) -> list[Matter]:
    """Admit a list, the starter list unless a file is named, in a county, or for the city when ``county_code`` is None."""
    seed_reference(session)
    departments = {name: key for key, name in session.execute(sa.select(Department.id, Department.name_zh))}
    scope, stream = _scope(county_code)
    entries = []
    for line in starter.matters(review, path):
        entry = Matter(
            id=new_id(), scope=scope, county_code=county_code, document_no=document_no, is_demo=is_demo,
            from_day=from_day, version=1, **line.columns,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        for position, name in enumerate(line.departments):
            session.add(MatterDepartment(matter_id=entry.id, department_id=departments[name], position=position))
        for position, code in enumerate(line.advice):
            session.add(MatterAdvice(matter_id=entry.id, advice_code=code, position=position))
        streams.put(session, stream, "matter", entry.id)
        entries.append(entry)
    queries.forget_list(session)
    return entries


def set_photo_policy(
    session: Session,
    actor: Holder,
    matter_id: UUID,
    policy: str,
    *,
    reason: str | None = None,
    document_no: str | None = None,
) -> Matter:
    """Change whether photos of a matter are forbidden, optional or needed.

    Problems: ``not_found``, ``not_allowed``, ``reason_needed`` (``needed`` without reason text and document number).
    """
    entry = _own_entry(session, actor, "matter.set_photo_policy", matter_id)
    insist(photo_policy_may_be(policy, reason, document_no))
    is_needed = policy == "needed"
    values = {
        "photo_policy": policy,
        "photo_reason": reason if is_needed else None,
        "photo_document": document_no if is_needed else None,
    }
    _change(session, entry, "matter", values, actor, reason, document_no)
    return entry


def set_review_of_matter(
    session: Session, actor: Holder, matter_id: UUID, review: ReviewFacts, document_no: str | None = None
) -> Matter:
    """How much of a matter's records the leader reviews. Problems: ``not_found``, ``not_allowed``, ``invalid``."""
    entry = _own_entry(session, actor, "review_policy.set", matter_id)
    insist(review_may_be(review.mode, review.percent))
    values = {"review_mode": review.mode, "review_percent": review.percent if review.mode == "sample" else None}
    _change(session, entry, "matter", values, actor, None, document_no)
    return entry


def set_review_of_patrols(
    session: Session, actor: Holder | None, county_code: str, review: ReviewFacts, document_no: str | None = None
) -> ReviewPolicy:
    """How much of the patrols the leader reviews. ``actor`` None: set-up. Problems: ``not_allowed``, ``invalid``."""
    if actor is not None:
        insist(may(actor, "review_policy.set", Thing(county_code=county_code)))
    insist(review_may_be(review.mode, review.percent))
    percent = review.percent if review.mode == "sample" else None
    found = session.scalar(
        sa.select(ReviewPolicy).where(ReviewPolicy.county_code == county_code, ReviewPolicy.duty == "patrols")
    )
    if found is None:
        shipped = SHIPPED_REVIEW["patrols"]
        found = ReviewPolicy(
            id=new_id(), county_code=county_code, duty="patrols", mode=shipped.mode, percent=shipped.percent, version=0
        )
        session.add(found)
        session.flush()
    values = {"mode": review.mode, "percent": percent, "document_no": document_no}
    _change(session, found, "review_policy", values, actor, None, document_no)
    return found


def end_entry(session: Session, entry: Matter, actor: Holder, to_day: date, document_no: str | None) -> None:
    """The entry is in force until before ``to_day``; the history keeps which day it was."""
    _change(session, entry, "matter", {"to_day": to_day}, actor, None, document_no)


def set_policy(session: Session, actor: Holder | None, name: str, value: Any, document_no: str | None = None) -> Policy:
    """Change a setting of the city; Problem ``not_found`` for a name that does not exist."""
    found = policy_to_change(session, name)
    _change(session, found, "policy", {"value": value, "document_no": document_no}, actor, None, document_no)
    return found


def set_for_county(
    session: Session, actor: Holder | None, name: str, county_code: str, own: Any, document_no: str | None = None
) -> Policy:
    """One county's part of a setting that holds every county's: the others' stay. ``own`` empty takes it away."""
    kept = policy_to_change(session, name).value
    others = {code: value for code, value in kept.items() if code != county_code}
    return set_policy(session, actor, name, {**others, county_code: own} if own else others, document_no)


def policy_to_change(session: Session, name: str) -> Policy:
    """The row, locked: of two counties at once, the second sees what the first has set."""
    if name not in SHIPPED_POLICIES:
        raise Problem("not_found")
    seed_policies(session)
    session.flush()
    named = sa.select(Policy).where(Policy.name == name).with_for_update()
    return session.scalars(named.execution_options(populate_existing=True)).one()


def set_gas_number(
    session: Session, actor: Holder | None, county_code: str, number: str, document_no: str | None = None
) -> Policy:
    """The number of the county's gas repair service, as its phones dial it; empty: none. ``actor`` None: set-up.

    Problems: ``not_allowed``, ``invalid``.
    """
    if actor is not None:
        insist(may(actor, "gas_number.set", Thing(county_code=county_code)))
    insist(number_may_be(number))
    return set_for_county(session, actor, "gas_numbers", county_code, number, document_no)


def _own_entry(session: Session, actor: Holder, action: str, matter_id: UUID) -> Matter:
    """The entry of the actor's own county list. A county does not change the city's: it is admitted there anew."""
    insist(may(actor, action))
    entry = session.get(Matter, matter_id)
    if entry is None or entry.county_code not in (None, actor.county_code):
        raise Problem("not_found")
    if entry.county_code is None:
        raise Problem("not_allowed")
    return entry


def _change(
    session: Session,
    row: Matter | ReviewPolicy | Policy,
    kind: str,
    values: dict[str, Any],
    actor: Holder | None,
    reason: str | None,
    document_no: str | None,
) -> None:
    before = {name: getattr(row, name) for name in values}
    if before == values and row.version:
        return  # nothing new to keep or to tell
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    county_code = None if isinstance(row, Policy) else row.county_code
    session.add(
        ListChange(
            id=new_id(),
            county_code=county_code,
            kind=kind,
            object_id=row.id,
            version=row.version,
            at=clock.now(),
            by_person_id=actor.person_id if actor else None,
            before=before,
            after=values,
            reason=reason,
            document_no=document_no,
        )
    )
    streams.put(session, _scope(county_code)[1], kind, row.id)
    queries.forget_list(session)


def _scope(county_code: str | None) -> tuple[str, str]:
    """(scope, stream) of a list."""
    return ("county", stream_keys.county(county_code)) if county_code else ("city", stream_keys.CITY)
