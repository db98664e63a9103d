"""The office's pages of emergency mode: asked back before anybody is called, a board for whoever oversees, a noted look."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from server.callouts import queries
from server.callouts.models import Callout, CalloutLimit
from server.kernel.ids import new_id
from server.messages.models import Message
from server.platform.looks import Look
from tests.builders import Browser, at_desk
from tests.county import looking
from tests.strangers import add_strangers
from tests.sync.phone import Phone
from tests.sync.test_typed_words_stay import forms_to
from tests.world import World

PLACE = {"lng": 120.915, "lat": 30.505, "accuracy_m": 12}


def opening(world: World, area: str = "town", **more: str) -> dict[str, str]:
    return {"org_unit_id": str(world.areas[area]), "reason": "台风登陆", "hours": "4", **more}


def opened(browser: Browser, world: World, area: str = "town") -> str:
    answer = browser.form("/office/callouts", **opening(world, area, confirmed="yes"))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def count(page: str, name: str) -> int:
    found = re.search(rf'data-count="{name}">(\d+)<', page)
    assert found
    return int(found.group(1))


def test_nobody_is_called_before_it_was_asked_back(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    asked = county.form("/office/callouts", **opening(world))
    assert asked.status_code == 200 and "callout-confirm" in asked.text and "10" in asked.text
    with looking(app) as session:
        assert session.scalar(sa.select(Callout.id)) is None
    board = county.get(opened(county, world)).text
    assert (count(board, "called"), count(board, "waiting")) == (10, 10)
    again = county.form("/office/callouts", **opening(world))
    assert again.status_code == 409 and "callout-confirm" not in again.text


def test_back_from_being_asked_the_form_is_as_it_was_filled(app: Flask, world: World) -> None:
    county, typed = at_desk(app, "county"), opening(world, "village", hours="6")
    (asked,) = forms_to(county.form("/office/callouts", **typed), "/office/callouts")
    assert asked["buttons"] == ["yes", "back"]
    answer = county.form("/office/callouts", **typed, confirmed="back")
    filled = [form["values"] for form in forms_to(answer, "/office/callouts") if "reason" in form["values"]]
    assert answer.status_code == 200 and [{name: one[name] for name in typed} for one in filled] == [typed]


def test_what_is_wrong_with_it_is_said(app: Flask, world: World) -> None:
    town = at_desk(app, "town")
    for fields, status in (
        (opening(world, hours="25"), 422),
        (opening(world, hours="x"), 422),
        (opening(world, reason=""), 422),
        (opening(world, "county"), 404),
    ):
        assert town.form("/office/callouts", **fields).status_code == status, fields


def test_the_board_fills_names_those_in_need_and_shows_telephones_to_the_opener_alone(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    path = opened(county, world)
    made = path.rpartition("/")[2]
    worker = Phone(app, "worker")
    for told in ({"kind": "need_help"}, {"kind": "received", "place": PLACE}):
        worker.do("callouts.answer", {"id": str(new_id()), "callout_id": made, **told})
    board = county.get(path).text
    assert [count(board, name) for name in ("called", "answered", "safe", "need_help", "waiting")] == [10, 1, 0, 1, 9]
    assert "张worker" in board and "tel:13800000000" in board
    where = f"{path}/positions/{world.people['worker']}"
    assert where in board and "30.50500, 120.91500" in county.get(where).text
    with looking(app) as session:
        assert session.execute(sa.select(Look.person_id, Look.kind)).all() == [
            (world.people["county"], "callout_position")
        ]
    town = at_desk(app, "town")
    seen = town.get(path).text
    assert "张worker" in seen and "tel:" not in seen and "/positions/" not in seen
    assert town.get(where).status_code == 404
    assert at_desk(app, "dept").get(path).status_code == 403


def unread(app: Flask, world: World, who: str) -> int:
    with looking(app) as session:
        own = sa.and_(Message.person_id == world.people[who], Message.kind == "callout_help", Message.read_at.is_(None))
        return session.scalar(sa.select(sa.func.count()).select_from(Message).where(own)) or 0


def test_a_call_for_help_leads_the_opener_to_its_board_and_waits_until_it_is_opened(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    path = opened(county, world)
    told = {"id": str(new_id()), "callout_id": path.rpartition("/")[2], "kind": "need_help"}
    assert Phone(app, "worker").do("callouts.answer", told)["outcome"] == "applied"
    assert f'href="{path}"' in county.get("/office/messages").text
    county.get(path)
    county.get(path, headers={"Sec-Fetch-Mode": "cors"})  # the page renews itself, on a desk where nobody may be
    at_desk(app, "town").get(path, headers={"Sec-Fetch-Mode": "navigate"})
    county.get(f"{path}?unit={world.areas['village']}", headers={"Sec-Fetch-Mode": "navigate"})  # of one unit alone
    assert unread(app, world, "county") == 1 and unread(app, world, "leader") == 1
    assert county.get(path, headers={"Sec-Fetch-Mode": "navigate"}).status_code == 200
    assert unread(app, world, "county") == 0 and unread(app, world, "leader") == 1, "of that officer alone"


def test_looking_where_one_is_ends_nothing_and_the_inbox_does(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    path = opened(county, world)
    told = {"callout_id": path.rpartition("/")[2], "kind": "need_help"}
    Phone(app, "worker").do("callouts.answer", {"id": str(new_id()), "place": PLACE, **told})
    assert county.get(f"{path}/positions/{world.people['worker']}").status_code == 200
    assert unread(app, world, "county") == 1, "others may be calling"
    with looking(app) as session:
        of_county = sa.and_(Message.person_id == world.people["county"], Message.read_at.is_(None))
        waits = session.scalars(sa.select(Message.id).where(of_county)).one()
    assert county.form(f"/office/messages/{waits}").status_code == 303 and unread(app, world, "county") == 0


def test_somebody_called_at_a_desk_answers_there(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    path = opened(county, world)
    village = at_desk(app, "village")
    assert f"{path}/answer" in village.get("/office/callouts").text
    assert village.form(f"{path}/answer", kind="safe").status_code == 303
    assert village.form(f"{path}/answer", kind="fine").status_code == 422
    assert count(county.get(path).text, "safe") == 1
    assert at_desk(app, "dept").form(f"{path}/answer", kind="safe").status_code == 404


def test_it_is_ended_once_and_the_board_stays(app: Flask, world: World) -> None:
    town = at_desk(app, "town")
    path = opened(town, world, "village")
    assert 'data-every="5"' in town.get(path).text
    assert town.form(f"{path}/end").status_code == 303
    assert town.form(f"{path}/end").status_code == 409
    board = town.get(path).text
    assert "data-every" not in board and "live.js" not in board and count(board, "called") == 9


def test_the_next_town_finds_nothing(app: Flask, world: World) -> None:
    path = opened(at_desk(app, "county"), world)
    add_strangers(app, world)
    for name in ("town_b", "village_b", "county_b"):
        stranger = at_desk(app, name)
        assert stranger.get(path).status_code == 404, name
        assert path not in stranger.get("/office/callouts").text
    assert at_desk(app, "town_b").form(f"{path}/end").status_code == 404


def test_the_county_sets_the_longest_time_with_its_document(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    assert county.form("/office/callouts/limit", hours="48", document_no="示例〔2026〕9号").status_code == 303
    assert county.form("/office/callouts/limit", hours="999", document_no="示例〔2026〕9号").status_code == 422
    assert "48" in county.get("/office/callouts").text
    with looking(app) as session:
        assert session.execute(sa.select(CalloutLimit.hours, CalloutLimit.document_no)).all() == [
            (48, "示例〔2026〕9号")
        ]


def test_what_runs_here_stays_on_the_list_whatever_is_opened_elsewhere(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHAPE", replace(queries.SHAPE, page=1))
    add_strangers(app, world)
    county = at_desk(app, "county")
    here = opened(county, world)
    ended = opened(county, world, "village")
    assert county.form(f"{ended}/end").status_code == 303
    opened(county, world, "town_b")
    page = at_desk(app, "village").get("/office/callouts").text
    assert f'href="{here}"' in page and f"{here}/answer" in page
    assert "邻town" not in page


def test_every_call_out_is_reached_by_leafing_and_by_what_runs(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHAPE", replace(queries.SHAPE, page=2))
    county = at_desk(app, "county")
    ended = opened(county, world, "village")
    assert county.form(f"{ended}/end").status_code == 303
    runs = [opened(county, world, area) for area in ("village", "town", "county")]
    first, second = (county.get(f"/office/callouts?page={page}").text for page in (1, 2))
    assert [one in first for one in (*reversed(runs), ended)] == [True, True, False, False]
    assert [one in second for one in (*reversed(runs), ended)] == [False, False, True, True]
    assert 'rel="next"' in first and 'rel="next"' not in second
    over = county.get("/office/callouts?status=over").text
    assert [one in over for one in (*runs, ended)] == [False, False, False, True]
    assert ended not in county.get("/office/callouts?status=running&page=2").text
    stranger = at_desk(app, "dept").get("/office/callouts?status=over").text
    assert ended not in stranger
