"""Merit badges (Art. 22): for quality alone, after the windows have closed, verified by anybody, taken back with a reason."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from server.evaluation import commands, merit, meriting
from server.evaluation.facts import Row
from server.evaluation.merit import Merit, earned, read_rules, sign, verify
from server.evaluation.merit_pages import DEFAULT
from server.evaluation.models import (
    EvaluationRun,
    EvaluationSetting,
    MeritBadge,
    MeritRules,
    Objection,
    OutsideFact,
    RuleSet,
    ScoreSheet,
)
from server.evaluation.rule_set import Refused
from server.evaluation.rules import period_before
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.db import db
from tests.builders import Browser, Hands, at_desk, writing
from tests.evaluation.sets import SETTING
from tests.sync.phone import Phone
from tests.world import COUNTY, World

RULES = DEFAULT.read_text("utf-8")
TRAINED = next(one for one in json.loads(RULES)["merits"] if one["code"] == "TRAINING")
LOOKED = next(one for one in json.loads(RULES)["merits"] if one["code"] == "RELOOKS")
HELD = next(one for one in json.loads(RULES)["merits"] if one["code"] == "MEDIATION")


def rows(*outcomes: str, **more: Any) -> list[Row]:
    return [Row("hazard", str(at), "2026-04-01", outcome, **more) for at, outcome in enumerate(outcomes)]


def test_one_that_was_not_done_or_is_not_decided_earns_none_and_neutral_stands_aside() -> None:
    assert earned(LOOKED, rows("met", "met", "met"))
    assert earned(LOOKED, [*rows("met", "met", "met"), Row("hazard", "x", "2026-04-01", "neutral", "leave")])
    assert not earned(LOOKED, rows("met", "met"))
    assert not earned(LOOKED, rows("met", "met", "met", "unmet"))
    assert not earned(LOOKED, rows("met", "met", "met", "pending"))
    late = {"took": {"clock_hours": "72"}, "allowed": "48", "allowed_unit": "clock_hours"}
    assert not earned(LOOKED, rows("met", "met", "met", **late))


def test_a_mediation_that_did_not_hold_earns_none() -> None:
    assert earned(HELD, rows("met", check="ok"))
    assert not earned(HELD, rows("met"))
    assert not earned(HELD, [*rows("met", check="ok"), Row("m", "9", "2026-04-01", "met", check="bad")])


@pytest.mark.parametrize(
    "change",
    [{"test": "most_records"}, {"fact": "records"}, {"fact": "external.likes"}, {"least": "0"}, {"least": "x"},
     {"picture": "/etc/passwd"}, {"title_zh": ""}, {"more": "1"}, {"categories": "VIS-01"},
     {"least": "²"}, {"least": "٣"}, {"title_zh": "\ud800"}, {"title_en": "a\x00b"},
     {"reason_zh": "由" * 200, "title_zh": "章" * 200}],
)  # fmt: skip
def test_rules_that_count_or_say_too_little_are_refused(change: dict[str, Any]) -> None:
    told = json.loads(RULES)
    told["merits"][0] |= change
    with pytest.raises(Refused):
        read_rules(json.dumps(told).encode())


@pytest.mark.parametrize("role", [{"a": 1}, ["full_time_worker"], "", "nobody", None, 1])
def test_a_role_that_is_none_is_refused(role: Any) -> None:
    with pytest.raises(Refused):
        read_rules(json.dumps({**json.loads(RULES), "role": role}).encode())


def test_the_longest_words_that_are_taken_make_a_badge_that_is_read() -> None:
    told = json.loads(RULES)

    def is_taken(length: int) -> bool:
        told["merits"][0] |= {"title_zh": "章", "reason_zh": "由" * length}
        try:
            return bool(read_rules(json.dumps(told).encode()))
        except Refused:
            return False

    longest = max(length for length in range(1, 201) if is_taken(length))
    words = {**told["merits"][0], "reason_zh": "由" * longest}
    given = {name: words[name] for name in ("code", "title_zh", "title_en", "reason_zh", "reason_en")}
    key = Ed25519PrivateKey.generate()
    made = Merit(id="0" * 36, name="𠮷" * 40, county=COUNTY, period="2026-Q1", at="2026-04-20", **given)
    assert verify(sign(made, "0" * 40, key), {"0" * 40: key.public_key().public_bytes_raw()}) == made


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"[" * 100_000, b"x" * 100_000, b'{"format": "gridwalk/merits/1"}'])
def test_what_is_no_rules_at_all_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        read_rules(raw)


def given() -> tuple[str, Ed25519PrivateKey, dict[str, bytes]]:
    key = Ed25519PrivateKey.generate()
    one = Merit("id", "X", "甲", "A", "因", "why", "张三", COUNTY, "2026-Q1", "2026-04-20")
    return sign(one, "k1", key), key, {"k1": key.public_key().public_bytes_raw()}


def test_a_token_says_what_was_signed_and_a_forged_one_nothing() -> None:
    token, _, keys = given()
    assert verify(token, keys) is not None and verify(token, keys).name == "张三"  # type: ignore[union-attr]
    payload, signature = token.split(".")
    other, _, _ = given()
    forged = (
        f"{payload[:-2]}AA.{signature}", f"{payload}.{signature[:-4]}AAAA", f"{payload}.", payload, "", ".", "a.b.c",
        f"{payload}.{other.split('.')[1]}", "x" * 100_000, f"{payload}=.{signature}",
    )  # fmt: skip
    assert [verify(one, keys) for one in forged] == [None] * len(forged)
    assert verify(token, {}) is None and verify(token, keys, revoked=["id"]) is None


@pytest.fixture
def quarter(app: Flask, world: World) -> Hands:
    """Two weeks into a quarter, worker having passed a training in the last one; evaluation is on."""
    hands = Hands()
    hands.now = clock.start_of(_after_quarter()) + 12 * 3_600_000
    last = period_before("quarter", clock.today())
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        commands.set_evaluation(session, county, SETTING)
        told = {"person_id": world.people["worker"], "day": last.from_day, "source": "培训登记", "kind": "trainings"}
        commands.add_outside_fact(session, COUNTY, None, **told, told={"category": "privacy"})
        meriting.set_rules(session, county, RULES.replace("2026-01-01", "2020-01-01"))
    return hands


def _after_quarter() -> date:
    return period_before("quarter", clock.today() + timedelta(days=200)).from_day + timedelta(days=20)


def award(app: Flask) -> int:
    with writing(app) as session:
        return meriting.award_due(session, clock.today())


def test_given_once_shown_on_the_phone_verified_and_taken_back(app: Flask, world: World, quarter: Hands) -> None:
    assert award(app) > 0
    assert award(app) == 0
    [row] = Phone(app, "worker").pull()["merit_badge"].values()
    assert (row["code"], row["_stream"]) == ("TRAINING", f"person:{world.people['worker']}")
    assert "merit_badge" not in Phone(app, "worker2").pull() and "merit_badge" not in Phone(app, "leader").pull()
    public = Browser(app).get(f"/m/{row['token']}")
    assert public.status_code == 200 and 'data-state="valid"' in public.text and "张worker" in public.text
    forged = Browser(app).get(f"/m/{row['token'][:-6]}AAAAAA").text
    assert 'data-state="unknown"' in forged and "张worker" not in forged
    told = Browser(app).get("/m/keys.json").json
    keys = {kid: bytes.fromhex(raw) for kid, raw in told["keys"].items()}
    assert verify(row["token"], keys, told["revoked"]) is not None
    desk = at_desk(app, "county")
    path = f"/office/evaluation/merits/{row['id']}/revoke"
    assert desk.form(path).status_code == 422
    assert desk.form(path, reason="登记有误").status_code == 303
    assert desk.form(path, reason="登记有误").status_code == 409
    assert 'data-state="revoked"' in Browser(app).get(f"/m/{row['token']}").text
    assert "张worker" not in Browser(app).get(f"/m/{row['token']}").text
    told = Browser(app).get("/m/keys.json").json
    assert verify(row["token"], keys, told["revoked"]) is None
    [row] = Phone(app, "worker").pull()["merit_badge"].values()
    assert row["revoke_reason"] == "登记有误"


def test_none_is_given_before_the_windows_have_closed_or_while_evaluation_is_off(
    app: Flask, world: World, quarter: Hands
) -> None:
    quarter.now = clock.start_of(clock.today().replace(day=2)) + 3_600_000
    assert award(app) == 0
    quarter.forward(30 * clock.DAY_MS)
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        commands.set_evaluation(session, county, {**SETTING, "is_on": False})
    assert award(app) == 0


def test_a_county_whose_rules_cannot_be_used_holds_up_no_other(app: Flask, world: World, quarter: Hands) -> None:
    """Rules that were taken before they were looked at closely enough, of a county that comes first."""
    with writing(app) as session:
        good = session.query(MeritRules).one()
        setting = session.query(EvaluationSetting).filter_by(county_code=COUNTY).first()
        values = {c.key: getattr(setting, c.key) for c in EvaluationSetting.__table__.columns}
        session.add(EvaluationSetting(**{**values, "id": new_id(), "county_code": "330402"}))
        body = json.dumps({**json.loads(good.body), "role": {"a": 1}})
        told = {"document_no": "x", "from_day": good.from_day, "at": good.at}
        session.add(MeritRules(id=new_id(), county_code="330402", body=body, **told))
    assert award(app) > 0
    with app.app_context():
        assert [one.county_code for one in db.session().query(MeritBadge)] == [COUNTY]


def test_an_accepted_objection_counts_for_a_badge_too(app: Flask, world: World, quarter: Hands) -> None:
    """The training was entered as not passed; the objection to it was accepted."""
    last = period_before("quarter", clock.today())
    with writing(app) as session:
        session.query(OutsideFact).one().told = {"category": "privacy", "outcome": "unmet"}
    assert award(app) > 0
    with writing(app) as session:
        assert session.query(MeritBadge).count() == 0
        session.query(MeritRules).one().done_period = None
        set_id, run_id, sheet_id = new_id(), new_id(), new_id()
        body = RuleSet(
            id=set_id, county_code=COUNTY, title="甲", body="{}", sha256="0" * 64, state="published", role="full_time_worker",
            period_type="quarter", valid_from=last.from_day, made_at=clock.now(), published_at=clock.now(),
            published_by=world.people["county"],
        )  # fmt: skip
        session.add(body)
        session.flush()
        run = EvaluationRun(
            id=run_id, county_code=COUNTY, rule_set_id=set_id, period=last.label, from_day=last.from_day,
            to_day=last.to_day, state="closed", started_at=clock.now(),
        )  # fmt: skip
        session.add(run)
        session.flush()
        person = world.people["worker"]
        sheet = ScoreSheet(
            id=sheet_id, county_code=COUNTY, run_id=run_id, person_id=person, unit_id=world.areas["village"], version=1
        )
        session.add(sheet)
        session.flush()
        change = {"fact": "trainings", "id": None, "categories": None, "outcome": "met"}
        objection = Objection(
            id=new_id(), county_code=COUNTY, sheet_id=sheet_id, person_id=person, indicator="X", stage=1, reason="other",
            sheet_seen=1, made_at=clock.now(), received_at=clock.now(), answer_by=clock.today(), outcome="accepted",
            answer_words="已核对", answered_by=world.people["county"], answered_at=clock.now(), corrections=change,
        )  # fmt: skip
        session.add(objection)
    assert award(app) > 0
    with app.app_context():
        assert [one.code for one in db.session().query(MeritBadge)] == ["TRAINING"]


def test_some_people_at_a_time_and_everybody_once(
    app: Flask, world: World, quarter: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meriting, "BATCH", 2)
    assert [award(app), award(app), award(app)] == [2, 1, 0]
    with app.app_context():
        assert db.session().query(MeritBadge).count() == 1


def test_the_command_checks_without_a_database(app: Flask, tmp_path: Path) -> None:
    token, _, keys = given()
    runner, key = app.test_cli_runner(), f"k1:{keys['k1'].hex()}"
    good = runner.invoke(args=["verify-badge", token, "--key", key])
    assert good.exit_code == 0 and json.loads(good.output)["name"] == "张三"
    assert runner.invoke(args=["verify-badge", f"https://x/m/{token}", "--key", key]).exit_code == 0
    assert runner.invoke(args=["verify-badge", f"{token}A", "--key", key]).exit_code == 1
    gone = tmp_path / "keys.json"
    gone.write_text(json.dumps({"revoked": ["id"]}), "utf-8")
    assert runner.invoke(args=["verify-badge", token, "--key", key, "--revoked", str(gone)]).exit_code == 1
    assert runner.invoke(args=["merit-keys"]).output.count(":") == 1


def test_rules_are_published_at_the_desk(app: Flask, world: World) -> None:
    desk = at_desk(app, "county")
    assert "建议的规则" in desk.get("/office/evaluation/merits").text
    assert desk.form("/office/evaluation/merits/rules", body="{}").status_code == 422
    assert desk.form("/office/evaluation/merits/rules", body=RULES).status_code == 303
    with writing(app) as session:
        assert session.query(MeritRules).count() == 1
    assert merit.FORMAT in desk.get("/office/evaluation/merits").text
