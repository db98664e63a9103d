"""Reads of the tasks room: rows for the phone, where a task lies, refusals that wait for a ruling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import ancestors, counties_under, names_of_units, thing_of_grid
from server.people.queries import names_of
from server.people.rules import Holder, Thing
from server.platform.lists import MOST_EXPORTED, Asked, Leaf, ListShape, leaf
from server.tasks.models import Refusal, Task, TaskStep
from server.tasks.rules import GROUNDS, RULINGS

WAITS = "waiting"
REFUSAL_LIST = ListShape(
    "refusals",
    "/office/refusals",
    {"status": (WAITS, *RULINGS), "ground": tuple(str(ground) for ground in GROUNDS)},
    ("newest", "rule_by"),
    page=20,
)
REFUSAL_SORTS: Mapping[str, sa.ColumnElement[Any]] = {"newest": Refusal.at.desc(), "rule_by": Refusal.rule_by.asc()}


def thing_of(session: Session, task: Task) -> Thing:
    """Where a task lies, for the permission table; its author is whoever is to do it."""
    place = thing_of_grid(session, task.grid_id)
    return Thing(grid_id=task.grid_id, micro_grid_id=task.micro_grid_id, author_id=task.person_id, **place)


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The wire rows (docs/wire.md §5, kind ``task``)."""
    statement = sa.select(Task).where(Task.id.in_(ids), Task.archived_at.is_(None))
    tasks = list(session.scalars(statement))
    if not tasks:
        return {}
    steps: dict[UUID, list[TaskStep]] = defaultdict(list)
    found = [t.id for t in tasks]
    history = sa.select(TaskStep).where(TaskStep.task_id.in_(found)).order_by(TaskStep.version, TaskStep.id)
    for step in session.scalars(history):
        steps[step.task_id].append(step)
    refusals = _newest_refusals(session, found)
    people = {t.person_id for t in tasks} | {t.assigned_by for t in tasks}
    people |= {s.by_person for all_ in steps.values() for s in all_ if s.by_person}
    names = names_of(session, list(people))
    return {t.id: _row(t, steps[t.id], refusals.get(t.id), names) for t in tasks}


def _newest_refusals(session: Session, ids: Sequence[UUID]) -> dict[UUID, Refusal]:
    statement = sa.select(Refusal).where(Refusal.task_id.in_(ids)).order_by(Refusal.at, Refusal.id)
    return {r.task_id: r for r in session.scalars(statement)}


def _row(task: Task, steps: list[TaskStep], refusal: Refusal | None, names: Mapping[UUID, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(task.id),
        "version": task.version,
        "grid_id": str(task.grid_id),
        "person_id": str(task.person_id),
        "person_name": names[task.person_id],
        "assigned_by": str(task.assigned_by),
        "assigned_by_name": names[task.assigned_by],
        "assigned_at": task.assigned_at,
        "matter_code": task.matter_code,
        "words": task.words,
        "due_day": task.due_day.isoformat(),
        "state": task.state,
        "steps": [_step(step, names) for step in steps],
    }
    if task.micro_grid_id:
        row["micro_grid_id"] = str(task.micro_grid_id)
    if task.asked_day:
        row["asked_day"] = task.asked_day.isoformat()
    if task.done_record_id:
        row["done_record_id"] = str(task.done_record_id)
    if refusal is not None and refusal.taken_back_at is None:
        row["refusal"] = _refusal(refusal)
    return row


def _step(step: TaskStep, names: Mapping[UUID, str]) -> dict[str, Any]:
    told = {"step": step.step, "at": step.at, "reason": step.reason, "words": step.words}
    if step.by_person:
        told["by_name"] = names[step.by_person]
    return {name: value for name, value in told.items() if value is not None}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    """What the grid sees; the person's own words are for the competent department alone."""
    told = {
        "id": str(refusal.id),
        "ground": refusal.ground,
        "at": refusal.at,
        "rule_by": refusal.rule_by.isoformat(),
        "ruling": refusal.ruling,
        "ruled_at": refusal.ruled_at,
        "ruling_words": refusal.ruling_words,
    }
    return {name: value for name, value in told.items() if value is not None}


def refusals_of(session: Session, task_id: UUID) -> list[Refusal]:
    """All refusals of one task that were not taken back, oldest first."""
    statement = sa.select(Refusal).where(Refusal.task_id == task_id, Refusal.taken_back_at.is_(None))
    return list(session.scalars(statement.order_by(Refusal.at, Refusal.id)))


def thing_of_refusal(session: Session, refusal: Refusal, task: Task) -> Thing:
    """Where a refusal is ruled on: in the county, and in the city above it where the county itself assigned."""
    chain = ancestors(session, task.assigned_unit)
    is_countys = chain[0].kind == "county"
    above = next((unit.id for unit in chain if unit.kind == "city"), None) if is_countys else None
    return Thing(county_code=refusal.county_code, lead_unit=above)


def refusals_for(session: Session, holder: Holder, asked: Asked) -> Leaf:
    """What a competent department has to rule on, and what was ruled: a county's all, a city's those of its counties' own
    tasks. Art. 12."""
    found = leaf(session, _refusals(session, holder, asked), asked)
    people = {t.assigned_by for _, t in found.rows} | {r.person_id for r, _ in found.rows}
    names = names_of(session, list(people))
    units = frozenset(post.org_unit_id for post in holder.posts)
    rows = [
        {
            "refusal": refusal,
            "task": task,
            "person": names[refusal.person_id],
            "assigned_by": names[task.assigned_by],
            "is_mine": task.assigned_unit in units or task.assigned_by == holder.person_id,
        }
        for refusal, task in found.rows
    ]
    return Leaf(rows, found.has_more)


def refusals_to_export(session: Session, holder: Holder, asked: Asked) -> list[tuple[Refusal, Task, str]]:
    """With the name of the unit that assigned; whoever refused is in no file, nor what they said."""
    found = session.execute(_refusals(session, holder, asked).limit(MOST_EXPORTED + 1)).all()
    units = names_of_units(session, {task.assigned_unit for _, task in found})
    return [(refusal, task, units[task.assigned_unit]) for refusal, task in found]


def _refusals(session: Session, holder: Holder, asked: Asked) -> sa.Select[Refusal, Task]:
    countys_own = Task.assigned_unit.in_(counties_under(session, holder.office_units("city_authority")))
    is_county = bool(holder.office_units("county_authority"))
    mine = sa.or_(countys_own, Refusal.county_code == holder.county_code) if is_county else countys_own
    statement = (
        sa.select(Refusal, Task).join(Task, Task.id == Refusal.task_id).where(mine, Refusal.taken_back_at.is_(None))
    )
    if "status" in asked.chosen:
        ruling = asked.chosen["status"]
        statement = statement.where(Refusal.ruling.is_(None) if ruling == WAITS else Refusal.ruling == ruling)
    if "ground" in asked.chosen:
        statement = statement.where(Refusal.ground == int(asked.chosen["ground"]))
    return statement.order_by(REFUSAL_SORTS[asked.sort], Refusal.id)
