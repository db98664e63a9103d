"""Evaluation in the demo: on under document number 示例, the suggested set, and last month scored, open to objections.

What came before the demo's history is told for the two home grids, by a seed of its own: nothing else of the demo moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.demo.county import DOCUMENT, DemoGrid
from server.demo.history import History, Pending, clock_given_back
from server.demo.sizes import HOME_TOWN
from server.evaluation import commands, running
from server.evaluation.models import RuleSet
from server.evaluation.pages import DEFAULT, SHIPPED
from server.evaluation.rules import Period, period_before
from server.households.models import VisitPlan
from server.kernel import clock
from server.messages.models import Message
from server.people.queries import holder_of

TRAININGS = ("privacy", "fire-safety")
RETURN_VISITS = ("5", "4", "5")
SEEN = ("worker", "worker2", "worker3")
PLANNED_VISITS = 8  # in the month, in each home grid


class LastMonth(History):
    """The same days as the history's, each record approved the day after."""

    def tell_month(self, home: list[DemoGrid], period: Period, until: date) -> None:
        """From the period's first day to before ``until``, where the demo's own history begins."""
        if until > period.from_day:
            self.tell(home, (until - period.from_day).days, until, with_pictures=[])
        with clock_given_back():
            for grid in home:
                self._visits_due(grid, period)
        self._read_old_messages(clock.now())

    def _review(self, grid: DemoGrid, day: date, pending: Pending) -> None:
        leader = self._staff.in_post[grid.id, "grid_leader"][0]
        for found in pending.to_review:
            self._decide("approve", leader, day, found)
        pending.to_review.clear()

    def _working_day(self, grid: DemoGrid, day: date, pending: Pending) -> int:
        made = super()._working_day(grid, day, pending)
        self._review(grid, day, pending)
        return made

    def _visits_due(self, grid: DemoGrid, period: Period) -> None:
        """Visits that plans asked for; the plans themselves stand where they stand today."""
        plans = sa.select(VisitPlan).where(
            VisitPlan.grid_id == grid.id, VisitPlan.for_role == "full_time_worker", VisitPlan.data_class == "P"
        )
        leader = self._staff.in_post[grid.id, "grid_leader"][0]
        for number, plan in enumerate(self._session.scalars(plans.order_by(VisitPlan.id).limit(PLANNED_VISITS)).all()):
            assert plan.household_id is not None
            day = period.from_day + timedelta(days=3 * number + 1)
            worker = self._random.choice(self._staff.in_post[grid.id, "full_time_worker"])
            told = {**self._visit(grid, plan.matter_code, plan.household_id), "plan_id": str(plan.id)}
            due = plan.due
            self._decide("approve", leader, day, self._report(worker, day, 15 * 60, "visit", told), minute=19 * 60)
            plan.due = due


def last_month() -> Period:
    return period_before("month", clock.today())


def evaluate(session: Session, people: Mapping[str, UUID], county_code: str) -> RuleSet:
    """Switch on, publish the suggested set for the home town, and run last month; whoever reads may still object."""
    county = holder_of(session, people["county"], clock.today())
    period = last_month()
    commands.set_evaluation(session, county, {"is_on": True, "document_no": DOCUMENT, **SHIPPED})
    body = DEFAULT.read_text("utf-8").replace('"areas": []', f'"areas": ["{HOME_TOWN}"]')
    draft = commands.save_draft(session, county, body)
    found = commands.publish(session, county, draft.id, draft.version)
    for name in SEEN:
        _from_outside(session, county_code, people[name], period, failed=TRAININGS[1] if name == SEEN[0] else "")
    running.start_due(session, max(clock.today(), period.to_day + timedelta(days=SHIPPED["run_after_days"])))
    while running.compute_some(session, clock.now()) > 1:
        pass
    session.execute(
        sa.update(Message).where(Message.kind == "sheet_ready").values(read_at=Message.at, version=Message.version + 1)
    )
    return found


def _from_outside(session: Session, county_code: str, person_id: UUID, period: Period, failed: str) -> None:
    day = period.from_day + timedelta(days=9)
    common: dict[str, Any] = {"person_id": person_id, "day": day, "source": DOCUMENT, "document_no": DOCUMENT}
    for course in TRAININGS:
        told = {"category": course, "outcome": "unmet" if course == failed else "met"}
        commands.add_outside_fact(session, county_code, None, **common, kind="trainings", told=told)
    for mark in RETURN_VISITS:
        drawn: dict[str, Any] = {"value": mark, "drawn": True}
        commands.add_outside_fact(session, county_code, None, **common, kind="return_visits", told=drawn)
