"""Facts of other rooms than records: cases while an office holds them, sessions asked for, courses of the register; and none at
all of a call-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask

from server.cases import commands as cases
from server.cases.models import CaseFile
from server.evaluation import queries
from server.evaluation.facts import KNOWN_FACTS, Row
from server.evaluation.rule_set import compiled
from server.evaluation.schemas import read_facts, read_rule_set
from server.evaluation.sources import SOURCES
from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import terms
from server.people.queries import holder_of
from server.platform.db import db
from server.sync.models import LostRange
from server.workforce import training
from tests.builders import Hands, writing
from tests.evaluation.sets import facts, ratio, rows, rule_set, this_month
from tests.evaluation.test_facts import DAY, MONTH_MIDDLE, away, done
from tests.sync.phone import Phone, assigned, hazard
from tests.sync.test_scope import case_of
from tests.workforce.test_training import TOPIC, course
from tests.world import COUNTY, World


@pytest.fixture(autouse=True)
def hands(app: Flask) -> Hands:
    """The clock stands in the middle of a month."""
    turned = Hands()
    turned.now = MONTH_MIDDLE
    return turned


def of_role(app: Flask, world: World, who: str, role: str, name: str) -> list[Row]:
    with app.app_context():
        session = db.session()
        scope = queries.scope_of(session, COUNTY, role, this_month(), [world.people[who]])
        found = queries.facts_of(session, scope, rule_set(ratio("A", name, "10")))
        return list(found[world.people[who]].facts.get(name, ()))


# -- sessions and details that were asked for --------------------------------------------------------------------------


def asked(app: Flask, world: World, matter: str, **more: Any) -> str:
    due = (clock.today() + timedelta(days=2)).isoformat()
    told = assigned(world, matter_code=matter, words="请办", due_day=due, **more)
    return str(done(Phone(app, "leader"), "tasks.assign", told)["id"])


@pytest.mark.parametrize(("fact", "matter"), [("publicity_due", "PUB-01"), ("information_due", "INFO-03")])
def test_what_nobody_asked_for_is_not_due_and_what_was_refused_is_nobodys(
    app: Flask, world: World, hands: Hands, fact: str, matter: str
) -> None:
    asked(app, world, "HAZ-01")
    assert rows(app, world, "worker", fact) == []
    task = asked(app, world, matter)
    hands.forward(5 * DAY)
    assert rows(app, world, "worker", fact) == [("unmet", None, None)] and rows(app, world, "worker2", fact) == []
    done(Phone(app, "worker"), "tasks.refuse", {"task_id": task, "id": str(new_id()), "ground": 1})
    assert rows(app, world, "worker", fact) == [("neutral", "refused", None)]


def test_whoever_is_away_to_the_end_of_the_month_owes_no_session(app: Flask, world: World, hands: Hands) -> None:
    asked(app, world, "PUB-01")
    hands.forward(5 * DAY)
    away(app, world, "worker", "sick")
    assert rows(app, world, "worker", "publicity_due") == [("neutral", "sickness", None)]


def test_a_session_that_two_facts_count_is_lost_once_and_forgiven_in_both(
    app: Flask, world: World, hands: Hands
) -> None:
    asked(app, world, "PUB-01")
    hands.forward(5 * DAY)
    with writing(app) as session:
        lost = {"device_id": new_id(), "person_id": world.people["worker"], "lane": "normal", "told_at": clock.now()}
        session.add(LostRange(id=new_id(), **lost, first=4, last=4))
    found = facts(app, world, "worker", "tasks", "publicity_due").facts
    assert [found[name][0].why for name in ("tasks", "publicity_due")] == ["known_loss"] * 2


# -- courses -----------------------------------------------------------------------------------------------------------


def held(app: Flask, world: World, people: str, **more: Any) -> None:
    with writing(app) as session:
        by = holder_of(session, world.people["county"], clock.today())
        made = training.add_course(session, by, course(**more))
        training.note_attendance(session, by, made.id, people)


def test_a_course_of_the_register_counts_for_whoever_sat_through_it_and_missing_it_is_held_against_nobody(
    app: Flask, world: World
) -> None:
    held(app, world, "worker 80\nworker2 40", pass_mark=60)
    held(app, world, "worker", kind="meeting")
    passed, failed = (of_role(app, world, who, "full_time_worker", "trainings") for who in ("worker", "worker2"))
    assert [(row.kind, row.outcome, row.category) for row in passed] == [("course", "met", TOPIC)]
    assert [(row.outcome, row.category) for row in failed] == [("unmet", TOPIC)]
    assert of_role(app, world, "worker3", "full_time_worker", "trainings") == []


def test_a_topic_in_words_is_a_fact_like_any_other(app: Flask, world: World) -> None:
    held(app, world, "worker")
    told = facts(app, world, "worker", "trainings")
    assert read_facts(orjson.dumps(told.as_json())).facts["trainings"][0].category == TOPIC
    body = rule_set(ratio("A", "trainings", "10", type="training", required=[TOPIC]))
    assert compiled(read_rule_set(orjson.dumps(body))).indicators[0].categories == {TOPIC}


# -- cases -------------------------------------------------------------------------------------------------------------


def a_case(app: Flask, world: World) -> UUID:
    """Of a hazard of the worker, in the hands of the department, under the term of L3: seven days."""
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    return UUID(case_of(app, world, told["id"], "dept"))


def step(app: Flask, world: World, case_id: UUID, step: str, who: str = "dept") -> None:
    with writing(app) as session:
        by = holder_of(session, world.people[who], clock.today())
        cases.work(session, by, case_id, session.get_one(CaseFile, case_id).version, step, "已处理")


def seen(app: Flask, world: World) -> list[tuple[str, str | None, dict[str, str] | None]]:
    found = of_role(app, world, "dept", "department", "cases")
    return [(row.outcome, row.check, dict(row.took) if row.took else None) for row in found]


def test_a_case_counts_for_the_office_that_holds_it_and_waits_for_nobody(
    app: Flask, world: World, hands: Hands
) -> None:
    case = a_case(app, world)
    assert seen(app, world) == [] == rows(app, world, "worker", "cases")  # it is not due yet
    hands.forward(2 * DAY)
    step(app, world, case, "suspended")
    hands.forward(3 * DAY)
    step(app, world, case, "resumed")
    hands.forward(1 * DAY)
    step(app, world, case, "reported")
    assert seen(app, world) == [("pending", None, {"clock_hours": str(3 * 24)})]  # the days it stood do not run
    told = {"case_id": str(case), "settled": True, "words": ""}
    done(Phone(app, "leader"), "cases.verify", told, base_version=5)
    assert seen(app, world)[0][:2] == ("met", "ok")
    assert rows(app, world, "worker", "cases") == []  # the reporter had no part in it


def test_the_clock_of_a_case_runs_for_whoever_has_it_in_hand(app: Flask, world: World, hands: Hands) -> None:
    """Five of its seven days it lay with the town; it is overdue, and the office had it for three."""
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    case = UUID(case_of(app, world, told["id"]))
    hands.forward(5 * DAY)
    with writing(app) as session:
        by = holder_of(session, world.people["town"], clock.today())
        cases.assign(session, by, case, session.get_one(CaseFile, case).version, world.areas["dept"])
    hands.forward(4 * DAY)
    assert seen(app, world) == []
    step(app, world, case, "reported")
    (row,) = of_role(app, world, "dept", "department", "cases")
    assert (row.took, row.allowed, row.level) == ({"clock_hours": "96"}, "168", "L3")


def test_working_hours_are_counted_in_the_office_hours_that_a_term_began_with(
    app: Flask, world: World, hands: Hands
) -> None:
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        told = {"level": "L3", "unit": "working_hours", "from_day": clock.today(), "document_no": "县〔2026〕1号"}
        cases.set_level(session, county, told, 40)
    case = a_case(app, world)
    hands.forward(4 * DAY)
    step(app, world, case, "reported")
    counted = seen(app, world)
    assert counted[0][2] is not None and float(counted[0][2]["working_hours"]) > 8
    with writing(app) as session:
        city = holder_of(session, world.people["city"], clock.today())
        terms.set_term(session, city, "office_hours", "09:00-10:00", "", "市〔2026〕1号", clock.today())
    assert seen(app, world) == counted  # what was scored is scored the same again


def test_an_overdue_case_is_held_against_whoever_was_there_while_its_clock_runs(
    app: Flask, world: World, hands: Hands
) -> None:
    case = a_case(app, world)
    hands.forward(7 * DAY)
    assert seen(app, world) == []
    hands.forward(DAY)
    assert seen(app, world) == [("unmet", None, None)]
    step(app, world, case, "suspended")
    assert seen(app, world) == []
    step(app, world, case, "resumed")
    step(app, world, case, "reported")
    (row,) = of_role(app, world, "dept", "department", "cases")
    assert (row.outcome, row.took) == ("pending", {"clock_hours": "192"})  # done, and late


def test_help_that_was_asked_for_counts_for_whoever_gave_it(app: Flask, world: World) -> None:
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    case = UUID(case_of(app, world, told["id"], "town"))
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        cases.help_with(session, town, case, 2, world.areas["dept"])
    assert of_role(app, world, "dept", "department", "cases") == []
    with writing(app) as session:
        dept = holder_of(session, world.people["dept"], clock.today())
        cases.add_help(session, dept, case, 3, "已到现场")
    (row,) = of_role(app, world, "dept", "department", "cases")
    assert (row.kind, row.id, row.outcome, row.took) == ("case_help", str(case), "met", None)


# -- call-outs ---------------------------------------------------------------------------------------------------------


def test_no_source_makes_rows_of_a_call_out() -> None:
    """Decision 0020; that no code outside the room can read an answer: tests/house/test_figures.py."""
    assert "emergency_checkins" not in SOURCES and not KNOWN_FACTS["emergency_checkins"].made
    assert {name for name in SOURCES if name not in KNOWN_FACTS} == set()
    app_made = {name for name, fact in KNOWN_FACTS.items() if fact.app and fact.made}
    assert app_made <= set(SOURCES)
