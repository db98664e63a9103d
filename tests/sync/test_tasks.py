"""Tasks on the road: assigned, accepted, done, handed back, refused (Art. 12), withdrawn, and two devices at one task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.areas.commands import add_unit
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.people.commands import appoint
from server.people.queries import holder_of
from server.platform.db import transaction
from server.tasks import commands, queries
from tests.builders import add_person, at_desk
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, hazard
from tests.world import COUNTY, STARTED, World


def done(phone: Phone, name: str, payload: dict[str, Any], **more: Any) -> str:
    result = phone.do(name, payload, **more)
    code: str = result["outcome"] if result["outcome"] == "applied" else result["problem"]["code"]
    return code


def in_days(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


@pytest.fixture
def pair(app: Flask, world: World) -> tuple[Phone, Phone, str]:
    """The leader's and the worker's phone, and a task between them."""
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    told = assigned(world)
    assert done(leader, "tasks.assign", told) == "applied"
    return leader, worker, told["id"]


def row(phone: Phone, task_id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.pull()["task"][task_id]
    return found


def test_a_task_reaches_the_grid_and_rings_whoever_is_to_do_it(pair: tuple[Phone, Phone, str], app: Flask) -> None:
    _leader, worker, task_id = pair
    told = row(worker, task_id)
    assert (told["state"], told["assigned_by_name"], told["words"]) == ("open", "张leader", "请看一下幼儿园门口的电线")
    message = next(iter(worker.pull()["message"].values()))
    assert (message["kind"], message["task_id"]) == ("task_assigned", task_id)
    assert "电线" not in message["text_zh"] and "urgent" not in message
    assert "task" not in Phone(app, "worker3").pull()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"matter_code": "NO-SUCH"}, "matter_not_in_force"),
        ({"matter_code": "VIS-01"}, "task_sensitive"),
        ({"due_day": "2020-01-01"}, "day_out_of_range"),
        ({"words": ""}, "invalid"),
    ],
)
def test_what_cannot_be_assigned(app: Flask, world: World, change: dict[str, Any], code: str) -> None:
    assert done(Phone(app, "leader"), "tasks.assign", assigned(world, **change)) == code


def test_only_for_people_of_the_grid_and_only_by_who_leads_it(app: Flask, world: World) -> None:
    assert done(Phone(app, "leader"), "tasks.assign", assigned(world, "worker3")) == "receiver_not_here"
    assert done(Phone(app, "worker"), "tasks.assign", assigned(world)) == "not_allowed"
    assert done(Phone(app, "worker3"), "tasks.assign", assigned(world)) == "not_found"


def test_done_with_the_record_that_proves_it(pair: tuple[Phone, Phone, str], world: World) -> None:
    leader, worker, task_id = pair
    assert done(worker, "tasks.accept", {"task_id": task_id}) == "applied"
    proof = hazard(world)
    assert done(worker, "hazards.report", proof) == "applied"
    assert done(leader, "tasks.finish", {"task_id": task_id, "record_id": proof["id"]}) == "not_allowed"
    assert done(worker, "tasks.finish", {"task_id": task_id, "record_id": str(new_id())}) == "proof_elsewhere"
    assert done(worker, "tasks.finish", {"task_id": task_id, "record_id": proof["id"]}) == "applied"
    told = row(leader, task_id)
    assert (told["state"], told["done_record_id"]) == ("done", proof["id"])
    assert [s["step"] for s in told["steps"]] == ["assigned", "accepted", "done"]


def test_work_done_is_kept_when_the_task_was_withdrawn_meanwhile(pair: tuple[Phone, Phone, str], world: World) -> None:
    leader, worker, task_id = pair
    assert done(leader, "tasks.withdraw", {"task_id": task_id}, base_version=1) == "applied"
    proof = hazard(world)
    worker.do("hazards.report", proof)
    assert done(worker, "tasks.finish", {"task_id": task_id, "record_id": proof["id"]}) == "applied"
    told = row(worker, task_id)
    assert (told["state"], told["done_record_id"]) == ("withdrawn", proof["id"])


def test_an_assigner_decides_what_was_seen(pair: tuple[Phone, Phone, str]) -> None:
    leader, worker, task_id = pair
    assert done(worker, "tasks.ask_time", {"task_id": task_id, "due_day": in_days(9)}) == "applied"
    late = leader.do("tasks.withdraw", {"task_id": task_id}, base_version=1)
    assert (late["outcome"], late["problem"]["code"], late["server"]["asked_day"]) == ("conflict", "stale", in_days(9))
    assert done(leader, "tasks.set_due", {"task_id": task_id, "due_day": in_days(9)}, base_version=2) == "applied"
    told = row(worker, task_id)
    assert told["due_day"] == in_days(9) and "asked_day" not in told


def test_whoever_is_to_do_it_neither_calls_it_off_nor_moves_its_day(app: Flask, world: World) -> None:
    """A leader has the right in the grid, and still hands back, asks for time or refuses what somebody above gave."""
    county, leader = Phone(app, "county"), Phone(app, "leader")
    told, own = assigned(world, "leader"), assigned(world, "leader")
    assert done(county, "tasks.assign", told) == done(leader, "tasks.assign", own) == "applied"
    assert done(leader, "tasks.withdraw", {"task_id": told["id"]}, base_version=1) == "own_record"
    moved = {"task_id": told["id"], "due_day": in_days(9)}
    assert done(leader, "tasks.set_due", moved, base_version=1) == "own_record"
    assert done(leader, "tasks.withdraw", {"task_id": own["id"]}, base_version=1) == "applied"


def test_whoever_gave_it_hears_when_somebody_else_decides(app: Flask, world: World) -> None:
    county, leader = Phone(app, "county"), Phone(app, "leader")
    told = assigned(world)
    assert done(county, "tasks.assign", told) == "applied"
    assert done(leader, "tasks.set_due", {"task_id": told["id"], "due_day": in_days(9)}, base_version=1) == "applied"
    assert done(leader, "tasks.withdraw", {"task_id": told["id"]}, base_version=2) == "applied"
    heard = [one["kind"] for one in county.pull()["message"].values()]
    assert sorted(heard) == ["task_due_set", "task_withdrawn"]


def test_handed_back_waits_again_with_another_day(pair: tuple[Phone, Phone, str]) -> None:
    leader, worker, task_id = pair
    assert done(worker, "tasks.hand_back", {"task_id": task_id, "reason": "leave"}) == "applied"
    assert row(leader, task_id)["state"] == "handed_back"
    assert done(leader, "tasks.set_due", {"task_id": task_id, "due_day": in_days(5)}, base_version=2) == "applied"
    assert row(worker, task_id)["state"] == "open"


def test_two_devices_of_one_person_at_one_task(pair: tuple[Phone, Phone, str], app: Flask, world: World) -> None:
    _leader, worker, task_id = pair
    other = Phone(app, "worker")
    proof = hazard(world)
    worker.do("hazards.report", proof)
    assert done(worker, "tasks.finish", {"task_id": task_id, "record_id": proof["id"]}) == "applied"
    refusal = {"id": str(new_id()), "task_id": task_id, "ground": 1}
    assert done(other, "tasks.refuse", refusal) == "applied"
    told = row(other, task_id)
    assert told["state"] == "done" and told["refusal"]["ground"] == 1


def refused(worker: Phone, task_id: str, ground: int = 2) -> str:
    told = {"id": str(new_id()), "task_id": task_id, "ground": ground}
    assert done(worker, "tasks.refuse", told) == "applied"
    return str(told["id"])


def rule(app: Flask, world: World, who: str, refusal_id: str, **how: Any) -> str:
    with app.app_context(), transaction() as session:
        by = holder_of(session, world.people[who], clock.today())
        try:
            commands.rule_refusal(
                session, by, UUID(refusal_id),
                **{"upheld": True, "words": "已核", "due_day": None, **how},
            )  # fmt: skip
        except Problem as problem:
            return problem.code
    return "applied"


def listed(app: Flask, world: World, who: str, **how: str) -> set[str]:
    """What somebody's page of refusals shows, and its file would."""
    with app.app_context(), transaction() as session:
        by, asked = holder_of(session, world.people[who], clock.today()), queries.REFUSAL_LIST.read(how)
        shown = {str(found["refusal"].id) for found in queries.refusals_for(session, by, asked).rows}
        assert {str(refusal.id) for refusal, *_ in queries.refusals_to_export(session, by, asked)} == shown
    return shown


