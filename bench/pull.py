"""How small a pull is that has nothing to tell, and one that tells of one row, as the real server sends them."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.figures import Figure
from tests import world as worlds
from tests.faults.sender import Sender
from tests.faults.server_process import ServerProcess


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = worlds.app_on("", Path(folder) / "data")
        world = worlds.build(app)
        worlds.close(app)
        server = ServerProcess(Path(folder) / "data")
        server.start()
        try:
            worker, reader = Sender(server, world, "worker", 1), Sender(server, world, "worker2", 1)
            worker.sign_in()
            reader.sign_in()
            cursor = _everything(server, reader)
            nothing = _raw(server, reader, cursor)
            assert nothing.startswith(b"HTTP/1.1 204"), nothing[:40]
            yield Figure("no-change pull, whole response", len(nothing), "byte", 200)
            worker._until_answered([worker._mutation("0" * 64)])
            one = _raw(server, reader, cursor)
            told = json.loads(one.partition(b"\r\n\r\n")[2])
            assert sum(len(rows) for part in told["streams"] for rows in part["put"].values()) == 1
            yield Figure("pull of one changed row, whole response", len(one), "byte", 2048)
        finally:
            server.stop()


def _everything(server: ServerProcess, reader: Sender) -> str:
    cursor = ""
    while True:
        status, _, raw = server.call("GET", f"/api/v1/sync/pull?cursor={quote(cursor)}", headers=reader.headers)
        if status == 204:
            return cursor
        cursor = json.loads(raw)["cursor"]


def _raw(server: ServerProcess, reader: Sender, cursor: str) -> bytes:
    """Every byte of the answer, status line and headers included."""
    path = f"/api/v1/sync/pull?cursor={quote(cursor)}"
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {reader.cookie}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        answer = b""
        while block := connection.recv(65_536):
            answer += block
    return answer
