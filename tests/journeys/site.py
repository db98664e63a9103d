"""A whole installation for one journey: a real server program over a real database, with a line to it for each phone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from server.platform.config import Settings
from tests.databases import Databases, _free_port
from tests.journeys.link import Link
from tests.world import app_on, build, close
from tools.run import ROOT, await_answer, stop, web_command

Fill = Callable[[str, Path], None]  # DATABASE_URL, DATA_DIR


def fill_demo(url: str, data_dir: Path) -> None:
    """The demo as ``make run`` makes it (password ``gridwalk-demo``)."""
    command = [sys.executable, "-m", "tools.prepare", "demo"]
    subprocess.run(command, cwd=ROOT, env=environment(url, data_dir), check=True, stdout=subprocess.DEVNULL)


def fill_world(url: str, data_dir: Path) -> None:
    """The small county of ``tests.world`` (password ``gridwalk-test``): quick, for journeys that need few rows."""
    app = app_on(url, data_dir)
    build(app)
    close(app)


def environment(url: str, data_dir: Path, port: int = 0) -> dict[str, str]:
    mine = {
        "DATA_DIR": str(data_dir), "DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": str(port), "GRIDWALK_DEMO": "1",
        "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1", "FLASK_APP": "wsgi",
        "HOOK_HOSTS": "hook.example.org",
    }  # fmt: skip
    return {**os.environ, **mine}


class Site:
    """A running server. ``query`` reads its database from outside, as an auditor would."""

    def __init__(self, url: str, data_dir: Path, more: dict[str, str] | None = None) -> None:
        self.url = url
        self.more = more or {}
        self.data_dir = data_dir
        self.root = ROOT  # where the server program lies
        self.port = _free_port()
        self.links: list[Link] = []
        self.process: subprocess.Popen[bytes] | None = None
        self.engine = sa.create_engine(Settings(database_url=url).sqlalchemy_url)

    def start(self) -> None:
        env = {**environment(self.url, self.data_dir, self.port), **self.more}
        with (self.data_dir / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                web_command(env), cwd=self.root, env=env, stdout=log, stderr=log, start_new_session=True
            )
        if not await_answer(f"http://127.0.0.1:{self.port}", self.process):
            raise RuntimeError(f"the server did not start:\n{self.log()}")

    def line(self) -> Link:
        """A line of its own for one phone."""
        self.links.append(Link(self.port))
        return self.links[-1]

    def query(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(statement), values).mappings()]

    def log(self) -> str:
        return (self.data_dir / "server.log").read_text(errors="replace")[-4000:]

    def close(self) -> None:
        for link in self.links:
            link.close()
        if self.process:
            stop(self.process)
        self.engine.dispose()


class Templates:
    """Filled installations, each made once a session and then copied: database and keys."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.databases = databases
        self.folder = folder

    @contextmanager
    def site(self, label: str, fill: Fill, data_dir: Path, **more: str) -> Iterator[Site]:
        """``more``: settings of its own, as environment variables."""
        source = self.folder / f"{self.databases.kind}-{label}"
        source.mkdir(exist_ok=True)
        url = self.databases.copy_of(label, lambda empty: fill(empty, source))
        data_dir.mkdir()
        shutil.copytree(source / "keys", data_dir / "keys")
        site = Site(url, data_dir, more)
        try:
            site.start()
            yield site
        finally:
            site.close()
            self.databases.drop(url)
