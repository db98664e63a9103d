"""A period that was worked and reckoned under one set is never reckoned again under another."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.areas.models import OrgUnit
from server.evaluation import rules, running
from server.evaluation.models import EvaluationRun, RuleSet, ScoreSheet
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from tests.builders import Hands, writing
from tests.evaluation.sets import last_month, published, rule_set, run
from tests.evaluation.test_runs import month
from tests.world import World

__all__ = ["month"]
DAY = timedelta(days=1)
TOWN = "330402001"


def begins(app: Flask, world: World, valid_from: Any, **more: Any) -> None:
    published(app, world, rule_set(title_zh="新办法", valid_from=valid_from.isoformat(), **more))


def test_a_set_never_begins_in_a_period_that_was_run(app: Flask, world: World, month: Hands) -> None:
    first = published(app, world)
    assert run(app, world) == 3
    period = last_month()
    for wrong in (period.from_day - timedelta(days=2000), period.from_day, period.to_day - DAY):
        with pytest.raises(Problem, match="rule_set_backdated"):
            begins(app, world, wrong)
    with writing(app) as session:
        assert (session.get_one(RuleSet, first).state, session.get_one(RuleSet, first).valid_to) == ("published", None)
        assert running.start_due(session, clock.today()) == 0
    begins(app, world, period.to_day)
    with writing(app) as session:
        assert running.start_due(session, clock.today()) == 0
        assert set(Counter(one.person_id for one in session.query(ScoreSheet)).values()) == {1}


def test_a_month_that_waits_to_be_run_keeps_its_set_too(app: Flask, world: World, month: Hands) -> None:
    first = published(app, world)
    with pytest.raises(Problem, match="rule_set_backdated"):
        begins(app, world, last_month().from_day)
    begins(app, world, last_month().to_day)
    run(app, world)
    with writing(app) as session:
        assert session.query(EvaluationRun).one().rule_set_id == first


def test_neither_a_part_of_the_county_nor_another_period_is_a_way_round(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    with writing(app) as session:
        session.get_one(OrgUnit, world.areas["town"]).division_code = TOWN
    quarter = rules.period_of("quarter", last_month().from_day).from_day
    for more in ({"areas": [TOWN]}, {"period": "quarter"}):
        with pytest.raises(Problem, match="rule_set_backdated"):
            begins(app, world, quarter, **more)
    begins(app, world, quarter, role="grid_leader", legal_basis="示例")


def test_a_period_is_run_once_whichever_set_is_asked(app: Flask, world: World, month: Hands) -> None:
    """Two sets of the same people and days, as they were before the first rule was kept: one of them runs."""
    first = published(app, world)
    run(app, world)
    with writing(app) as session:
        found = session.get_one(RuleSet, first)
        columns = {one.key: getattr(found, one.key) for one in RuleSet.__mapper__.column_attrs}
        session.add(RuleSet(**{**columns, "id": new_id()}))
        session.flush()
        assert running.start_due(session, clock.today()) == 0
