"""Art. 12 and what follows from it: over random histories no task that was refused, handed back, withdrawn or ruled on, and no
order told from outside the list, lowers any figure of a worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.orders import commands as orders
from server.orders.models import OutsideOrder
from server.people.queries import holder_of
from server.records.rules import Act
from server.sync.mutations import MUTATIONS
from server.sync.running import run
from server.tasks import commands as tasks
from server.tasks.models import Refusal, Task
from server.tasks.rules import REFUSED
from tests.builders import writing
from tests.figures import FIGURES, Figure, figures_of, lowered
from tests.sync.phone import assigned, hazard, outside_order
from tests.world import World

WORKERS = ("worker", "worker2", "parttime")
STEPS = (
    "assign", "accept", "report", "finish", "hand_back", "ask_time", "refuse", "say", "take_back", "withdraw", "set_due", "rule",
    "let_stand", "outside", "rule_outside",
)  # fmt: skip
Step = tuple[str, int, int]  # what, by whom (or on which ground), on which of the things that are there


@dataclass
class History:
    """Plays steps one by one. A step for which nothing is there, or that the rules refuse, changes nothing."""

    session: Session
    world: World
    counted: Mapping[str, Figure] = field(default_factory=lambda: FIGURES)
    done: Counter[str] = field(default_factory=Counter)

    def play(self, steps: Sequence[Step]) -> list[str]:
        """Figures that a step has lowered, with the step's name: work too moves a figure upwards alone."""
        people = [self.world.people[name] for name in WORKERS]
        bad: list[str] = []
        before = figures_of(self.session, people, self.counted)
        for name, who, which in steps:
            try:
                with self.session.begin_nested():
                    self.done[name] += bool(getattr(self, name)(WORKERS[who % len(WORKERS)], which))
            except Problem:
                pass
            after = figures_of(self.session, people, self.counted)
            bad += [f"{name} lowered {line}" for line in lowered(before, after)]
            before = after
        return bad

    # — work —

    def report(self, who: str, which: int) -> bool:
        return self._do(who, "hazards.report", hazard(self.world))

    def finish(self, who: str, which: int) -> bool:
        task = self._one(Task, which)
        proof = hazard(self.world)
        return bool(task) and self._do(self._owner(task), "hazards.report", proof) and self._do(
            self._owner(task), "tasks.finish", {"task_id": str(task.id), "record_id": proof["id"]}
        )  # fmt: skip

    # — tasks —

    def assign(self, who: str, which: int) -> bool:
        return self._do("leader", "tasks.assign", assigned(self.world, who))

    def accept(self, who: str, which: int) -> bool:
        return self._on_task("tasks.accept", which)

    def hand_back(self, who: str, which: int) -> bool:
        return self._on_task(
            "tasks.hand_back", which, reason=("leave", "unsafe", "not_my_grid", "duplicate")[which % 4]
        )

    def ask_time(self, who: str, which: int) -> bool:
        return self._on_task("tasks.ask_time", which, due_day=_in_days(which))

    def refuse(self, who: str, which: int) -> bool:
        return self._on_task("tasks.refuse", which, id=str(new_id()), ground=which % 3 + 1)

    def withdraw(self, who: str, which: int) -> bool:
        return self._decide("tasks.withdraw", which)

    def set_due(self, who: str, which: int) -> bool:
        return self._decide("tasks.set_due", which, due_day=_in_days(which))

    # — refusals and orders —

    def say(self, who: str, which: int) -> bool:
        refusal = self._one(Refusal, which)
        return bool(refusal) and self._do(
            self._owner(refusal), "refusals.say", {"id": str(refusal.id), "words": "说明"}
        )

    def take_back(self, who: str, which: int) -> bool:
        refusal = self._one(Refusal, which)
        return bool(refusal) and self._do(self._owner(refusal), "refusals.take_back", {"id": str(refusal.id)})

    def rule(self, who: str, which: int) -> bool:
        refusal = self._one(Refusal, which)
        if not refusal:
            return False
        due = clock.today() + timedelta(days=which % 9)
        tasks.rule_refusal(
            self.session, self._holder("county"), refusal.id, upheld=bool(which % 2), words="已核", due_day=due
        )
        return True

    def let_stand(self, who: str, which: int) -> bool:
        days = clock.today() + timedelta(days=which * 4)
        return bool(tasks.let_stand(self.session, days) + orders.let_stand(self.session, days))

    def outside(self, who: str, which: int) -> bool:
        return self._do(who, "orders.report", outside_order(ground=which % 3 + 1))

    def rule_outside(self, who: str, which: int) -> bool:
        order = self._one(OutsideOrder, which)
        if not order:
            return False
        orders.rule(self.session, self._holder("county"), order.id, upheld=bool(which % 2), words="已核", unit_id=None)
        return True

    # — how —

    def _one(self, table: Any, which: int) -> Any:
        found = self.session.scalars(sa.select(table).order_by(table.id)).all()
        return found[which % len(found)] if found else None

    def _owner(self, thing: Any) -> str:
        return next(name for name, person in self.world.people.items() if person == thing.person_id)

    def _holder(self, who: str) -> Any:
        return holder_of(self.session, self.world.people[who], clock.today())

    def _on_task(self, name: str, which: int, **more: Any) -> bool:
        task = self._one(Task, which)
        return bool(task) and self._do(self._owner(task), name, {"task_id": str(task.id), **more})

    def _decide(self, name: str, which: int, **more: Any) -> bool:
        task = self._one(Task, which)
        return bool(task) and self._do("leader", name, {"task_id": str(task.id), **more}, task.version)

    def _do(self, who: str, name: str, payload: dict[str, Any], version: int | None = None) -> bool:
        mutation, now = MUTATIONS[name], clock.now()
        act = Act(self._holder(who), now, False, now, version)
        return run(self.session, mutation, act, mutation.schema.load(payload)).outcome == "applied"


