"""Signing in: what it answers, when it locks, and that it tells nobody who exists."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from flask import Flask

from server.people.models import SignIn, SignInFailure
from server.platform.db import db
from tests.builders import MINUTE, Browser, Hands, code_of, signed_in, writing
from tests.world import PASSWORD, World

WRONG = "not the password"


def test_the_answer_has_the_shape_of_the_contract(app: Flask, world: World) -> None:
    answer = Browser(app).sign_in("worker")
    body = answer.json
    assert answer.status_code == 200
    assert set(body) == {
        "person", "roles", "csrf_token", "scope_version", "server_time", "epoch", "restricted", "policy", "phone_secret",
        "receipt_keys", "sealing_key", "demo", "filing_no",
    }  # fmt: skip
    assert body["person"] == {
        "id": str(world.people["worker"]), "name": "张worker", "username": "worker", "county_code": "330424",
        "language": None,
    }  # fmt: skip
    assert body["roles"] == [
        {
            "role": "full_time_worker", "grid_id": str(world.areas["grid"]), "micro_grid_id": None,
            "org_unit_id": str(world.areas["village"]), "org_unit_name": "village", "from": "2026-01-01", "to": None,
        }
    ]  # fmt: skip
    assert body["restricted"] is False and body["demo"] is False
    assert set(body["sealing_key"]) == {"kid", "x", "y"} and len(body["receipt_keys"]) == 1


def test_the_filing_number_is_told_to_the_phone_and_stands_on_every_public_page(app: Flask) -> None:
    number = "浙政备〔2026〕1号"
    assert Browser(app).sign_in("worker").json["filing_no"] == ""
    object.__setattr__(app.extensions["settings"], "filing_no", number)
    assert Browser(app).sign_in("worker").json["filing_no"] == number
    badge = f"/b/{'a' * 22}"
    public = ("/privacy", "/feedback", "/feedback/123456", "/board/", "/matters", "/matters/versions", badge)
    for path in (*public, "/sign-in", "/reset"):
        assert number in Browser(app).get(path).text, path


def test_the_cookie_is_out_of_reach_of_scripts(app: Flask) -> None:
    cookie = Browser(app).sign_in("worker").headers["Set-Cookie"]
    assert cookie.startswith("gw_session=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Max-Age" in cookie
    assert "Max-Age" not in Browser(app).sign_in("town").headers["Set-Cookie"], "a desk's session ends with the browser"


def test_only_the_hash_of_the_token_is_kept(app: Flask) -> None:
    browser = signed_in(app, "worker")
    token = browser.client.get_cookie("gw_session").value
    with app.app_context():
        row = db.session.scalars(sa.select(SignIn)).one()
        assert token.encode() not in bytes(row.token_hash) and len(row.token_hash) == 32
        assert token not in row.csrf


@pytest.mark.parametrize("username", ["worker", "nobody of this name"])
def test_five_failures_lock_the_account_for_this_address(app: Flask, username: str) -> None:
    hands, browser = Hands(), Browser(app)
    for _ in range(5):
        answer = browser.sign_in(username, WRONG)
        assert (answer.status_code, code_of(answer)) == (401, "wrong_credentials")
    answer = browser.sign_in(username, PASSWORD)
    assert (answer.status_code, code_of(answer)) == (423, "account_locked")
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    hands.forward(15 * MINUTE - 1)
    assert code_of(browser.sign_in(username, PASSWORD)) == "account_locked"
    hands.forward(2)
    assert browser.sign_in(username, PASSWORD).status_code == (200 if username == "worker" else 401)


def test_a_lock_holds_for_one_account_and_one_address(app: Flask) -> None:
    browser = Browser(app)
    for _ in range(6):
        browser.sign_in("worker", WRONG)
    assert browser.sign_in("leader").status_code == 200
    assert Browser(app, address="10.0.0.2").sign_in("worker").status_code == 200


def test_a_right_password_clears_the_count(app: Flask) -> None:
    browser = Browser(app)
    for _ in range(4):
        browser.sign_in("worker", WRONG)
    assert browser.sign_in("worker").status_code == 200
    for _ in range(4):
        browser.sign_in("worker", WRONG)
    assert browser.sign_in("worker").status_code == 200


def test_slow_failures_never_lock(app: Flask) -> None:
    hands, browser = Hands(), Browser(app)
    for _ in range(8):
        assert code_of(browser.sign_in("worker", WRONG)) == "wrong_credentials"
        hands.forward(5 * MINUTE)


def test_failures_name_nobody(app: Flask) -> None:
    Browser(app).sign_in("worker", WRONG)
    with app.app_context():
        row = db.session.scalars(sa.select(SignInFailure)).one()
        assert b"worker" not in bytes(row.account) + bytes(row.address) and len(row.account) == 32


def test_tries_under_way_at_once_are_bounded(app: Flask) -> None:
    """Six tries noted before any is judged: the sixth is refused whatever its password."""
    from server.people import commands

    with writing(app) as session:
        tries = [commands.begin_try(session, "worker", "a", 100, 15) for _ in range(6)]
    with writing(app) as session:
        assert [commands.is_beyond(session, found, 5, 15) for found in tries].count(True) == 1


def test_a_name_that_exists_takes_no_longer_than_one_that_does_not(app: Flask) -> None:
    """Both do one argon2 verification; with a dear hash the times lie close together."""
    from server.platform.config import Settings
    from server.platform.passwords import Passwords

    hasher = Passwords(Settings(argon2_memory_kib=16_384, argon2_rounds=3))
    stored = hasher.hash(PASSWORD)

    def best(known: str | None) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            assert hasher.matches(known, WRONG) is False
            times.append(time.perf_counter() - began)
        return min(times)

    assert 0.5 < best(stored) / best(None) < 2


def test_the_public_password_of_the_demo_opens_nothing_where_the_demo_is_off(app: Flask) -> None:
    """A data folder that once held the demo is served on an address that everybody reaches."""
    from server.platform.config import Settings
    from server.platform.passwords import OF_THE_DEMO, Passwords

    cheap = {"argon2_memory_kib": 8, "argon2_rounds": 1}
    stored = Passwords(Settings(**cheap)).hash(OF_THE_DEMO)
    assert Passwords(Settings(demo=True, **cheap)).matches(stored, OF_THE_DEMO)
    assert not Passwords(Settings(demo=False, **cheap)).matches(stored, OF_THE_DEMO)


def test_a_hash_of_an_older_cost_is_renewed(app: Flask) -> None:
    from argon2 import PasswordHasher

    from server.people import queries

    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    with writing(app) as session:
        queries.person_named(session, "worker").password_hash = old
    assert Browser(app).sign_in("worker").status_code == 200
    with app.app_context():
        assert queries.person_named(db.session(), "worker").password_hash != old
    assert Browser(app).sign_in("worker").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "worker"}, 422, "invalid"),
        ({"username": 5, "password": []}, 422, "invalid"),
        ({"username": "worker", "password": "x", "more": 1}, 422, "invalid"),
        ({"username": "w\ud800\0", "password": "\ud800"}, 401, "wrong_credentials"),
        ({"username": "worker", "password": "x" * 1000}, 422, "invalid"),
        ([], 422, "invalid"),
        ("worker", 422, "invalid"),
    ],
)
def test_bad_bodies_are_refused_with_words(app: Flask, body: object, status: int, code: str) -> None:
    answer = Browser(app).call("POST", "/api/v1/session", body)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_another_site_may_not_try_a_sign_in(app: Flask) -> None:
    typed = {"username": "worker", "password": PASSWORD}
    answer = Browser(app).call("POST", "/api/v1/session", typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert code_of(answer) == "csrf" and "Set-Cookie" not in answer.headers
