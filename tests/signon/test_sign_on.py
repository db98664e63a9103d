"""Sign-in through another house: there and back over HTTP, each code once, only for whom the security administrator bound."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from server.kernel import clock
from server.people.models import Appointment
from server.platform.audit import AuditEvent
from server.platform.config import Settings, SettingsError
from server.signon.models import SignOnBinding
from server.text import text
from tests.builders import Browser, Hands, at_desk, writing
from tests.county import looking
from tests.people.test_second_factor import code_at, set_up
from tests.signon.conftest import BASE
from tests.signon.houses import House, OpenIdHouse
from tests.world import World

PAGE, MINUTE = "/office/sign-on", 60_000


def bind(app: Flask, username: str = "town", subject: str = "77001") -> TestResponse:
    return at_desk(app, "secadmin").form(PAGE, username=username, subject=subject)


def go(browser: Browser) -> str:
    """To the other house, where the person signs in: the address to come back to, a path with code and state."""
    answer = browser.client.get("/sign-in/house")
    assert answer.status_code == 303, answer.text
    sent = requests.get(answer.headers["Location"], allow_redirects=False, timeout=10)
    assert sent.status_code == 302 and sent.headers["Location"].startswith(f"{BASE}/sign-in/house/back?")
    return sent.headers["Location"].removeprefix(BASE)


def refused(answer: TestResponse, code: str, status: int) -> None:
    assert answer.status_code == status, answer.status_code
    assert text(f"problem.{code}.title", "zh") in answer.text and "gw_session" not in str(answer.headers)


def is_in(browser: Browser) -> bool:
    return bool(browser.client.get("/office").status_code == 200)


def acts_of(app: Flask, act: str) -> list[Any]:
    with looking(app) as session:
        return list(session.scalars(sa.select(AuditEvent).where(AuditEvent.act == act)))


def test_whoever_is_bound_comes_to_the_desk(app: Flask, world: World, house: House) -> None:
    assert f"{PAGE}?done=bound" in bind(app).headers["Location"]
    browser = Browser(app)
    assert '"/sign-in/house"' in browser.client.get("/sign-in").text
    answer = browser.client.get(go(browser))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(browser) and browser.get("/api/v1/session").json["person"]["id"] == str(world.people["town"])
    assert [row.person_id for row in acts_of(app, "sign_in_house")] == [world.people["town"]]


def test_nobody_else_does(app: Flask, house: House) -> None:
    browser = Browser(app)
    refused(browser.client.get(go(browser)), "sign_on_unbound", 403)
    bind(app)
    house.subject = "77002"
    refused(browser.client.get(go(browser)), "sign_on_unbound", 403)
    assert not is_in(browser) and len(acts_of(app, "sign_in_refused")) == 2


def test_a_code_opens_once(app: Flask, house: House) -> None:
    bind(app)
    browser = Browser(app)
    back = go(browser)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert browser.client.get(back).status_code == 303
    browser.client.set_cookie("gw_sign_on", state)  # as somebody would who kept everything
    calls = len(house.calls)
    refused(browser.client.get(back), "sign_on_refused", 401)
    assert len(house.calls) == calls, "the house was not even asked"


def test_a_used_code_opens_no_new_try(app: Flask, house: House) -> None:
    """A fresh state with a code that the house has already honoured: the house itself refuses."""
    bind(app)
    first, second = Browser(app), Browser(app)
    used, fresh = go(first), go(second)
    assert first.client.get(used).status_code == 303
    code, state = parse_qs(urlsplit(used).query)["code"][0], parse_qs(urlsplit(fresh).query)["state"][0]
    refused(second.client.get(f"/sign-in/house/back?code={code}&state={state}"), "sign_on_refused", 401)
    assert not is_in(second)


def test_a_code_is_too_old_after_five_minutes(app: Flask, house: House) -> None:
    bind(app)
    browser, hands = Browser(app), Hands()
    back = go(browser)
    hands.forward(5 * MINUTE)
    calls = len(house.calls)
    refused(browser.client.get(back), "sign_on_refused", 401)
    assert len(house.calls) == calls, "the house was not even asked"
    back = go(browser)
    house.ahead_ms = 5 * MINUTE  # the other house's own clock says so
    refused(browser.client.get(back), "sign_on_refused", 401)
    house.ahead_ms = 0
    back = go(browser)
    hands.forward(4 * MINUTE)
    assert browser.client.get(back).status_code == 303


def test_another_browser_or_another_state_is_refused(app: Flask, house: House) -> None:
    bind(app)
    browser, other = Browser(app), Browser(app)
    back = go(browser)
    calls = len(house.calls)
    refused(other.client.get(back), "sign_on_refused", 401)
    go(other)
    calls += len(house.calls) - calls
    refused(other.client.get(back), "sign_on_refused", 401)
    refused(browser.client.get(back.replace("state=", "state=x")), "sign_on_refused", 401)
    refused(browser.client.get(back.split("&state=")[0]), "sign_on_refused", 401)
    refused(browser.client.get("/sign-in/house/back?error=access_denied"), "sign_on_refused", 401)
    assert len(house.calls) == calls, "no code left this house"
    assert browser.client.get(back).status_code == 303


def test_a_house_that_is_silent_says_so(app: Flask, house: House) -> None:
    bind(app)
    browser = Browser(app)
    back = go(browser)
    house.is_broken = True
    refused(browser.client.get(back), "sign_on_silent", 503)
    if isinstance(house, OpenIdHouse):
        refused(browser.client.get("/sign-in/house"), "sign_on_silent", 503)
    house.close()
    house.server.server_close()
    assert not is_in(browser)


def test_the_second_factor_is_still_asked_for(app: Flask, house: House) -> None:
    hands = Hands()
    secret = set_up(app, hands)
    bind(app)
    hands.forward(MINUTE)
    browser = Browser(app)
    answer = browser.client.get(go(browser))
    assert answer.status_code == 200 and 'action="/sign-in/house/code"' in answer.text and not is_in(browser)
    refused(browser.client.post("/sign-in/house/code", data={"code": "000000"}), "second_factor_wrong", 401)
    refused(
        Browser(app).client.post("/sign-in/house/code", data={"code": code_at(secret, hands)}), "sign_on_refused", 401
    )
    assert browser.client.post("/sign-in/house/code", data={"code": code_at(secret, hands)}).status_code == 303
    assert is_in(browser)
    late = Browser(app)
    late.client.get(go(late))
    hands.forward(5 * MINUTE)
    refused(late.client.post("/sign-in/house/code", data={"code": code_at(secret, hands)}), "sign_on_refused", 401)


def test_whoever_left_comes_in_no_more(app: Flask, world: World, house: House) -> None:
    bind(app)
    with writing(app) as session:
        mine = Appointment.person_id == world.people["town"]
        session.execute(sa.update(Appointment).where(mine).values(to_day=clock.today()))
    browser = Browser(app)
    refused(browser.client.get(go(browser)), "no_longer_in_post", 403)


def test_bindings_are_one_to_one_never_ones_own_and_in_the_audit_log(app: Flask, world: World, house: House) -> None:
    desk = at_desk(app, "secadmin")
    assert desk.form(PAGE, username="town", subject="77001").status_code == 303
    for told, status in (
        ({"username": "county", "subject": "77001"}, 409),
        ({"username": "town", "subject": "77002"}, 409),
        ({"username": "secadmin", "subject": "77003"}, 403),
        ({"username": "nobody", "subject": "77003"}, 404),
        ({"username": "county", "subject": ""}, 422),
    ):
        assert desk.form(PAGE, **told).status_code == status, told
    with looking(app) as session:
        raw = session.execute(sa.text("SELECT subject FROM sign_on_binding")).scalar_one()
    assert b"77001" not in bytes(raw)
    assert "77001" in desk.client.get(PAGE).text
    assert desk.form(f"{PAGE}/{world.people['town']}/end").status_code == 303
    assert desk.form(f"{PAGE}/{world.people['town']}/end").status_code == 404
    browser = Browser(app)
    refused(browser.client.get(go(browser)), "sign_on_unbound", 403)
    with looking(app) as session:
        assert session.scalars(sa.select(SignOnBinding)).all() == []
        acts = [row.act for row in session.scalars(sa.select(AuditEvent)) if "sign-on" in row.act]
    assert acts == [PAGE, f"{PAGE}/<uuid:person_id>/end"]


@pytest.mark.parametrize(
    ("signer", "spoil"),
    [
        ("a stranger", {}),
        ("none", {}),
        ("hs256", {}),
        ("rs256", {"aud": "another"}),
        ("rs256", {"aud": ["gridwalk", "another"]}),
        ("rs256", {"iss": "https://another.gov.cn"}),
        ("rs256", {"nonce": "of another try"}),
        ("rs256", {"exp": 1}),
        ("rs256", {"iat": 4_000_000_000, "exp": 4_000_000_300}),
        ("rs256", {"sub": ""}),
        ("rs256", {"sub": None}),
    ],
)
@pytest.mark.parametrize("house", ["oidc"], indirect=True)
def test_what_the_issuer_did_not_say_to_us_is_refused(
    app: Flask, house: OpenIdHouse, signer: str, spoil: dict[str, Any]
) -> None:
    bind(app)
    browser = Browser(app)
    house.signer, house.spoil = signer, spoil
    refused(browser.client.get(go(browser)), "sign_on_refused", 401)
    house.signer, house.spoil = "es256", {}
    assert browser.client.get(go(browser)).status_code == 303


@pytest.mark.parametrize("house", ["zhezhengding"], indirect=True)
def test_a_call_of_another_secret_gets_nothing_from_the_gateway(app: Flask, house: Any) -> None:
    bind(app)
    browser = Browser(app)
    house.secret = "another"
    refused(browser.client.get(go(browser)), "sign_on_refused", 401)


def test_settings_that_cannot_work_are_refused() -> None:
    told = {"SIGN_ON": "oidc", "SIGN_ON_ADDRESS": "https://id.gov.cn/", "SIGN_ON_CLIENT_ID": "a", "SIGN_ON_SECRET": "b"}
    told["BASE_URL"] = "https://grid.gov.cn"
    assert Settings.from_environment(told).sign_on.address == "https://id.gov.cn"
    assert not Settings.from_environment({}).sign_on.is_on
    for wrong in (
        {"SIGN_ON": "saml"},
        {"SIGN_ON_ADDRESS": "http://id.gov.cn"},
        {"SIGN_ON_SECRET": ""},
        {"BASE_URL": ""},
        {"SIGN_ON": "zhezhengding"},
    ):
        with pytest.raises(SettingsError):
            Settings.from_environment(told | wrong)
