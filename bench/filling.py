"""Rows by the hundred thousand into either database, past the ORM: as the types would bind them, with COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any

from flask import Flask

from server.platform.db import Base, db

Rows = Mapping[type[Base], Sequence[Mapping[str, Any]]]
"""By table, each row with the same columns, in the order in which they need each other. Values as the driver takes them: ids
as 32 digits, days as text; what is sealed or JSON is bound by its type, each value once."""


class Filler:
    """One connection that checks no foreign keys: whoever makes the rows knows them."""

    def __init__(self, engine: Any, connection: Any) -> None:
        self.dialect, self.connection = engine.dialect, connection
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.bound = cache(self._bound)

    def begin(self) -> None:
        off = ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "BEGIN IMMEDIATE")
        for statement in off if self.is_sqlite else ("SET session_replication_role = replica",):
            self.connection.execute(statement)

    def add(self, rows: Rows) -> None:
        for table, told in rows.items():
            names = tuple(told[0])
            plain = map(itemgetter(*names), told)
            kinds = [table.__table__.columns[name].type for name in names]
            at = [number for number, kind in enumerate(kinds) if type(kind).__name__ in ("Sealed", "Json")]
            self._write(table.__tablename__, names, self._with_bound(plain, at, kinds) if at else plain)

    def _with_bound(self, rows: Iterator[tuple[Any, ...]], at: Sequence[int], kinds: Sequence[Any]) -> Any:
        for row in rows:
            values = list(row)
            for number in at:
                values[number] = self.bound(kinds[number], values[number])
            yield tuple(values)

    def _bound(self, kind: Any, value: Any) -> Any:
        return kind.process_bind_param(list(value) if isinstance(value, tuple) else value, self.dialect)

    def _write(self, table: str, names: Sequence[str], rows: Any) -> None:
        columns = ", ".join(names)
        if self.is_sqlite:
            marks = ", ".join("?" * len(names))
            self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
            return
        with self.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def end(self) -> None:
        """With the statistics that the database gathers by itself in the days that such a month takes."""
        if self.is_sqlite:
            self.connection.execute("COMMIT")
        else:
            self.connection.execute("ANALYZE")
            self.connection.commit()


@contextmanager
def filling(app: Flask) -> Iterator[Filler]:
    """One transaction; the connection is thrown away, since it checks less than others do."""
    with app.app_context():
        engine = db.engines[None]
        pooled = engine.raw_connection()
        driver = pooled.driver_connection
        pooled.detach()
        try:
            filler = Filler(engine, driver)
            filler.begin()
            yield filler
            filler.end()
        finally:
            pooled.close()
