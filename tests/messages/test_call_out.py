"""Thousands are told at once: every message is handed over exactly once, and none is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.messages import delivering
from server.messages.commands import ring_all
from server.messages.models import Delivery, DeliveryAttempt
from server.platform import jobs, streams
from server.platform.db import reading, transaction
from tests.push_crowd import crowd_host, fill
from tests.world import World

AT_ONCE = 1000


@pytest.mark.timeout(900)
@pytest.mark.parametrize("people", [2000, pytest.param(41_000, marks=pytest.mark.prove)])
def test_everybody_is_handed_the_message_and_nobody_twice_without_a_noted_retry(
    app: Flask, world: World, tmp_path: Path, people: int
) -> None:
    with crowd_host(tmp_path / "host") as host:
        told = []
        with app.app_context(), transaction() as session:
            persons = fill(session, world, host, people)
        for start in range(0, people, AT_ONCE):
            with app.app_context(), transaction() as session:
                told += ring_all(session, persons[start : start + AT_ONCE], "task_assigned", at=clock.now())
        while under_way(app):  # a machine that is busy meets time-outs, and tries again
            jobs.Worker(app, []).sweep(jobs.Sweeper("deliveries", 1, delivering.round_))
        came = host.came()
    assert set(came["topics"]) == {message_id.hex for message_id in told} and len(came["browsers"]) == people
    assert came["opened"] > 0
    with app.app_context(), reading() as session:
        tries = sa.select(Delivery.message_id, DeliveryAttempt.outcome).join(
            DeliveryAttempt, DeliveryAttempt.delivery_id == Delivery.id
        )
        found = session.execute(tries).all()
        states = Counter(session.scalars(sa.select(Delivery.state)))
        lines = sa.select(sa.func.count()).select_from(streams.StreamEntry).where(streams.StreamEntry.kind == "message")
        assert session.scalar(lines) == people, "a line in each one's own stream"
    noted = Counter(message_id.hex for message_id, _ in found)
    assert states == {"delivered": people}
    assert Counter(outcome for _, outcome in found)["accepted"] == people
    assert all(times <= noted[topic] for topic, times in came["topics"].items())


def under_way(app: Flask) -> bool:
    with app.app_context(), reading() as session:
        waits = sa.select(Delivery.id).where(Delivery.state.in_(("waiting", "sending"))).limit(1)
        return session.scalar(waits) is not None
