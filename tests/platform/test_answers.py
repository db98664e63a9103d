"""What every answer carries: headers, problems in both languages, no detail of what went wrong inside."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, abort

from server.kernel.problems import CATALOGUE, Problem
from server.people.guard import door
from server.platform.problem_json import body_of, problem_of
from tests.builders import Browser, Template, code_of, signed_in
from tests.databases import Databases

SECRET = "王小明 13800000000"


def test_pages_may_load_nothing_from_elsewhere_and_nothing_inline(app: Flask) -> None:
    headers = Browser(app).get("/sign-in").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'" and "script-src" not in policy and "style-src" not in policy
    assert policy["img-src"] == "'self' blob: data:"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["form-action"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"] and "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_secure_installation_asks_for_tls_from_then_on(
    databases: Databases, template: Template, tmp_path: Path
) -> None:
    with template.app(databases, tmp_path, secure_cookies=True) as app:
        browser = Browser(app)
        assert browser.get("/sign-in").headers["Strict-Transport-Security"].startswith("max-age=")
        assert "; Secure" in browser.sign_in("worker").headers["Set-Cookie"]


def test_nothing_changed_takes_at_most_200_bytes(app: Flask) -> None:
    phone = signed_in(app, "worker")
    device = phone.register()
    cursor, more = None, True
    while more:
        body = phone.get(f"/api/v1/sync/pull?device_id={device}&cursor={cursor or ''}").json
        cursor, more = body["cursor"], body["more"]
    answer = phone.get(f"/api/v1/sync/pull?device_id={device}&cursor={cursor}")
    assert answer.status_code == 204
    assert {name.lower() for name in dict(answer.headers)} <= {"cache-control"}
    ours = b"HTTP/1.1 204 No Content\r\n" + b"".join(f"{k}: {v}\r\n".encode() for k, v in answer.headers) + b"\r\n"
    server = b"server: granian\r\ndate: Tue, 24 Nov 2026 03:00:00 GMT\r\n"
    assert len(ours + server) <= 200


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_problem_has_words_in_both_languages(code: str) -> None:
    body = body_of(Problem(code), "en")
    assert body["status"] == CATALOGUE[code] and body["title"] and body["detail_zh"] and body["detail_en"]
    assert body["detail_zh"] != body["detail_en"] and body["title"] != body_of(Problem(code), "zh")["title"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nowhere", 404, "not_found"),
        ("PUT", "/api/v1/session", 405, "method_not_allowed"),
        ("GET", "/api/v1/devices/not-an-id", 404, "not_found"),
        ("GET", "/static/dist/../../server/app.py", 404, None),
        ("GET", "/static/src/boot.ts", 404, None),
        ("GET", "/nowhere", 404, None),
        ("POST", "/healthz", 405, None),
    ],
)
def test_errors_of_the_router_are_ours(app: Flask, method: str, path: str, status: int, code: str | None) -> None:
    answer = Browser(app).call(method, path)
    assert answer.status_code == status
    if code:
        assert code_of(answer) == code and answer.json["status"] == status
    else:
        assert answer.mimetype == "text/html" and 'lang="zh-CN"' in answer.text and 'lang="en"' in answer.text


@pytest.fixture
def broken(app: Flask) -> Flask:
    """Two doors that break, one in the API and one page, and doors that abort with each HTTP error."""

    def fall() -> None:
        raise RuntimeError(SECRET)

    def stop(status: int) -> None:
        abort(status)

    app.add_url_rule("/api/break", "api_break", door("public")(fall))
    app.add_url_rule("/break", "page_break", door("public")(lambda: fall()))
    app.add_url_rule("/api/abort/<int:status>", "api_abort", door("public")(stop))
    return app


@pytest.mark.parametrize("path", ["/api/break", "/break"])
def test_what_went_wrong_inside_stays_inside(broken: Flask, path: str, capfd: pytest.CaptureFixture[str]) -> None:
    answer = Browser(broken).get(path)
    assert answer.status_code == 500
    assert SECRET not in answer.text and "RuntimeError" not in answer.text and "Traceback" not in answer.text
    log = capfd.readouterr().err
    assert "RuntimeError" in log and SECRET not in log


HTTP_ERRORS = (400, 401, 403, 404, 405, 406, 408, 409, 411, 412, 413, 414, 415, 416, 417, 422, 429, 431, 500, 501, 503)


@pytest.mark.parametrize("status", HTTP_ERRORS)
def test_every_http_error_has_a_code(broken: Flask, status: int) -> None:
    answer = Browser(broken).get(f"/api/abort/{status}")
    body = answer.json
    assert answer.content_type == "application/problem+json" and body["code"] in CATALOGUE
    assert body["status"] == answer.status_code == CATALOGUE[body["code"]]
    assert answer.status_code // 100 == status // 100
    assert ("Retry-After" in answer.headers) is (status == 429)


def test_a_body_beyond_the_limit_is_refused(app: Flask) -> None:
    answer = Browser(app).call("POST", "/api/v1/session", data=b"x" * (10 * 2**20), content_type="application/json")
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b'{"username": NaN'])
def test_what_is_no_json_is_refused(app: Flask, body: bytes) -> None:
    answer = Browser(app).call("POST", "/api/v1/session", data=body, content_type="application/json")
    assert answer.status_code in (400, 422) and code_of(answer) in ("bad_json", "invalid")


def test_faulty_fields_are_named_and_never_repeated(app: Flask) -> None:
    answer = Browser(app).call("POST", "/api/v1/session", {"username": 5, "password": SECRET, "x\ud800": SECRET})
    assert answer.json["fields"] == ["username", "x\ufffd"] or answer.json["fields"] == ["username", "x?"]
    assert SECRET not in answer.text


def test_the_description_of_the_doors_is_openapi_3_1(app: Flask) -> None:
    described = Browser(app).get("/openapi.json").json
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]["/api/v1/session"]) == {"get", "post", "delete"}
    shape = described["components"]["schemas"]["SessionAnswer"]
    assert {"person", "roles", "csrf_token"} <= set(shape["required"])
    assert set(described["components"]["schemas"]["Problem"]["required"]) >= {"code", "detail_zh", "detail_en"}
    json.dumps(described)


def test_health_says_ok_and_nothing_else(app: Flask) -> None:
    answer = Browser(app).get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_the_address_behind_a_proxy_counts_only_when_trusted(
    databases: Databases, template: Template, tmp_path: Path
) -> None:
    """Six failures from 'different' forwarded addresses: one address unless the proxy is trusted."""
    for folder, trusted, last in (("a", 0, "account_locked"), ("b", 1, "wrong_credentials")):
        (tmp_path / folder).mkdir()
        with template.app(databases, tmp_path / folder, trusted_proxies=trusted) as app:
            typed = {"username": "worker", "password": "wrong"}
            codes = [
                code_of(Browser(app).call("POST", "/api/v1/session", typed, headers={"X-Forwarded-For": f"10.9.9.{n}"}))
                for n in range(6)
            ]
            assert codes[-1] == last


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (sqlite3.OperationalError("database is locked"), "unavailable"),
        (psycopg.errors.DeadlockDetected(), "unavailable"),
        (psycopg.errors.SerializationFailure(), "unavailable"),
        (psycopg.errors.DiskFull(), "internal"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_whoever_yields_to_another_writer_is_asked_to_come_again(cause: Exception, code: str) -> None:
    assert problem_of(sa.exc.OperationalError("UPDATE", {}, cause)).code == code
