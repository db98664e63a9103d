"""The ladder: what push does not deliver goes through the channels of the person's unit, and what is urgent climbs until
somebody rings up. Real robots of apprise call a real endpoint.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.messages import commands, rules, setting
from server.messages.models import Delivery, Message
from server.messages.queries import feed_rows
from server.people.models import Person
from server.people.queries import holder_of
from server.platform.channels import PER_MINUTE
from server.platform.db import reading, transaction
from tests.builders import MINUTE, Hands
from tests.gateway import Gateway, gateway
from tests.messages.test_delivering import attempts, deliveries, ends, ring, subscribe, sweep
from tests.push_host import PushHost
from tests.world import World

DINGTALK, WECOM, FEISHU = (
    "dingtalk://SECofthegroup@tokenofthegroup",
    "wecombot://keyofthegroup",
    "feishu://hookofthegroup",
)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with gateway(monkeypatch) as started:
        yield started


@pytest.fixture
def hands() -> Hands:
    return Hands()


def channel(app: Flask, world: World, address: str, kind: str, unit: str = "county", position: int = 1) -> UUID:
    with app.app_context(), transaction() as session:
        admin = holder_of(session, world.people["sysadmin"], clock.today())
        return setting.add_channel(
            session, admin, unit_id=world.areas[unit], kind=kind, name="工作群", address=address,
            per_minute=PER_MINUTE[kind], position=position, hosts=("127.0.0.1",),
        )  # fmt: skip


def sms(outside: Gateway) -> str:
    return outside.origin.replace("http://", "json://") + "/sms/send?:mobile={phone}&:message=content"


def rule(app: Flask, world: World, quiet_from: int, quiet_to: int) -> None:
    with app.app_context(), transaction() as session:
        county = holder_of(session, world.people["county"], clock.today())
        told = {"quiet_from": quiet_from, "quiet_to": quiet_to, "answer_minutes": 5}
        setting.set_ring_rule(session, county, document_no="测〔2026〕2号", **told)


def of(app: Flask, message_id: UUID) -> list[tuple[str, str, str | None]]:
    return [
        (o.channel, o.state, o.reason)
        for o in sorted(deliveries(app), key=lambda o: o.rung)
        if o.message_id == message_id
    ]


def test_what_push_does_not_deliver_goes_to_the_group_as_one_call_that_names_nobody(
    app: Flask, world: World, outside: Gateway
) -> None:
    channel(app, world, DINGTALK, "dingtalk", unit="town")
    ring(app, world, "worker")
    ring(app, world, "worker2", "order_ruled")
    sweep(app)
    (call,) = outside.calls
    assert call.words == "网格行\r\n本群同事共有 2 条新消息，请打开网格行查看"
    signed = parse_qs(urlsplit(call.path).query)
    (stamp,), (sign,) = signed["timestamp"], signed["sign"]
    mac = hmac.new(b"SECofthegroup", f"{stamp}\nSECofthegroup".encode(), "sha256").digest()
    assert call.path.startswith("/dingtalk/tokenofthegroup") and base64.b64decode(sign) == mac
    assert sorted(ends(app)) == [("dingtalk", "delivered", None)] * 2 + [("push", "undelivered", "no_subscription")] * 2
    assert attempts(app) == [(1, 200, "accepted")] * 2


@pytest.mark.parametrize(("address", "kind"), [(DINGTALK, "dingtalk"), (WECOM, "wecom"), (FEISHU, "feishu")])
def test_each_kind_of_robot_says_the_same(app: Flask, world: World, outside: Gateway, address: str, kind: str) -> None:
    channel(app, world, address, kind)
    ring(app, world, "worker")
    sweep(app)
    assert [call.path.split("/")[1] for call in outside.calls] == [kind]
    assert "本群同事共有 1 条新消息" in outside.calls[0].words


def test_a_robot_that_says_no_under_status_200_leads_to_the_next_channel(
    app: Flask, world: World, outside: Gateway
) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    channel(app, world, WECOM, "wecom", position=2)
    outside.answers["dingtalk"] = (200, {"errcode": 310000, "errmsg": "keywords not in content"}, {})
    message = ring(app, world, "worker")
    sweep(app)
    assert of(app, message) == [
        ("push", "undelivered", "no_subscription"),
        ("dingtalk", "undelivered", "refused"),
        ("wecom", "delivered", None),
    ]


def test_a_robot_called_too_fast_is_left_alone_for_ten_minutes_and_then_told_all_at_once(
    app: Flask, world: World, outside: Gateway, hands: Hands
) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    outside.answers["dingtalk"] = (200, {"errcode": 130101}, {})
    first = ring(app, world, "worker")
    sweep(app)
    del outside.answers["dingtalk"]
    hands.forward(9 * MINUTE)
    second = ring(app, world, "worker2")
    sweep(app)
    assert len(outside.calls) == 1
    hands.forward(MINUTE + 1000)
    sweep(app)
    assert "共有 2 条" in outside.calls[1].words and len(outside.calls) == 2
    assert {of(app, one)[-1] for one in (first, second)} == {("dingtalk", "delivered", None)}


def test_a_robot_is_never_called_more_often_than_its_service_allows(
    app: Flask, world: World, outside: Gateway, hands: Hands
) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    for _ in range(60):
        ring(app, world, "worker")
        sweep(app)
        hands.forward(1000)
    assert 15 < len(outside.calls) <= PER_MINUTE["dingtalk"]
    hands.forward(MINUTE)
    sweep(app)
    assert {one.state for one in deliveries(app) if one.channel == "dingtalk"} == {"delivered"}
    assert sum(int(call.words.split("共有 ")[1].split(" ")[0]) for call in outside.calls) == 60


def test_a_channel_serves_its_unit_alone(app: Flask, world: World, outside: Gateway) -> None:
    channel(app, world, DINGTALK, "dingtalk", unit="dept")
    message = ring(app, world, "worker")
    sweep(app)
    assert outside.calls == [] and of(app, message) == [("push", "undelivered", "no_subscription")]


def test_short_messages_go_to_each_ones_own_number_in_one(app: Flask, world: World, outside: Gateway) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Person, world.people["worker"]).phone = "138 0000-1111"
        session.get_one(Person, world.people["worker2"]).phone = None
    channel(app, world, sms(outside), "sms")
    for name in ("worker", "worker", "worker2"):
        lost = ring(app, world, name)
    sweep(app)
    (call,) = outside.calls
    told = json.loads(call.body)
    assert told["mobile"] == "13800001111" and "您有 2 条新消息" in told["content"], told
    assert of(app, lost)[-1] == ("sms", "undelivered", "no_phone")


def test_a_gateway_off_the_list_is_never_called(app: Flask, world: World, outside: Gateway) -> None:
    way = channel(app, world, sms(outside), "sms")
    with app.app_context(), transaction() as session:
        elsewhere = outside.origin.replace("http://127.0.0.1", "json://localhost")
        session.get_one(setting.Channel, way).address = f"{elsewhere}/sms/send?:mobile={{phone}}"
    message = ring(app, world, "worker")
    sweep(app)
    assert outside.calls == [] and of(app, message)[-1][1] != "delivered"


def test_what_waits_for_a_channel_that_was_ended_says_so(app: Flask, world: World, outside: Gateway) -> None:
    way = channel(app, world, DINGTALK, "dingtalk")
    outside.answers["dingtalk"] = (503, {}, {})
    message = ring(app, world, "worker")
    sweep(app)
    with app.app_context(), transaction() as session:
        setting.end_channel(session, holder_of(session, world.people["sysadmin"], clock.today()), way)
    sweep(app, 5)
    assert of(app, message)[-1] == ("dingtalk", "undelivered", "channel_ended")


def test_something_urgent_that_nobody_looks_at_climbs_until_the_leader_is_asked_to_ring_up(
    app: Flask, world: World, host: PushHost, outside: Gateway, hands: Hands
) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    subscribe(app, "leader", host.subscribe("b"))
    channel(app, world, DINGTALK, "dingtalk")
    message = ring(app, world, "worker", "emergency_reported", urgent=True)
    sweep(app)
    hands.forward(4 * MINUTE)
    sweep(app)
    assert of(app, message) == [("push", "delivered", None)]
    hands.forward(MINUTE)
    sweep(app)
    assert of(app, message)[1:] == [("dingtalk", "delivered", None)] and "紧急" in outside.calls[0].words
    hands.forward(5 * MINUTE)
    sweep(app)
    assert of(app, message)[2:] == [("call", "call_list", "unseen")]
    shown = [push.body["notification"]["body"] for push in host.pushes if push.name == "b"]
    assert shown == ["有一条紧急消息还没有回音，请您给同事打电话"]
    with app.app_context(), reading() as session:
        line = session.scalars(sa.select(Message).where(Message.person_id == world.people["leader"])).one()
        told = feed_rows(session, [line.id, message])
        assert told[line.id]["text_zh"] == "给张worker的一条紧急消息还没有回音，请您打电话告知"
        assert told[line.id]["urgent"] is told[message]["urgent"] is True
    with app.app_context(), transaction() as session:
        commands.mark_read(session, world.people["worker"], message)
    assert of(app, message)[2:] == [("call", "delivered", "read")]


def test_something_urgent_that_was_seen_in_time_does_not_climb(
    app: Flask, world: World, host: PushHost, outside: Gateway, hands: Hands
) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    channel(app, world, DINGTALK, "dingtalk")
    message = ring(app, world, "worker", "emergency_reported", urgent=True)
    sweep(app)
    with app.app_context(), transaction() as session:
        commands.mark_read(session, world.people["worker"], message)
    hands.forward(30 * MINUTE)
    sweep(app)
    assert of(app, message) == [("push", "delivered", None)] and outside.calls == []


def test_a_leader_hears_once_of_a_colleague_whom_nobody_reaches(app: Flask, world: World) -> None:
    for _ in range(3):
        ring(app, world, "worker", "emergency_reported", urgent=True)
        sweep(app)
    with app.app_context(), reading() as session:
        lines = session.scalars(sa.select(Message).where(Message.kind == "to_call")).all()
    assert [(line.person_id, line.about_person) for line in lines] == [(world.people["leader"], world.people["worker"])]
    assert sum(one.state == "call_list" for one in deliveries(app)) == 3, "and none of the leader's own"


def at(hour: int, minute: int = 0, day: int = 24) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=clock.CHINA).timestamp() * 1000)


def test_at_night_nothing_rings_but_what_is_urgent(app: Flask, world: World, outside: Gateway, hands: Hands) -> None:
    channel(app, world, DINGTALK, "dingtalk")
    rule(app, world, 21 * 60, 7 * 60)
    hands.now = at(23, 30)
    quiet = ring(app, world, "worker")
    sweep(app)
    assert outside.calls == [] and [(o.state, o.due_at) for o in deliveries(app)] == [("waiting", at(7, day=25))]
    urgent = ring(app, world, "worker", "emergency_reported", urgent=True)
    sweep(app)
    assert of(app, urgent)[1] == ("dingtalk", "delivered", None)
    with app.app_context(), transaction() as session:
        commands.mark_read(session, world.people["worker"], urgent)
    hands.now = at(6, 59, day=25)
    sweep(app)
    assert len(outside.calls) == 1
    hands.now = at(7, day=25)
    sweep(app)
    assert of(app, quiet)[-1] == ("dingtalk", "delivered", None)


@pytest.mark.parametrize(
    ("now", "quiet_from", "quiet_to", "rings"),
    [
        (at(20, 59), 1260, 420, at(20, 59)),
        (at(21), 1260, 420, at(7, day=25)),
        (at(0, day=25), 1260, 420, at(7, day=25)),
        (at(7, day=25), 1260, 420, at(7, day=25)),
        (at(13), 720, 840, at(14)),
        (at(3), 0, 0, at(3)),
    ],
)
def test_when_a_message_may_ring(now: int, quiet_from: int, quiet_to: int, rings: int) -> None:
    assert rules.rings_at(now, clock.start_of(clock.day_of(now)), quiet_from, quiet_to) == rings


def test_every_message_ends_on_some_rung_or_with_its_reason(app: Flask, world: World, outside: Gateway) -> None:
    channel(app, world, DINGTALK, "dingtalk", unit="village")
    for name in ("worker", "leader", "dept", "county"):
        ring(app, world, name, urgent=name == "dept")
    sweep(app, 5)
    with app.app_context(), reading() as session:
        open_ones = session.scalars(sa.select(Delivery).where(Delivery.state.in_(("waiting", "sending")))).all()
        last = session.execute(sa.select(Delivery.person_id, Delivery.channel, Delivery.state).order_by(Delivery.rung))
        ended = {row.person_id: (row.channel, row.state) for row in last}
    assert open_ones == []
    assert ended == {
        world.people["worker"]: ("dingtalk", "delivered"),
        world.people["leader"]: ("dingtalk", "delivered"),
        world.people["dept"]: ("call", "call_list"),
        world.people["county"]: ("push", "undelivered"),
    }
