"""What happens between the steps of a round: somebody reads, answers, goes on leave, or a gateway falls silent."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.messages import claiming, commands, delivering, rules
from server.messages.claims import Claim
from server.messages.models import Channel, Message
from server.people.models import Absence, Person
from server.platform import anchors, channels
from server.platform.db import reading, transaction
from server.platform.pushing import NOT_SENT, SILENT, Answer
from tests.builders import Hands
from tests.gateway import Gateway, gateway
from tests.messages.test_delivering import attempts, deliveries, ring, sweep
from tests.messages.test_ladder import DINGTALK, at, channel, of, rule, sms
from tests.world import World


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with gateway(monkeypatch) as started:
        yield started


@pytest.fixture
def hands() -> Hands:
    return Hands()


def lines_to_leaders(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(Message.kind == "to_call")) or 0


def test_nobody_rings_up_whoever_answered_between_the_plan_and_its_writing(app: Flask, world: World) -> None:
    message = ring(app, world, "worker", "emergency_reported", urgent=True)
    with app.app_context():
        with reading() as session:
            claim = claiming.plan(session, clock.now())
        with transaction() as session:
            commands.mark_read(session, world.people["worker"], message)
        with transaction() as session:
            session.expunge_all()
            claiming.write(session, claim)
    assert of(app, message) == [("push", "delivered", "read")] and lines_to_leaders(app) == 0


def test_nobody_rings_up_whoever_answered_while_the_channel_was_called(
    app: Flask, world: World, outside: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    message = ring(app, world, "worker", "emergency_reported", urgent=True)

    def refuses(*_told: Any) -> Answer:
        with transaction() as session:
            commands.mark_read(session, world.people["worker"], message)
        return Answer(400)

    monkeypatch.setattr(channels, "send", refuses)
    sweep(app)
    assert of(app, message)[1:] == [("dingtalk", "delivered", "read")] and lines_to_leaders(app) == 0


def test_what_was_sent_is_written_down_though_the_database_was_held_for_long(
    app: Flask, world: World, outside: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's other lane may hold the lock of SQLite's one writer; nobody gets a short message twice for that."""
    with app.app_context(), transaction() as session:
        session.get_one(Person, world.people["worker"]).phone = "13800001111"
    channel(app, world, sms(outside), "sms")
    message = ring(app, world, "worker", "emergency_reported", urgent=True)
    settle, refused = delivering._settle, iter([True, True])

    def held(session: Session, claim: Claim, *told: Any) -> None:
        settle(session, claim, *told)
        if claim.notes and next(refused, False):
            raise sa.exc.OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(delivering, "_settle", held)
    sweep(app)
    sweep(app)
    assert len(outside.of("sms")) == 1 and of(app, message)[1] == ("sms", "delivered", None)


def test_what_waited_for_the_morning_does_not_ring_on_a_day_of_leave(
    app: Flask, world: World, outside: Gateway, hands: Hands
) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    rule(app, world, 21 * 60, 7 * 60)
    hands.now = at(23, 30)
    message = ring(app, world, "worker")
    sweep(app)
    tomorrow = clock.day_of(at(8, day=25))
    with app.app_context(), transaction() as session:
        session.add(
            Absence(
                id=new_id(), county_code="330424", person_id=world.people["worker"], kind="leave", from_day=tomorrow,
                to_day=tomorrow + timedelta(days=1), entered_by=world.people["worker"], entered_at=clock.now(),
            )
        )  # fmt: skip
    hands.now = at(7, day=25)
    sweep(app)
    assert outside.calls == [] and of(app, message) == [("push", "undelivered", rules.AWAY)]


