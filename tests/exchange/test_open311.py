"""GeoReport v2: services, requests handed in and looked up, in JSON and in XML, as its clients speak."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select

from server.cases import intake
from server.cases.models import CaseFile, CaseStep
from server.kernel import clock
from server.messages.models import Message
from tests.builders import Hands, writing
from tests.county import looking
from tests.exchange.systems import system
from tests.world import COUNTY, World

GRID = "330424102000001"
TOLD = {"service_code": "HAZ-10", "description": "井盖缺失", "address_string": "横港路 3 号", "address_id": GRID}
RESIDENT = {
    "first_name": "李",
    "last_name": "某某",
    "phone": "13900001111",
    "email": "x@example.com",
    "device_id": "77",
}


def _cases(app: Flask) -> list[CaseFile]:
    with looking(app) as session:
        return list(session.scalars(select(CaseFile).order_by(CaseFile.id)))


def test_services_are_the_public_list_without_class_s(app: Flask, world: World) -> None:
    client = app.test_client()
    found = client.get("/open311/v2/services.json").json
    codes = {one["service_code"] for one in found}
    assert {"HAZ-01", "HAZ-10", "EMG-02"} <= codes
    assert not codes & {"VIS-01", "VIS-02", "MED-02", "INFO-04", "PUB-01"}, (
        "class S, and what goes no higher than the grid"
    )
    assert client.get("/open311/v2/services.json", query_string={"jurisdiction_id": COUNTY}).json == found
    answer = client.get("/open311/v2/services.json", query_string={"jurisdiction_id": "990000"})
    assert answer.status_code == 404 and answer.json[0]["code"] == 404
    root = ElementTree.fromstring(client.get("/open311/v2/services.xml").data)
    assert [one.findtext("service_code") for one in root.iter("service")] == [one["service_code"] for one in found]


def test_discovery_names_the_doors(app: Flask) -> None:
    client = app.test_client()
    (endpoint,) = client.get("/open311/v2/discovery.json").json["endpoints"]
    assert endpoint["url"] == "http://localhost/open311/v2" and "GeoReport_v2" in endpoint["specification"]
    assert ElementTree.fromstring(client.get("/open311/v2/discovery.xml").data).tag == "discovery"


def test_a_request_becomes_a_case_of_the_town(app: Flask, world: World) -> None:
    one = system(app, world, name="chengguan")
    answer = one.post("/open311/v2/requests.json", external_ref="2026-77", **TOLD, **RESIDENT)
    assert answer.status_code == 201, answer.text
    (made,) = answer.json
    (case,) = _cases(app)
    assert str(case.id) == made["service_request_id"]
    assert (case.source, case.external_ref, case.level, case.state) == (
        "platform",
        "chengguan:2026-77",
        "L3",
        "accepted",
    )
    assert (case.told_words, case.place_words) == ("井盖缺失", "横港路 3 号")
    assert case.made_by_unit == world.areas["town"] and case.grid_id == world.areas["grid"]
    with looking(app) as session:
        (step,) = session.scalars(select(CaseStep))
        rung = {m.person_id for m in session.scalars(select(Message).where(Message.kind == "case_handed_in"))}
        written = json.dumps([str(vars(case)), str(vars(step))], ensure_ascii=False)
    assert step.by_person is None and rung == {world.people["town"]}
    assert not [value for value in RESIDENT.values() if len(value) > 2 and value in written]
    (seen,) = one.get(f"/open311/v2/requests/{case.id}.json").json
    assert (seen["status"], seen["service_code"], seen["description"]) == ("open", "HAZ-10", None)
    assert "井盖缺失" not in one.get("/open311/v2/requests.xml").text
    assert [row["external_ref"] for row in one.rows("cases")] == ["2026-77"]
    assert [row["external_ref"] for row in system(app, world, name="other").rows("cases")] == [None]


def test_said_again_it_is_the_same_request(app: Flask, world: World) -> None:
    one, other = system(app, world, name="first"), system(app, world, name="second")
    first = one.post("/open311/v2/requests.json", external_ref="7", **TOLD)
    again = one.post("/open311/v2/requests.json", external_ref="7", **TOLD)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json[0]["service_request_id"] == again.json[0]["service_request_id"]
    foreign = other.post("/open311/v2/requests.json", external_ref="7", **TOLD)
    assert foreign.status_code == 201, "numbers of two systems never meet"
    assert one.post("/open311/v2/requests.json", **TOLD).status_code == 201
    assert len(_cases(app)) == 3


@pytest.mark.parametrize(
    ("place", "grid"),
    [
        ({"lat": "30.505", "long": "120.915"}, "grid"),
        ({"lat": "30.505", "long": "120.925"}, "other_grid"),
        ({"lat": "31.5", "long": "120.915"}, None),
        ({"address_string": "横港路"}, None),
        ({"address_id": "330481999999999"}, None),
    ],
)
def test_a_place_leads_to_its_grid(app: Flask, world: World, place: dict[str, str], grid: str | None) -> None:
    answer = system(app, world).post("/open311/v2/requests.json", service_code="HAZ-10", **place)
    if grid is None:
        assert answer.status_code == 400 and "place_unclear" in answer.json[0]["description"]
    else:
        assert answer.status_code == 201
        assert [case.grid_id for case in _cases(app)] == [world.areas[grid]]


WRONG: list[dict[str, Any]] = [
    {"service_code": ""},
    {"service_code": "NO-1"},
    {"service_code": "VIS-01"},
    {"service_code": "PUB-01"},
    {"lat": "x"},
    {"lat": "nan"},
    {"long": "181"},
    {"description": "长" * 501},
    {"external_ref": "7" * 60},
    {"jurisdiction_id": "990000"},
]


def test_what_does_not_fit_is_refused_in_the_protocols_own_form(app: Flask, world: World) -> None:
    one = system(app, world)
    for wrong in WRONG:
        answer = one.post("/open311/v2/requests.xml", **{**TOLD, **wrong})
        assert answer.status_code in (400, 404), wrong
        error = ElementTree.fromstring(answer.data).find("error")
        assert error is not None and error.findtext("code") == str(answer.status_code)
    assert _cases(app) == []
    for query in (
        {"status": "odd"},
        {"start_date": "x"},
        {"service_request_id": "x"},
        {"end_date": "0001-01-01T00:00:00Z", "start_date": "2026-01-01T00:00:00Z"},
    ):
        assert one.get("/open311/v2/requests.json", **query).status_code == 400, query


def test_requests_are_looked_up_by_day_code_and_status(app: Flask, world: World) -> None:
    one = system(app, world, last_day=clock.today() + timedelta(days=120))
    first = one.post("/open311/v2/requests.json", **TOLD).json[0]["service_request_id"]
    second = one.post("/open311/v2/requests.json", **{**TOLD, "service_code": "HAZ-09"}).json[0]["service_request_id"]
    with writing(app) as session:
        session.get_one(CaseFile, _cases(app)[0].id).state = "closed"

    def ids(**query: Any) -> list[str]:
        return [row["service_request_id"] for row in one.get("/open311/v2/requests.json", **query).json]

    assert ids() == [second, first], "the newest first"
    assert ids(status="closed") == [first] and ids(status="open") == [second] and len(ids(status="open,closed")) == 2
    assert ids(service_code="HAZ-09, HAZ-99") == [second]
    assert ids(service_request_id=f"{first},{second}") == [second, first]
    assert ids(end_date="2026-01-01T00:00:00Z") == []
    hands = Hands()
    hands.forward(91 * 86_400_000)
    assert ids() == [], "of the last 90 days unless told"


def test_two_at_once_make_one_case(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first has written."""
    one = system(app, world)
    first = one.post("/open311/v2/requests.json", external_ref="9", **TOLD)
    real, blind = intake.of_reference, [True]
    monkeypatch.setattr(intake, "of_reference", lambda *told: None if blind and blind.pop() else real(*told))
    second = one.post("/open311/v2/requests.json", external_ref="9", **TOLD)
    assert second.status_code == 200 and not blind
    assert first.json[0]["service_request_id"] == second.json[0]["service_request_id"]
    assert len(_cases(app)) == 1
