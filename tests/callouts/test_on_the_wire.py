"""What phones see and say of a call-out through the sync door: nobody outside the area hears of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.callouts.commands import end, open_callout
from server.callouts.models import CalloutAnswer
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.db import transaction
from server.sync.models import MutationLog
from server.sync.rules import words_kept
from tests.county import looking
from tests.strangers import PHONES_B, add_strangers
from tests.sync.phone import Phone, hazard
from tests.world import World

PLACE = {"lng": 120.915, "lat": 30.505, "accuracy_m": 12}
KINDS = ("callout", "callout_answer", "callout_position")


def opened(app: Flask, world: World, by: str = "county", area: str = "town") -> str:
    with app.app_context(), transaction() as session:
        holder = holder_of(session, world.people[by], clock.today())
        return str(open_callout(session, holder, world.areas[area], "台风登陆", 4).id)


def told(callout: str, kind: str = "safe", **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "callout_id": callout, "kind": kind, **more}


def answer(phone: Phone, callout: str, kind: str = "safe", **more: Any) -> dict[str, Any]:
    return phone.do("callouts.answer", told(callout, kind, **more), lane="urgent")


def held(phone: Phone) -> dict[str, list[dict[str, Any]]]:
    rows = phone.pull()
    return {kind: list(rows.get(kind, {}).values()) for kind in KINDS}


def test_an_answer_is_there_once_whoever_sends_its_id_again(app: Flask, world: World) -> None:
    made = opened(app, world)
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    one = told(made)
    assert worker.do("callouts.answer", one)["outcome"] == "applied"
    for phone in (worker, leader):
        again = phone.do("callouts.answer", {**one, "kind": "received"})
        assert (again["outcome"], again["problem"]["code"]) == ("refused", "record_exists")
    with app.app_context(), transaction() as session:
        (kept,) = session.scalars(sa.select(CalloutAnswer)).all()
        assert (str(kept.id), kept.kind) == (one["id"], "safe")


def test_what_came_before_a_refused_answer_in_one_push_reaches_its_grid(app: Flask, world: World) -> None:
    """The database refuses the second one in the middle of the push's transaction."""
    made = opened(app, world)
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    one, hazard_told = told(made), hazard(world)
    worker.do("callouts.answer", one)
    sent = [("hazards.report", hazard_told), ("callouts.answer", one), ("callouts.answer", told(made, "received"))]
    got = worker.push(*(worker.mutation(name, payload) for name, payload in sent))
    assert [result["outcome"] for result in got.json["results"]] == ["applied", "refused", "applied"]
    seen = leader.pull()
    assert hazard_told["id"] in seen["record"]
    assert sorted(row["kind"] for row in seen["callout_answer"].values()) == ["received", "safe"]


def test_everybody_of_the_area_hears_of_it_and_nobody_outside(app: Flask, world: World) -> None:
    add_strangers(app, world)
    made = opened(app, world)
    for who in ("worker", "leader", "micro", "village", "town"):
        (row,) = held(Phone(app, who))["callout"]
        assert (row["id"], row["state"], row["_stream"]) == (made, "open", f"area:{world.areas['town']}"), who
    for who in ("dept", "county", "city", "auditor", *PHONES_B):
        phone = Phone(app, who)
        assert held(phone) == {kind: [] for kind in KINDS}, who
        refused = answer(phone, made)
        assert (refused["outcome"], refused["problem"]["code"]) == ("refused", "not_found"), who


def test_an_answer_is_seen_in_the_own_grid_and_a_position_by_its_leader_alone(app: Flask, world: World) -> None:
    made = opened(app, world)
    worker = Phone(app, "worker")
    assert answer(worker, made, "need_help")["outcome"] == "applied"
    assert answer(worker, made, "received", place=PLACE)["outcome"] == "applied"
    assert answer(Phone(app, "micro"), made)["outcome"] == "applied"
    seen = held(Phone(app, "leader"))
    assert sorted(row["kind"] for row in seen["callout_answer"]) == ["need_help", "received", "safe"]
    assert [(row["lng"], row["lat"]) for row in seen["callout_position"]] == [(PLACE["lng"], PLACE["lat"])]
    for who in ("worker", "worker2", "adviser", "leader2", "micro", "village", "town", "county"):
        rows = held(Phone(app, who))
        assert rows["callout_position"] == [], who
        seen_kinds = sorted(row["kind"] for row in rows["callout_answer"])
        own = {"leader2": [], "village": [], "town": [], "county": [], "micro": ["safe"]}
        assert seen_kinds == own.get(who, ["need_help", "received", "safe"]), who
        assert all("lng" not in row and "place" not in row for row in rows["callout_answer"]), who


def test_help_rings_on_the_leader_s_phone_in_words_without_a_name(app: Flask, world: World) -> None:
    made = opened(app, world)
    answer(Phone(app, "worker"), made, "need_help")
    (message,) = Phone(app, "leader").pull()["message"].values()
    assert message["kind"] == "callout_help" and "张worker" not in message["text_zh"]
    assert "message" not in Phone(app, "leader2").pull() and "message" not in Phone(app, "worker").pull()


def test_the_same_answer_twice_is_one(app: Flask, world: World) -> None:
    made, worker = opened(app, world), Phone(app, "worker")
    once = worker.mutation("callouts.answer", told(made))
    assert worker.push(once).json["results"][0]["outcome"] == "applied"
    assert worker.push(once).json["results"][0]["outcome"] == "applied"
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CalloutAnswer)) == 1


def test_when_it_ends_phones_hear_it_and_an_answer_from_before_is_still_taken(app: Flask, world: World) -> None:
    made, worker = opened(app, world), Phone(app, "worker")
    worker.pull()
    with app.app_context(), transaction() as session:
        end(session, holder_of(session, world.people["county"], clock.today()), UUID(made))
    assert [row["state"] for row in held(worker)["callout"]] == ["ended"]
    assert answer(worker, made, place=PLACE)["outcome"] == "applied"
    assert held(Phone(app, "leader"))["callout_position"] == []


def test_the_log_of_acts_keeps_no_position(app: Flask, world: World) -> None:
    made, worker = opened(app, world), Phone(app, "worker")
    answer(worker, made, place=PLACE)
    answer(worker, str(new_id()), place=PLACE)
    with looking(app) as session:
        kept = session.scalars(sa.select(MutationLog.payload).where(MutationLog.name == "callouts.answer")).all()
    assert len(kept) == 2 and all("120.915" not in payload and '"safe"' in payload for payload in kept)


@pytest.mark.parametrize("payload", ['{"place": 1', "[1]", '"x"'])
def test_words_that_cannot_be_read_are_not_kept_either(payload: str) -> None:
    assert words_kept("callouts.answer", payload) == "{}"
    assert words_kept("hazards.report", payload) == payload


@pytest.mark.parametrize(
    "wrong", [{"kind": "fine"}, {"place": {"lng": 500, "lat": 1}}, {"words": "x"}, {"place": {"lng": 1}}]
)
def test_what_is_no_answer_is_refused(app: Flask, world: World, wrong: dict[str, Any]) -> None:
    made = opened(app, world)
    refused = Phone(app, "worker").do("callouts.answer", {**told(made), **wrong})
    assert (refused["outcome"], refused["problem"]["code"]) == ("refused", "invalid")
