"""The doors keep to ``/openapi.json``: schemathesis makes calls of the description, right ones and wrong ones, and no answer may
be a 5xx or outside of it. A small sample in the suite, 20,000 and more in ``make prove``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.exchange import handing
from tests.builders import Template, signed_in
from tests.databases import Databases
from tests.exchange.systems import system
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import case_of
from tests.world import World

SAMPLE, MANY = 6, 660  # calls of each door in each mode
HELD = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.fixture(scope="module")
def county(
    databases: Databases, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, dict[str, str]]]:
    """An app that all calls share, with a token that opens everything and a signed-in phone."""
    with template.app(databases, tmp_path_factory.mktemp("contract")) as app:
        told = hazard(template.world)
        assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
        case_of(app, template.world, str(told["id"]))
        one = system(app, template.world)
        yield app, {"Authorization": f"Bearer {one.token}"}


def _doors(app: Flask) -> dict[str, Any]:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


def _is_outside(door: Any) -> bool:
    return door.definition.raw.get("x-audience") == "outside"


def _keep_to(door: Any, headers: dict[str, str], calls: int) -> int:
    """``calls`` calls by the description and as many against it, where that is possible; answers how many were made."""
    made = [0]

    def hold(data: st.DataObject, mode: GenerationMode) -> None:
        case = data.draw(door.as_strategy(generation_mode=mode))
        made[0] += 1
        case.validate_response(case.call(headers=headers), checks=HELD)

    many = settings(max_examples=calls, **QUIET)
    many(given(data=st.data())(lambda data: hold(data, GenerationMode.POSITIVE)))()
    with suppress(Unsatisfiable):  # where whatever is said to a door fits its description
        many(given(data=st.data())(lambda data: hold(data, GenerationMode.NEGATIVE)))()
    return made[0]


def test_every_door_of_the_room_is_described(county: tuple[Flask, dict[str, str]]) -> None:
    app, _ = county
    described = {label for label, door in _doors(app).items() if _is_outside(door)}
    assert len(described) == 10 and "POST /open311/v2/requests.{form}" in described


def test_other_systems_get_nothing_but_what_is_described(county: tuple[Flask, dict[str, str]]) -> None:
    app, headers = county
    for door in _doors(app).values():
        if _is_outside(door):
            assert _keep_to(door, headers, SAMPLE) >= SAMPLE


def test_an_answer_outside_the_description_is_noticed(
    county: tuple[Flask, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, headers = county
    monkeypatch.setattr(handing, "status_of", lambda _state: "somewhere")
    door = _doors(app)["GET /open311/v2/requests.{form}"]
    case = door.Case(method="GET", path_parameters={"form": "json"})
    with pytest.raises(FailureGroup):
        case.validate_response(case.call(headers=headers), checks=HELD)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_twenty_thousand_calls(county: tuple[Flask, dict[str, str]], world: World) -> None:
    """Other systems' doors with a token, all others as a phone that is signed in, but for its own sign-out."""
    app, headers = county
    phone = signed_in(app, "worker2")
    as_phone = {"Cookie": f"gw_session={phone.client.get_cookie('gw_session').value}", "X-CSRF-Token": phone.csrf}
    made = 0
    for label, door in _doors(app).items():
        if label != "DELETE /api/v1/session":
            made += _keep_to(door, headers if _is_outside(door) else as_phone, MANY)
    assert made >= 20_000
