"""Every route of the app has a guard; an unsafe one asks for the CSRF token; one that nobody guarded stays shut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from server.app import create_app
from server.people.guard import KINDS, door, guard_of
from server.people.rules import TABLE
from server.platform.config import Settings

# public doors: everybody may knock, so each stands here with its reason
PUBLIC = {
    "GET /": "leads home",
    "GET /app": "the shell, the same for everybody",
    "GET /app/<path:screen>": "the shell",
    "GET /sw.js": "file",
    "GET /manifest.webmanifest": "file",
    "GET /static/<folder>/<path:path>": "built files and icons",
    "GET /feedback": "anybody may complain (Art. 14)",
    "POST /feedback": "anybody may complain, without a name; held by a signed stamp",
    "GET /feedback/status": "leads to the page of a receipt",
    "GET /feedback/<receipt>": "asks for the secret",
    "POST /feedback/<receipt>": "asks for the secret",
    "GET /matters": "the matter list is public (Art. 8)",
    "GET /b/<token>": "whoever is shown a work badge may check it (Art. 11); limited by address",
    "GET /b/<token>/<minute>/<code>": "the same with the phone's code",
    "GET /board/": "the notice boards are public (Art. 15)",
    "POST /board/": "a search, in the body so that no log has it; changes nothing",
    "GET /board/<code>": "one grid's board",
    "GET /board/<code>/print": "its poster",
    "GET /matters/versions": "what was made public stays public (Art. 8)",
    "GET /matters/versions/<int:number>": "what was made public stays public (Art. 8)",
    "GET /matters/difference": "what a new version changes is public (Art. 8)",
    "GET /keys/records.json": "public keys, to check an achievement record with (Art. 20)",
    "GET /m/<token>": "is this merit badge real? (Art. 22)",
    "GET /m/keys.json": "public keys, for whoever checks one without us",
    "GET /privacy": "what is kept of people, for everybody (PIPL Art. 17)",
    "GET /openapi.json": "describes the doors",
    "GET /open311/v2/discovery.<any(json, xml):form>": "tells other systems where the doors are",
    "GET /open311/v2/services.<any(json, xml):form>": "the matter list is public (Art. 8)",
    "GET /healthz": "monitoring",
    "GET /metrics": "asks for a token or the system administrator itself",
    "GET /sign-in": "the form",
    "POST /sign-in": "signs in",
    "GET /sign-in/house": "to the other house that vouches for desks",
    "GET /sign-in/house/back": "signs in whom it vouches for",
    "POST /sign-in/house/code": "takes the second factor of whoever it vouched for",
    "GET /reset": "the form",
    "POST /reset": "takes a one-time code",
    "POST /api/v1/session": "signs in",
    "POST /api/v1/session/reset": "takes a one-time code",
    "OPTIONS /api/v1/uploads": "tells what a tus server can do",
    "OPTIONS /api/v1/uploads/<upload_id>": "tells what a tus server can do",
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    settings = Settings(data_dir=tmp_path, testing=True, argon2_memory_kib=64, argon2_rounds=1, log_level="ERROR")
    return create_app(settings)


def _doors(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods; HEAD and OPTIONS only where a view of ours answers them."""
    for rule in app.url_map.iter_rules():
        methods = set(rule.methods or ())
        if "GET" in methods:
            methods.discard("HEAD")
        if rule.provide_automatic_options:
            methods.discard("OPTIONS")
        for method in sorted(methods):
            yield rule, method


def test_every_route_is_guarded(app: Flask) -> None:
    open_doors = [
        f"{method} {rule.rule}"
        for rule, method in _doors(app)
        if guard_of(app.view_functions[rule.endpoint], method) is None
    ]
    assert open_doors == []


def test_every_guard_is_one_that_exists(app: Flask) -> None:
    for rule, method in _doors(app):
        guard = guard_of(app.view_functions[rule.endpoint], method)
        assert guard is not None and guard[0] in KINDS, rule.rule
        assert guard[1] is None or guard[1] in TABLE, f"{rule.rule}: {guard[1]} is not in the permission table"


def test_only_named_doors_are_public(app: Flask) -> None:
    public = {
        f"{method} {rule.rule}"
        for rule, method in _doors(app)
        if (guard_of(app.view_functions[rule.endpoint], method) or ("",))[0] == "public"
    }
    assert public == set(PUBLIC)


def test_a_door_without_a_guard_is_shut(app: Flask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    app.add_url_rule("/forgotten", "forgotten_page", lambda: "secret")
    for path in ("/api/v1/forgotten", "/forgotten"):
        answer = app.test_client().get(path)
        assert answer.status_code == 404 and "secret" not in answer.text
    assert app.test_client().post("/api/v1/forgotten").status_code == 404


def test_a_forgotten_guard_is_noticed(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(AssertionError, match="GET /forgotten"):
        test_every_route_is_guarded(app)


def test_signed_out_nobody_passes_any_other_door(app: Flask) -> None:
    """Every door that is not public, knocked at without a session: 401, or a way to the sign-in page."""
    values = {
        "uuid": "00000000-0000-7000-8000-000000000000",
        "string": "x",
        "integer": "1",
        "default": "x",
        "path": "x",
        "any": "json",
    }
    for rule, method in _doors(app):
        if (guard_of(app.view_functions[rule.endpoint], method) or ("",))[0] == "public":
            continue
        adapter = app.url_map.bind("localhost")
        arguments = {name: values.get(_kind(rule, name), "x") for name in rule.arguments}
        path = adapter.build(rule.endpoint, arguments, method=method)
        answer = app.test_client().open(path, method=method, headers={"Tus-Resumable": "1.0.0"})
        is_led = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        assert answer.status_code == 401 or (is_led and method == "GET"), f"{method} {rule.rule}: {answer.status_code}"


def _kind(rule: Rule, name: str) -> str:
    return type(rule._converters[name]).__name__.removesuffix("Converter").lower()


def test_unknown_kinds_of_guard_are_refused() -> None:
    with pytest.raises(ValueError, match="everyone"):
        door("everyone")
    with pytest.raises(ValueError, match="outside"):
        door("outside")
    with pytest.raises(ValueError, match="phone"):
        door("phone", scope="records")
