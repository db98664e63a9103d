"""Reads of call-outs: who is called, rows for the phone, what an office oversees, the county's limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import OrgUnit
from server.callouts import rules
from server.callouts.models import Callout, CalloutAnswer, CalloutLimit, CalloutPosition
from server.kernel import clock
from server.kernel.problems import Problem
from server.messages.queries import ABOUT_CALLOUTS
from server.people.rules import SEEING_OFFICES, TABLE, Holder, Post, Thing, may
from server.platform.lists import Asked, Leaf, ListShape, leaf

RUNS, IS_OVER = "running", "over"
SHAPE = ListShape("callouts", "/office/callouts", {"status": (RUNS, IS_OVER)})


@dataclass(frozen=True)
class Limit:
    """The longest that a call-out may last; without a document it is the shipped demonstration value."""

    hours: int
    document_no: str | None = None


def limit_on(session: Session, county_code: str, day: date) -> Limit:
    """The limit in force in the county on the day."""
    known = sa.and_(CalloutLimit.county_code == county_code, CalloutLimit.from_day <= day)
    newest = sa.select(CalloutLimit).where(known).order_by(CalloutLimit.from_day.desc(), CalloutLimit.at.desc())
    found = session.scalars(newest.limit(1)).first()
    return Limit(found.hours, found.document_no) if found else Limit(rules.SHIPPED_MOST_HOURS)


def positions_of(person_ids: Sequence[UUID]) -> sa.Select[UUID]:
    """Ids of the positions of these people, under which looks at them are noted."""
    return sa.select(CalloutPosition.id).where(CalloutPosition.person_id.in_(person_ids))


def thing_of_unit(session: Session, unit_id: UUID) -> Thing:
    """Where an area lies, for the permission table. Problem ``not_found``."""
    above = areas.ancestors(session, unit_id)
    if not above:
        raise Problem("not_found")
    return Thing(county_code=above[0].county_code, units=tuple(unit.id for unit in above))


def thing_of(session: Session, called: Callout) -> Thing:
    above = _above(session, called.org_unit_id)
    return Thing(county_code=called.county_code, units=above, lead_unit=called.opened_unit)


def open_in(session: Session, unit_id: UUID) -> Callout | None:
    """The call-out that is open for exactly this area."""
    running = sa.and_(Callout.org_unit_id == unit_id, Callout.ended_at.is_(None), Callout.ends_at > clock.now())
    return session.scalars(sa.select(Callout).where(running).limit(1)).first()


def callout(session: Session, callout_id: UUID) -> Callout:
    """Problem ``not_found``."""
    found = session.get(Callout, callout_id)
    if found is None:
        raise Problem("not_found")
    return found


def posts_called(session: Session, holder: Holder, called: Callout) -> list[Post]:
    """The posts by which somebody is called: those in the area or below it."""
    return [post for post in holder.posts if called.org_unit_id in _above(session, post.org_unit_id)]


def grids_of_posts(session: Session, posts: Sequence[Post]) -> list[UUID]:
    """The grids of these posts, a micro-grid's own grid among them."""
    found = {post.grid_id for post in posts if post.grid_id}
    for post in posts:
        place = areas.micro_grid(session, post.micro_grid_id) if post.micro_grid_id else None
        if place is not None:
            found.add(place.grid_id)
    return sorted(found)


def _above(session: Session, unit_id: UUID) -> tuple[UUID, ...]:
    return tuple(unit.id for unit in areas.ancestors(session, unit_id))


# -- what phones see ---------------------------------------------------------------------------------------------------


