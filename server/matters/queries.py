"""Reads of the matters room. Every mutation asks for one entry of the list, or for all: either is read once a session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

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
    TEMPORARY_CODE,
    MatterFacts,
    ReviewFacts,
    entry_in_force,
)

CACHE = "matter_list"


def matter_in_force(session: Session, county_code: str, code: str, day: date) -> MatterFacts | None:
    """The entry of the list in force in the county on the day, or None."""
    return entry_in_force(_entries(session, county_code, code), code, day)


def matters_in_force(session: Session, county_code: str, day: date) -> list[MatterFacts]:
    """The whole list of a county on a day, by code."""
    entries = matter_list(session, county_code)
    found = (entry_in_force(entries, code, day) for code in sorted({e.code for e in entries}))
    return [e for e in found if e is not None]


def matter_list(session: Session, county_code: str) -> list[MatterFacts]:
    """All entries, of any day, that count in a county: its own and the city's. Kept with the session."""
    return _entries(session, county_code)


def _entries(session: Session, county_code: str, code: str | None = None) -> list[MatterFacts]:
    """All entries that count in a county, or those of one code. A county's list may be hundreds of rows, so the first code
    asked for is read alone; whoever asks for another reads them all."""
    cache: dict[tuple[str, str | None], list[MatterFacts]] = session.info.setdefault(CACHE, {})
    key = (county_code, code)
    if key not in cache and cache:
        key, code = (county_code, None), None
    if key not in cache:
        statement = sa.select(Matter).where(sa.or_(Matter.county_code == county_code, Matter.county_code.is_(None)))
        entries = list(session.scalars(statement if code is None else statement.where(Matter.code == code)))
        advice = _advice_codes(session, [e.id for e in entries])
        days = policy(session, "review_working_days")
        cache[key] = [_facts(e, days, advice.get(e.id, ())) for e in entries]
    return cache[key]


def forget_list(session: Session) -> None:
    """Commands call this after a change."""
    session.info.pop(CACHE, None)


def patrol_review_policy(session: Session, county_code: str, day: date) -> ReviewFacts:
    """How patrols, which have no matter, are reviewed in the county. It counts from its change on."""
    found = session.scalar(
        sa.select(ReviewPolicy).where(ReviewPolicy.county_code == county_code, ReviewPolicy.duty == "patrols")
    )
    shipped = SHIPPED_REVIEW["patrols"]
    mode, percent = (found.mode, found.percent) if found else (shipped.mode, shipped.percent)
    return ReviewFacts(mode, percent or 0, policy(session, "review_working_days"))


def policy(session: Session, name: str) -> Any:
    """The value of a setting: as set, else as shipped. KeyError for a name that does not exist."""
    shipped = SHIPPED_POLICIES[name]
    found = session.scalar(sa.select(Policy).where(Policy.name == name))
    return shipped if found is None else found.value


def policy_over_time(session: Session, name: str) -> list[tuple[int, Any]]:
    """Since when each value of a setting has counted, the oldest first, which counted ever before (0)."""
    changes = policy_changes(session, name)
    if not changes:
        return [(0, policy(session, name))]
    return [(0, changes[-1].before["value"]), *((one.at, one.after["value"]) for one in reversed(changes))]


def policy_changes(session: Session, name: str) -> list[ListChange]:
    """The history of a setting, newest first."""
    own = sa.select(Policy.id).where(Policy.name == name).scalar_subquery()
    statement = sa.select(ListChange).where(ListChange.object_id == own).order_by(ListChange.version.desc())
    return list(session.scalars(statement))


def policies_set(session: Session) -> dict[str, Policy]:
    """The settings that have a row, by name."""
    return {one.name: one for one in session.scalars(sa.select(Policy))}


def hazard_names(session: Session, day: date) -> dict[str, tuple[str, str | None]]:
    """The hazard matters in force in any county of the city, by code: Chinese and English name. Temporary ones are left out."""
    listed = sa.select(Matter).where(
        Matter.duty == "hazards", Matter.from_day <= day, sa.or_(Matter.to_day.is_(None), Matter.to_day > day),
        Matter.code.not_like(f"{TEMPORARY_CODE}%"),
    )  # fmt: skip
    found = session.scalars(listed.order_by(Matter.code, Matter.from_day, Matter.id))
    return {one.code: (one.name_zh, one.name_en) for one in found}


def changes_of(session: Session, object_id: UUID) -> list[ListChange]:
    """The history of one entry, newest first."""
    statement = sa.select(ListChange).where(ListChange.object_id == object_id).order_by(ListChange.version.desc())
    return list(session.scalars(statement))


def open_departments(session: Session) -> list[Department]:
    """The functional departments that still exist, by code."""
    return list(session.scalars(sa.select(Department).where(Department.closed_on.is_(None)).order_by(Department.code)))


