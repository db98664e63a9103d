"""What leaves and what never does; every form of it; and how an export goes on where it was cut."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from sqlalchemy import select, update

from server.exchange import streaming
from server.exchange.describing import ROWS, row_schema
from server.exchange.models import ExchangeCall
from server.kernel.ids import new_id
from server.records.models import Record
from tests.builders import writing
from tests.county import looking
from tests.exchange.systems import System, revoke, system
from tests.sync.phone import Phone, emergency, hazard, information, mediation, patrol, publicity, visit
from tests.sync.test_scope import case_of
from tests.world import World

KINDS = tuple(streaming.COLUMNS)
WORDS = ("楼道堆物", "李户主", "1390000", "张worker", "张leader", "横港面馆", "钱甲乙", "household", "author", '"note"')


@pytest.fixture
def filled(app: Flask, world: World) -> dict[str, str]:
    """One record of each kind, two of class S; a case of the hazard."""
    worker = Phone(app, "worker")
    care = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    told = {
        "hazard": ("hazards.report", hazard(world, matter_code="HAZ-03")),
        "at_home": ("hazards.report", hazard(world, matter_code="HAZ-06")),
        "visit": ("visits.report", visit(world)),
        "care": ("visits.report", care),
        "emergency": ("emergencies.report", emergency(world)),
        "information": ("information.report", information(world, "INFO-03")),
        "publicity": ("publicity.report", publicity(world)),
        "mediation": ("mediations.report", mediation(world)),
        "patrol": ("patrols.report", patrol(world)),
    }
    for name, payload in told.values():
        answer = worker.do(name, payload)
        assert answer["outcome"] == "applied", (name, answer)
    made = {name: str(payload["id"]) for name, (_, payload) in told.items()}
    return {**made, "case": case_of(app, world, made["hazard"], "dept")}


def test_what_leaves_and_what_never_does(app: Flask, world: World, filled: dict[str, str]) -> None:
    one = system(app, world)
    names = {row["id"] for row in one.rows("records")}
    assert names == {filled[n] for n in ("hazard", "at_home", "visit", "emergency", "information", "publicity")}
    assert [row["id"] for row in one.rows("hazards")] == [filled["hazard"]], "a place in somebody's home stays here"
    assert [row["id"] for row in one.rows("cases")] == [filled["case"]]
    everything = [one.get(f"/api/v1/exchange/{kind}").text for kind in KINDS if kind != "matters"]
    everything.append(one.get("/open311/v2/requests.json").text)
    for text in everything:
        assert not [word for word in WORDS if word in text]


def test_what_has_become_sensitive_leaves_no_more(app: Flask, world: World, filled: dict[str, str]) -> None:
    with writing(app) as session:
        session.execute(update(Record).values(data_class="S"))
    one = system(app, world)
    assert one.rows("records") == one.rows("hazards") == one.rows("cases") == []
    assert one.get("/open311/v2/requests.json").json == []
    assert one.get(f"/open311/v2/requests/{filled['case']}.json").status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_as_described_in_every_form(app: Flask, world: World, filled: dict[str, str], kind: str) -> None:
    one = system(app, world)
    rows = one.rows(kind)
    assert rows and set(streaming.COLUMNS[kind]) <= set(ROWS[kind])
    for row in rows:
        assert not list(Draft202012Validator(row_schema(kind)).iter_errors(row)), row
    answer = one.get(f"/api/v1/exchange/{kind}", format="csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    table = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [line["id"] for line in table] == [row["id"] for row in rows]
    answer = one.get(f"/api/v1/exchange/{kind}", format="geojson")
    if kind not in ("grids", "hazards"):
        assert answer.status_code == 422
        return
    found = json.loads(answer.text)
    assert [feature["id"] for feature in found["features"]] == [row["id"] for row in rows]
    shapes = {"grids": "Polygon", "hazards": "Point"}
    assert {feature["geometry"]["type"] for feature in found["features"]} == {shapes[kind]}


def test_no_cell_is_a_formula(app: Flask, world: World) -> None:
    one = system(app, world, "matters")
    assert streaming._cell("=1+1") == "'=1+1" and streaming._cell(["＝a", "b"]) == "'＝a、b"
    assert "\n=" not in one.get("/api/v1/exchange/matters", format="csv").text


def test_days_and_kinds_narrow(app: Flask, world: World, filled: dict[str, str]) -> None:
    one = system(app, world)
    assert [row["id"] for row in one.rows("records", kind="visit")] == [filled["visit"]]
    assert one.rows("records", to_day="2020-01-01") == one.rows("cases", to_day="2020-01-01") == []
    assert len(one.rows("cases", from_day="2020-01-01")) == 1
    for wrong in (
        {"kind": "patrol"},
        {"from_day": "1.1.2026"},
        {"after": "x"},
        {"limit": "0"},
        {"limit": "９"},
        {"x": "1"},
    ):
        assert one.get("/api/v1/exchange/records", **wrong).status_code == 422, wrong


def test_an_export_goes_on_after_the_last_row_held(
    app: Flask, world: World, filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PAGE", 2)
    one = system(app, world)
    for kind in KINDS:
        whole = one.rows(kind)
        assert [row["id"] for row in whole] == sorted(row["id"] for row in whole)
        pieces, after = [], {}
        while rows := one.rows(kind, limit=3, **after):
            pieces, after = pieces + rows, {"after": rows[-1]["id"]}
        assert pieces == whole
    assert one.rows("records", after=str(new_id())) == []


def test_a_token_revoked_meanwhile_ends_the_answer(
    app: Flask, world: World, filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PAGE", 2)
    one = system(app, world, "records")
    answer = one.client.get(
        "/api/v1/exchange/records", headers={"Authorization": f"Bearer {one.token}"}, buffered=False
    )
    pieces = answer.iter_encoded()
    assert next(pieces)
    revoke(app, world, one)
    with pytest.raises(streaming.TokenEnded):
        list(pieces)
    _log_says(app, one, rows=2, whole=False)


def test_a_receiver_that_goes_away_is_noted(
    app: Flask, world: World, filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PAGE", 2)
    one = system(app, world, "records")
    answer = one.client.get(
        "/api/v1/exchange/records", headers={"Authorization": f"Bearer {one.token}"}, buffered=False
    )
    assert next(answer.iter_encoded())
    answer.close()
    _log_says(app, one, rows=0, whole=False)


def _log_says(app: Flask, one: System, *, rows: int, whole: bool) -> None:
    with looking(app) as session:
        (call,) = session.scalars(select(ExchangeCall).where(ExchangeCall.token_id == one.token_id))
        assert (call.row_count, call.is_whole) == (rows, whole)
