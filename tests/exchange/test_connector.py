"""The profile of the public data platform: what it says holds, and nobody types what it brings."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from server.exchange import connector
from server.kernel import clock
from server.text import text
from tests.builders import Hands, at_desk
from tests.exchange.systems import revoke, system
from tests.exchange.test_open311 import GRID, TOLD
from tests.world import World

PAGE, FORM = "/office/exchange/connector", "/office/cases/take-in"
ASKED = 'name="source" value="platform"'


def _typed(world: World, source: str) -> dict[str, str]:
    told = {
        "about": "matter",
        "source": source,
        "external_ref": "77",
        "matter_code": "HAZ-10",
        "told_words": "井盖缺失",
    }
    return {**told, "grid_id": str(world.areas["grid"]), "place_words": "", "level": "L3", "given_day": ""}


def test_a_form_never_asks_for_what_the_connector_brings(app: Flask, world: World) -> None:
    """Every value that the profile fills, in the form that it names; the second half shows that it is asked for without."""
    desk, fills = at_desk(app, "town"), [fill for flow in connector.PROFILE.flows for fill in flow.fills]
    assert [(fill.form, fill.field, fill.value) for fill in fills] == [("case_intake", "source", "platform")]
    assert ASKED in desk.client.get(FORM).text, "no connector yet"
    one = system(app, world, "intake")
    assert ASKED not in desk.client.get(FORM).text
    answer = desk.form(FORM, **_typed(world, "platform"))
    assert answer.status_code == 422 and text("problem.connector_fills.title", "zh") in answer.text
    assert one.post("/open311/v2/requests.json", external_ref="77", **TOLD).status_code == 201, (
        "it brings the number itself"
    )
    assert desk.form(FORM, **_typed(world, "telephone")).status_code == 303
    revoke(app, world, one)
    assert ASKED in desk.client.get(FORM).text
    assert desk.form(FORM, **{**_typed(world, "platform"), "external_ref": "78"}).status_code == 303


def test_only_the_platforms_own_token_in_force_fills(app: Flask, world: World) -> None:
    desk, hands = at_desk(app, "town"), Hands()
    system(app, world, "intake", name="chengguan")
    system(app, world, "records", "cases")
    assert ASKED in desk.client.get(FORM).text
    system(app, world, "intake", last_day=clock.today() + timedelta(days=1))
    assert ASKED not in desk.client.get(FORM).text
    hands.forward(2 * clock.DAY_MS)
    assert ASKED in at_desk(app, "town").client.get(FORM).text


def test_the_office_sees_what_was_exchanged_and_when(app: Flask, world: World) -> None:
    auditor = at_desk(app, "auditor")
    one = system(app, world, "records", "intake")
    before = auditor.client.get(PAGE).text
    assert before.count(text("connector.never", "zh")) == 6 and before.count(text("connector.open", "zh")) >= 2
    one.rows("records")
    assert one.get("/api/v1/exchange/cases").status_code == 403, "a refused call is no exchange"
    assert one.post("/open311/v2/requests.json", **{**TOLD, "address_id": GRID}).status_code == 201
    after = auditor.client.get(PAGE).text
    assert after.count(text("connector.never", "zh")) == 4
    assert at_desk(app, "county").client.get(PAGE).status_code == 403


def test_a_profile_that_cannot_be_is_refused() -> None:
    told = json.loads(Path(connector.__file__).with_suffix(".json").read_text("utf-8"))
    connector.read(json.dumps(told))
    for wrong in (
        {"returned": [{"scope": "intake"}]},
        {"fetched": [{"scope": "records"}]},
        {"returned": [{"scope": "people"}]},
        {"returned": [{"scope": "cases"}, {"scope": "cases"}]},
        {"system": "Platform!"},
    ):
        with pytest.raises(ValueError, match=r".+"):
            connector.read(json.dumps(told | wrong))
