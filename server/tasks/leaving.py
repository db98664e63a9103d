"""Tasks under a matter that leaves the list (Art. 9): whom they concern, and their end."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.messages.commands import ring
from server.tasks import commands, rules
from server.tasks.models import Task

UNFINISHED = (*rules.WAITING, rules.HANDED_BACK)


def people_of_matter(session: Session, county_code: str, code: str) -> set[UUID]:
    """Whoever was given such a task and whoever gave it."""
    given = sa.select(Task.person_id, Task.assigned_by).where(*_open(county_code, code))
    return {person for row in session.execute(given) for person in row}


def withdraw_of_matter(session: Session, county_code: str, code: str, due_from: date | None = None) -> None:
    """Every task that is not finished or refused is withdrawn, by nobody: its matter is no longer on the list.

    ``due_from``: those alone that were due that day or later.
    """
    now = clock.now()
    those = sa.select(Task).where(*_open(county_code, code), *([Task.due_day >= due_from] if due_from else []))
    for task in session.scalars(those.with_for_update()).all():
        commands.withdraw_by_nobody(session, task, now)
        ring(session, task.person_id, "task_withdrawn", task_id=task.id, at=now)


def _open(county_code: str, code: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (Task.county_code == county_code, Task.matter_code == code, Task.state.in_(UNFINISHED))
