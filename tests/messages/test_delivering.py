"""The sweeper's rounds against a push host that really decrypts: what each answer leads to, and what never leaves the house."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.messages import commands, delivering
from server.messages.models import Delivery, DeliveryAttempt, Message
from server.people.commands import tell_absence
from server.people.models import Person, PushSubscription
from server.people.queries import holder_of
from server.platform import jobs, webpush
from server.platform.db import reading, transaction
from tests.builders import signed_in
from tests.push_host import BrowserKeys, Plan, PushHost, always, first
from tests.world import World


@pytest.fixture
def troubled() -> Iterator[PushHost]:
    started = PushHost("127.0.0.2")
    yield started
    started.close()


def subscribe(app: Flask, name: str, browser: BrowserKeys) -> None:
    phone = signed_in(app, name)
    phone.register()
    assert phone.call("POST", "/api/v1/push/subscriptions", browser.told).status_code == 204


def ring(app: Flask, world: World, name: str, kind: str = "task_assigned", **more: Any) -> UUID:
    with app.app_context(), transaction() as session:
        return commands.ring(session, world.people[name], kind, at=more.pop("at", clock.now()), **more)


def sweep(app: Flask, seconds: float = 0.0) -> None:
    """Rounds as the worker makes them, until nothing waits or the time is up."""
    until = time.monotonic() + seconds
    while True:
        jobs.Worker(app, []).sweep(jobs.Sweeper("deliveries", 1, delivering.round_))
        if time.monotonic() >= until or not any(one.state == "waiting" for one in deliveries(app)):
            return
        time.sleep(0.03)


def deliveries(app: Flask) -> list[Delivery]:
    with app.app_context(), reading() as session:
        return list(session.scalars(sa.select(Delivery).order_by(Delivery.made_at, Delivery.id)))


def attempts(app: Flask) -> list[tuple[int, int | None, str | None]]:
    with app.app_context(), reading() as session:
        found = session.scalars(sa.select(DeliveryAttempt).order_by(DeliveryAttempt.number))
        return [(one.number, one.status, one.outcome) for one in found]


def ends(app: Flask) -> list[tuple[str, str, str | None]]:
    return [(one.channel, one.state, one.reason) for one in deliveries(app)]


def test_a_push_arrives_signed_encrypted_and_says_only_what_kind_of_thing_it_is(
    app: Flask, world: World, host: PushHost
) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    task = UUID("01900000-0000-7000-8000-000000000001")
    message = ring(app, world, "worker", task_id=task)
    assert [one.state for one in deliveries(app)] == ["waiting"]
    sweep(app)
    (push,) = host.pushes
    shown = push.body["notification"]
    assert (shown["title"], shown["body"], shown["lang"]) == ("网格行", "您有一项新任务", "zh-CN")
    assert shown["navigate"] == f"/app#/task/{task}" and shown["tag"] == message.hex
    assert set(push.body) == {"notification"} and set(shown) == {"title", "body", "lang", "tag", "navigate"}
    told = {name: push.headers[name] for name in ("ttl", "urgency", "topic", "content-encoding")}
    assert told == {"ttl": "86400", "urgency": "normal", "topic": message.hex, "content-encoding": "aes128gcm"}
    assert ends(app) == [("push", "delivered", None)] and attempts(app) == [(1, 201, "accepted")]
    sweep(app)
    assert len(host.pushes) == 1


def test_a_locked_screen_does_not_tell_of_an_order_outside_the_list(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    ring(app, world, "worker", "order_ruled")
    sweep(app)
    assert host.pushes[0].body["notification"]["body"] == "您有一条新消息"


def test_it_speaks_the_persons_language(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    with app.app_context(), transaction() as session:
        session.get_one(Person, world.people["worker"]).language = "en"
    ring(app, world, "worker", "hazard_reported", record_id=UUID(int=7), urgent=True)
    sweep(app)
    shown, headers = host.pushes[0].body["notification"], host.pushes[0].headers
    assert shown["lang"] == "en" and shown["title"] == "Gridwalk" and "hazard" in shown["body"].lower()
    assert shown["navigate"] == f"/app#/record/{UUID(int=7)}" and headers["urgency"] == "high"


def test_an_apple_endpoint_gets_the_declarative_form(
    app: Flask, world: World, host: PushHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webpush, "APPLE", "127.0.0.1")
    subscribe(app, "worker", host.subscribe("a"))
    ring(app, world, "worker")
    sweep(app)
    assert host.pushes[0].body["web_push"] == 8030


def test_every_device_of_the_person_hears_it_and_nobody_elses(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    subscribe(app, "worker", host.subscribe("b"))
    subscribe(app, "worker2", host.subscribe("c"))
    ring(app, world, "worker")
    sweep(app)
    assert sorted(push.name for push in host.pushes) == ["a", "b"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(app: Flask, world: World, host: PushHost, status: int) -> None:
    subscribe(app, "worker", host.subscribe("a", always(status)))
    ring(app, world, "worker")
    sweep(app)
    assert ends(app) == [("push", "undelivered", "no_subscription")]
    with app.app_context(), reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PushSubscription)) == 0


@pytest.mark.parametrize(
    ("plan", "outcomes"),
    [(first(429), ["busy", "accepted"]), (first(500, 503), ["failed", "failed", "accepted"])],
)
def test_what_passes_is_tried_again_each_time_as_a_row(
    app: Flask, world: World, host: PushHost, plan: Plan, outcomes: list[str]
) -> None:
    subscribe(app, "worker", host.subscribe("a", plan))
    ring(app, world, "worker")
    sweep(app, 10)
    assert [outcome for _, _, outcome in attempts(app)] == outcomes
    assert len(host.pushes) == len(outcomes) and ends(app) == [("push", "delivered", None)]


def test_a_busy_host_is_not_asked_before_it_said(app: Flask, world: World, host: PushHost) -> None:
    plan: Plan = lambda number: (429, {"Retry-After": "2"}) if number == 1 else (201, {})  # noqa: E731
    subscribe(app, "worker", host.subscribe("a", plan))
    ring(app, world, "worker")
    sweep(app, 10)
    earlier, later = host.pushes
    assert later.at - earlier.at >= 1.9


def test_a_host_that_never_answers_costs_five_seconds_and_is_then_left_alone(
    app: Flask, world: World, host: PushHost, troubled: PushHost
) -> None:
    subscribe(app, "worker", troubled.subscribe("a", always(None)))
    subscribe(app, "worker2", host.subscribe("b"))
    for _ in range(3):
        ring(app, world, "worker")
    begun = time.monotonic()
    sweep(app)
    assert time.monotonic() - begun < 5
    ring(app, world, "worker")
    ring(app, world, "worker2")
    sweep(app)
    assert len(troubled.pushes) == 3, "the breaker is open"
    assert [push.name for push in host.pushes] == ["b"]


def test_what_is_urgent_climbs_to_the_call_list(app: Flask, world: World) -> None:
    ring(app, world, "worker", "emergency_reported", urgent=True)
    ring(app, world, "worker2")
    sweep(app)
    assert sorted(ends(app)) == [
        ("call", "call_list", "no_subscription"),
        ("push", "undelivered", "no_subscription"),
        ("push", "undelivered", "no_subscription"),
        ("push", "undelivered", "no_subscription"),
    ], "the third is the line to the leader, whom nobody rings up about it"


def test_what_was_read_in_the_app_meanwhile_is_delivered(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    message = ring(app, world, "worker")
    with app.app_context(), transaction() as session:
        commands.mark_read(session, world.people["worker"], message)
    sweep(app)
    assert host.pushes == [] and ends(app) == [("push", "delivered", "read")]


def test_nothing_leaves_the_house_for_somebody_off_duty(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    with app.app_context(), transaction() as session:
        today = clock.today()
        tell_absence(
            session, holder_of(session, world.people["worker"], today), absence_id=new_id(), kind="leave", today=today,
            person_id=world.people["worker"], from_day=today, to_day=today + timedelta(days=1), stand_in_id=None,
        )  # fmt: skip
    ring(app, world, "worker")
    sweep(app)
    assert host.pushes == [] and ends(app) == [("push", "undelivered", "away")]
    ring(app, world, "worker", "emergency_reported", urgent=True)
    sweep(app)
    assert len(host.pushes) == 1


def test_a_redirect_is_not_followed(app: Flask, world: World, host: PushHost, troubled: PushHost) -> None:
    elsewhere = troubled.subscribe("inside").endpoint
    subscribe(app, "worker", host.subscribe("a", lambda _number: (307, {"Location": elsewhere})))
    ring(app, world, "worker")
    sweep(app)
    assert troubled.pushes == [] and ends(app) == [("push", "undelivered", "refused")]


def test_old_messages_leave_with_all_that_is_known_of_their_delivery(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    ring(app, world, "worker")
    sweep(app)
    with app.app_context(), transaction() as session:
        assert commands.drop_old(session, clock.now() + 93 * clock.DAY_MS) == 1
    assert deliveries(app) == [] and attempts(app) == []
    with app.app_context(), reading() as session:
        assert session.scalars(sa.select(Message)).all() == []


def test_a_log_tells_neither_an_address_nor_a_person(
    app: Flask, world: World, host: PushHost, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(app, "worker", host.subscribe("a", first(500)))
    ring(app, world, "worker")
    sweep(app, 5)
    said = capsys.readouterr()
    assert "127.0.0.1" not in said.err + said.out and json.dumps("张")[1:-1] not in said.err
