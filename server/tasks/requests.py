"""What a department asks of the grids: made, sent on as tasks, merged or declined, and what became of it (Art. 10).

A department gives nobody a task. Town or county above the area answers once, and the department sees the answer and how
far its tasks are: by state, never by person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.areas.queries import ancestors, names_of_units, units_of_county, units_under
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.matters import temporary
from server.matters.queries import matter_in_force, matter_list
from server.people.registry import GridPlace
from server.people.rules import TABLE, Holder, Thing, may
from server.platform.lists import MOST_EXPORTED, Asked, Leaf, ListShape, leaf
from server.records.rules import TEAM_DUTIES
from server.tasks import rules
from server.tasks.models import Task, TaskForRequest, TaskRequest

AREAS = ("county", "zone", "town", "subdistrict", "village", "community")
SHAPE = ListShape("requests", "/office/requests", {"state": rules.REQUEST_STATES}, ("newest", "wanted"))
SORTS: Mapping[str, sa.ColumnElement[Any]] = {
    "newest": TaskRequest.asked_at.desc(),
    "wanted": TaskRequest.wanted_day.asc(),
}


def areas_of(session: Session, county_code: str) -> list[Any]:
    """The units that a department may ask in: the county, its towns and villages."""
    return [unit for unit in units_of_county(session, county_code) if unit.kind in AREAS]


def make(session: Session, holder: Holder, told: Mapping[str, Any]) -> TaskRequest:
    """Asked in the name of the department's unit.

    Refuses with ``not_allowed``, ``unit_unknown``, ``matter_not_in_force``, ``temporary_unpublished``,
    ``temporary_ended``, ``task_sensitive``, ``matter_ends_before``, ``day_out_of_range``, ``record_exists``.
    """
    today, county = clock.today(), holder.county_code
    unit = min(_asking_units(holder), key=str, default=None)
    if unit is None:
        raise Problem("not_allowed")
    insist(may(holder, "request.make", Thing(county_code=county, lead_unit=unit)))
    if told["area_unit"] not in {area.id for area in areas_of(session, county)}:
        raise Problem("unit_unknown")
    matter = matter_in_force(session, county, told["matter_code"], today)
    if matter is None:
        raise temporary.why_not(session, county, told["matter_code"], today)
    if matter.data_class == "S" or matter.duty in TEAM_DUTIES:
        raise Problem("task_sensitive")
    insist(rules.due_fits(told["wanted_day"], today))
    if matter_in_force(session, county, matter.code, told["wanted_day"]) is None:
        raise Problem("matter_ends_before", matter=matter.code)
    if session.get(TaskRequest, told["id"]) is not None:
        raise Problem("record_exists")
    made = TaskRequest(
        county_code=county,
        asked_by=holder.person_id,
        asked_unit=unit,
        asked_at=clock.now(),
        state=rules.ASKED,
        **{**told, "figures": told["figures"] or None},
    )
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:  # the same form, sent twice at once
        raise Problem("record_exists") from error
    return made


def decline(session: Session, holder: Holder, request_id: UUID, words: str) -> None:
    """Refuses with ``not_found``, ``not_allowed``, ``request_answered``, ``reason_needed``."""
    found = to_answer(session, holder, request_id)
    if not words:
        raise Problem("reason_needed", fields=["words"])
    _answer(session, found, holder, rules.DECLINED, words)


def merge(session: Session, holder: Holder, request_id: UUID, into_id: UUID | None) -> None:
    """Into an open one of the same matter and area: it has that one's answer from then on.

    Refuses with ``not_found``, ``not_allowed``, ``request_answered``, ``nothing_to_merge``.
    """
    for one_id in sorted(
        {request_id, into_id or request_id}, key=str
    ):  # two who merge crosswise wait for each other in turn
        session.get(TaskRequest, one_id, with_for_update=True)
    found = to_answer(session, holder, request_id)
    into = session.get(TaskRequest, into_id) if into_id else None
    if into is None or into.id == found.id or into.county_code != found.county_code:
        raise Problem("nothing_to_merge")
    insist(
        rules.may_merge((found.matter_code, found.area_unit), (into.matter_code, into.area_unit), into_state=into.state)
    )
    _answer(session, found, holder, rules.MERGED, into=into.id)


def send_on(
    session: Session,
    holder: Holder,
    request_id: UUID,
    matter_code: str,
    grids: Collection[GridPlace],
    tasks: list[UUID],
) -> None:
    """These tasks are what was asked for. Refuses with ``not_found``, ``not_allowed``, ``request_answered``,
    ``request_elsewhere`` (another matter, or a place outside the area asked for)."""
    found = to_answer(session, holder, request_id)
    is_inside = all(any(unit.id == found.area_unit for unit in grid.units) for grid in grids)
    if matter_code != found.matter_code or not is_inside:
        raise Problem("request_elsewhere")
    session.add_all(TaskForRequest(task_id=task_id, request_id=found.id) for task_id in tasks)
    _answer(session, found, holder, rules.SENT)


def to_answer(session: Session, holder: Holder, request_id: UUID) -> TaskRequest:
    """An open request in the office's own area, for this transaction alone."""
    found = session.get(TaskRequest, request_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(holder, "request.answer", thing_of(session, found)))
    insist(rules.may_answer(found.state))
    return found


