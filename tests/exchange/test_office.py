"""The office's pages: a token is given, shown once, listed, ended; another county's is not there; each call is on a page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.exchange import rules
from server.exchange.models import ExchangeHook, ExchangeToken
from server.kernel import clock
from server.people import commands as people
from tests.builders import Browser, at_desk, writing
from tests.county import looking
from tests.exchange.systems import System, system
from tests.strangers import OTHER_COUNTY, add_strangers
from tests.world import PASSWORD, STARTED, World

SECRET = re.compile(r'data-testid="secret">([^<]+)<')
TODAY = date(2026, 11, 29)


def _form(world: World, **more: Any) -> dict[str, Any]:
    told = {"system": "platform", "name": "测试数据平台", "document_no": "示〔2026〕40号", "scopes": ["grids", "cases"]}
    return {**told, "area_unit": str(world.areas["town"]), "last_day": clock.today().isoformat(), **more}


def test_a_token_is_shown_once_and_works(app: Flask, world: World) -> None:
    desk = at_desk(app, "secadmin")
    answer = desk.form("/office/exchange", **_form(world))
    found = SECRET.search(answer.text)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and found
    with looking(app) as session:
        (row,) = session.scalars(select(ExchangeToken))
    assert len(System(app, found[1], row.id).rows("grids")) == 2
    shown = desk.get("/office/exchange").text
    assert (
        "测试数据平台" in shown
        and found[1] not in shown
        and found[1] not in desk.get(f"/office/exchange/{row.id}").text
    )
    assert desk.form(f"/office/exchange/{row.id}/revoke").status_code == 303
    assert System(app, found[1], row.id).get("/api/v1/exchange/grids").status_code == 401
    assert desk.form(f"/office/exchange/{row.id}/revoke").status_code == 303, "again is nothing new"


@pytest.mark.parametrize(
    "wrong",
    [
        {"system": "Platform"},
        {"scopes": []},
        {"scopes": ["people"]},
        {"last_day": "2020-01-01"},
        {"last_day": "2199-01-01"},
        {"document_no": ""},
        {"area_unit": "dept"},
        {"area_unit": "city"},
        {"area_unit": "county_b"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_no_token(app: Flask, world: World, wrong: dict[str, Any]) -> None:
    add_strangers(app, world)
    if "area_unit" in wrong:
        wrong = {"area_unit": str(world.areas[wrong["area_unit"]])}
    answer = at_desk(app, "secadmin").form("/office/exchange", **_form(world, **wrong))
    assert answer.status_code == 422
    with looking(app) as session:
        assert session.scalars(select(ExchangeToken)).all() == []


def test_a_webhook_is_registered_and_ended(app: Flask, world: World) -> None:
    one, desk = system(app, world, "cases"), at_desk(app, "secadmin")
    path = f"/office/exchange/{one.token_id}"
    assert desk.form(f"{path}/hooks", url="https://elsewhere.org/x", kinds="cases").status_code == 422
    assert desk.form(f"{path}/hooks", url="http://127.0.0.1:9/x", kinds="records").status_code == 422
    answer = desk.form(f"{path}/hooks", url="http://127.0.0.1:9/x", kinds="cases")
    assert answer.status_code == 200 and SECRET.search(answer.text)
    with looking(app) as session:
        (hook,) = session.scalars(select(ExchangeHook))
    assert "127.0.0.1" in desk.get(path).text and "/x" not in desk.get(path).text, "an address may hold a secret"
    other = system(app, world, "cases", name="other")
    assert desk.form(f"/office/exchange/{other.token_id}/hooks/{hook.id}/end").status_code == 404
    assert desk.form(f"{path}/hooks/{hook.id}/end").status_code == 303
    with looking(app) as session:
        assert session.get_one(ExchangeHook, hook.id).ended_at is not None


def test_the_administrator_of_another_county_finds_nothing(app: Flask, world: World) -> None:
    one = system(app, world)
    add_strangers(app, world)
    with writing(app) as session:
        told = {"county_code": OTHER_COUNTY, "username": "secadmin_b", "name": "邻县", "phone": "1"}
        person = people.add_person(session, password_hash=people.hash_of(PASSWORD), **told)
        unit = world.areas["county_b"]
        people.appoint(session, person_id=person.id, role="security_administrator", org_unit_id=unit, from_day=STARTED)
    one.rows("matters")
    stranger: Browser = at_desk(app, "secadmin_b")
    assert "测试数据平台" not in stranger.get("/office/exchange").text + stranger.get("/office/exchange/calls").text
    path = f"/office/exchange/{one.token_id}"
    assert stranger.get(path).status_code == stranger.form(f"{path}/revoke").status_code == 404
    assert stranger.form(f"{path}/hooks", url="http://127.0.0.1:9/x", kinds="cases").status_code == 404
    assert one.get("/api/v1/exchange/matters").status_code == 200


def test_the_auditor_reads_each_call(app: Flask, world: World) -> None:
    one = system(app, world, "matters")
    one.rows("matters", limit="3")
    one.get("/api/v1/exchange/cases")
    shown = at_desk(app, "auditor").get("/office/exchange/calls?lang=en").text
    assert "limit=3" in shown and "测试数据平台" in shown and "403" in shown
    narrowed = at_desk(app, "auditor").get("/office/exchange/calls?scope=cases").text
    assert "403" in narrowed and "limit=3" not in narrowed


def test_rules_of_tokens() -> None:
    facts = rules.TokenFacts(frozenset({"cases"}), TODAY, is_revoked=False)
    assert rules.may_open(facts, "cases", TODAY)
    assert rules.may_open(facts, "grids", TODAY).code == "token_scope"
    assert rules.may_open(facts, "cases", TODAY + timedelta(days=1)).code == "token_ended"
    assert rules.may_open(rules.TokenFacts(facts.scopes, TODAY, is_revoked=True), "cases", TODAY).code == "token_ended"
    assert rules.token_may_be("a1", ["cases"], TODAY + timedelta(days=366), TODAY)
    assert not rules.token_may_be("a1", ["cases"], TODAY + timedelta(days=367), TODAY)


def test_rules_of_trying_again() -> None:
    assert [rules.wait_s(tries, None) // 60 for tries in range(1, 9)] == [1, 4, 16, 64, 256, 360, 360, 360]
    assert rules.wait_s(1, 600) == 600 and rules.wait_s(8, 5) == rules.LONGEST_WAIT_S
    assert [rules.after(False, tries) for tries in (1, 7, 8)] == ["waiting", "waiting", "given_up"]
    assert rules.after(True, 8) == "delivered"
    assert rules.signature("s", 1, b"{}") != rules.signature("s", 2, b"{}") != rules.signature("t", 2, b"{}")
