"""Mediations on the wire: who sees the parties, how one goes on, what is not mediated here."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.duties.mediations import rules
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.commands import end_appointment
from server.people.commands import name_team as named_by_the_town
from server.people.models import Appointment, Team
from server.people.queries import holder_of
from server.platform.looks import Look
from server.records.models import Record
from tests.builders import add_person, writing
from tests.house.tree import ROOT
from tests.sync.phone import Phone, mediation
from tests.world import POSTS, STARTED, World

MARKER = "钱甲乙"


def step(record: str, **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "mediation_id": record, **more}


def hears(phone: Phone) -> None:
    """The phone reads what is new, its scope too, and names that scope from now on."""
    phone.pull()
    phone.sign_in()


def told_ok(result: dict[str, Any]) -> None:
    assert result["outcome"] == "applied", result


def code_of(result: dict[str, Any]) -> str:
    assert result["outcome"] == "refused", result
    return str(result["problem"]["code"])


def test_author_and_leader_hold_a_mediation_and_nobody_else_has_a_trace(app: Flask, world: World) -> None:
    phones = {who: Phone(app, who) for who, _, _ in POSTS}
    for phone in phones.values():
        phone.pull()
    told_ok(phones["worker"].do("mediations.report", told := mediation(world)))
    for who, phone in phones.items():
        rows = phone.pull()
        text = json.dumps(rows, ensure_ascii=False)
        named = who in ("worker", "leader")
        assert (told["id"] in text, MARKER in text) == (named, named), who
    row = phones["leader"].rows["record"][told["id"]]
    assert row["_stream"].startswith("team:") and row["kind"] == "mediation" and row["state"] == "open"
    assert row["review"]["status"] == "waiting"
    assert [p["name"] for p in row["body"]["parties"]] == [MARKER, "孙丙丁"]
    assert "phone" not in row["body"]["parties"][1], "what was not told is not there"


def test_one_team_serves_all_mediations_of_the_two(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    for _ in range(2):
        told_ok(worker.do("mediations.report", mediation(world)))
    with writing(app) as session:
        teams = session.scalars(sa.select(Team).where(Team.purpose == "opened")).all()
        streams = set(session.scalars(sa.select(Record.stream)))
    assert len(teams) == 1 and streams == {f"team:{teams[0].id}"}
    assert teams[0].reviewer_id == world.people["leader"]


def test_a_team_that_the_town_named_is_the_one(app: Flask, world: World) -> None:
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        people = {world.people[who]: (STARTED, None) for who in ("worker", "adviser")}
        named = named_by_the_town(
            session, town, grid_id=world.areas["grid"], name="调解小组", purpose="mediation", members=people,
            reviewer_id=world.people["adviser"],
        ).id  # fmt: skip
    told_ok(Phone(app, "worker").do("mediations.report", told := mediation(world)))
    assert Phone(app, "adviser").pull()["record"][told["id"]]["team_id"] == str(named)
    assert told["id"] not in Phone(app, "leader").pull().get("record", {})


def test_a_leaders_own_mediation_goes_to_another_leader_else_to_the_adviser(app: Flask, world: World) -> None:
    told_ok(Phone(app, "worker").do("mediations.report", mediation(world)))  # the leader is in the worker's team too
    leader = Phone(app, "leader")
    told_ok(leader.do("mediations.report", first := mediation(world)))
    adviser = Phone(app, "adviser")
    hears(adviser)
    assert first["id"] in adviser.rows["record"]
    assert first["id"] not in Phone(app, "worker").pull()["record"]
    told_ok(adviser.do("approvals.approve", {"record_id": first["id"]}, base_version=1))
    with writing(app) as session:
        second_leader(session, world)
    told_ok(leader.do("mediations.report", second := mediation(world)))
    assert second["id"] in Phone(app, "colead").pull()["record"] and second["id"] not in adviser.pull()["record"]


def second_leader(session: Session, world: World) -> None:
    grid = world.areas["grid"]
    add_person(session, "colead", role="grid_leader", org_unit_id=world.areas["village"], grid_id=grid)


def test_where_nobody_else_could_review_the_town_must_name_a_team(app: Flask, world: World) -> None:
    with writing(app) as session:
        for role in ("grid_leader", "grid_adviser"):
            statement = sa.select(Appointment.id).where(
                Appointment.grid_id == world.areas["grid"], Appointment.role == role
            )
            for post in session.scalars(statement):
                end_appointment(session, post, clock.today())
    assert code_of(Phone(app, "worker").do("mediations.report", mediation(world))) == "team_needed"


def test_what_was_done_before_the_phone_heard_of_its_team_counts(app: Flask, world: World) -> None:
    """All of it offline: opened, looked at, gone on with, corrected; the scope named is older than the team."""
    worker = Phone(app, "worker")
    worker.pull()
    told = mediation(world, outcome=None, revisit_on=None)
    got = worker.push(
        worker.mutation("mediations.report", told),
        worker.mutation("looks.note", {"kind": "record", "object_id": told["id"], "at": clock.now()}),
        worker.mutation("mediations.step", step(told["id"], words="又谈了一次"), made_at=clock.now() - 60_000),
        worker.mutation("mediations.step", step(told["id"], outcome="written", words="各让一步")),
        worker.mutation("records.correct", {"id": told["id"], "changes": {"note": "补充"}}, base_version=3),
    )
    assert [r["outcome"] for r in got.json["results"]] == ["applied"] * 5, got.json["results"]
    body = worker.pull()["record"][told["id"]]["body"]
    assert [s["words"] for s in body["steps"]] == ["又谈了一次", "各让一步"]
    assert (body["outcome"], body["note"]) == ("written", "补充")
    with writing(app) as session:
        looks = session.scalars(sa.select(Look.person_id)).all()
    assert looks == [world.people["worker"]]


def test_a_whole_mediation_with_its_return_visit(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = mediation(world, outcome=None, revisit_on=None)
    told_ok(worker.do("mediations.report", told))
    hears(leader)
    told_ok(leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1))
    told_ok(worker.do("mediations.step", step(told["id"], words="各说各的")))
    row = worker.pull()["record"][told["id"]]
    assert (row["review"]["status"], row["state"]) == ("approved", "open"), "a talk asks for no new review"
    soon, later = (clock.today() + timedelta(days=n) for n in (7, 14))
    told_ok(worker.do("mediations.step", step(told["id"], outcome="oral", revisit_on=soon.isoformat())))
    row = leader.pull()["record"][told["id"]]
    assert (row["review"]["status"], row["body"]["revisit_on"]) == ("waiting", soon.isoformat())
    told_ok(leader.do("approvals.approve", {"record_id": told["id"]}, base_version=row["version"]))
    told_ok(worker.do("mediations.step", step(told["id"], kept=False, words="又吵", revisit_on=later.isoformat())))
    row = worker.pull()["record"][told["id"]]
    assert (row["body"]["revisit_on"], row["state"]) == (later.isoformat(), "open")
    told_ok(worker.do("mediations.step", step(told["id"], kept=True)))
    row = worker.pull()["record"][told["id"]]
    assert ("revisit_on" in row["body"], row["state"], row["review"]["status"]) == (False, "closed", "approved")
    steps = [s["step"] for s in row["history"]]
    assert steps == ["saved", "approved", "mediated", "mediated", "approved", "revisited", "revisited"]
    assert [s.get("kept") for s in row["body"]["steps"]] == [None, None, False, True]


@pytest.mark.parametrize("reason", rules.UNSUITED)
def test_what_is_not_for_mediation_is_told_where_to_turn_and_names_nobody(
    app: Flask, world: World, reason: str
) -> None:
    worker = Phone(app, "worker")
    plain = {"unsuited": [reason], "parties": [], "revisit_on": None}
    for outcome in ("oral", "written", "referred", "none", None):
        assert (
            code_of(worker.do("mediations.report", mediation(world, **plain, outcome=outcome))) == "settlement_not_open"
        )
    told = mediation(world, **plain, outcome="told")
    told_ok(worker.do("mediations.report", told))
    row = worker.pull()["record"][told["id"]]
    assert (row["body"]["unsuited"], row["body"]["parties"], row["body"]["outcome"]) == ([reason], [], "told")
    assert code_of(worker.do("mediations.step", step(told["id"], outcome="oral"))) == "outcome_told"
    assert code_of(worker.do("mediations.step", step(told["id"], kept=True))) == "nothing_settled"
    changed = {"id": told["id"], "changes": {"outcome": "oral"}}
    assert code_of(worker.do("records.correct", changed, base_version=1)) == "settlement_not_open"


def test_pay_claims_are_passed_on_and_never_mediated(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    claim = {"matter_code": "MED-04", "revisit_on": None}
    assert code_of(worker.do("mediations.report", mediation(world, **claim, outcome="oral"))) == "settlement_not_open"
    told_ok(worker.do("mediations.report", mediation(world, **claim, outcome="told")))


BAD: list[tuple[dict[str, Any], str]] = [
    ({"photos": [{"sha256": "a" * 64, "role": "scene"}]}, "photo_forbidden"),
    ({"parties": []}, "parties_lacking"),
    ({"outcome": "told", "revisit_on": None}, "invalid"),
    ({"outcome": "none"}, "invalid"),  # with a day for a return visit
    ({"outcome": "sealed"}, "invalid"),
    ({"revisit_on": "2026-01-01"}, "day_out_of_range"),
    ({"matter_code": "MED-99"}, "matter_not_in_force"),
    ({"matter_code": "HAZ-01"}, "matter_wrong_duty"),
    ({"unsuited": ["boring"]}, "invalid"),
    ({"parties": [{"id": "x", "name": "", "part": "other"}]}, "invalid"),
    ({"parties": [{"id": "0" * 8, "name": "a", "part": "other", "id_number": "3304"}]}, "invalid"),
    ({"team_id": str(new_id())}, "invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "code"), BAD)
def test_bad_input_is_refused_in_words(app: Flask, world: World, bad: dict[str, Any], code: str) -> None:
    result = Phone(app, "worker").do("mediations.report", mediation(world, **bad))
    assert code_of(result) == code
    assert result["problem"]["detail_zh"] and result["problem"]["detail_en"]
    with writing(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Team).where(Team.purpose == "opened")) == 0


def test_photos_stay_out_whatever_the_matter_allows_and_of_a_correction_too(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told_ok(worker.do("mediations.report", told := mediation(world)))
    photos = {"photos": [{"sha256": "a" * 64, "role": "scene"}]}
    changed = worker.do("records.correct", {"id": told["id"], "changes": photos}, base_version=1)
    assert code_of(changed) == "field_not_allowed"


def test_bad_steps_are_refused(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told_ok(worker.do("mediations.report", told := mediation(world, outcome=None, revisit_on=None)))
    later = (clock.today() + timedelta(days=7)).isoformat()
    for bad, code in (
        ({}, "invalid"),
        ({"outcome": "oral", "kept": True}, "invalid"),
        ({"outcome": "told"}, "invalid"),
        ({"outcome": "none", "revisit_on": later}, "invalid"),
        ({"outcome": "oral", "revisit_on": "2026-01-01"}, "day_out_of_range"),
        ({"kept": True}, "nothing_settled"),
    ):
        assert code_of(worker.do("mediations.step", step(told["id"], **bad))) == code, bad
    hears(leader)
    assert code_of(leader.do("mediations.step", step(told["id"], words="x"))) == "not_allowed", "the author goes on"
    assert code_of(Phone(app, "worker2").do("mediations.step", step(told["id"], words="x"))) == "not_found"
    told_ok(worker.do("mediations.step", one := step(told["id"], words="x")))
    assert code_of(worker.do("mediations.step", one)) == "record_exists"


def test_two_phones_of_the_author_change_different_parties(app: Flask, world: World) -> None:
    here, there = Phone(app, "worker"), Phone(app, "worker")
    told_ok(here.do("mediations.report", told := mediation(world)))
    one, two = told["parties"]
    first = [{**one, "phone": "13700000000"}, {**two, "phone": ""}]
    second = [{**one}, {**two, "name": "孙丙"}]
    told_ok(here.do("records.correct", {"id": told["id"], "changes": {"parties": first}}, base_version=1))
    told_ok(there.do("records.correct", {"id": told["id"], "changes": {"parties": second}}, base_version=1))
    parties = here.pull()["record"][told["id"]]["body"]["parties"]
    assert [(p["name"], p.get("phone")) for p in parties] == [(MARKER, "13700000000"), ("孙丙", None)]
    third = [{**one, "phone": "13900000000"}, two]
    met = there.do("records.correct", {"id": told["id"], "changes": {"parties": third}}, base_version=1)
    assert (met["outcome"], met["server"]["fields"]) == ("conflict", ["parties"])


def test_phone_and_server_know_the_same_words() -> None:
    script = """
      import { build } from 'esbuild';
      const made = await build({ entryPoints: ['static/src/duties/mediations/rules.ts'], bundle: true, write: false,
                                 format: 'esm', logLevel: 'silent' });
      const rules = await import('data:text/javascript;base64,' + Buffer.from(made.outputFiles[0].text).toString('base64'));
      console.log(JSON.stringify([rules.UNSUITED, rules.OUTCOMES, rules.PASSED_ON]));
    """
    answer = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    unsuited, outcomes, passed_on = json.loads(answer.stdout)
    assert tuple(unsuited) == rules.UNSUITED and set(passed_on) == rules.PASSED_ON
    assert (*outcomes, rules.TOLD) == rules.OUTCOMES


def test_a_look_of_the_reviewer_is_noted_and_of_a_stranger_refused(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told_ok(worker.do("mediations.report", told := mediation(world)))
    leader.pull()  # the scope it names is still the one from before the team
    look = {"kind": "record", "object_id": told["id"], "at": clock.now()}
    told_ok(leader.do("looks.note", look))
    assert code_of(Phone(app, "worker2").do("looks.note", look)) == "not_found"
    with writing(app) as session:
        assert session.scalars(sa.select(Look.person_id)).all() == [world.people["leader"]]


def test_nothing_that_names_a_party_lies_in_clear_in_the_tables(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told_ok(worker.do("mediations.report", told := mediation(world)))
    told_ok(worker.do("mediations.step", step(told["id"], words=MARKER)))
    with writing(app) as session:
        assert session.get(Grid, world.areas["grid"]) is not None
        for table in ("mediation", "mediation_step", "record", "record_step", "mutation_log", "team"):
            for row in session.execute(sa.text(f"SELECT * FROM {table}")):
                assert not any(mark in str(row) for mark in (MARKER, "13812341234", "音响")), table