def test_a_refusal_is_taken_whatever_became_of_the_task(pair: tuple[Phone, Phone, str]) -> None:
    leader, worker, task_id = pair
    assert done(leader, "tasks.withdraw", {"task_id": task_id}, base_version=1) == "applied"
    refused(worker, task_id)
    assert row(leader, task_id)["refusal"]["ground"] == 2
    assert done(worker, "tasks.refuse", {"id": str(new_id()), "task_id": task_id, "ground": 1}) == "refusal_answered"
    assert done(worker, "tasks.refuse", {"id": str(new_id()), "task_id": task_id, "ground": 4}) == "invalid"


def test_words_reach_the_competent_department_alone(pair: tuple[Phone, Phone, str], app: Flask, world: World) -> None:
    leader, worker, task_id = pair
    refusal = refused(worker, task_id)
    assert done(worker, "refusals.say", {"id": refusal, "words": "要我去收罚款"}) == "applied"
    assert "罚款" not in str(leader.pull()) + str(worker.pull())
    with app.app_context(), transaction() as session:
        county = holder_of(session, world.people["county"], clock.today())
        listed = queries.refusals_for(session, county, queries.REFUSAL_LIST.read({})).rows
        assert [found["refusal"].words for found in listed] == ["要我去收罚款"]


def test_taken_back_until_it_is_ruled(pair: tuple[Phone, Phone, str], app: Flask, world: World) -> None:
    _leader, worker, task_id = pair
    first = refused(worker, task_id)
    assert done(worker, "refusals.take_back", {"id": first}) == "applied"
    assert row(worker, task_id)["state"] == "open" and "refusal" not in row(worker, task_id)
    second = refused(worker, task_id)
    assert rule(app, world, "county", second) == "applied"
    late = worker.do("refusals.take_back", {"id": second})
    assert (late["outcome"], late["problem"]["code"]) == ("conflict", "already_decided")
    assert row(worker, task_id)["refusal"]["ruling"] == "upheld"