def thing_of(session: Session, found: TaskRequest) -> Thing:
    units = tuple(unit.id for unit in ancestors(session, found.area_unit))
    return Thing(county_code=found.county_code, units=units, lead_unit=found.asked_unit)


def one(session: Session, holder: Holder, request_id: UUID) -> dict[str, Any]:
    """``not_found`` unless the own department asked, or it lies in the office's area."""
    found = session.get(TaskRequest, request_id)
    if found is None:
        raise Problem("not_found")
    insist(may(holder, "request.see", thing_of(session, found)))
    return _rows(session, [found])[0]


def mergeable(session: Session, found: TaskRequest) -> list[TaskRequest]:
    """Other open requests of the same matter and area, the oldest first."""
    statement = sa.select(TaskRequest).where(
        TaskRequest.county_code == found.county_code,
        TaskRequest.state == rules.ASKED,
        TaskRequest.matter_code == found.matter_code,
        TaskRequest.area_unit == found.area_unit,
        TaskRequest.id != found.id,
    )
    return list(session.scalars(statement.order_by(TaskRequest.asked_at, TaskRequest.id)))


def list_of(session: Session, holder: Holder, asked: Asked) -> Leaf:
    found = leaf(session, _listed(session, holder, asked), asked)
    return Leaf(_rows(session, [row[0] for row in found.rows]), found.has_more)


def rows_to_export(session: Session, holder: Holder, asked: Asked) -> list[dict[str, Any]]:
    """The whole list, one more than a file may hold at most; a matter that became sensitive since is left out."""
    found = session.scalars(_listed(session, holder, asked).limit(MOST_EXPORTED + 1)).all()
    sensitive = {one.code for one in matter_list(session, holder.county_code) if one.data_class == "S"}
    return _rows(session, [request for request in found if request.matter_code not in sensitive])


def _listed(session: Session, holder: Holder, asked: Asked) -> sa.Select[TaskRequest]:
    answering = frozenset().union(*(holder.office_units(role) for role in TABLE["request.answer"].offices))
    mine = sa.or_(
        TaskRequest.asked_unit.in_(_asking_units(holder)),
        TaskRequest.area_unit.in_(units_under(session, answering)),
    )
    statement = sa.select(TaskRequest).where(TaskRequest.county_code == holder.county_code, mine)
    statement = statement.where(*(getattr(TaskRequest, name) == value for name, value in asked.chosen.items()))
    return statement.order_by(SORTS[asked.sort], TaskRequest.id)


def _asking_units(holder: Holder) -> frozenset[UUID]:
    return frozenset().union(*(holder.office_units(role) for role in TABLE["request.make"].as_lead))


def _answer(
    session: Session, found: TaskRequest, holder: Holder, state: str, words: str = "", into: UUID | None = None
) -> None:
    units = {unit.id for unit in ancestors(session, found.area_unit)}
    posts = [post.org_unit_id for post in holder.posts if post.org_unit_id in units]
    found.state, found.merged_into = state, into
    found.answered_by, found.answered_at = holder.person_id, clock.now()
    found.answered_unit, found.answer_words = min(posts, key=str, default=None), words or None
    session.flush()


def _rows(session: Session, found: Sequence[TaskRequest]) -> list[dict[str, Any]]:
    """Each with the names of its units, whose answer it has, and how far its tasks are."""
    ends = {one.id: _end_of(session, one) for one in found}
    counts = _tasks_by_state(session, {end.id for end in ends.values()})
    units = {one.area_unit for one in found} | {one.asked_unit for one in found}
    units |= {end.answered_unit for end in ends.values() if end.answered_unit}
    names = names_of_units(session, units)
    return [
        {
            "request": one,
            "area": names[one.area_unit],
            "by": names[one.asked_unit],
            "end": ends[one.id],
            "answered_by": names.get(ends[one.id].answered_unit or one.id, ""),
            "tasks": counts.get(ends[one.id].id, {}),
        }
        for one in found
    ]


def _end_of(session: Session, found: TaskRequest) -> TaskRequest:
    """The request whose answer counts for this one. A merge leads to an open one, so there is no circle."""
    while found.merged_into is not None:
        found = session.get_one(TaskRequest, found.merged_into)
    return found


def _tasks_by_state(session: Session, request_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    statement = (
        sa.select(TaskForRequest.request_id, Task.state, sa.func.count())
        .join(Task, Task.id == TaskForRequest.task_id)
        .where(TaskForRequest.request_id.in_(request_ids))
        .group_by(TaskForRequest.request_id, Task.state)
    )
    counts: dict[UUID, dict[str, int]] = {}
    for request_id, state, count in session.execute(statement):
        counts.setdefault(request_id, {})[state] = count
    return counts
