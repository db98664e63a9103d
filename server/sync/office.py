"""What the office sees of the road: work announced but not come, numbers lost, refusals, and what lies in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.people.models import Appointment, Device, Person
from server.people.registry import neighbours
from server.people.rules import Holder
from server.sync.models import Announced, LostRange, MutationLog
from server.sync.mutations import MUTATIONS

MOST = 200


@dataclass(frozen=True)
class Road:
    """Lines of the page, newest first. ``announced`` and ``lost`` by device, ``kept`` by mutation."""

    announced: list[dict[str, Any]]
    lost: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def road(session: Session, people: Sequence[UUID]) -> Road:
    """Of these people. Payloads are not shown: they are sealed like the records they were to be."""
    names = {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(people)))}
    return Road(
        announced=_announced(session, people, names),
        lost=_lost(session, people, names),
        quarantine=_kept(session, people, names, MutationLog.problem_code == "no_longer_in_post"),
        refused=_kept(session, people, names, MutationLog.problem_code != "no_longer_in_post"),
    )


def people_in_scope(session: Session, holder: Holder) -> list[UUID]:
    """Whoever has or had a post in a grid below the holder's town or county units: those who left as well."""
    units = holder.office_units("town_government") | holder.office_units("county_authority")
    grids = [place.id for place in neighbours().grids_under(session, units)]
    statement = sa.select(Appointment.person_id).where(Appointment.grid_id.in_(grids)).distinct()
    return list(session.scalars(statement))


def _announced(session: Session, people: Sequence[UUID], names: dict[UUID, str]) -> list[dict[str, Any]]:
    statement = (
        sa.select(Announced, Device.label)
        .join(Device, Device.id == Announced.device_id)
        .where(Announced.person_id.in_(people))
        .order_by(Announced.at.desc())
        .limit(MOST)
    )
    return [
        {
            "name": names[a.person_id],
            "device": label,
            "at": a.at,
            "lines": [{**i, "name": _act(i["name"])} for i in a.items],
        }
        for a, label in session.execute(statement)
        if a.items
    ]


def _lost(session: Session, people: Sequence[UUID], names: dict[UUID, str]) -> list[dict[str, Any]]:
    statement = (
        sa.select(LostRange).where(LostRange.person_id.in_(people)).order_by(LostRange.told_at.desc()).limit(MOST)
    )
    return [
        {"name": names[x.person_id], "at": x.told_at, "count": x.last - x.first + 1} for x in session.scalars(statement)
    ]


def _kept(session: Session, people: Sequence[UUID], names: dict[UUID, str], which: Any) -> list[dict[str, Any]]:
    statement = (
        sa.select(MutationLog)
        .where(
            MutationLog.person_id.in_(people),
            MutationLog.outcome == "refused",
            which,
            MutationLog.taken_in_at.is_(None),
        )
        .order_by(MutationLog.received_at.desc())
        .limit(MOST)
    )
    return [
        {
            "id": m.id,
            "name": names[m.person_id],
            "act": _act(m.name),
            "made_at": m.made_at,
            "at": m.received_at,
            "code": m.problem_code,
        }
        for m in session.scalars(statement)
    ]


def _act(name: str) -> str:
    """The key of its words: a phone may have sent a name that is none."""
    return name if name in MUTATIONS else "unknown"