def test_the_competent_department_rules_once_and_never_the_assigner(
    pair: tuple[Phone, Phone, str], app: Flask, world: World
) -> None:
    leader, worker, task_id = pair
    refusal = refused(worker, task_id)
    assert rule(app, world, "leader", refusal) == "not_allowed"
    assert rule(app, world, "town", refusal) == "not_allowed"
    assert rule(app, world, "county", refusal, upheld=False) == "day_out_of_range"
    fresh = clock.today() + timedelta(days=7)
    assert rule(app, world, "county", refusal, upheld=False, due_day=fresh, words="属于清单") == "applied"
    assert rule(app, world, "county", refusal) == "already_decided"
    told = row(worker, task_id)
    assert (told["state"], told["due_day"], told["refusal"]["ruling"]) == ("open", fresh.isoformat(), "not_upheld")
    assert done(worker, "tasks.refuse", {"id": str(new_id()), "task_id": task_id, "ground": 1}) == "refusal_answered"
    assert "refusal_ruled" in {m["kind"] for m in leader.pull()["message"].values()}


@pytest.fixture
def countys(app: Flask, world: World) -> tuple[Phone, str, str]:
    """The worker's phone, a task that the county itself assigned, and its refusal."""
    county, worker = Phone(app, "county"), Phone(app, "worker")
    told = assigned(world)
    assert done(county, "tasks.assign", told) == "applied"
    return worker, told["id"], refused(worker, told["id"])


def test_a_task_of_the_county_is_not_ruled_by_the_county(
    countys: tuple[Phone, str, str], app: Flask, world: World
) -> None:
    worker, task_id, refusal = countys
    assert rule(app, world, "county", refusal) == "own_record"
    fresh = clock.today() + timedelta(days=7)
    assert rule(app, world, "city", refusal, upheld=False) == "day_out_of_range"
    assert rule(app, world, "city", refusal, words="") == "reason_needed"
    assert rule(app, world, "city", refusal, upheld=False, due_day=fresh, words="属于清单") == "applied"
    assert rule(app, world, "city", refusal) == "already_decided"
    told = row(worker, task_id)
    assert (told["state"], told["due_day"], told["refusal"]["ruling"]) == ("open", fresh.isoformat(), "not_upheld")
    for phone in (worker, Phone(app, "county")):
        assert "refusal_ruled" in {m["kind"] for m in phone.pull()["message"].values()}


