"""Words of what is over: cases, tasks with their refusals, orders outside the list (Art. 17), by the county's figures.

That there was one, under which matter, who had it and how it ended stays; what was written, called or photographed goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.models import CaseDispute, CaseFile, CaseStep
from server.cases.rules import OVER
from server.orders.models import OutsideOrder
from server.photos.commands import let_go
from server.privacy.keeping import Due, Keeping, forget_copies, mark, not_yet
from server.privacy.models import Forgotten
from server.privacy.queries import held_ids
from server.tasks.models import Refusal, Task, TaskRequest, TaskStep

CASES, TASKS, ORDERS = "cases", "tasks", "told_orders"


def _due_cases(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
    """Over before, and not emptied since: a case may be reopened. A hold names the case or its record."""
    emptied = sa.exists().where(
        Forgotten.name == CASES, Forgotten.object_id == CaseFile.id, Forgotten.at >= CaseFile.over_at
    )
    statement = sa.select(CaseFile.id, CaseFile.record_id).where(
        CaseFile.county_code == county_code, CaseFile.state.in_(OVER), CaseFile.over_at <= cutoff, ~emptied
    )
    return _page(session, statement, CaseFile.id, after, most)


def _drop_cases(session: Session, found: Sequence[UUID]) -> None:
    """Not of one that was opened again since it was found: its words, and what is filed in it, are needed."""
    still = sa.select(CaseFile.id).where(CaseFile.id.in_(found), CaseFile.state.in_(OVER)).order_by(CaseFile.id)
    ids = session.scalars(still.with_for_update()).all()
    session.execute(sa.update(CaseFile).where(CaseFile.id.in_(ids)).values(place_words=None, told_words=None))
    session.execute(sa.update(CaseStep).where(CaseStep.case_id.in_(ids)).values(words=None, photo=None))
    session.execute(sa.update(CaseDispute).where(CaseDispute.case_id.in_(ids)).values(reason="", words=None))
    let_go(session, "case", ids)
    forget_copies(session, ids)
    session.execute(sa.delete(Forgotten).where(Forgotten.name == CASES, Forgotten.object_id.in_(ids)))
    mark(session, CASES, ids)


def is_case_held(session: Session, case_id: UUID) -> bool:
    """Whether a hold names the case or its record: what is filed in it stays there."""
    record_id = session.scalar(sa.select(CaseFile.record_id).where(CaseFile.id == case_id))
    return bool(held_ids(session, {one for one in (case_id, record_id) if one}))


def _due_tasks(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
    """Tasks that are over with no refusal that waits for its ruling, and requests that were answered. A hold names them, the
    record that proves a task, or a refusal of it."""
    waits = sa.exists().where(Refusal.task_id == Task.id, Refusal.ruling.is_(None), Refusal.taken_back_at.is_(None))
    tasks = sa.select(Task.id, Task.done_record_id).where(
        Task.county_code == county_code, Task.over_at <= cutoff, not_yet(TASKS, Task.id), ~waits
    )
    requests = sa.select(TaskRequest.id, sa.null()).where(
        TaskRequest.county_code == county_code, TaskRequest.answered_at <= cutoff, not_yet(TASKS, TaskRequest.id)
    )
    found = _page(session, tasks, Task.id, after, most) + _page(session, requests, TaskRequest.id, after, most)
    rows = {one.id: set(one.named) for one in sorted(found, key=lambda one: one.id.bytes)[:most]}
    of_tasks = sa.select(Refusal.task_id, Refusal.id).where(Refusal.task_id.in_(rows))
    for task_id, refusal_id in session.execute(of_tasks):
        rows[task_id].add(refusal_id)
    return [Due(one, frozenset(named)) for one, named in rows.items()]


def _drop_tasks(session: Session, ids: Sequence[UUID]) -> None:
    refusals = list(session.scalars(sa.select(Refusal.id).where(Refusal.task_id.in_(ids))))
    session.execute(sa.update(Task).where(Task.id.in_(ids)).values(words=""))
    session.execute(sa.update(TaskStep).where(TaskStep.task_id.in_(ids)).values(words=None))
    session.execute(sa.update(Refusal).where(Refusal.id.in_(refusals)).values(words=None, ruling_words=None))
    emptied = {"words": "", "figures": None, "answer_words": None}
    session.execute(sa.update(TaskRequest).where(TaskRequest.id.in_(ids)).values(emptied))
    forget_copies(session, [*ids, *refusals])
    mark(session, TASKS, ids)


def _due_orders(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
    """Ruled before, or standing since."""
    statement = sa.select(OutsideOrder.id, sa.null()).where(
        OutsideOrder.county_code == county_code, OutsideOrder.ruled_at <= cutoff, not_yet(ORDERS, OutsideOrder.id)
    )
    return _page(session, statement, OutsideOrder.id, after, most)


def _drop_orders(session: Session, ids: Sequence[UUID]) -> None:
    emptied = {"giver": "", "words": "", "ruling_words": None}
    session.execute(sa.update(OutsideOrder).where(OutsideOrder.id.in_(ids)).values(emptied))
    let_go(session, "outside_order", ids)
    forget_copies(session, ids)
    mark(session, ORDERS, ids)


def _page(session: Session, statement: Any, key: Any, after: UUID, most: int) -> list[Due]:
    rows = session.execute(statement.where(key > after).order_by(key).limit(most))
    return [Due(one, frozenset({one, about or one})) for one, about in rows]


WORDS = (
    Keeping(CASES, _due_cases, _drop_cases),
    Keeping(TASKS, _due_tasks, _drop_tasks),
    Keeping(ORDERS, _due_orders, _drop_orders),
)
