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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("people", [2000, pytest.param(41_000, marks=pytest.mark.prove)])
def test_everybody_is_handed_the_message_once(app: Flask, world: World, tmp_path: Path, people: int) -> None:
    with crowd_host(tmp_path / "host") as host:
        told = []
        with app.app_context(), transaction() as session:
            persons = fill(session, world, host, people)
        for start in range(0, people, AT_ONCE):
            with app.app_context(), transaction() as session:
                some = persons[start : start + AT_ONCE]
                told += ring_all(session, some, "emergency_reported", at=clock.now(), urgent=True)
        jobs.Worker(app, []).sweep(jobs.Sweeper("deliveries", 1, delivering.round_))
        came = host.came()
    assert came["topics"] == {message_id.hex: 1 for message_id in told}
    assert came["browsers"] == {str(number): 1 for number in range(people)}
    assert came["opened"] > 0
    with app.app_context(), reading() as session:
        assert Counter(session.execute(sa.select(Delivery.state)).scalars()) == {"delivered": people}
        tries = session.execute(sa.select(DeliveryAttempt.outcome, DeliveryAttempt.number)).all()
        feeds = session.scalars(sa.select(streams.Stream.version).where(streams.Stream.key.like("person:%"))).all()
        lines = session.scalar(
            sa.select(sa.func.count()).select_from(streams.StreamEntry).where(streams.StreamEntry.kind == "message")
        )
    assert Counter(map(tuple, tries)) == {("accepted", 1): people}
    assert lines == people and feeds.count(1) >= people - 1, "each in a stream of their own"