def _in_days(days: int) -> str:
    return (clock.today() + timedelta(days=days % 30)).isoformat()


step = some.tuples(some.sampled_from(STEPS), some.integers(0, 2), some.integers(0, 11))
# nothing can be refused or finished before it is assigned: histories begin with some tasks and some work
opening: list[Step] = [*(("assign", who, 0) for who in range(3)), *(("report", who, 0) for who in range(3))]


class Undone(Exception):
    """Ends the transaction of one history, so that the next begins in the same county."""


def played(
    app: Flask, world: World, steps: Sequence[Step], counted: Mapping[str, Figure] = FIGURES
) -> tuple[list[str], Counter[str]]:
    history: History
    bad: list[str] = []
    with pytest.raises(Undone), writing(app) as session:
        history = History(session, world, counted)
        bad = history.play([*opening, *steps])
        raise Undone
    return bad, history.done


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(step, min_size=4, max_size=14))
def test_no_history_of_tasks_and_orders_lowers_a_figure(app: Flask, world: World, steps: list[Step]) -> None:
    bad, _done = played(app, world, steps)
    assert bad == []


def test_every_kind_of_step_is_really_done(app: Flask, world: World) -> None:
    """Or the property would hold of nothing."""
    steps: list[Step] = [
        ("accept", 0, 0), ("ask_time", 0, 1), ("hand_back", 0, 0), ("set_due", 0, 0), ("refuse", 0, 0), ("say", 0, 0),
        ("take_back", 0, 0), ("refuse", 0, 1), ("rule", 0, 1), ("withdraw", 0, 0), ("refuse", 0, 2), ("finish", 0, 2),
        ("outside", 0, 1), ("rule_outside", 0, 0), ("outside", 1, 1), ("let_stand", 0, 11),
    ]  # fmt: skip
    bad, done = played(app, world, steps)
    assert bad == []
    assert set(STEPS) - set(done.elements()) == set()


def tasks_kept(session: Session, person_id: UUID) -> Mapping[str, int]:
    """A figure as there must be none: tasks that were not refused."""
    rows = session.scalars(sa.select(Task.state).where(Task.person_id == person_id, Task.state != REFUSED))
    return Counter({"kept": len(rows.all())})


def test_a_figure_that_counts_a_refusal_is_noticed(app: Flask, world: World) -> None:
    bad, _done = played(app, world, [("refuse", 0, 0)], {**FIGURES, "tasks kept": tasks_kept})
    assert bad == ["refuse lowered tasks kept: kept"]
