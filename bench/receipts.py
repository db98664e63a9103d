"""How many answers to a call-out the server takes in a second, each in a push of its own, and how long the board takes then.

A city calls 41,000 people and hears of them within five minutes: 137 answers a second. The real server program over a real
database that waits for the disk, and what each answer costs it in processor time, which is what holds on a machine that others
use too; 24 phones of eight people answer again and again, each with a connection of its own for each answer, all
of them in two grids, which is harder than in life: there every grid's stream is counted up by a few dozen. 480 answers, or as
many as CALLOUT_ANSWERS says: 41,000 is the whole of it, and takes five minutes for each line.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.figures import Figure
from server.callouts.board import board
from server.callouts.commands import open_callout
from server.callouts.models import Callout
from server.callouts.queries import part_of
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.config import Settings
from server.platform.db import db, transaction
from tests import world as worlds
from tests.databases import DURABLE, postgres_server
from tests.faults.sender import PUSH, Sender
from tests.faults.server_process import ServerProcess
from tests.world import World

WHO = ("worker", "worker2", "parttime", "leader", "adviser", "worker3", "leader2", "micro")
PHONES = 3 * WHO  # a session may send ten pushes a second
WHOLE = 41_000
ANSWERS = int(os.environ.get("CALLOUT_ANSWERS", "480"))
EACH = -(-ANSWERS // len(PHONES))
WANTED = "41,000 in five minutes: 137/s"


def figures() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgres_server(DURABLE) as server:
        if ANSWERS < WHOLE:
            yield from _on("PostgreSQL, one process", server.url(server.create()))
        yield from _on("PostgreSQL, two processes", server.url(server.create()), WEB_PROCESSES="2")


def _on(kind: str, url: str, **more: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = worlds.app_on(url, Path(folder) / "data")
        world = worlds.build(app)
        with app.app_context(), transaction() as session:
            county = holder_of(session, world.people["county"], clock.today())
            called = open_callout(session, county, world.areas["town"], "台风登陆", 4).id
        server = ServerProcess(Path(folder) / "data", url, WEB_THREADS=str(Settings().web_threads), **more)
        server.start()
        try:
            rate, again, cpu = _rate(server, world, called)
        finally:
            server.stop()
        yield Figure(f"answers to a call-out, {kind}", rate, "answer/s", compared_with=WANTED)
        yield Figure(f"answers to a call-out, processor of the server, {kind}", cpu, "ms/answer")
        yield Figure(f"answers to a call-out sent again after 503, {kind}", again, "times", 0)
        with app.app_context():
            found = db.session().get_one(Callout, called)
            for look in ("board", "board looked at again"):
                started = time.monotonic()
                counts = board(db.session(), found, part_of(db.session(), county, found), reach=True).counts
                assert counts.answered == len(WHO)
                yield Figure(f"{look}, {len(PHONES) * EACH} answers, {kind}", time.monotonic() - started, "s")
        worlds.close(app)


def _rate(server: ServerProcess, world: World, called: UUID) -> tuple[float, int, float]:
    """Answers a second, how often the server said that it could not just then, and its processor time (ms an answer)."""
    phones = [Answering(server, world, who, 1, called) for who in PHONES]
    for phone in phones:
        phone.sign_in()
        phone.make_ready()
    started, used = time.monotonic(), _processor_s(server)
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join()
    assert all(phone.failure is None for phone in phones), [phone.failure for phone in phones]
    took, used, many = time.monotonic() - started, _processor_s(server) - used, len(PHONES) * EACH
    return many / took, sum(phone.again for phone in phones), used / many * 1000


def _processor_s(server: ServerProcess) -> float:
    """What the server's processes have used so far (seconds): they are one group."""
    assert server.process is not None
    used = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[2]) == server.process.pid:
            used += (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    return used


class Answering(Sender):
    """A phone that answers one at a time; it is safe, whatever was said before."""

    def __init__(self, server: ServerProcess, world: World, username: str, seed: int, called: UUID) -> None:
        super().__init__(server, world, username, seed)
        self.called = called
        self.again = 0
        self._ready: list[bytes] = []

    def make_ready(self) -> None:
        """Every request of this phone, as it goes over the wire."""
        self._ready = [self._request() for _ in range(EACH)]

    def run(self) -> None:
        try:
            for request in self._ready:
                answer = self._sent(request)
                assert b'"outcome":"applied"' in answer, answer
        except BaseException as error:
            self.failure = error

    def _sent(self, request: bytes) -> bytes:
        while True:
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as line:
                line.sendall(request)
                answer = b"".join(iter(lambda: line.recv(65_536), b""))
            status = answer.split(b" ", 2)[1]
            if status != b"503":
                assert status == b"200", answer
                return answer
            self.again += 1
            time.sleep(0.2)

    def _request(self) -> bytes:
        body = json.dumps(self._pushed([self._told()])).encode()
        headers = {
            **self.headers,
            "Host": "127.0.0.1",
            "Connection": "close",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {PUSH} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _told(self) -> dict[str, Any]:
        self.seq += 1
        payload = {"id": str(new_id()), "callout_id": str(self.called), "kind": "safe"}
        mutation = {"lane": "normal", "seq": self.seq, "id": str(new_id()), "name": "callouts.answer", "version": 1}
        return {
            **mutation,
            "payload": json.dumps(payload),
            "made_at": clock.now(),
            "scope_version": self.session["scope_version"],
        }
