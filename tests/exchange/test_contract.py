"""The doors keep to ``/openapi.json``: schemathesis makes calls of the description, right ones and wrong ones, and no answer may
be a 5xx or outside of it. A small sample in the suite, 20,000 and more in ``make prove``.
"""

from __future__ import annotations

from collections import Counter
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
from server.platform import webpush
from tests import push_host
from tests.builders import Template
from tests.databases import Databases
from tests.exchange.right_calls import County, put_right
from tests.exchange.systems import system

SAMPLE, MANY = 4, 560  # calls of each door in each mode
HELD = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
OK = range(200, 300)


@pytest.fixture(scope="module")
def county(databases: Databases, template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """An app that all calls share, with a token that opens everything."""
    push = webpush.read(push_host.settings())
    with template.app(databases, tmp_path_factory.mktemp("contract"), push=push) as app:
        yield County(app, template.world, system(app, template.world))


def _doors(app: Flask) -> dict[str, Any]:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


def _is_outside(door: Any) -> bool:
    return door.definition.raw.get("x-audience") == "outside"


def _keep_to(door: Any, county: County, calls: int) -> Counter[int]:
    """Calls with what exists, ``calls`` by the description and as many against it, where that is possible; the answers by status.

    Other systems' doors are asked with a token, all others by a phone that is signed in.
    """
    answers: Counter[int] = Counter()
    phone, carried = county.new_phone()

    def hold(data: st.DataObject, mode: GenerationMode, is_right: bool = False) -> None:
        nonlocal phone, carried
        case = data.draw(door.as_strategy(generation_mode=mode))
        if is_right:
            if not _is_outside(door) and OK.start not in answers:  # such a call may end the session
                phone, carried = county.new_phone()
            put_right(case, door.label, county, phone)
        answer = case.call(**(county.token if _is_outside(door) else carried))
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=HELD)

    def go(mode: GenerationMode, times: int, is_right: bool = False) -> None:
        many = settings(max_examples=times, **QUIET)
        many(given(data=st.data())(lambda data: hold(data, mode, is_right)))()

    go(GenerationMode.POSITIVE, max(2, calls // 10), is_right=True)
    phone, carried = county.new_phone()
    go(GenerationMode.POSITIVE, calls)
    with suppress(Unsatisfiable):  # where whatever is said to a door fits its description
        go(GenerationMode.NEGATIVE, calls)
    return answers


def test_every_door_of_the_room_is_described(county: County) -> None:
    described = {label for label, door in _doors(county.app).items() if _is_outside(door)}
    assert len(described) == 10 and "POST /open311/v2/requests.{form}" in described


def test_other_systems_get_nothing_but_what_is_described(county: County) -> None:
    for door in _doors(county.app).values():
        if _is_outside(door):
            assert _keep_to(door, county, SAMPLE).total() >= SAMPLE


def test_phones_get_nothing_but_what_is_described(county: County) -> None:
    for door in _doors(county.app).values():
        if not _is_outside(door):
            assert _keep_to(door, county, 1).total()


def test_an_answer_outside_the_description_is_noticed(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "status_of", lambda _state: "somewhere")
    door = _doors(county.app)["GET /open311/v2/requests.{form}"]
    case = door.Case(method="GET", path_parameters={"form": "json"})
    with pytest.raises(FailureGroup):
        case.validate_response(case.call(**county.token), checks=HELD)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_twenty_thousand_calls(county: County) -> None:
    """Of every door, and each is also opened."""
    made = {label: _keep_to(door, county, MANY) for label, door in _doors(county.app).items()}
    for label, answers in made.items():
        print(f"{label:60} {sum(n for s, n in answers.items() if s in OK):6} of {answers.total():6}  {dict(answers)}")
    assert all(any(status in OK for status in answers) for answers in made.values())
    assert sum(answers.total() for answers in made.values()) >= 20_000
