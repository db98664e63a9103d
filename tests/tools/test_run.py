"""`make run`: web server and worker start together, answer, and stop together, whatever ends first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.demo import accounts
from tools.run import ACCOUNTS, web_command

ROOT = Path(__file__).resolve().parents[2]
APP = """
import json, os, time
from pathlib import Path
import click
from flask import Flask

app = Flask(__name__)
note = Path(os.environ["DATA_DIR"]) / "log"


def write(line):
    with note.open("a") as log:
        log.write(json.dumps([line, os.getpid()]) + "\\n")


@app.get("/healthz")
def healthz():
    write("web")
    return {"status": "ok"}


@app.cli.command("migrate")
def migrate():
    write("migrate")


@app.cli.command("demo")
@click.option("--if-empty", is_flag=True)
def demo(if_empty):
    write("demo")


@app.cli.command("worker")
def worker():
    write("worker")
    while True:
        time.sleep(0.1)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # the second: it ended between opening and reading
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


class Running:
    """A started ``tools/run.py`` over a small application of the test's own."""

    def __init__(self, house: Path, port: int, **settings: str) -> None:
        self.port = port
        self.house = house
        self.output = (house / "output").open("w+")
        env = {"PATH": os.environ["PATH"], "DATA_DIR": str(house / "data"), "PORT": str(port), **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"], cwd=house, env=env, stdout=self.output, stderr=subprocess.STDOUT
        )

    def said(self) -> str:
        return (self.house / "output").read_text()

    def events(self) -> list[tuple[str, int]]:
        log = self.house / "data/log"
        return [tuple(json.loads(line)) for line in log.read_text().splitlines()] if log.exists() else []

    def pid_of(self, name: str) -> int:
        return next(pid for event, pid in self.events() if event == name)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    (tmp_path / "tools").mkdir()
    for name in ("run.py", "prepare.py", "readiness.py"):
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "wsgi.py").write_text(APP)
    running: list[Running] = []

    def begin(port: int | None = None, **settings: str) -> Running:
        running.append(Running(tmp_path, port or free_port(), **settings))
        return running[-1]

    yield begin
    for each in running:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.wait(30)
        each.output.close()


def test_it_serves_the_demo_and_ctrl_c_stops_both(start: Callable[..., Running]) -> None:
    run = start()
    assert eventually(lambda: "worker" in [name for name, _ in run.events()] and "gridwalk-demo" in run.said()), (
        run.said()
    )
    assert answers(run.port)
    assert [name for name, _ in run.events()][:2] == ["migrate", "demo"]
    assert f"http://127.0.0.1:{run.port}" in run.said()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(30) == 0
    assert not answers(run.port)
    assert not any(is_alive(pid) for _, pid in run.events())


def test_when_the_worker_ends_the_web_server_ends_too(start: Callable[..., Running]) -> None:
    run = start()
    assert eventually(lambda: "worker" in [name for name, _ in run.events()] and "gridwalk-demo" in run.said()), (
        run.said()
    )
    os.kill(run.pid_of("worker"), signal.SIGKILL)
    assert run.process.wait(30) == 1
    assert not answers(run.port)


def test_when_it_is_killed_nothing_stays_behind(start: Callable[..., Running]) -> None:
    run = start()
    assert eventually(lambda: "worker" in [name for name, _ in run.events()] and "gridwalk-demo" in run.said()), (
        run.said()
    )
    run.process.kill()
    run.process.wait(30)
    assert eventually(lambda: not any(is_alive(pid) for _, pid in run.events()))


def test_a_taken_port_is_told_in_one_line(start: Callable[..., Running]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        run = start(port=holder.getsockname()[1])
        assert run.process.wait(30) == 1
    assert run.said().count("\n") == 1
    assert "taken" in run.said()


def test_no_demo_beyond_loopback(start: Callable[..., Running]) -> None:
    run = start(HOST="0.0.0.0")
    assert eventually(lambda: "first-admin" in run.said()), run.said()
    assert "demo" not in [name for name, _ in run.events()]


def test_the_accounts_it_prints_are_those_of_the_demo() -> None:
    assert [name for name, _, _ in ACCOUNTS] == [account.username for account in accounts.ACCOUNTS]


def test_the_server_program_has_threads_for_many_bodies_at_once() -> None:
    command = web_command({"HOST": "127.0.0.1", "PORT": "1"})
    assert command[command.index("--blocking-threads") + 1] == "32"
    assert command[command.index("--http") + 1] == "1", "one connection carries one request at a time"