def test_a_gateway_that_is_silent_is_not_waited_for_with_everybodys_message(
    app: Flask, world: World, outside: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["worker", "worker2", "worker3", "leader", "leader2", "village"]
    with app.app_context(), transaction() as session:
        for place, name in enumerate(names):
            session.get_one(Person, world.people[name]).phone = f"1380000111{place}"
    channel(app, world, "json://127.0.0.1/{phone}", "sms")
    for name in names:
        ring(app, world, name)
    called: list[str | None] = []

    def silent(_address: str, _title: str, _body: str, phone: str | None) -> Answer:
        called.append(phone)
        return Answer(None, SILENT)

    monkeypatch.setattr(channels, "send", silent)
    sweep(app)
    assert len(called) == rules.OPENS_AFTER
    waits = [one for one in deliveries(app) if one.channel == "sms"]
    assert sorted(one.tries for one in waits) == [0, 0, 0, 1, 1, 1] and {one.state for one in waits} == {"waiting"}
    assert attempts(app) == [(1, None, SILENT)] * rules.OPENS_AFTER


@pytest.mark.parametrize(
    "address", ["json://[x/{phone}", "json://evil\\@127.0.0.1/{phone}", "json://127.0.0.1/", "file:///{phone}"]
)
def test_an_address_that_is_none_is_refused_in_words(address: str) -> None:
    assert not channels.may_be("sms", address, ("127.0.0.1",))


def test_a_host_is_what_the_caller_of_it_would_read(outside: Gateway) -> None:
    """Two readers of one address may see two hosts; the one who connects is asked too."""
    port = outside.origin.rsplit(":", 1)[1]
    listening = channels._Listening(("listed.test",))
    with pytest.raises(requests.ConnectionError):
        listening.post(f"http://127.0.0.1:{port}\\@listed.test/way", data="{}")
    assert outside.calls == [] and listening.heard == Answer(None, NOT_SENT)
    for way in ("get", "put", "Session"):
        with pytest.raises(AttributeError):
            getattr(listening, way)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"code": "0"}, 200),
        ({"code": 200}, 200),
        ({"code": "1001"}, 400),
        ({"errcode": "310000"}, 400),
        ({"code": "OK"}, 200),
    ],
)
def test_a_gateway_says_no_in_letters_too(app: Flask, outside: Gateway, told: dict[str, Any], meant: int) -> None:
    outside.answers["way"] = (200, told, {})
    address = outside.origin.replace("http://", "json://") + "/way?:mobile={phone}"
    with app.app_context():
        assert channels.send(address, "网格行", "您有新消息", "13800001111").status == meant


def test_an_anchor_that_leaves_while_a_channel_is_called_has_its_own_way_out(app: Flask, outside: Gateway) -> None:
    """The worker's two lanes may call apprise at once: what one may call and hears is nothing to the other."""
    elsewhere = outside.origin.replace("http://127.0.0.1", "json://localhost") + "/anchor"
    left: list[bool] = []

    class Meanwhile(dict[str, tuple[int, dict[str, Any], dict[str, str]]]):
        def get(self, name: str, default: Any = None) -> Any:  # asked in a thread of the gateway's, while it is called
            if name != "way":
                return default
            left.append(anchors._called(elsewhere, "{}"))
            return 500, {}, {}

    outside.answers = Meanwhile()
    with app.app_context():
        address = outside.origin.replace("http://", "json://") + "/way?:mobile={phone}"
        assert channels.send(address, "网格行", "您有新消息", "13800001111").status == 500
    assert left == [True] and [call.path for call in outside.calls][-1] == "/anchor", (
        "a host that is on no list of the channels"
    )


def test_short_messages_wait_for_their_turn_and_not_all_for_the_next_one(
    app: Flask, world: World, outside: Gateway, hands: Hands
) -> None:
    names = ["worker", "worker2", "worker3", "leader", "leader2"]
    way = channel(app, world, sms(outside), "sms")
    with app.app_context(), transaction() as session:
        for name in names:
            session.get_one(Person, world.people[name]).phone = "13800001111"
        session.get_one(Channel, way).per_minute = 20
    for name in names:
        ring(app, world, name)
    sweep(app)
    waits = sorted(one.due_at or 0 for one in deliveries(app) if one.channel == "sms" and one.state == "waiting")
    assert len(outside.calls) == 1
    assert [due_at - hands.now for due_at in waits] == [3000, 6000, 9000, 12_000]


def test_a_call_out_lists_whom_to_ring_up_and_floods_no_leaders_inbox(app: Flask, world: World) -> None:
    people = [world.people[name] for name in ("worker", "worker2", "leader")]
    with app.app_context(), transaction() as session:
        commands.ring_area(session, "330424", people, "callout_opened", at=clock.now(), by_unit=world.areas["town"])
    sweep(app)
    assert sorted(one.state for one in deliveries(app) if one.channel == "call") == ["call_list"] * 3
    assert lines_to_leaders(app) == 0
