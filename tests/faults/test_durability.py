"""An acknowledgement before fsync is a lie. A SIGKILL cannot show it (the page cache survives), so it is shown apart.

``strace`` writes down the server's calls in order: between the last write to the database's log and each reply there must
be an fsync of that log. With ``synchronous=OFF`` planted, the same check must turn red.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.platform.db import db
from tests import world as worlds
from tests.faults.sender import Sender
from tests.faults.server_process import ServerProcess

PUSHES = 8
CALLS = "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync"
WAL_WRITE = re.compile(r"\b(?:pwrite64|write)\(\d+<[^>]*sqlite3-wal>")
WAL_SYNC = re.compile(r"\b(?:fsync|fdatasync)\(\d+<[^>]*sqlite3-wal>")
REPLY = re.compile(r"\b(?:write|writev|sendto|sendmsg)\(\d+<(?:TCP|socket)[^>]*>.*HTTP/1\.1 200")


def test_every_reply_is_preceded_by_an_fsync_of_what_was_written(tmp_path: Path) -> None:
    replies, unsafe = traced(tmp_path)
    assert replies >= PUSHES
    assert unsafe == []


def test_without_synchronous_the_same_proof_turns_red(tmp_path: Path) -> None:
    _, unsafe = traced(tmp_path, PLANT="synchronous_off")
    assert len(unsafe) >= PUSHES


def traced(tmp_path: Path, **environment: str) -> tuple[int, list[str]]:
    """(replies seen, replies that were given while the log had unsynced writes) of a server that took in some pushes."""
    strace = shutil.which("strace")
    assert strace, "strace is needed: apt-get install strace"
    folder, log = tmp_path / "data", tmp_path / "calls"
    app = worlds.app_on("", folder)
    world = worlds.build(app)
    worlds.close(app)
    prefix = (strace, "-f", "-yy", "-s", "40", "-e", CALLS, "-o", str(log))
    server = ServerProcess(folder, prefix=prefix, **environment)
    try:
        server.start()
        sender = Sender(server, world, "worker", 1)
        sender.sign_in()
        for _ in range(PUSHES):
            sender._send_batch()
    finally:
        server.stop()
    return _judged(log.read_text(errors="replace").splitlines())


def _judged(lines: list[str]) -> tuple[int, list[str]]:
    replies, unsafe, pending = 0, [], None
    for line in lines:
        if WAL_WRITE.search(line):
            pending = line
        elif WAL_SYNC.search(line):
            pending = None
        elif REPLY.search(line):
            replies += 1
            if pending is not None:
                unsafe.append(pending)
                pending = None
    return replies, unsafe


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Flask:
    return worlds.app_on(database_url, tmp_path)


def test_the_databases_say_that_they_wait_for_the_disk(app: Flask, database_kind: str) -> None:
    with app.app_context(), db.engines[None].connect() as connection:
        if database_kind == "sqlite":
            assert connection.scalar(sa.text("PRAGMA synchronous")) == 2
            assert connection.scalar(sa.text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(sa.text("PRAGMA busy_timeout")) == 10_000
            assert connection.scalar(sa.text("PRAGMA foreign_keys")) == 1
        else:
            assert connection.scalar(sa.text("SHOW synchronous_commit")) == "on"
    worlds.close(app)


def test_a_reading_door_cannot_write(app: Flask) -> None:
    with app.app_context(), db.engines["read"].connect() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.execute(sa.text("CREATE TABLE nonsense (a INTEGER)"))
    worlds.close(app)
