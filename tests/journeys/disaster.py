"""An installation that loses its disk: backup and restore by the operator's own commands, the same address afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from server.platform.config import Settings
from tests.databases import Databases
from tests.journeys.site import Site, environment
from tools.run import ROOT, stop


def flask(site: Site, *words: str) -> None:
    """One command of ``flask --app wsgi`` over this installation."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(site.url, site.data_dir), capture_output=True, text=True, timeout=120
    )
    assert not done.returncode, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def lose(site: Site) -> None:
    """The server stops; nobody will ever see its disk again."""
    assert site.process
    stop(site.process)
    site.engine.dispose()


@contextmanager
def restored(site: Site, databases: Databases, backup: Path, data_dir: Path) -> Iterator[None]:
    """``site`` goes on at its old address over an empty ``data_dir`` and database, filled from ``backup``."""
    before = site.url
    data_dir.mkdir()
    site.url, site.data_dir = databases.empty(), data_dir
    site.engine = sa.create_engine(Settings(database_url=site.url).sqlalchemy_url)
    try:
        flask(site, "restore", str(backup))
        site.start()
        yield
    finally:
        if site.process:
            stop(site.process)
        site.engine.dispose()
        databases.drop(site.url)
        site.url = before
