"""Reads of hazards: wire bodies and present values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.duties.hazards import rules
from server.duties.hazards.models import Hazard, Relook
from server.duties.hazards.rules import Look
from server.people.models import Person
from server.records.models import Record
from server.records.spots import spot_of


def bodies(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Wire bodies (docs/wire.md §5) of hazards."""
    relooks = _relooks(session, ids)
    hazards = session.scalars(sa.select(Hazard).where(Hazard.record_id.in_(ids)))
    return {
        h.record_id: {
            "severity": h.severity,
            "advice": h.advice,
            "advised_fix_by": h.advised_fix_by.isoformat() if h.advised_fix_by else None,
            "fixed_on_spot": h.fixed_on_spot,
            "relook_on": h.relook_on.isoformat() if h.relook_on else None,
            "note": h.note,
            "place": spot_of(h),
            "place_id": str(h.place_id) if h.place_id else None,
            "place_words": h.place_words,
            "relooks": relooks[h.record_id],
            **({"same_as": str(h.same_as)} if h.same_as else {}),
        }
        for h in hazards
    }


def present(session: Session, record_id: UUID) -> dict[str, Any]:
    """The values that a correction may change."""
    h = session.get_one(Hazard, record_id)
    return {
        "matter_code": session.get_one(Record, record_id).matter_code,
        "severity": h.severity,
        "advice": h.advice,
        "advised_fix_by": h.advised_fix_by,
        "fixed_on_spot": h.fixed_on_spot,
        "relook_on": h.relook_on,
        "note": h.note,
        "place": spot_of(h),
        "place_id": h.place_id,
        "place_words": h.place_words,
    }


def is_fixed(session: Session, record_id: UUID) -> bool:
    hazard = session.get_one(Hazard, record_id)
    statement = sa.select(Relook.outcome).where(Relook.hazard_id == record_id).order_by(Relook.at, Relook.id)
    return rules.is_fixed(hazard.fixed_on_spot, list(session.scalars(statement)))


def fixed() -> sa.ColumnElement[bool]:
    """Whether a hazard is fixed: what the last look said, else what was said on the spot."""
    last = (
        sa.select(Relook.outcome)
        .where(Relook.hazard_id == Hazard.record_id)
        .order_by(Relook.at.desc(), Relook.id.desc())
        .limit(1)
        .correlate(Hazard)
        .scalar_subquery()
    )
    said = sa.case((Hazard.fixed_on_spot, rules.FIXED), else_="not_fixed")
    return sa.func.coalesce(last, said) == rules.FIXED


def fixed_ids() -> sa.Select[UUID]:
    """Ids of the hazards that are fixed."""
    return sa.select(Hazard.record_id).where(fixed())


def reporters_of_it(session: Session, record_id: UUID) -> list[UUID]:
    """Everybody who reported what this hazard is: its own author, and those who named it, or whom it names, as the same."""
    own = session.get(Hazard, record_id)
    first = own.same_as if own and own.same_as else record_id
    group = sa.select(Hazard.record_id).where(sa.or_(Hazard.record_id == first, Hazard.same_as == first))
    found = sa.select(Record.author_id).where(Record.id.in_(group)).distinct().order_by(Record.author_id)
    return list(session.scalars(found))


def told_together_with(ids: sa.Select[UUID | None]) -> sa.ColumnElement[bool]:
    """Whether a hazard is the same as one of these, whichever of them was reported first."""
    first = sa.func.coalesce(Hazard.same_as, Hazard.record_id)
    firsts = sa.select(first).where(Hazard.record_id.in_(ids))
    return Record.id.in_(sa.select(Hazard.record_id).where(first.in_(firsts)))


def promised_looks(
    session: Session, hazards: Collection[UUID] | sa.Select[UUID]
) -> dict[UUID, tuple[Look, Look | None]]:
    """Looks at these hazards that promised another, by their id, each with the one that kept it (``rules.promises``)."""
    statement = (
        sa.select(Relook.hazard_id, Relook.id, Relook.by_person, Relook.at, Relook.outcome, Relook.next_on)
        .where(Relook.hazard_id.in_(hazards))
        .order_by(Relook.at, Relook.id)
    )
    looks: dict[UUID, list[Look]] = defaultdict(list)
    for row in session.execute(statement):
        looks[row.hazard_id].append(Look(row.id, row.by_person, row.at, row.outcome, row.next_on))
    return {first.id: (first, kept) for chain in looks.values() for first, kept in rules.promises(chain)}


def _relooks(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = list(session.scalars(sa.select(Relook).where(Relook.hazard_id.in_(ids)).order_by(Relook.at, Relook.id)))
    by = {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_({r.by_person for r in rows})))}
    for r in rows:
        row: dict[str, Any] = {
            "id": str(r.id),
            "at": r.at,
            "by_name": by[r.by_person],
            "outcome": r.outcome,
            "note": r.note,
            "photos": r.photos,
        }
        if r.photo_gap:
            row["photo_gap"] = r.photo_gap
        if r.next_on:
            row |= {"next_on": r.next_on.isoformat(), "by_id": str(r.by_person)}
        found[r.hazard_id].append(row)
    return found
