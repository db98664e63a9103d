"""The database: one declarative base, two engines, one transaction a request.

Why two engines. SQLite takes one writer at a time. A transaction that begins as a reader and then writes gets BUSY at
once (325,117 times in 3 s with four writers, measured), so writers begin with ``BEGIN IMMEDIATE``; but readers that
begin so lock writers out. Hence ``read`` (deferred, ``query_only``) for GET doors and ``write`` for all others. On
PostgreSQL the same pair keeps a GET honest: its transactions are read-only, and see one moment, as SQLite's do. A row that
moves into a team while a feed is read would else be sent to whoever lost it.

An acknowledgement must not be given before the disk has it: ``synchronous=FULL`` (2) on SQLite, ``synchronous_commit=on``
on PostgreSQL; tests read both back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app, g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

from server.platform.config import Settings

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables; every constraint has a name from migration 0001 on."""

    metadata = sa.MetaData(naming_convention=NAMES)


class RoutedSession(FlaskSession):
    """Sends a request to ``read`` or ``write`` by what the door declared."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        name = "read" if has_app_context() and g.get("reading", False) else None
        return db.engines[name]


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"class_": RoutedSession, "autoflush": True, "expire_on_commit": False},
)


def init_database(app: Flask, settings: Settings) -> None:
    """Configure both engines; nothing is opened before the first use."""
    url = settings.sqlalchemy_url
    shared: dict[str, Any] = {"pool_size": 8, "max_overflow": max(8, settings.web_threads - 8)}  # one for each thread
    shared["hide_parameters"] = True  # values of a failed statement must not reach a log
    if settings.is_sqlite:
        options: dict[str, Any] = {**shared, "connect_args": {"timeout": 10, "check_same_thread": False}}
        reading = dict(options)
    else:
        options = {
            **shared,
            "pool_pre_ping": True,
            "connect_args": {"options": "-c synchronous_commit=on"},
        }
        reading = {
            **options,
            "connect_args": {"options": "-c default_transaction_read_only=on"},
            "isolation_level": "REPEATABLE READ",  # which rows a stream names and what they say is read of one moment
        }
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.config["SQLALCHEMY_BINDS"] = {"read": {"url": url, **reading}}
    db.init_app(app)
    app.extensions["turns"] = threading.BoundedSemaphore(settings.web_at_work)
    if settings.is_sqlite:
        with app.app_context():
            _prepare_sqlite(db.engines[None], begin="BEGIN IMMEDIATE", query_only=False)
            _prepare_sqlite(db.engines["read"], begin="BEGIN", query_only=True)


def _prepare_sqlite(engine: sa.Engine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        for pragma in ("foreign_keys=ON", "busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        if query_only:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction on ``write``: committed when the block ends, rolled back when it raises. Doors and jobs only."""
    was_reading = g.get("reading", False)
    g.reading = False
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        g.reading = was_reading


T = TypeVar("T")
AGAIN = ("40001", "40P01", "55P03")  # PostgreSQL: serialization failure, deadlock, lock not available
TRIES = 4
TURN_SECONDS = 0.5


@contextmanager
def _turn() -> Iterator[None]:
    """One of the few (``web_at_work``) that are at work at once: threads that take Python from each other at every statement
    all get slower (decision 0036). A turn that has not come within ``TURN_SECONDS`` is not waited for any longer, so those
    that are held up in the database hold the others up that long at most."""
    turns: threading.BoundedSemaphore = current_app.extensions["turns"]
    came = turns.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if came:
            turns.release()


def in_one_transaction(work: Callable[[Session], T]) -> T:
    """Run ``work`` in a transaction, few of them at once; again when PostgreSQL chose it as the one to yield to another
    writer. For pushes, and for jobs in batches."""
    for attempt in range(1, TRIES + 1):
        try:
            with _turn(), transaction() as session:
                return work(session)
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in AGAIN or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def is_added(session: Session, row: Any) -> bool:
    """Insert a row whose key a form brought; False when another transaction took the key meanwhile (a double tap)."""
    try:
        with session.begin_nested():
            session.add(row)
    except sa.exc.IntegrityError:
        return False
    return True


def remember(session: Session, key: Hashable, make: Callable[[], T]) -> T:
    """A fact that a batch asks for again and again, read once in a transaction. Not for rows that it changes."""
    found: dict[Hashable, T] = session.info.setdefault("remembered", {})
    if key not in found:
        found[key] = make()
    return found[key]


def forget(session: Session, key: Hashable) -> None:
    """What was remembered under the key is read again: the transaction itself has changed it."""
    session.info.get("remembered", {}).pop(key, None)


@event.listens_for(RoutedSession, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop("remembered", None)


@contextmanager
def aside() -> Iterator[Session]:
    """A short transaction of its own on ``write``, for what a GET must note (a look, a session's last use)."""
    with Session(db.engines[None], expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def noting() -> Iterator[Session]:
    """For a look that any door must note, committed before the answer leaves: beside a reading door a transaction of its
    own, in a writing door the door's own, since SQLite takes one writer at a time."""
    with aside() if g.get("reading", False) else transaction() as session:
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A short reading session of its own, for what is asked before a door opens: it holds no lock while the door writes."""
    with Session(db.engines["read"], expire_on_commit=False) as session:
        yield session


def is_reading(session: Session) -> bool:
    """Whether the session's statements go to the engine that refuses to write."""
    return session.get_bind() is db.engines["read"]


def upsert(
    session: Session, table: Any, rows: list[dict[str, Any]], keys: list[str], update: list[str] | None = None
) -> None:
    """INSERT … ON CONFLICT DO UPDATE in either dialect; ``update`` defaults to every column not in ``keys``."""
    if not rows:
        return
    target = table.__table__ if hasattr(table, "__table__") else table
    names = update if update is not None else [c for c in rows[0] if c not in keys]
    session.execute(_upsert(session.get_bind().dialect.name, target, tuple(keys), tuple(names)), rows)


@cache
def _upsert(dialect: str, target: sa.Table, keys: tuple[str, ...], names: tuple[str, ...]) -> Any:
    """Made once for each table and its columns: every push needs it, and making a statement costs as much as running it."""
    insert: Any
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert
    statement = insert(target)
    if not names:
        return statement.on_conflict_do_nothing(index_elements=keys)
    return statement.on_conflict_do_update(index_elements=keys, set_={n: getattr(statement.excluded, n) for n in names})