def department_names(session: Session, matter_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Chinese names of the departments of each matter, in order."""
    statement = (
        sa.select(MatterDepartment.matter_id, Department.name_zh)
        .join(Department, Department.id == MatterDepartment.department_id)
        .where(MatterDepartment.matter_id.in_(matter_ids))
        .order_by(MatterDepartment.position)
    )
    names: dict[UUID, list[str]] = {}
    for matter_id, name in session.execute(statement):
        names.setdefault(matter_id, []).append(name)
    return names


def departments_of(session: Session, matter_id: UUID) -> list[Department]:
    """The departments that answer for one matter, in order."""
    statement = (
        sa.select(Department)
        .join(MatterDepartment, MatterDepartment.department_id == Department.id)
        .where(MatterDepartment.matter_id == matter_id)
        .order_by(MatterDepartment.position)
    )
    return list(session.scalars(statement))


def row_extras(session: Session, county_code: str, code: str, day: date) -> dict[str, Any]:
    """What a form shows of an entry beside what the public reads: category, why photos are needed, by which document, the
    preset day of a fix, whether it is of little risk, its advice."""
    found = matter_in_force(session, county_code, code, day)
    row = session.get(Matter, found.id) if found else None
    if row is None:
        return {}
    names = ("category", "photo_reason", "photo_document", "fix_days", "low_risk")
    return {**{name: getattr(row, name) for name in names}, "advice": advice_of(session, row.id)}


def advice_of(session: Session, matter_id: UUID) -> list[str]:
    """The codes of the advice that a matter offers, in order."""
    return list(_advice_codes(session, [matter_id]).get(matter_id, ()))


def advice_words(session: Session, lang: str) -> dict[str, str]:
    """Every advice that there is, by code."""
    return {
        one.code: (one.name_en if lang == "en" else "") or one.name_zh for one in session.scalars(sa.select(Advice))
    }


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``matter``, ``review_policy``, ``policy`` as a phone sees them."""
    return _FEEDS[kind](session, ids)


def _matter_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    departments = department_names(session, ids)
    advice_codes = _advice_codes(session, ids)
    words = {a.code: {"code": a.code, "zh": a.name_zh, "en": a.name_en} for a in session.scalars(sa.select(Advice))}
    rows = {}
    for entry in session.scalars(sa.select(Matter).where(Matter.id.in_(ids))):
        advice = [words[code] for code in advice_codes.get(entry.id, ())]
        rows[entry.id] = _matter_row(entry, departments.get(entry.id, []), advice)
    return rows


def _matter_row(entry: Matter, departments: list[str], advice: list[dict[str, str]]) -> dict[str, Any]:
    plain = (
        "code", "name_zh", "name_en", "duty", "category", "data_class", "photo_policy", "photo_reason",
        "photo_document", "start_level", "max_level", "deadline", "deadline_unit", "deadline_from", "relook_days",
        "fix_days", "low_risk",
    )  # fmt: skip
    return {
        "id": str(entry.id),
        "version": entry.version,
        **{name: getattr(entry, name) for name in plain},
        "departments": departments,
        "review": {"mode": entry.review_mode, "percent": entry.review_percent},
        "from": entry.from_day.isoformat(),
        "to": entry.to_day.isoformat() if entry.to_day else None,
        "advice": advice,
        "demo": entry.is_demo,
    }


def _review_policy_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    return {
        p.id: {"id": str(p.id), "version": p.version, "duty": p.duty, "mode": p.mode, "percent": p.percent}
        for p in session.scalars(sa.select(ReviewPolicy).where(ReviewPolicy.id.in_(ids)))
    }


def _policy_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    return {
        p.id: {"id": str(p.id), "version": p.version, "name": p.name, "value": p.value}
        for p in session.scalars(sa.select(Policy).where(Policy.id.in_(ids)))
    }


def _advice_codes(session: Session, matter_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    statement = (
        sa.select(MatterAdvice.matter_id, MatterAdvice.advice_code)
        .where(MatterAdvice.matter_id.in_(matter_ids))
        .order_by(MatterAdvice.position)
    )
    codes: dict[UUID, tuple[str, ...]] = {}
    for matter_id, code in session.execute(statement):
        codes[matter_id] = (*codes.get(matter_id, ()), code)
    return codes


def _facts(entry: Matter, review_days: int, advice: tuple[str, ...]) -> MatterFacts:
    same = (
        "id", "code", "duty", "data_class", "photo_policy", "low_risk", "from_day", "to_day", "county_code", "name_zh",
        "name_en", "start_level", "max_level", "deadline", "deadline_unit", "deadline_from", "relook_days", "fix_days",
        "training",
    )  # fmt: skip
    review = ReviewFacts(entry.review_mode, entry.review_percent or 0, review_days)
    return MatterFacts(**{name: getattr(entry, name) for name in same}, review=review, advice=advice)


_FEEDS = {"matter": _matter_rows, "review_policy": _review_policy_rows, "policy": _policy_rows}
