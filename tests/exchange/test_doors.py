"""Every door of the room for every kind of token: what is outside its scope, its area or its time does not open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.exchange import rules
from server.exchange.models import ExchangeCall, ExchangeToken
from server.kernel import clock
from server.people.guard import guard_of
from tests.builders import Browser, Hands, Template, code_of, signed_in
from tests.county import looking
from tests.databases import Databases
from tests.exchange.systems import System, revoke, system
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import case_of
from tests.world import World

DOORS = (  # method, rule, path, scope
    ("GET", "/api/v1/exchange/records", "/api/v1/exchange/records", "records"),
    ("GET", "/api/v1/exchange/hazards", "/api/v1/exchange/hazards", "hazards"),
    ("GET", "/api/v1/exchange/cases", "/api/v1/exchange/cases", "cases"),
    ("GET", "/api/v1/exchange/matters", "/api/v1/exchange/matters", "matters"),
    ("GET", "/api/v1/exchange/grids", "/api/v1/exchange/grids", "grids"),
    ("GET", "/open311/v2/requests.<any(json, xml):form>", "/open311/v2/requests.json", "cases"),
    ("GET", "/open311/v2/requests/<request_id>.<any(json, xml):form>", "/open311/v2/requests/{case}.json", "cases"),
    ("POST", "/open311/v2/requests.<any(json, xml):form>", "/open311/v2/requests.json", "intake"),
)
REQUEST = {"service_code": "HAZ-01", "description": "楼道堆物", "address_id": "330424102000001"}


def _outside(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            view = app.view_functions[rule.endpoint]
            if (guard_of(view, method) or ("",))[0] == "outside":
                yield method, rule.rule, getattr(view, "scope", None)


def _knock(one: System, method: str, path: str, case: str) -> Any:
    filled = path.format(case=case)
    return one.get(filled) if method == "GET" else one.post(filled, **REQUEST)


def _case(app: Flask, world: World) -> str:
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return case_of(app, world, str(told["id"]))


def test_every_door_has_a_line_and_declares_its_scope(app: Flask) -> None:
    assert {(method, rule, scope) for method, rule, _, scope in DOORS} == set(_outside(app))


def test_a_token_opens_its_own_scope_and_no_other(app: Flask, world: World) -> None:
    case = _case(app, world)
    for scope in rules.SCOPES:
        one = system(app, world, scope, name=scope)
        for method, _rule, path, needed in DOORS:
            answer = _knock(one, method, path, case)
            if needed == scope:
                assert answer.status_code in (200, 201), (path, answer.text)
            else:
                assert answer.status_code == 403 and "token_scope" in answer.text, path


def test_no_token_a_wrong_one_an_ended_one(app: Flask, world: World) -> None:
    case = _case(app, world)
    expired, revoked = (system(app, world, name=name) for name in ("expired", "revoked"))
    revoke(app, world, revoked)
    wrong = System(app, rules.PREFIX + "A" * 43, expired.token_id)
    none, short = System(app, "", expired.token_id), System(app, rules.PREFIX, expired.token_id)
    hands = Hands()
    hands.forward(31 * clock.DAY_MS)
    for method, _rule, path, _ in DOORS:
        for one in (wrong, none, short):
            answer = _knock(one, method, path, case)
            assert answer.status_code == 401 and "token_needed" in answer.text, path
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        for one in (expired, revoked):
            answer = _knock(one, method, path, case)
            assert answer.status_code == 401 and "token_ended" in answer.text, path


def test_the_last_day_is_a_whole_day(app: Flask, world: World) -> None:
    one = system(app, world, last_day=clock.today())
    hands = Hands()
    hands.forward(clock.start_of(clock.today() + timedelta(days=1)) - clock.now() - 1)
    assert one.get("/api/v1/exchange/matters").status_code == 200
    hands.forward(1)
    assert one.get("/api/v1/exchange/matters").status_code == 401


@pytest.mark.parametrize("area", ["town_b", "village_b"])
def test_a_token_of_another_area_finds_nothing_of_this_one(app: Flask, world: World, area: str) -> None:
    case = _case(app, world)
    add_strangers(app, world)
    one = system(app, world, area=area)
    for kind in ("records", "hazards", "cases"):
        assert one.rows(kind) == []
    assert [row["code"] for row in one.rows("grids")] == ["330424103000001"]
    assert one.get("/open311/v2/requests.json").json == []
    assert one.get("/open311/v2/requests.json", service_request_id=case).json == []
    assert one.get(f"/open311/v2/requests/{case}.json").status_code == 404
    answer = one.post("/open311/v2/requests.json", **REQUEST)
    assert answer.status_code == 400 and "place_unclear" in answer.text
    inside = system(app, world, area="village")
    assert len(inside.rows("records")) == len(inside.rows("cases")) == 1


def test_a_session_opens_no_door_of_systems_and_a_token_none_of_people(app: Flask, world: World) -> None:
    worker = signed_in(app, "worker")
    assert code_of(worker.get("/api/v1/exchange/grids")) == "token_needed"
    one = system(app, world)
    for path in ("/api/v1/session", "/api/v1/devices", "/api/v1/sync/pull", "/api/v1/looks"):
        assert one.get(path).status_code == 401, path
    assert one.get("/office/exchange").status_code == 303


def test_a_token_in_the_address_opens_open311_alone(app: Flask, world: World) -> None:
    one, client = system(app, world, "grids", "cases"), app.test_client()
    assert client.get("/api/v1/exchange/grids", query_string={"api_key": one.token}).status_code == 401
    assert client.get("/open311/v2/requests.json", query_string={"api_key": one.token}).status_code == 200
    assert client.get("/open311/v2/requests.json", auth=("any", one.token)).status_code == 200
    assert client.get("/api/v1/exchange/grids", auth=("any", one.token)).status_code == 401
    with looking(app) as session:
        assert one.token not in str([row.narrowed for row in session.scalars(select(ExchangeCall))])


def test_each_call_is_counted_and_stands_in_the_log(app: Flask, world: World) -> None:
    _case(app, world)
    one = system(app, world, "records")
    one.rows("records", from_day="2026-01-01")
    assert one.get("/api/v1/exchange/grids").status_code == 403
    assert one.get("/api/v1/exchange/records", limit="x").status_code == 422
    assert one.client.head("/api/v1/exchange/records", headers={"Authorization": f"Bearer {one.token}"}).data == b""
    with looking(app) as session:
        token = session.get_one(ExchangeToken, one.token_id)
        calls = list(session.scalars(select(ExchangeCall).order_by(ExchangeCall.at, ExchangeCall.id)))
    assert token.uses == 4 and token.last_used_at is not None
    assert [(call.scope, call.status) for call in calls][:3] == [("records", 200), ("grids", 403), ("records", 422)]
    assert calls[0].row_count == 1 and calls[0].is_whole and calls[0].narrowed["from_day"] == "2026-01-01"
    assert calls[1].row_count is None and not calls[1].is_whole
    assert token.token_hash != one.token.encode() and one.token not in str(vars(token))


def test_too_many_calls_wait(databases: Databases, template: Template, world: World, tmp_path: Any) -> None:
    with template.app(databases, tmp_path, rate_limits=True, exchange_per_minute=2) as app:
        one, other = system(app, world, name="first"), system(app, world, name="second")
        answers = [one.get("/api/v1/exchange/matters") for _ in range(9)]  # two minutes of the clock at the most
        refused = [answer for answer in answers if answer.status_code == 429]
        assert answers[0].status_code == 200 and refused
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
        assert other.get("/api/v1/exchange/matters").status_code == 200, "each token has its own count"


def test_a_page_of_another_site_hands_nothing_in(app: Flask, world: World) -> None:
    one = system(app, world)
    headers = {"Authorization": f"Bearer {one.token}", "Sec-Fetch-Site": "cross-site"}
    answer = Browser(app).client.post("/open311/v2/requests.json", data=REQUEST, headers=headers)
    assert answer.status_code == 403
