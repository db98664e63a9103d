"""Sheets and facts go when their time after the period is over; a hold and an open question keep them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.evaluation.models import (
    EvaluationRun,
    ManualMark,
    Objection,
    OutsideFact,
    Proposal,
    ScoreSheet,
    SheetVersion,
)
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.db import reading
from server.privacy import queries, retention
from tests.builders import DAY, writing
from tests.evaluation.sets import evaluated, last_month
from tests.privacy.conftest import set_figure
from tests.sync.phone import Phone
from tests.world import COUNTY, World

YEARS_5 = 1826


@pytest.fixture
def held() -> Iterator[set[UUID]]:
    """Ids that a legal hold names."""
    named: set[UUID] = set()

    def ids(_session: Any, asked: Any) -> set[UUID]:
        return named & set(asked)

    queries.plug_holds(ids)
    yield named
    queries._holds.remove(ids)


def left(app: Flask) -> dict[str, int]:
    with writing(app) as session:
        models = (ScoreSheet, SheetVersion, Objection, Proposal, ManualMark, OutsideFact)
        return {model.__name__: session.query(model).count() for model in models}


def test_sheets_go_with_all_that_made_them_and_a_hold_or_an_open_question_keeps_them(
    app: Flask, world: World, held: set[UUID]
) -> None:
    named = evaluated(app, world)
    phone = Phone(app, "worker2")
    assert phone.pull()["score_sheet"]
    period = last_month()
    with writing(app) as session:
        # on the first of a month: a visit was due on the last day before, and its lack proposed something of its own
        session.query(Proposal).filter(Proposal.id != named["proposal"]).delete()
        run = session.get_one(EvaluationRun, named["run"])
        for sheet in session.query(ScoreSheet):
            mark = {"rule_set_id": run.rule_set_id, "period": period.label, "indicator": "X", "rater": "village"}
            session.add(
                ManualMark(
                    id=new_id(), county_code=COUNTY, person_id=sheet.person_id, **mark, mark="1", reason="因",
                    by_person=world.people["village"], at=clock.now(),
                )
            )  # fmt: skip
    before = left(app)
    assert before["ScoreSheet"] == 3 == before["ManualMark"] and before["Objection"] == before["Proposal"] == 1
    ends = clock.start_of(period.to_day) + YEARS_5 * DAY
    set_figure(app, world, "score_sheets", YEARS_5)

    def due(at: int) -> tuple[int, int]:
        with app.app_context(), reading() as session:
            trial = retention.try_out(session, COUNTY, at)["score_sheets"]
            return trial.due, trial.held

    assert due(ends - 1) == (0, 0)
    assert due(ends) == (1, 0)  # an objection waits at one sheet, a proposal at another
    with writing(app) as session:
        objection, proposal = session.query(Objection).one(), session.query(Proposal).one()
        objection.outcome, objection.answered_at, objection.answer_words = "kept", clock.now(), "因"
        proposal.decision, proposal.decided_at, proposal.words = "declined", clock.now(), "因"
    held.add(world.people["worker"])
    assert due(ends) == (3, 1)
    with app.app_context():
        retention.run(ends)
    assert left(app) == {
        "ScoreSheet": 1, "SheetVersion": 1, "Objection": 1, "Proposal": 0, "ManualMark": 1, "OutsideFact": 1,
    }  # fmt: skip
    phone.pull()
    assert not phone.rows["score_sheet"]
    held.clear()
    with app.app_context():
        retention.run(ends + DAY)
    assert not any(left(app).values())


def test_without_a_document_no_sheet_is_deleted(app: Flask, world: World) -> None:
    evaluated(app, world)
    before = left(app)
    with app.app_context():
        retention.run(clock.now() + 99 * 366 * DAY)
    assert left(app) == before and before["ScoreSheet"] == 3
