"""Every office route for every role: who comes in, who is refused, who is told that there is nothing.

A room that adds an office page adds its line to ``ROUTES``; a route without a line turns this red.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.builders import Browser, at_desk, signed_in
from tests.world import POSTS, World

PHONES = ("worker", "worker2", "parttime", "leader", "adviser", "worker3", "leader2", "micro")
DESKS = ("village", "town", "dept", "county", "city", "sysadmin", "secadmin", "auditor")
EVERYBODY = frozenset(PHONES + DESKS)

# method, rule, path, fields of a form, who comes in (200 or a redirect onwards); all others 403, the signed-out 303 or 401
ROUTES: list[tuple[str, str, str, dict[str, Any], frozenset[str]]] = [
    ("GET", "/office", "/office", {}, EVERYBODY),
    ("GET", "/office/devices", "/office/devices", {}, EVERYBODY),
    ("POST", "/office/devices/<uuid:device_id>/revoke", "/office/devices/{device}/revoke", {}, frozenset({"secadmin"})),
    ("GET", "/office/devices/people", "/office/devices/people", {}, frozenset({"sysadmin", "secadmin"})),
    ("GET", "/office/reset-code", "/office/reset-code", {}, frozenset({"leader", "leader2", "secadmin"})),
    ("POST", "/office/reset-code", "/office/reset-code", {"person_id": "{worker}"}, frozenset({"leader", "secadmin"})),
    ("GET", "/office/teams", "/office/teams", {}, frozenset({"town"})),
    ("POST", "/office/teams", "/office/teams", {}, frozenset()),
    ("POST", "/office/teams/<uuid:team_id>/members/<uuid:person_id>/end", "/office/teams/{team}/members/{worker}/end", {},
     frozenset()),
    ("POST", "/office/teams/<uuid:team_id>/close", "/office/teams/{team}/close", {}, frozenset({"town"})),
    ("GET", "/office/review", "/office/review", {}, frozenset({"village", "town"})),
    ("POST", "/office/review/<uuid:record_id>", "/office/review/{team}", {"decision": "approve"}, frozenset()),
    ("GET", "/office/outboxes", "/office/outboxes", {}, frozenset({"town", "county"})),
    ("POST", "/office/outboxes/<uuid:mutation_id>/take-in", "/office/outboxes/{team}/take-in", {}, frozenset()),
    ("GET", "/office/sealed-file", "/office/sealed-file", {}, frozenset({"town", "county", "secadmin"})),
    ("POST", "/office/sealed-file", "/office/sealed-file", {}, frozenset()),
    ("GET", "/office/backup", "/office/backup", {}, frozenset({"sysadmin"})),
    ("GET", "/office/matters", "/office/matters", {}, frozenset({"county"})),
    ("GET", "/office/matters/<uuid:matter_id>", "/office/matters/{team}", {}, frozenset()),
    ("POST", "/office/matters/<uuid:matter_id>", "/office/matters/{team}", {}, frozenset()),
    ("POST", "/office/matters/patrols", "/office/matters/patrols", {}, frozenset()),
    ("GET", "/office/households/import", "/office/households/import", {}, frozenset({"town"})),
    ("GET", "/office/households/import/sheet.xlsx", "/office/households/import/sheet.xlsx", {}, frozenset({"town"})),
    ("POST", "/office/households/import", "/office/households/import", {}, frozenset()),
    ("POST", "/office/households/import/confirm", "/office/households/import/confirm", {}, frozenset()),
    ("POST", "/office/households/import/cancel", "/office/households/import/cancel", {}, frozenset()),
]  # fmt: skip
MISSING = {  # within the guard, but the thing is not theirs, or the empty form is faulty
    ("POST", "/office/devices/<uuid:device_id>/revoke"): (404, EVERYBODY),
    ("POST", "/office/reset-code"): (404, frozenset({"leader2"})),
    ("POST", "/office/teams"): (422, frozenset({"town"})),
    ("POST", "/office/teams/<uuid:team_id>/members/<uuid:person_id>/end"): (422, frozenset({"town"})),
    ("POST", "/office/review/<uuid:record_id>"): (404, frozenset({"village", "town"})),
    ("POST", "/office/outboxes/<uuid:mutation_id>/take-in"): (404, frozenset({"town", "county"})),
    ("POST", "/office/sealed-file"): (422, frozenset({"town", "county", "secadmin"})),
    ("GET", "/office/matters/<uuid:matter_id>"): (404, frozenset({"county"})),
    ("POST", "/office/matters/<uuid:matter_id>"): (404, frozenset({"county"})),
    ("POST", "/office/matters/patrols"): (422, frozenset({"county"})),
    ("POST", "/office/households/import"): (422, frozenset({"town"})),
    ("POST", "/office/households/import/confirm"): (410, frozenset({"town"})),
    ("POST", "/office/households/import/cancel"): (410, frozenset({"town"})),
}


def _office_rules(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/office")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_office_route_has_a_line(app: Flask) -> None:
    assert {(method, rule) for method, rule, *_ in ROUTES} == _office_rules(app)


def test_every_account_is_in_the_matrix() -> None:
    assert {username for username, *_ in POSTS} == EVERYBODY


@pytest.mark.parametrize("username", sorted(EVERYBODY))
def test_who_comes_in(app: Flask, world: World, username: str) -> None:
    device = signed_in(app, "worker").register()
    names = {**world.people, "team": world.team, "device": device}
    browser = at_desk(app, username) if username in DESKS else signed_in(app, username)
    wrong = []
    for method, rule, path, fields, welcome in ROUTES:
        filled = path.format(**names)
        if username == "worker" and "{device}" in path:
            continue  # one's own device: tests/people/test_devices.py
        if method == "GET":
            status = browser.get(filled).status_code
        else:
            status = browser.form(filled, **{k: v.format(**names) for k, v in fields.items()}).status_code
        code, near = MISSING.get((method, rule), (0, frozenset()))
        expected = {200, 303} if username in welcome else {code} if username in near else {403}
        if status not in expected:
            wrong.append((method, rule, status, expected))
    assert wrong == []


def test_the_signed_out_come_in_nowhere(app: Flask, world: World) -> None:
    names = {**world.people, "team": world.team, "device": world.team}
    for method, _rule, path, fields, _ in ROUTES:
        filled = path.format(**names)
        answer = Browser(app).get(filled) if method == "GET" else Browser(app).client.post(filled, data=fields)
        is_asked = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        assert is_asked if method == "GET" else answer.status_code == 401, filled
