"""What was given by an office and the units below it: listed by state, a page at a time, and one with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import names_of_units, units_under
from server.kernel.problems import Problem
from server.people.registry import neighbours
from server.people.rules import Holder
from server.tasks.assigning import office_units
from server.tasks.models import Task
from server.tasks.queries import feed_rows
from server.tasks.rules import STATES

PAGE = 50
SORTS: Mapping[str, sa.ColumnElement[Any]] = {
    "given": Task.assigned_at.desc(),
    "due": Task.due_day.asc(),
}  # by day alone: never people by their counts


@dataclass(frozen=True)
class Asked:
    """What the list shows: one state or all (empty), in which order, which page (from 1)."""

    state: str = ""
    sort: str = "given"
    number: int = 1

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Asked:
        """From the address of the page; what is none of these counts as not said."""
        state, sort, number = told.get("state", ""), told.get("sort", ""), told.get("page", "")
        return cls(
            state if state in STATES else "",
            sort if sort in SORTS else "given",
            max(1, int(number[:6])) if number.isascii() and number.isdigit() else 1,
        )

    def at(self, number: int) -> str:
        """The address of another page of the same list."""
        asked = replace(self, number=number)
        return "/office/tasks?" + urlencode({"state": asked.state, "sort": asked.sort, "page": asked.number})


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    rows: list[dict[str, Any]]
    has_more: bool


def list_of(session: Session, holder: Holder, asked: Asked) -> Listed:
    statement = _given(session, holder).order_by(SORTS[asked.sort], Task.id)
    if asked.state:
        statement = statement.where(Task.state == asked.state)
    start = (asked.number - 1) * PAGE
    found = list(session.scalars(statement.offset(start).limit(PAGE + 1)))
    return Listed(_rows(session, holder, found[:PAGE]), len(found) > PAGE)


def one(session: Session, holder: Holder, task_id: UUID) -> dict[str, Any]:
    """``not_found`` unless the own unit or one below gave it."""
    found = session.scalars(_given(session, holder).where(Task.id == task_id)).first()
    if found is None:
        raise Problem("not_found")
    return _rows(session, holder, [found])[0]


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
