"""A consistent copy of the whole database as one SQLite file, from either database and back into either.

From SQLite by its own backup call (one step, so writers go on and none of their half-done work is in it). From PostgreSQL
by reading every table in one repeatable-read transaction: no second program, no version to match. Values are copied as
they are stored: what is sealed stays sealed, the copy cannot be read without the keys.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from server.platform.db import Base
from server.platform.files import sync_folder

BATCH = 1000
REVISION_TABLE = "alembic_version"


class CopyDamaged(Exception):
    """The copy is not a whole database."""


def copy_out(engine: sa.Engine, target: Path) -> None:
    """Write the database of ``engine`` into the new file ``target`` and sync it."""
    if engine.dialect.name == "sqlite":
        _copy_sqlite(Path(engine.url.database or ""), target)
    else:
        _copy_tables(engine, target)
    check(target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    sync_folder(target.parent)


def open_copy(path: Path) -> sa.Engine:
    """An engine on a copy."""
    return sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)


def check(path: Path) -> None:
    """Raises ``CopyDamaged`` unless the file is a sound SQLite database."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            found = copy.execute("PRAGMA quick_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise CopyDamaged(path.name) from error
    if found != ("ok",):
        raise CopyDamaged(path.name)


def revision(engine: sa.Engine) -> str | None:
    """The migration that the database stands at; None when it was made without migrations."""
    if not sa.inspect(engine).has_table(REVISION_TABLE):
        return None
    with engine.connect() as connection:
        found: str | None = connection.execute(sa.text(f"SELECT version_num FROM {REVISION_TABLE}")).scalar()
        return found


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, no companions


def _copy_tables(engine: sa.Engine, target: Path) -> None:
    copy = open_copy(target)
    Base.metadata.create_all(copy)
    live = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with live, live.begin(), copy.begin() as into:
        for table in stored_tables():
            _fill(into, table, _rows(live, table))
        _stamp(into, live)
    copy.dispose()


def copy_in(source: Path, connection: sa.Connection) -> None:
    """Fill an empty PostgreSQL database from a copy, inside the caller's transaction; tables are made anew."""
    copy = open_copy(source)
    Base.metadata.drop_all(connection)
    tables = Base.metadata.sorted_tables
    for table in tables:  # keys that point to other rows come last, so that the order of rows does not matter
        connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
    with copy.connect() as live:
        for table in stored_tables():
            _fill(connection, table, _rows(live, table))
        _stamp(connection, live)
    for table in tables:
        for key in table.foreign_key_constraints:
            connection.execute(
                AddConstraint(key, isolate_from_table=False)
            )  # else it would be left out of every later CREATE
        for index in table.indexes:
            connection.execute(CreateIndex(index))
    copy.dispose()


def stored_tables() -> list[sa.Table]:
    """Every table with the types of storage instead of those of the program: nothing is unsealed on the way."""
    bare = sa.MetaData()
    return [
        sa.Table(t.name, bare, *(sa.Column(c.name, _stored(c.type)) for c in t.columns))
        for t in Base.metadata.sorted_tables
    ]


def _stored(kind: sa.types.TypeEngine[object]) -> sa.types.TypeEngine[object]:
    return kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, object]]]:
    found = connection.execution_options(yield_per=BATCH).execute(sa.select(table))
    for part in found.mappings().partitions(BATCH):
        yield [dict(row) for row in part]


def _fill(connection: sa.Connection, table: sa.Table, parts: Iterator[list[dict[str, object]]]) -> None:
    for rows in parts:
        connection.execute(sa.insert(table), rows)


def _stamp(into: sa.Connection, source: sa.Connection) -> None:
    """Carry the number of the last migration along."""
    if not sa.inspect(source).has_table(REVISION_TABLE):
        return
    number = source.execute(sa.text(f"SELECT version_num FROM {REVISION_TABLE}")).scalar_one()
    into.execute(sa.text(f"CREATE TABLE IF NOT EXISTS {REVISION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    into.execute(sa.text(f"DELETE FROM {REVISION_TABLE}"))
    into.execute(sa.text(f"INSERT INTO {REVISION_TABLE} VALUES (:number)"), {"number": number})
