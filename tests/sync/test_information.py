"""Information from the phone to its readers: each matter its few fields, class S in its team. On both databases."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.duties.information.models import Information
from server.duties.information.rules import ASKED, EVERY_FINDING, FINDINGS, has_room_for, is_whole, needed
from server.duties.information.schemas import InformationReport
from server.households.commands import delete_closed_households
from server.kernel import clock
from server.matters import starter
from server.platform.db import transaction
from server.records.schemas import Envelope
from tests.builders import at_desk
from tests.house.test_text import client_words, server_words
from tests.house.tree import ROOT
from tests.sync.phone import Phone, information, publicity
from tests.world import World

MATTERS = [line.columns["code"] for line in starter.matters() if line.columns["duty"] == "information"]


def test_the_table_names_listed_matters_and_every_field_has_one() -> None:
    named = {code for asked in ASKED.values() for code in (*asked.needed_by, *asked.open_to)}
    assert named == set(MATTERS)
    assert all(asked.needed_by or asked.open_to for asked in ASKED.values())
    own = set(InformationReport().fields) - set(Envelope().fields) - {"matter_code"}
    assert own | {"note"} == set(ASKED)
    kept = {column.name for column in Information.__table__.columns} - {"record_id"}
    assert kept == set(ASKED)
    assert set(FINDINGS) == set(ASKED["finding"].needed_by)


def test_no_matter_asks_for_more_than_five_fields_and_pay_has_no_household() -> None:
    assert all(len(has_room_for(code)) <= 5 for code in MATTERS)
    assert "household_id" not in has_room_for("INFO-07")


def test_a_matter_that_the_table_does_not_name_is_told_in_words_alone() -> None:
    assert needed("INFO-99") == {"note"} == has_room_for("INFO-99")
    assert is_whole("INFO-99", {"note": "有变化"}, False)
    assert not is_whole("INFO-99", {"note": "有变化", "finding": "opened"}, False)


def test_whoever_was_obstructed_may_lack_a_field_but_not_add_one() -> None:
    assert is_whole("INFO-02", {}, True) and not is_whole("INFO-02", {}, False)
    assert not is_whole("INFO-02", {"business_name": "面馆"}, True)


@pytest.mark.parametrize("code", MATTERS)
def test_each_matter_arrives_with_its_own_fields(app: Flask, world: World, code: str) -> None:
    worker = Phone(app, "worker")
    told = information(world, code)
    assert worker.do("information.report", told)["outcome"] == "applied"
    row = Phone(app, "leader").pull()["record"][told["id"]]
    said = {k: v for k, v in told.items() if k not in ("id", "grid_id", "matter_code")}
    assert (row["kind"], row["matter_code"]) == ("information", code)
    assert row["body"] == {"note": "", **said}


def test_it_lies_in_the_micro_grid_of_its_household_and_in_the_stream_of_the_grid(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = information(world)
    worker.do("information.report", told)
    row = worker.pull()["record"][told["id"]]
    assert row["_stream"] == f"grid:{world.areas['grid']}" and row["micro_grid_id"]


def test_need_told_by_a_household_stays_in_its_team(app: Flask, world: World) -> None:
    told = information(world, "INFO-04")
    assert Phone(app, "worker").do("information.report", told)["outcome"] == "applied"
    for who in ("worker", "leader", "worker2", "parttime", "adviser", "village", "town", "county", "micro", "secadmin"):
        rows = Phone(app, who).pull()
        assert (told["id"] in rows.get("record", {})) == (who in ("worker", "leader")), who
    row = Phone(app, "worker").pull()["record"][told["id"]]
    assert row["_stream"] == f"team:{world.team}" and row["team_id"] == str(world.team)


@pytest.mark.parametrize("who", ["worker2", "parttime"])
def test_without_a_team_it_is_refused_in_words(app: Flask, world: World, who: str) -> None:
    result = Phone(app, who).do("information.report", information(world, "INFO-04"))
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "team_needed")
    assert result["problem"]["detail_zh"] and result["problem"]["detail_en"]


def test_a_micro_grid_leader_tells_of_the_own_households_alone(app: Flask, world: World) -> None:
    micro, worker = Phone(app, "micro"), Phone(app, "worker")
    of = {h["id"]: h["micro_grid_id"] for h in worker.pull()["household"].values()}
    own = next(h for h in of if of[h] == str(world.areas["micro1"]))
    other = next(h for h in of if of[h] == str(world.areas["micro2"]))
    told = information(world, household_id=own)
    assert micro.do("information.report", told)["outcome"] == "applied"
    assert micro.pull()["record"][told["id"]]["_stream"] == f"micro:{world.areas['micro1']}"
    result = micro.do("information.report", information(world, household_id=other))
    assert result["problem"]["code"] == "household_elsewhere"


def test_returned_corrected_and_approved(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = information(world, "INFO-03")
    worker.do("information.report", told)
    leader.do("approvals.return", {"record_id": told["id"], "reason": "wrong_place"}, base_version=1)
    changes = {"place_words": "横港路 18 号", "finding": "closed"}
    assert worker.do("records.correct", {"id": told["id"], "changes": changes}, base_version=2)["outcome"] == "applied"
    assert leader.do("approvals.approve", {"record_id": told["id"]}, base_version=3)["outcome"] == "applied"
    body = worker.pull()["record"][told["id"]]["body"]
    assert (body["business_name"], body["finding"], body["place_words"]) == ("横港面馆", "closed", "横港路 18 号")


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"place_words": ""}, "information_lacking"),
        ({"finding": "moved_in"}, "invalid"),
        ({"finding": None}, "invalid"),
        ({"wants_answer": True}, "field_not_asked"),
        ({"household_id": None}, "field_not_allowed"),
        ({"matter_code": "INFO-06"}, "field_not_allowed"),
        ({"photos": [{"sha256": "x", "role": "scene"}]}, "invalid"),
    ],
)
def test_a_bad_correction_is_refused_and_changes_nothing(
    app: Flask, world: World, changes: dict[str, Any], code: str
) -> None:
    worker = Phone(app, "worker")
    told = information(world, "INFO-03")
    worker.do("information.report", told)
    result = worker.do("records.correct", {"id": told["id"], "changes": changes}, base_version=1)
    assert (result["outcome"], result["problem"]["code"]) == ("refused", code)
    assert worker.pull()["record"][told["id"]]["version"] == 1


@pytest.mark.parametrize(
    "matter, wrong, code",
    [
        ("INFO-01", {"household_id": None}, "information_lacking"),
        ("INFO-01", {"finding": None}, "information_lacking"),
        ("INFO-01", {"finding": "opened"}, "invalid"),
        ("INFO-01", {"finding": "ill"}, "invalid"),
        ("INFO-01", {"household_id": "1"}, "invalid"),
        ("INFO-01", {"business_name": "面馆"}, "field_not_asked"),
        ("INFO-01", {"id_number": "330424199001010000"}, "invalid"),
        ("INFO-01", {"photos": [{"sha256": "a" * 64, "role": "scene"}]}, "photo_forbidden"),
        ("INFO-03", {"business_name": "长" * 81}, "invalid"),
        ("INFO-03", {"business_name": " "}, "information_lacking"),
        ("INFO-06", {"note": ""}, "information_lacking"),
        ("INFO-06", {"wants_answer": "yes"}, "invalid"),
        ("INFO-07", {"household_id": "of the world"}, "field_not_asked"),
        ("INFO-01", {"matter_code": "PUB-01"}, "matter_wrong_duty"),
        ("INFO-01", {"matter_code": "INFO-99"}, "matter_not_in_force"),
    ],
)
def test_bad_input_is_refused_in_words_of_both_languages(
    app: Flask, world: World, matter: str, wrong: dict[str, Any], code: str
) -> None:
    if wrong.get("household_id") == "of the world":
        wrong = {"household_id": str(world.households[1])}
    worker = Phone(app, "worker")
    result = worker.do("information.report", {**information(world, matter), **wrong})
    assert (result["outcome"], result["problem"]["code"]) == ("refused", code)
    assert result["problem"]["detail_zh"] and result["problem"]["detail_en"]
    assert "record" not in worker.pull()


def test_a_household_that_is_deleted_leaves_the_information_without_saying_whose(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = information(world)
    worker.do("information.report", told)
    worker.do("households.close", {"id": told["household_id"], "reason": "moved_out"}, base_version=1)
    with app.app_context(), transaction() as session:
        later = clock.day_of(clock.now() + 120 * clock.DAY_MS)
        assert delete_closed_households(session, later) == 1
    with app.app_context(), transaction() as session:
        assert session.scalars(sa.select(Information.household_id)).all() == [None]
    again = worker.do("records.correct", {"id": told["id"], "changes": {"note": "已核对"}}, base_version=1)
    assert again["outcome"] == "applied", "what retention took away is no lack"


def test_every_finding_has_words_in_both_languages() -> None:
    for words in (side(language) for side in (client_words, server_words) for language in ("zh", "en")):
        assert [finding for finding in EVERY_FINDING if f"finding.{finding}" not in words] == []


def test_the_phone_has_the_same_table() -> None:
    script = """
      import { build } from 'esbuild';
      const made = await build({ entryPoints: ['static/src/duties/information/rules.ts'], bundle: true, write: false,
                                 format: 'esm', logLevel: 'silent', jsx: 'automatic', jsxImportSource: 'preact' });
      const rules = await import('data:text/javascript;base64,' + Buffer.from(made.outputFiles[0].text).toString('base64'));
      console.log(JSON.stringify({ asked: rules.ASKED, findings: rules.FINDINGS }));
    """
    told = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    phone = json.loads(told.stdout)
    assert phone["findings"] == {code: list(words) for code, words in FINDINGS.items()}
    assert phone["asked"] == {
        name: {"needed_by": list(asked.needed_by), "open_to": list(asked.open_to)} for name, asked in ASKED.items()
    }


def test_the_village_reads_in_the_office_what_a_leader_told(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    leader.do("information.report", information(world, "INFO-03"))
    leader.do("publicity.report", publicity(world))
    page = at_desk(app, "village").get("/office/review").text
    for words in ("信息收集", "横港面馆", "新开业", "平安宣传", "宣传到 23 人、9 户"):
        assert words in page, words
