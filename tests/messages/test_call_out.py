"""Thousands are called at once: every message is handed over exactly once, and none is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.callouts.commands import CALLED, open_callout
from server.kernel import clock
from server.messages import delivering
from server.messages.models import Delivery, DeliveryAttempt, Message
from server.people.queries import holder_of
from server.platform import jobs, streams
from server.platform.db import reading, transaction
from tests.push_crowd import crowd_host, fill
from tests.world import World


@pytest.mark.timeout(900)
@pytest.mark.parametrize("people", [2000, pytest.param(41_000, marks=pytest.mark.prove)])
def test_everybody_is_handed_the_message_and_nobody_twice_without_a_noted_retry(
    app: Flask, world: World, tmp_path: Path, people: int
) -> None:
    with crowd_host(tmp_path / "host") as host:
        with app.app_context(), transaction() as session:
            crowd = fill(session, world, host, people)
        with app.app_context(), transaction() as session:
            county = holder_of(session, world.people["county"], clock.today())
            open_callout(session, county, world.areas["town"], "台风登陆", 4)
        while under_way(app):  # a machine that is busy meets time-outs, and tries again
            jobs.Worker(app, []).sweep(jobs.Sweeper("deliveries", 1, delivering.round_))
        came = host.came()
    with app.app_context(), reading() as session:
        rung = session.scalars(sa.select(Message).where(Message.kind == CALLED))
        called = {message.person_id: message.id for message in rung}
        tries = sa.select(Delivery.message_id, DeliveryAttempt.outcome).join(
            DeliveryAttempt, DeliveryAttempt.delivery_id == Delivery.id
        )
        found = session.execute(tries).all()
        states = {delivery.message_id: delivery.state for delivery in session.scalars(sa.select(Delivery))}
        lines = sa.select(sa.func.count()).select_from(streams.StreamEntry).where(streams.StreamEntry.kind == "callout")
        assert session.scalar(lines) == 1, "one line for all, in the stream of their area"
    topics = {called[person].hex for person in crowd}
    assert set(came["topics"]) == topics and len(came["browsers"]) == people
    assert came["opened"] > 0
    noted = Counter(message_id.hex for message_id, _ in found if message_id.hex in topics)
    assert {states[called[person]] for person in crowd} == {"delivered"}
    assert Counter(outcome for message_id, outcome in found if message_id.hex in topics)["accepted"] == people
    assert all(times <= noted[topic] for topic, times in came["topics"].items())


def under_way(app: Flask) -> bool:
    with app.app_context(), reading() as session:
        waits = sa.select(Delivery.id).where(Delivery.state.in_(("waiting", "sending"))).limit(1)
        return session.scalar(waits) is not None
