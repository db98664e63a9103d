"""What was given by an office and the units below it: listed by state, a page at a time, and one with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import names_of_units, units_under
from server.kernel import clock
from server.kernel.problems import Problem
from server.matters.queries import matter_list
from server.people.registry import neighbours
from server.people.rules import Holder
from server.platform.lists import MOST_EXPORTED, Asked, Leaf, ListShape, leaf
from server.tasks.assigning import office_units
from server.tasks.models import Task
from server.tasks.queries import feed_rows
from server.tasks.rules import STATES, WAITING

SORTS: Mapping[str, sa.ColumnElement[Any]] = {
    "given": Task.assigned_at.desc(),
    "due": Task.due_day.asc(),
}  # by day alone: never people by their counts


def shape_for(session: Session, holder: Holder) -> ListShape:
    """What the list may be narrowed to: the matters that tasks of this office were given for, among others."""
    codes = session.scalars(_given(session, holder).with_only_columns(Task.matter_code).distinct())
    filters = {"state": STATES, "matter_code": tuple(sorted(codes)), "overdue": ("yes",)}
    return ListShape("tasks", "/office/tasks", filters, ("given", "due"))


def list_of(session: Session, holder: Holder, asked: Asked) -> Leaf:
    found = leaf(session, _listed(session, holder, asked), asked)
    return Leaf(_rows(session, holder, [row[0] for row in found.rows]), found.has_more)


def rows_to_export(session: Session, holder: Holder, asked: Asked) -> list[dict[str, Any]]:
    """The whole list, one more than a file may hold at most; a matter that became sensitive since is left out."""
    found = session.scalars(_listed(session, holder, asked).limit(MOST_EXPORTED + 1)).all()
    sensitive = {one.code for one in matter_list(session, holder.county_code) if one.data_class == "S"}
    return _rows(session, holder, [task for task in found if task.matter_code not in sensitive])


def _listed(session: Session, holder: Holder, asked: Asked) -> sa.Select[Task]:
    statement = _given(session, holder).order_by(SORTS[asked.sort], Task.id)
    late = sa.and_(Task.state.in_(WAITING), Task.due_day < clock.today())
    return statement.where(
        *(late if name == "overdue" else getattr(Task, name) == value for name, value in asked.chosen.items())
    )


def one(session: Session, holder: Holder, task_id: UUID) -> dict[str, Any]:
    """``not_found`` unless the own unit or one below gave it."""
    found = session.scalars(_given(session, holder).where(Task.id == task_id)).first()
    if found is None:
        raise Problem("not_found")
    return _rows(session, holder, [found])[0]


def places_of(session: Session, holder: Holder, messages: Sequence[Any]) -> dict[UUID, str]:
    """The pages of the tasks that these messages are about, of those that the own unit or one below gave."""
    wanted = {one.task_id for one in messages if one.task_id}
    if not wanted:
        return {}
    open_to = set(session.scalars(_given(session, holder).where(Task.id.in_(wanted)).with_only_columns(Task.id)))
    return {one.id: f"/office/tasks/{one.task_id}" for one in messages if one.task_id in open_to}


def _given(session: Session, holder: Holder) -> sa.Select[Task]:
    units = units_under(session, office_units(holder))
    return sa.select(Task).where(
        Task.county_code == holder.county_code, Task.assigned_unit.in_(units), Task.archived_at.is_(None)
    )


def _rows(session: Session, holder: Holder, found: list[Task]) -> list[dict[str, Any]]:
    """As the phone gets them, with the names of the grid and of the unit that gave it."""
    rows = feed_rows(session, [task.id for task in found])
    grids = {grid.id: grid.name for grid in neighbours().grids_under(session, office_units(holder))}
    units = names_of_units(session, {task.assigned_unit for task in found})
    return [
        {**rows[task.id], "due": task.due_day, "grid": grids.get(task.grid_id, ""), "unit": units[task.assigned_unit]}
        for task in found
    ]
