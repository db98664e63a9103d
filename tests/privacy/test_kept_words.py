"""Words of cases, tasks, refusals and outside orders go when their time is over; that there was one stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from server.cases.models import CaseFile, CaseStep
from server.kernel import clock
from server.kernel.ids import new_id
from server.orders.models import OutsideOrder
from server.platform.db import reading
from server.privacy import retention
from server.sync.models import MutationLog
from server.tasks.models import Refusal, Task, TaskStep
from tests.builders import DAY, at_desk, writing
from tests.privacy.conftest import set_figure
from tests.privacy.test_retention import held  # noqa: F401
from tests.sync.phone import Phone, assigned, hazard, outside_order
from tests.sync.test_scope import case_of
from tests.world import COUNTY, World

YEARS_3 = 1095


def due(app: Flask, name: str, at: int) -> tuple[int, int]:
    with app.app_context(), reading() as session:
        trial = retention.try_out(session, COUNTY, at)[name]
        return trial.due, trial.held


def swept(app: Flask, at: int) -> int:
    with app.app_context():
        return retention.run(at)


def sent_about(app: Flask, *ids: Any) -> set[str]:
    with writing(app) as session:
        named = [UUID(str(one)) for one in ids]
        return set(session.scalars(sa.select(MutationLog.payload).where(MutationLog.object_id.in_(named))))


def test_a_closed_case_loses_its_words_once_for_each_closing(app: Flask, world: World, held: set[UUID]) -> None:  # noqa: F811
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    case_id = UUID(case_of(app, world, told["id"], "dept"))

    def closed(at: int, words: str) -> None:
        with writing(app) as session:
            case = session.get_one(CaseFile, case_id)
            case.state, case.over_at = "closed", at
            step = {"version": case.version, "at": at, "step": "reported"}
            session.add(CaseStep(id=new_id(), case_id=case_id, words=words, photo="ab" * 32, **step))

    def words() -> list[str | None]:
        with writing(app) as session:
            return list(session.scalars(sa.select(CaseStep.words).where(CaseStep.photo.is_not(None))))

    over = clock.now()
    set_figure(app, world, "cases", YEARS_3)
    assert due(app, "cases", over + 9 * 366 * DAY) == (0, 0), "an open case is never due"
    closed(over, "张家已整改")
    ends = over + YEARS_3 * DAY
    assert due(app, "cases", ends - 1) == (0, 0) and due(app, "cases", ends) == (1, 0)
    held.add(UUID(told["id"]))
    assert due(app, "cases", ends) == (1, 1) and swept(app, ends) == 0 and words() == ["张家已整改"]
    held.clear()
    assert swept(app, ends) == 1 and words() == [] and swept(app, ends) == 0
    clock.set_source(lambda: ends)
    closed(ends + DAY, "又报了一次")
    assert swept(app, ends + DAY + YEARS_3 * DAY) == 1 and words() == [], "it was reopened"


def test_words_of_tasks_refusals_and_outside_orders_go(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    plain, refused, order, refusal = assigned(world), assigned(world), outside_order(), str(new_id())
    for task in (plain, refused):
        assert leader.do("tasks.assign", {**task, "words": "去看看老陈"})["outcome"] == "applied"
    told = {"id": refusal, "task_id": refused["id"], "ground": 1}
    assert worker.do("tasks.refuse", told)["outcome"] == "applied"
    assert worker.do("refusals.say", {"id": refusal, "words": "不是我的事"})["outcome"] == "applied"
    assert worker.do("orders.report", order)["outcome"] == "applied"
    handed = {"task_id": plain["id"], "reason": "leave", "words": "我在外地"}
    assert worker.do("tasks.hand_back", handed)["outcome"] == "applied"
    over = clock.now()
    with writing(app) as session:
        session.get_one(Task, UUID(plain["id"])).over_at = session.get_one(Task, UUID(refused["id"])).over_at = over
    for name in ("tasks", "told_orders"):
        set_figure(app, world, name, YEARS_3)
    ends = over + YEARS_3 * DAY
    assert due(app, "tasks", ends) == (1, 0), "a refusal that waits for its ruling keeps its task"
    assert due(app, "told_orders", ends) == (0, 0), "nobody has ruled yet"
    with writing(app) as session:
        one = session.get_one(Refusal, UUID(refusal))
        one.ruling, one.ruled_at, one.ruling_words = "upheld", over, "确实不是"
    answer = at_desk(app, "county").form(f"/office/orders/{order['id']}", ruling="upheld", words="罚款由执法部门收")
    assert answer.status_code == 303
    assert swept(app, ends + DAY) == 3 and swept(app, ends + DAY) == 0
    with writing(app) as session:
        assert {one.words for one in session.query(Task)} == {""}
        assert not any(one.words for one in session.query(TaskStep))
        left = session.query(Refusal).one()
        assert (left.words, left.ruling_words, left.ruling) == (None, None, "upheld")
        kept = session.query(OutsideOrder).one()
        assert (kept.giver, kept.words, kept.ruling_words, kept.ruling) == ("", "", None, "upheld")
    assert sent_about(app, plain["id"], refused["id"], refusal, order["id"]) == {"{}"}
