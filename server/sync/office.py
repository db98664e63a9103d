"""What the office sees of the road: work announced but not come, numbers lost, refusals, and what lies in quarantine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.people.models import Appointment, Device, Person
from server.people.registry import neighbours
from server.people.rules import Holder, may
from server.platform.db import remember
from server.sync.models import Announced, LostRange, MutationLog
from server.sync.mutations import MUTATIONS
from server.sync.rules import PAST_THE_LEADER
from server.sync.whose import grids_of_act, grids_on

T = TypeVar("T")
MOST = 200
SECURITY = "security_administrator"


@dataclass(frozen=True)
class Road:
    """Lines of the page, newest first. ``announced`` and ``lost`` by device, ``kept`` by mutation."""

    announced: list[dict[str, Any]]
    lost: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def road(session: Session, holder: Holder) -> Road:
    """Of the grids below this office. Payloads are not shown: they are sealed like the records they were to be."""
    area = _area(session, holder)
    people = _people_ever_in(session, area)
    names = {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(people)))}
    return Road(
        announced=_announced(session, area, names),
        lost=_lost(session, area, names),
        quarantine=_kept(session, area, names, MutationLog.problem_code == "no_longer_in_post", _hears(holder)),
        refused=_kept(session, area, names, MutationLog.problem_code != "no_longer_in_post", _hears(holder)),
    )


def sees(session: Session, holder: Holder, act: MutationLog) -> bool:
    """Whether the act belongs to a grid below this office: not whether its author once worked there."""
    if act.name in PAST_THE_LEADER and not may(holder, "order.rule"):
        return False
    return not _area(session, holder).isdisjoint(grids_of_act(session, act))


def _hears(holder: Holder) -> Any:
    """Acts of which this office may hear at all."""
    return sa.true() if may(holder, "order.rule") else MutationLog.name.not_in(PAST_THE_LEADER)


def may_bring(session: Session, holder: Holder, person: Person) -> bool:
    """Whether this desk may take in a file of that person's phone.

    The acts in it are judged by the scope of whoever did them, never by that of the desk. So the security administrator,
    who has no grids, takes in files of the whole county; a town or the county, of whoever has or had a post below it.
    """
    if any(post.role == SECURITY for post in holder.posts) and person.county_code == holder.county_code:
        return True
    return person.id in _people_ever_in(session, _area(session, holder))


def _area(session: Session, holder: Holder) -> frozenset[UUID]:
    """The grids below the holder's town or county units."""
    units = holder.office_units("town_government") | holder.office_units("county_authority")
    key = ("grids of the office", units)
    return remember(session, key, lambda: frozenset(p.id for p in neighbours().grids_under(session, units)))


def _people_ever_in(session: Session, area: frozenset[UUID]) -> list[UUID]:
    """Whoever has or had a post in these grids and their micro-grids: those who left as well."""
    micro_grids = neighbours().micro_grids_of(session, area)
    is_here = sa.or_(Appointment.grid_id.in_(area), Appointment.micro_grid_id.in_(micro_grids))
    return list(session.scalars(sa.select(Appointment.person_id).where(is_here).distinct()))


def _announced(session: Session, area: frozenset[UUID], names: dict[UUID, str]) -> list[dict[str, Any]]:
    """By where the person worked when the phone told it."""
    statement = (
        sa.select(Announced, Device.label)
        .join(Device, Device.id == Announced.device_id)
        .where(Announced.person_id.in_(names))
        .order_by(Announced.at.desc())
    )
    return [
        {
            "name": names[a.person_id],
            "device": label,
            "at": a.at,
            "lines": [{**i, "name": _act(i["name"])} for i in a.items],
        }
        for a, label in _first(
            (a, label)
            for a, label in session.execute(statement)
            if a.items and _worked_in(session, area, a.person_id, a.at)
        )
    ]


def _lost(session: Session, area: frozenset[UUID], names: dict[UUID, str]) -> list[dict[str, Any]]:
    """Nobody knows what these were: by where the person worked when the phone told of them."""
    statement = sa.select(LostRange).where(LostRange.person_id.in_(names)).order_by(LostRange.told_at.desc())
    return [
        {"name": names[x.person_id], "at": x.told_at, "count": x.last - x.first + 1}
        for x in _first(x for x in session.scalars(statement) if _worked_in(session, area, x.person_id, x.told_at))
    ]


def _worked_in(session: Session, area: frozenset[UUID], person_id: UUID, at: int) -> bool:
    return not area.isdisjoint(grids_on(session, person_id, clock.day_of(at)))


def _first(found: Iterable[T]) -> list[T]:
    return list(islice(found, MOST))


def _kept(session: Session, area: frozenset[UUID], names: dict[UUID, str], *which: Any) -> list[dict[str, Any]]:
    statement = (
        sa.select(MutationLog)
        .where(
            MutationLog.person_id.in_(names),
            MutationLog.outcome == "refused",
            *which,
            MutationLog.taken_in_at.is_(None),
        )
        .order_by(MutationLog.received_at.desc())
        .execution_options(yield_per=MOST)
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
        for m in _first(m for m in session.scalars(statement) if not area.isdisjoint(grids_of_act(session, m)))
    ]


def _act(name: str) -> str:
    """The key of its words: a phone may have sent a name that is none."""
    return name if name in MUTATIONS else "unknown"
