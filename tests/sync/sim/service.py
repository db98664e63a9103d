"""The server of one simulated world: the real app on a database of its own, killed, backed up and restored at will."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy.orm import Session

from server.kernel import clock
from server.platform import backup, restore
from server.platform.db import RoutedSession, db, transaction
from tests import world as worlds
from tests.databases import Databases
from tests.world import World


class Killed(BaseException):
    """The server's process ends here."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Template:
    """A filled county that every world copies."""

    databases: Databases
    folder: Path
    world: World

    @staticmethod
    def fill(databases: Databases, folder: Path) -> Template:
        made: list[World] = []

        def build(url: str) -> None:
            app = worlds.app_on(url, folder)
            made.append(worlds.build(app))
            worlds.close(app)

        databases.drop(databases.copy_of("simulated", build))
        return Template(databases, folder, made[0])


_kill_at = ""
_commit = RoutedSession.commit


def _kill(when: str) -> None:
    global _kill_at
    if _kill_at == when:
        _kill_at = ""
        raise Killed(when)


def _commit_unless_killed(session: RoutedSession) -> None:
    _kill("before")
    _commit(session)
    _kill("after")


RoutedSession.commit = _commit_unless_killed  # type: ignore[method-assign]


class Service:
    """One server with one database; ``restore`` begins another life from its last backup."""

    def __init__(self, template: Template, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._lives = self._kills = 0
        self.has_backup = False
        folder.mkdir()
        self._data = self._new_data()
        shutil.copytree(template.folder / "keys", self._data / "keys")
        self._url = template.databases.copy_of("simulated", lambda _url: None)
        self.app = worlds.app_on(self._url, self._data)

    def _new_data(self) -> Path:
        self._lives += 1
        made = self._folder / f"data{self._lives}"
        made.mkdir()
        return made

    def restart(self) -> None:
        """The process ends and another begins on the same disk."""
        worlds.close(self.app)
        self.app = worlds.app_on(self._url, self._data)

    def _killed(self) -> None:
        """The process ends in the middle of a request. Building an app is slow: mostly only its connections are new."""
        self._kills += 1
        if self._kills % 8 == 1:
            self.restart()
        else:
            worlds.close(self.app)

    def close(self) -> None:
        worlds.close(self.app)
        self._template.databases.drop(self._url)
        shutil.rmtree(self._folder)

    def back_up(self) -> None:
        with self.app.app_context():
            backup.back_up(self._folder / "backups")
        self.has_backup = True

    def restore(self) -> None:
        """Everything is lost but the last finished backup."""
        worlds.close(self.app)
        self._template.databases.drop(self._url)
        shutil.rmtree(self._data)
        self._data = self._new_data()
        self._url = self._template.databases.empty()
        self.app = worlds.app_on(self._url, self._data)
        with self.app.app_context():
            restore.restore(self._folder / "backups")
        self.restart()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.app.app_context(), transaction() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.app.app_context(), Session(db.engines[None], expire_on_commit=False) as session:
            yield session

    def call(self, request: Mapping[str, Any], cookie: str, *, cut: int | None = None, kill: str = "") -> Answer | None:
        """Hand one request to the app; None when it was killed. ``cut``: so many bytes of the body come, then an end."""
        global _kill_at
        _kill_at = kill
        told: list[Any] = []
        try:
            parts = self.app.wsgi_app(
                _environ(request, cookie, cut), lambda status, headers, exc=None: told.extend((status, headers))
            )
            body = b"".join(parts)
            if hasattr(parts, "close"):
                parts.close()
        except Killed:
            self._killed()
            return None
        finally:
            _kill_at = ""
        return Answer(int(told[0][:3]), told[1], body)


def _environ(request: Mapping[str, Any], cookie: str, cut: int | None) -> dict[str, Any]:
    path, _, query = request["u"].partition("?")
    body: bytes = request["b"]
    environ = {
        "REQUEST_METHOD": request["m"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path),
        "QUERY_STRING": query,
        "SERVER_NAME": "simulated",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "simulated",
        "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body if cut is None else body[:cut]),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request["h"].items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ


def at(now: int) -> None:
    """Turn the server's clock."""
    clock.set_source(lambda: now)