def feed_rows(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``callout``, ``callout_answer``, ``callout_position`` (docs/wire.md §5)."""
    return {"callout": _callout_rows, "callout_answer": _answer_rows, "callout_position": _position_rows}[kind](
        session, ids
    )


def _callout_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = session.scalars(sa.select(Callout).where(Callout.id.in_(ids), Callout.cleared_at.is_(None))).all()
    names = areas.names_of_units(session, [unit for one in found for unit in (one.org_unit_id, one.opened_unit)])
    return {
        one.id: {
            "id": str(one.id),
            "version": one.version,
            "state": rules.OPEN if one.ended_at is None else rules.ENDED,
            "area_name": names[one.org_unit_id],
            "by_unit": names[one.opened_unit],
            "reason": one.reason,
            "opened_at": one.opened_at,
            "ends_at": one.ends_at,
            **({"ended_at": one.ended_at} if one.ended_at is not None else {}),
        }
        for one in found
    }


def _answer_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = session.scalars(sa.select(CalloutAnswer).where(CalloutAnswer.id.in_(ids)))
    return {
        one.id: {
            "id": str(one.id),
            "version": 1,
            "callout_id": str(one.callout_id),
            "person_id": str(one.person_id),
            "kind": one.kind,
            "at": one.at,
        }
        for one in found
        if one.stream is not None
    }


def _position_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    found = session.scalars(sa.select(CalloutPosition).where(CalloutPosition.id.in_(ids)))
    return {
        one.id: {
            "id": str(one.id),
            "version": 1,
            "callout_id": str(one.callout_id),
            "person_id": str(one.person_id),
            "at": one.at,
            **one.place,
        }
        for one in found
        if one.stream is not None
    }


# -- what an office sees -----------------------------------------------------------------------------------------------


def units_overseen(session: Session, holder: Holder) -> set[UUID]:
    """The units of the holder's seeing offices and all below them."""
    own = {post.org_unit_id for post in _seeing(holder)}
    return areas.units_under(session, own) if own else set()


def part_of(session: Session, holder: Holder, called: Callout) -> set[UUID]:
    """The units of the call-out that the holder oversees: all of them from above, one's own from within.

    Problem ``not_found`` for everybody else.
    """
    area = areas.units_under(session, [called.org_unit_id])
    part = area if may(holder, "callout.see", thing_of(session, called)) else area & units_overseen(session, holder)
    if not part:
        raise Problem("not_found")
    return part


def places_of(session: Session, holder: Holder, messages: Sequence[Any]) -> dict[UUID, str]:
    """The boards of the call-outs that these messages are about, of those that the holder oversees."""
    about = {one.id: one.record_id for one in messages if one.kind in ABOUT_CALLOUTS and one.record_id}
    found = session.scalars(sa.select(Callout).where(Callout.id.in_(set(about.values())))) if about else ()
    open_to = {called.id for called in found if _oversees(session, holder, called)}
    return {message: f"/office/callouts/{called}" for message, called in about.items() if called in open_to}


def _oversees(session: Session, holder: Holder, called: Callout) -> bool:
    try:
        return bool(may(holder, "callout.see")) and bool(part_of(session, holder, called))
    except Problem:
        return False


def areas_to_open(session: Session, holder: Holder) -> list[OrgUnit]:
    """Where the holder may open a call-out: the own unit and what lies below it, departments left out."""
    roles = TABLE["callout.open"].offices
    own = {post.org_unit_id for post in holder.posts if post.role in roles}
    under = areas.units_under(session, own) if own else set()
    units = areas.units_of_county(session, holder.county_code)
    return [unit for unit in units if unit.id in under and unit.kind != "department"]


@dataclass(frozen=True)
class Listed:
    """One call-out in the office's list. ``standing``: the reader's own answer; ``is_called``, ``is_overseen``."""

    callout: Callout
    area: str
    is_open: bool
    is_called: bool
    is_overseen: bool
    standing: str | None


def for_the_office(session: Session, holder: Holder, now: int, asked: Asked) -> Leaf:
    """Call-outs that call the reader or lie in the own part: those that run first, then the newest."""
    overseen = units_overseen(session, holder)
    calling = {unit for post in holder.posts for unit in _above(session, post.org_unit_id)}
    from_within = {unit for post in _seeing(holder) for unit in _above(session, post.org_unit_id)}
    runs = sa.and_(Callout.ended_at.is_(None), Callout.ends_at > now)
    calls = sa.and_(runs, Callout.org_unit_id.in_(calling), Callout.opened_by != holder.person_id)
    statement = sa.select(Callout).where(
        Callout.county_code == holder.county_code,
        sa.or_(Callout.org_unit_id.in_(overseen | from_within), calls),
    )
    if "status" in asked.chosen:
        statement = statement.where(runs if asked.chosen["status"] == RUNS else sa.not_(runs))
    in_order = statement.order_by(sa.case((runs, 0), else_=1), Callout.opened_at.desc(), Callout.id)
    leafed = leaf(session, in_order, asked)
    found: list[Callout] = [row[0] for row in leafed.rows]
    names = areas.names_of_units(session, [one.org_unit_id for one in found])
    listed = [
        Listed(
            callout=one,
            area=names[one.org_unit_id],
            is_open=one.ended_at is None and one.ends_at > now,
            is_called=one.org_unit_id in calling and one.opened_by != holder.person_id,
            is_overseen=one.org_unit_id in overseen | from_within,
            standing=standing_of(session, one.id, holder.person_id),
        )
        for one in found
    ]
    return Leaf(listed, leafed.has_more)


def _seeing(holder: Holder) -> list[Post]:
    return [post for post in holder.posts if post.role in SEEING_OFFICES]


def standing_of(session: Session, callout_id: UUID, person_id: UUID) -> str | None:
    """What the person has answered, as it counts now."""
    own = sa.and_(CalloutAnswer.callout_id == callout_id, CalloutAnswer.person_id == person_id)
    told = session.execute(sa.select(CalloutAnswer.kind, CalloutAnswer.at).where(own))
    return rules.standing(rules.Told(row.kind, row.at) for row in told)


def positions_kept(session: Session, callout_id: UUID, person_id: UUID) -> list[CalloutPosition]:
    """Where the person was at each tap, the last one first, as the opening authority may see it."""
    own = sa.and_(
        CalloutPosition.callout_id == callout_id,
        CalloutPosition.person_id == person_id,
        CalloutPosition.stream.is_(None),
    )
    newest = sa.select(CalloutPosition).where(own).order_by(CalloutPosition.at.desc(), CalloutPosition.id.desc())
    return list(session.scalars(newest))


def position_to_reach(
    session: Session, holder: Holder, position_id: UUID, *, lock: bool = False
) -> tuple[Callout, CalloutPosition]:
    """The authority's own row, for the unit that opened the call-out. Problem ``not_found`` for everybody else."""
    found = session.get(CalloutPosition, position_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or found.stream is not None:
        raise Problem("not_found")
    called = callout(session, found.callout_id)
    if not may(holder, "callout.reach", thing_of(session, called)):
        raise Problem("not_found")
    return called, found
