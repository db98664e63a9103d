"""The server is killed while phones send: nothing acknowledged is lost, nothing doubled, no photo missing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.photos.models import Photo
from server.platform.db import db
from server.platform.files import files
from server.records.models import Record, RecordStep
from server.sync.models import MutationLog
from tests import world as worlds
from tests.databases import PostgresServer
from tests.faults.sender import Sender
from tests.faults.server_process import ServerProcess
from tests.world import World

ENOUGH = 30  # records and photos


@pytest.fixture
def county(database_url: str, tmp_path: Path) -> Iterator[tuple[Flask, World]]:
    """The county in a folder of its own, and an app to look at it from here."""
    folder = tmp_path / "data"
    app = worlds.app_on(database_url, folder)
    yield app, worlds.build(app)
    worlds.close(app)


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.prove)])
def test_killed_while_phones_send(county: tuple[Flask, World], database_url: str, tmp_path: Path, kills: int) -> None:
    app, world = county
    _killed(app, world, ServerProcess(tmp_path / "data", database_url), kills)


def test_two_server_processes_killed_while_phones_send(postgres: PostgresServer, tmp_path: Path) -> None:
    """On PostgreSQL a city gives the server program a process for each core: what one took in, the other one knows."""
    url = postgres.url(postgres.create())
    app = worlds.app_on(url, tmp_path / "data")
    _killed(app, worlds.build(app), ServerProcess(tmp_path / "data", url, WEB_PROCESSES="2"), 5)
    worlds.close(app)


def _killed(app: Flask, world: World, server: ServerProcess, kills: int) -> None:
    source = random.Random(kills)
    server.start()
    senders = [Sender(server, world, who, seed) for seed, who in enumerate(("worker", "worker2", "leader"))]
    try:
        for sender in senders:
            sender.sign_in()
            sender.start()
        for _ in range(kills):
            time.sleep(source.uniform(0.05, 0.8))
            server.kill()
            server.start()
        _await_work(senders)
        for sender in senders:
            sender.stop_asked.set()
        for sender in senders:
            sender.join(60)
            assert not sender.is_alive() and sender.failure is None, sender.failure
    finally:
        server.stop()
    _nothing_lost(app, senders)


def _await_work(senders: list[Sender]) -> None:
    """On a busy machine little gets through between two kills: the phones go on until it is something to count."""
    until = time.monotonic() + 120
    while sum(len(sender.held_photos) for sender in senders) < ENOUGH:  # each after its record
        assert time.monotonic() < until and all(sender.failure is None for sender in senders)
        time.sleep(0.1)


def _nothing_lost(app: Flask, senders: list[Sender]) -> None:
    acknowledged = {record for sender in senders for record in sender.acknowledged}
    photos = {sha256 for sender in senders for sha256 in sender.held_photos}
    assert len(acknowledged) >= ENOUGH and len(photos) >= ENOUGH, (len(acknowledged), len(photos))
    with app.app_context():
        session = db.session()
        there = [str(i) for i in session.scalars(sa.select(Record.id))]
        assert sorted(there) == sorted(acknowledged), "every sender waited for its last answer"
        steps = session.execute(sa.select(RecordStep.record_id, sa.func.count()).group_by(RecordStep.record_id))
        assert {count for _, count in steps} == {1}, "no record was applied twice"
        logged = session.scalar(sa.select(sa.func.count()).select_from(MutationLog))
        assert logged == len(acknowledged)
        held = {p.sha256: p for p in session.scalars(sa.select(Photo))}
        assert photos <= set(held)
        for sha256 in photos:
            assert files().read(held[sha256].full_sha256) and files().read(held[sha256].thumb_sha256)
