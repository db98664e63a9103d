"""Clients that begin a body and fall silent do not keep the others out."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import world as worlds
from tests.faults.server_process import ServerProcess

THREADS = 12
SIGN_IN = "/api/v1/session"
WRONG = {"username": "worker", "password": "wrong"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    app = worlds.app_on("", tmp_path / "data")
    worlds.build(app)
    worlds.close(app)
    server = ServerProcess(tmp_path / "data", WEB_THREADS=str(THREADS))
    server.start()
    yield server
    server.stop()


def begin(server: ServerProcess, length: int, first: bytes) -> socket.socket:
    """A sign-in that has sent its head and the beginning of its body."""
    link = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    head = f"POST {SIGN_IN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    link.sendall(head.encode() + first)
    return link


def answer(link: socket.socket) -> tuple[int, str]:
    """Status and code of a problem."""
    said = b""
    while b"}" not in said and (more := link.recv(65_536)):
        said += more
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


def test_silent_bodies_leave_threads_to_the_others(server: ServerProcess) -> None:
    with ExitStack() as links:
        for _ in range(3 * THREADS):
            links.enter_context(begin(server, 500, b"{"))
        time.sleep(0.5)
        assert server.call("GET", "/healthz")[0] == 200, "an asking thread was left"
        status, headers, _ = server.call("POST", SIGN_IN, WRONG)
        assert status == 503 and int(headers["retry-after"]) > 0, "told at once to come back"
    for _ in range(50):
        if server.call("POST", SIGN_IN, WRONG)[0] == 401:
            return
        time.sleep(0.1)
    raise AssertionError("links that ended still take places")


def test_a_slow_body_that_lives_gets_through(server: ServerProcess) -> None:
    body = json.dumps({**WRONG, "pad": "x" * 6_000}).encode()
    part = len(body) // 4
    with begin(server, len(body), body[:part]) as link:
        for start in range(part, len(body), part):
            time.sleep(0.3)
            link.sendall(body[start : start + part])
        assert answer(link)[0] in (401, 422)
