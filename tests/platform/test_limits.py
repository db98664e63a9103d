"""Rate limits: our 429 with Retry-After, per address at public doors, off where the settings say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.platform.limits import counted_address, limiter
from tests.builders import Browser, Template, code_of
from tests.databases import Databases


@pytest.fixture
def limited(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
    with template.app(databases, tmp_path, rate_limits=True, sign_in_tries=1000) as app:
        with app.app_context():
            limiter.reset()
        yield app
        with app.app_context():
            limiter.reset()


@pytest.mark.parametrize(
    ("path", "fields", "limit"),
    [
        ("/api/v1/session", {"username": "worker", "password": "wrong"}, 30),
        ("/api/v1/session/reset", {"username": "worker", "code": "1", "new_password": "long enough for all"}, 20),
    ],
)
def test_too_many_tries_from_one_address_must_wait(limited: Flask, path: str, fields: dict, limit: int) -> None:
    browser = Browser(limited)
    codes = [code_of(browser.call("POST", path, fields)) for _ in range(limit)]
    assert "too_many_requests" not in codes
    answer = browser.call("POST", path, fields)
    assert (answer.status_code, code_of(answer)) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 61  # a begun second counts
    assert code_of(Browser(limited, address="10.0.0.2").call("POST", path, fields)) != "too_many_requests"


def test_an_address_of_version_six_counts_as_its_network(limited: Flask) -> None:
    def tried(address: str) -> str:
        fields = {"username": "worker", "password": "wrong"}
        return code_of(Browser(limited, address=address).call("POST", "/api/v1/session", fields))

    assert {tried(f"2001:db8:0:1::{n:x}") for n in range(30)} == {"wrong_credentials"}
    assert tried("2001:db8:0:1:ffff::1") == "too_many_requests", "the same customer"
    assert tried("2001:db8:0:2::1") == "wrong_credentials"


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ("10.0.0.2", "10.0.0.2"),
        ("::ffff:10.0.0.2", "10.0.0.2"),
        ("2001:db8:0:1:aaaa::7", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_what_is_counted_of_an_address(app: Flask, told: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": told}):
        assert counted_address() == counted


def test_limits_are_off_where_settings_say_so(app: Flask) -> None:
    codes = {code_of(Browser(app).sign_in(f"nobody{n}", "wrong")) for n in range(40)}
    assert codes == {"wrong_credentials"}


def test_pushes_are_counted_by_session_not_by_address(limited: Flask) -> None:
    """A village's people share one address; a phone that pushes without end must wait, its neighbour need not."""
    from tests.builders import signed_in

    hasty, neighbour = signed_in(limited, "worker"), signed_in(limited, "leader")
    answers = [hasty.call("POST", "/api/v1/sync/push", {}).status_code for _ in range(601)]
    assert answers[0] == 422 and 429 not in answers[:600] and answers[600] == 429
    assert neighbour.call("POST", "/api/v1/sync/push", {}).status_code == 422
