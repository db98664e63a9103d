"""How long it takes to tell everybody of a county at once, on both databases, and what phones that send meanwhile notice of it.

The real worker and the real server program over a database that waits for the disk; a push host in a process of its own
that opens a sample. 2,000 people, or as many as CALLOUT_PEOPLE says: 41,000 is the largest county in the sizing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bench.figures import Figure
from bench.ingest import Loader
from server.callouts.commands import open_callout
from server.kernel import clock
from server.messages.models import Delivery
from server.people.queries import holder_of
from server.platform.db import reading, transaction
from tests import push_host
from tests import world as worlds
from tests.databases import DURABLE, postgres_server
from tests.faults.server_process import ROOT, ServerProcess
from tests.push_crowd import crowd_host, fill

PEOPLE = int(os.environ.get("CALLOUT_PEOPLE", "2000"))
LIMIT_S = 60
IDLE_S, PAUSE_S, PATIENCE_S = 10, 0.05, 600


def figures() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgres_server(DURABLE) as server:
        yield from _on("PostgreSQL", server.url(server.create()))


def _on(kind: str, url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, crowd_host(Path(folder) / "host") as host:
        data, more = Path(folder) / "data", push_host.settings()
        app = worlds.app_on(url, data)
        world = worlds.build(app)
        with app.app_context(), transaction() as session:
            fill(session, world, host, PEOPLE)
        worker_env = {
            **os.environ,
            **more,
            "DATA_DIR": str(data),
            "DATABASE_URL": url,
            "FLASK_APP": "wsgi",
            "GRIDWALK_DEMO": "0",
        }
        server = ServerProcess(data, url)
        server.start()
        log = (data.parent / "worker.log").open("ab")
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=worker_env, stdout=log, stderr=log
        )
        pulse = Pulse(Loader(server, world, "worker2", 1))
        try:
            pulse.start()
            time.sleep(IDLE_S)
            idle = pulse.turn()
            started = time.monotonic()
            with app.app_context(), transaction() as session:
                county = holder_of(session, world.people["county"], clock.today())
                open_callout(session, county, world.areas["town"], "台风登陆", 4)
            written = time.monotonic() - started
            _await_ends(app)
            took = time.monotonic() - started
            busy = pulse.turn()
            pulse.over.set()
            pulse.join()
            assert pulse.failure is None, pulse.failure
        finally:
            worker.terminate()
            worker.wait()
            log.close()
            server.stop()
            worlds.close(app)
        came = host.came()
        assert len(came["browsers"]) == PEOPLE and came["opened"], "handed over to everybody"
        again = sum(came["topics"].values()) - len(came["topics"])
        yield Figure(f"call-out to {PEOPLE:,}, rows written and handed over, {kind}", took, "s", LIMIT_S)
        yield Figure(f"call-out to {PEOPLE:,}, rows written, {kind}", written, "s")
        yield Figure(f"sync meanwhile, p95 against idle, {kind}", _p95(busy) / _p95(idle), "×", 3)
        yield Figure(f"call-out, handed over again after a time-out, {kind}", again, "message")
        yield Figure(f"sync idle before a call-out, p95, {kind}", _p95(idle) * 1000, "ms")


class Pulse(threading.Thread):
    """One phone that sends a record at a time, all along; how long each took, in seconds."""

    def __init__(self, loader: Loader) -> None:
        super().__init__(daemon=True)
        self._loader, self._took = loader, list[float]()
        self.over = threading.Event()
        self.failure: BaseException | None = None
        loader.sign_in()

    def run(self) -> None:
        try:
            while not self.over.wait(PAUSE_S):
                told = self._loader._told([])
                begun = time.monotonic()
                self._loader._until_answered([told])
                self._took.append(time.monotonic() - begun)
        except BaseException as error:
            self.failure = error

    def turn(self) -> list[float]:
        """What was measured since the last turn."""
        found, self._took = self._took, []
        return found


def _await_ends(app: Flask) -> None:
    """Until every call has ended. What is not urgent is set off by the phone that sends meanwhile, and comes all the time."""
    until = time.monotonic() + PATIENCE_S
    under_way = sa.select(Delivery.id).where(Delivery.state.in_(("waiting", "sending")), Delivery.urgent).limit(1)
    while time.monotonic() < until:
        with app.app_context(), reading() as session:
            if session.scalar(under_way) is None:
                return
        time.sleep(0.2)
    raise AssertionError("some were never handed over")


def _p95(found: list[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]