def test_the_city_rules_those_of_the_counties_own_tasks_alone(
    countys: tuple[Phone, str, str], pair: tuple[Phone, Phone, str], app: Flask, world: World
) -> None:
    _worker, _task, refusal = countys
    _leader, worker, of_leader = pair
    leaders = refused(worker, of_leader)
    told = assigned(world)
    assert done(Phone(app, "town"), "tasks.assign", told) == "applied"
    towns = refused(worker, told["id"])
    for other in (leaders, towns):
        assert rule(app, world, "city", other) == "not_found"
    assert listed(app, world, "city") == {refusal}
    assert listed(app, world, "county") == {refusal, leaders, towns}
    city, path = at_desk(app, "city"), "/office/refusals"
    shown = city.get(path).text
    assert refusal in shown and leaders not in shown and towns not in shown
    ruling = {"ruling": "upheld", "words": "应由执法人员实施"}
    assert city.form(f"{path}/{towns}", **ruling).status_code == 404
    assert at_desk(app, "county").form(f"{path}/{refusal}", **ruling).status_code == 403
    assert city.form(f"{path}/{refusal}", **ruling).status_code == 303
    assert listed(app, world, "city", status="upheld") == {refusal}


def test_another_city_and_another_county_find_nothing_of_it(
    countys: tuple[Phone, str, str], app: Flask, world: World
) -> None:
    """Nor does a city's authority without a city above the county."""
    _worker, _task, refusal = countys
    add_strangers(app, world)
    with app.app_context(), transaction() as session:
        elsewhere = add_unit(session, kind="city", name_zh="邻市", county_code=COUNTY)
        session.flush()
        world.people["city_b"] = add_person(session, "city_b", role="city_authority", org_unit_id=elsewhere.id)
    for who in ("city_b", "county_b"):
        assert rule(app, world, who, refusal) == "not_found"
        assert listed(app, world, who) == set()
    assert rule(app, world, "city", refusal) == "applied"


def test_a_refusal_of_the_countys_task_stands_too_when_the_city_says_nothing(
    countys: tuple[Phone, str, str], app: Flask, world: World
) -> None:
    worker, task_id, refusal = countys
    with app.app_context(), transaction() as session:
        assert commands.let_stand(session, clock.today() + timedelta(days=30)) == 1
    assert row(worker, task_id)["refusal"]["ruling"] == "stood"
    assert rule(app, world, "city", refusal) == "already_decided"


def test_whoever_assigned_it_does_not_rule_as_the_city_either(
    countys: tuple[Phone, str, str], app: Flask, world: World
) -> None:
    _worker, _task, refusal = countys
    with app.app_context(), transaction() as session:
        appoint(
            session, person_id=world.people["county"], role="city_authority", org_unit_id=world.areas["city"],
            from_day=STARTED,
        )  # fmt: skip
    assert rule(app, world, "county", refusal) == "own_record"


def test_with_no_ruling_in_time_the_refusal_stands(pair: tuple[Phone, Phone, str], app: Flask, world: World) -> None:
    leader, worker, task_id = pair
    refusal = refused(worker, task_id)
    with app.app_context(), transaction() as session:
        assert commands.let_stand(session, clock.today()) == 0
        assert commands.let_stand(session, clock.today() + timedelta(days=30)) == 1
    assert row(worker, task_id)["refusal"]["ruling"] == "stood"
    for phone in (worker, leader):  # whoever gave it is to know as well
        told = [m for m in phone.pull()["message"].values() if m["kind"] == "refusal_stood"]
        assert [m["task_id"] for m in told] == [task_id]
    assert rule(app, world, "county", refusal) == "already_decided"


def test_what_is_over_leaves_the_phones_after_the_days_of_the_feed(pair: tuple[Phone, Phone, str], app: Flask) -> None:
    leader, worker, task_id = pair
    row(worker, task_id)
    assert done(leader, "tasks.withdraw", {"task_id": task_id}, base_version=1) == "applied"
    with app.app_context(), transaction() as session:
        assert commands.archive_old(session, clock.now() + 91 * clock.DAY_MS) == 0
        assert commands.archive_old(session, clock.now() + 93 * clock.DAY_MS) == 1
    assert task_id not in worker.pull().get("task", {})
