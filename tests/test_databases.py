"""The databases of the tests are real, separate and copied from templates."""

from __future__ import annotations

import os
import socket

import psycopg
import pytest
import sqlalchemy as sa

from server.platform.config import Settings
from tests.conftest import NetworkForbidden
from tests.databases import DURABLE, Databases, postgres_server


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(Settings(database_url=url).sqlalchemy_url, poolclass=sa.NullPool)


def write_marker(url: str, marker: str) -> None:
    with engine_of(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE marker (word TEXT NOT NULL)"))
        connection.execute(sa.text("INSERT INTO marker VALUES (:word)"), {"word": marker})


def read_markers(url: str) -> list[str]:
    with engine_of(url).connect() as connection:
        return list(connection.execute(sa.text("SELECT word FROM marker")).scalars())


def test_an_empty_database_takes_tables(database_url: str, database_kind: str) -> None:
    write_marker(database_url, "网格行")
    assert read_markers(database_url) == ["网格行"]
    assert engine_of(database_url).dialect.name == {"sqlite": "sqlite", "postgres": "postgresql"}[database_kind]


def test_each_test_has_its_own(database_url: str) -> None:
    assert not sa.inspect(engine_of(database_url)).get_table_names()


def test_a_template_is_filled_once_and_copied(databases: Databases) -> None:
    fillings: list[str] = []

    def fill(url: str) -> None:
        fillings.append(url)
        write_marker(url, "template")

    first, second = (databases.copy_of("marker", fill) for _ in range(2))
    with engine_of(first).begin() as connection:
        connection.execute(sa.text("INSERT INTO marker VALUES ('mine')"))
    assert len(fillings) == 1
    assert read_markers(first) == ["template", "mine"]
    assert read_markers(second) == ["template"]


def test_postgres_can_be_durable_and_never_runs_as_root() -> None:
    with postgres_server(DURABLE) as server, psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW server_version_num").fetchone() > ("150000",)  # type: ignore[operator]
        assert os.stat(f"/proc/{server.process.pid}").st_uid != 0


def test_nothing_leaves_the_machine() -> None:
    with pytest.raises(NetworkForbidden):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        socket.create_connection(listener.getsockname(), timeout=1).close()
