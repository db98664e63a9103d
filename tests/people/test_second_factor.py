"""The second factor of desks: set up, asked for, used once, lost; a phone never needs it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from server.people.rules import MOST_WRONG_CODES, steps_around
from server.text import text
from tests.builders import Browser, Hands, at_desk, code_of, signed_in
from tests.world import PASSWORD

PAGE = "/office/second-factor"


def code_at(secret: str, hands: Hands, steps: int = 0) -> str:
    """What an authenticator shows."""
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    return totp.generate(hands.now // 1000 + 30 * steps).decode()


@pytest.fixture
def hands(app) -> Any:
    return Hands()


def set_up(app, hands: Hands, username: str = "town") -> str:
    """The secret of a factor that counts; its code of now is used."""
    desk = at_desk(app, username)
    assert desk.form(PAGE).status_code == 303
    secret = re.search(r'data-testid="factor-secret">([A-Z2-7]+)<', desk.client.get(PAGE).text).group(1)
    assert desk.form(f"{PAGE}/confirm", code="000000").status_code == 401
    assert desk.form(f"{PAGE}/confirm", code=code_at(secret, hands)).headers["Location"] == f"{PAGE}?done=confirmed"
    assert desk.form(PAGE).status_code == 409
    return secret


def test_three_steps_are_taken_around_a_time() -> None:
    assert steps_around(90) == (2, 3, 4) and steps_around(89) == (1, 2, 3)


def test_the_office_asks_for_the_code_and_takes_each_once(app, hands) -> None:
    secret = set_up(app, hands)
    browser = Browser(app)
    asked = browser.sign_in_at_desk("town")
    assert asked.status_code == 401 and text("problem.second_factor_needed.title", "zh") in asked.text
    assert 'name="code"' in asked.text and 'name="code"' not in Browser(app).client.get("/sign-in").text
    used = browser.form("/sign-in", username="town", password=PASSWORD, code=code_at(secret, hands))
    assert used.status_code == 401, "the code that confirmed it"
    hands.forward(30_000)
    code = code_at(secret, hands)
    assert (
        browser.form("/sign-in", username="town", password=PASSWORD, code=f"{code[:3]} {code[3:]}").status_code == 303
    )
    assert browser.client.get("/office/tasks").status_code == 200
    again = Browser(app).form("/sign-in", username="town", password=PASSWORD, code=code)
    assert again.status_code == 401
    assert Browser(app).form("/sign-in", username="town", password="wrong-password", code=code).status_code == 401


def test_no_other_door_begins_a_desks_session_without_it(app, hands) -> None:
    set_up(app, hands)
    assert code_of(Browser(app).sign_in("town")) == "second_factor_needed"


def test_a_phone_never_needs_it(app, hands) -> None:
    assert signed_in(app, "worker").client.get(PAGE).status_code == 403
    set_up(app, hands)
    assert Browser(app).sign_in("worker").status_code == 200


def test_ten_wrong_codes_shut_it_until_the_security_administrator_takes_it_away(app, hands) -> None:
    secret = set_up(app, hands)
    for number in range(MOST_WRONG_CODES):
        told = {"username": "town", "password": PASSWORD, "code": "000000"}
        assert Browser(app, f"10.0.1.{number}").form("/sign-in", **told).status_code == 401
    hands.forward(30_000)
    told = {"username": "town", "password": PASSWORD, "code": code_at(secret, hands)}
    assert Browser(app, "10.0.2.1").form("/sign-in", **told).status_code == 401
    admin = at_desk(app, "secadmin")
    assert at_desk(app, "county").form(f"{PAGE}/reset", username="town").status_code == 403
    assert admin.form(f"{PAGE}/reset", username="nobody").status_code == 404
    assert admin.form(f"{PAGE}/reset", username="secadmin").status_code == 403
    assert admin.form(f"{PAGE}/reset", username="town").status_code == 303
    assert Browser(app, "10.0.2.2").sign_in_at_desk("town").status_code == 303


def test_it_is_removed_with_a_code_alone(app, hands) -> None:
    secret = set_up(app, hands)
    browser = Browser(app)
    hands.forward(30_000)
    browser.form("/sign-in", username="town", password=PASSWORD, code=code_at(secret, hands))
    assert browser.form(f"{PAGE}/remove", code="").status_code == 401
    assert browser.form(f"{PAGE}/remove", code=code_at(secret, hands, 1)).status_code == 303
    assert Browser(app).sign_in_at_desk("town").status_code == 303


def test_an_installation_may_want_it_at_every_desk(app, hands) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], office_totp=True)
    desk = at_desk(app, "county")
    assert desk.client.get("/office/tasks").headers["Location"] == PAGE
    assert desk.form("/office/temporary/document", document_no="x").status_code == 401
    assert desk.client.get(PAGE).status_code == 200
    set_up(app, hands, "town")
    assert signed_in(app, "worker").client.get("/office").status_code == 200
