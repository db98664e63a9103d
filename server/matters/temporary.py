"""Urgent temporary matters: provided for by the county's own document, written down, published, ended (Art. 8).

Publication is the admission: the act that puts the entry on the list is the one that the public page shows. So no task can
come before it, and none after the last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.matters import commands, leaving, queries
from server.matters.models import Department, Matter, MatterDepartment, Policy, TemporaryMatter
from server.matters.rules import LONGEST_TEMPORARY, SHIPPED_REVIEW, TEMPORARY_CODE, temporary_may_be
from server.people.rules import Holder, Thing, may
from server.platform import streams

POLICY, ACTION = "temporary_matters", "matter.temporary"
START_LEVEL = "L1"


def provided(session: Session, county_code: str) -> dict[str, Any] | None:
    """``{document_no, most_days}`` of the county's document that provides for such matters, or None: off."""
    found: dict[str, Any] | None = queries.policy(session, POLICY).get(county_code)
    return found


def provide(session: Session, actor: Holder, document_no: str, most_days: int) -> None:
    """Name the county's document, or switch off with an empty number: what is published stays until its last day.

    Refuses with ``not_allowed``, ``invalid``.
    """
    insist(may(actor, ACTION, Thing(county_code=actor.county_code)))
    if document_no and not 1 <= most_days <= LONGEST_TEMPORARY:
        raise Problem("invalid", fields=["most_days"])
    own = {"document_no": document_no, "most_days": most_days} if document_no else None
    commands.set_for_county(session, actor, POLICY, actor.county_code, own, document_no or None)


def write_down(session: Session, actor: Holder, told: Mapping[str, Any]) -> TemporaryMatter:
    """Who consented, why, by which document, from when until when; nobody can be asked for it yet.

    Refuses with ``not_allowed``, ``temporary_off``, ``day_out_of_range``, ``unit_unknown`` (no such department),
    ``record_exists``.
    """
    _insist_fits(session, actor, told["from_day"], told["last_day"])
    # the same form twice is one matter, two at once have a code each
    session.execute(sa.select(Policy.id).where(Policy.name == POLICY).with_for_update())
    known = set(session.scalars(sa.select(Department.code).where(Department.closed_on.is_(None))))
    if not told["departments"] or not set(told["departments"]) <= known:
        raise Problem("unit_unknown")
    if session.get(TemporaryMatter, told["id"]) is not None:
        raise Problem("record_exists")
    county = actor.county_code
    count = sa.select(sa.func.count()).where(TemporaryMatter.county_code == county)
    made = TemporaryMatter(
        county_code=county,
        code=f"{TEMPORARY_CODE}{(session.scalar(count) or 0) + 1:02d}",
        made_at=clock.now(),
        made_by=actor.person_id,
        **told,
    )
    session.add(made)
    session.flush()
    return made


def publish(session: Session, actor: Holder, temporary_id: UUID) -> Matter:
    """Put it on the list, where everybody reads it, and on the phones. Again changes nothing.

    Refuses with ``not_found``, ``not_allowed``, ``temporary_off``, ``day_out_of_range`` (its last day is over).
    """
    found = _own(session, actor, temporary_id)
    if found.matter_id is not None:
        return session.get_one(Matter, found.matter_id)
    _insist_fits(session, actor, found.from_day, found.last_day)
    entry = _entry(session, found)
    found.matter_id, found.published_at, found.published_by = entry.id, clock.now(), actor.person_id
    session.flush()
    streams.put(session, stream_keys.county(found.county_code), "matter", entry.id)
    queries.forget_list(session)
    return entry


def end(session: Session, actor: Holder, temporary_id: UUID) -> None:
    """Today becomes its last day: what was done today without a network still counts. What has ended stays as it is.

    Refuses with ``not_found`` (what is not published has no entry to end), ``not_allowed``.
    """
    found = _own(session, actor, temporary_id)
    entry = session.get(Matter, found.matter_id) if found.matter_id else None
    if entry is None:
        raise Problem("not_found")
    tomorrow = max(clock.today() + timedelta(days=1), entry.from_day)  # not in force yet: never, then
    if entry.to_day is None or tomorrow < entry.to_day:
        commands.end_entry(session, entry, actor, tomorrow, found.document_no)
        leaving.tell(session, found.county_code, found.code)  # their end comes with the day, see leaving.settle


def why_not(session: Session, county_code: str, code: str, day: date) -> Problem:
    """Why no task may name a matter that is not in force that day."""
    found = session.scalar(
        sa.select(TemporaryMatter).where(TemporaryMatter.county_code == county_code, TemporaryMatter.code == code)
    )
    if found is None:
        return Problem("matter_not_in_force", matter=code)
    if found.published_at is None:
        return Problem("temporary_unpublished", matter=code)
    entry = next(one for one in queries.matter_list(session, county_code) if one.id == found.matter_id)
    return Problem("matter_not_in_force" if day < entry.from_day else "temporary_ended", matter=code)


def of_county(session: Session, county_code: str) -> list[TemporaryMatter]:
    """All of them, the newest first."""
    statement = sa.select(TemporaryMatter).where(TemporaryMatter.county_code == county_code)
    return list(session.scalars(statement.order_by(TemporaryMatter.made_at.desc(), TemporaryMatter.id)))


def of_entries(session: Session, county_code: str) -> dict[UUID, TemporaryMatter]:
    """The published ones, by the entry of the list that each became."""
    return {one.matter_id: one for one in of_county(session, county_code) if one.matter_id is not None}


def _insist_fits(session: Session, actor: Holder, from_day: date, last_day: date) -> None:
    insist(may(actor, ACTION, Thing(county_code=actor.county_code)))
    own = provided(session, actor.county_code)
    insist(temporary_may_be(own["most_days"] if own else None, from_day, last_day, clock.today()))


def _own(session: Session, actor: Holder, temporary_id: UUID) -> TemporaryMatter:
    insist(may(actor, ACTION))
    found = session.get(TemporaryMatter, temporary_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != actor.county_code:
        raise Problem("not_found")
    return found


def _entry(session: Session, found: TemporaryMatter) -> Matter:
    """The entry of the list: photos as one likes, reviewed as its duty is, no deadline of its own."""
    review = SHIPPED_REVIEW[found.duty]
    same = ("county_code", "code", "name_zh", "name_en", "duty", "data_class", "document_no")
    entry = Matter(
        id=new_id(),
        scope="county",
        category="temporary",
        start_level=START_LEVEL,
        max_level=START_LEVEL,
        deadline_unit="",
        deadline_from="",
        photo_policy="optional",
        review_mode=review.mode,
        review_percent=review.percent or None,
        low_risk=found.duty == "publicity",
        from_day=max(found.from_day, clock.today()),
        to_day=found.last_day + timedelta(days=1),
        version=1,
        **{name: getattr(found, name) for name in same},
    )
    session.add(entry)
    session.flush()
    ids = {code: key for key, code in session.execute(sa.select(Department.id, Department.code))}
    for position, code in enumerate(found.departments):
        session.add(MatterDepartment(matter_id=entry.id, department_id=ids[code], position=position))
    return entry
