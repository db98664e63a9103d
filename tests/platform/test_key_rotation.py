"""Key rotation: every sealed column of every table, while another process of the same installation writes."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel.ids import new_id
from server.platform import rotation
from server.platform.db import Base, db
from server.platform.keys import Keyring
from server.platform.types import Instant, Json, Sealed, SealedBytes
from tests.world import app_on, close

ROOT = Path(__file__).parents[2]
ROWS = 3
WORDS = {"words": "阳台有明火 🔥", "numbers": [1, 2]}


@pytest.fixture
def servers(database_url: str, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two processes of one installation, each with its own keyring, over bare tables without any rule between them."""
    first, second = app_on(database_url, tmp_path), app_on(database_url, tmp_path)
    with first.app_context():
        bare().create_all(db.engines[None])
    yield first, second
    for app in (first, second):
        close(app)


def bare() -> sa.MetaData:
    """The tables with sealed columns, without constraints, so that each can be filled by itself."""
    found = sa.MetaData()
    for table in Base.metadata.sorted_tables:
        if any(isinstance(column.type, Sealed) for column in table.columns):
            columns = [sa.Column(c.name, c.type, primary_key=c.primary_key, autoincrement=False) for c in table.columns]
            sa.Table(table.name, found, *columns)
    return found


TABLES = bare().sorted_tables


def some(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, SealedBytes):
        return random.randbytes(40)
    if isinstance(kind, Sealed):
        return {**WORDS, "here": kind.place, "which": random.random()}
    if isinstance(kind, sa.Uuid):
        return new_id()
    if isinstance(kind, Json):
        return {}
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Date):
        return date(2026, 11, 29)
    if isinstance(kind, sa.LargeBinary):
        return b"x"
    if isinstance(kind, sa.Integer | Instant):
        return random.randrange(1, 2**31)
    return new_id().hex[: kind.length or 32]  # type: ignore[attr-defined]


def add(table: sa.Table, count: int) -> list[dict[str, Any]]:
    rows = [{column.name: some(column) for column in table.columns} for _ in range(count)]
    with db.engines[None].begin() as connection:
        connection.execute(table.insert(), rows)
    return rows


def key_of(table: sa.Table, row: Any) -> tuple[Any, ...]:
    return (table.name, *(row[column.name] for column in table.primary_key.columns))


def all_rows() -> dict[tuple[Any, ...], dict[str, Any]]:
    with db.engines[None].connect() as connection:
        return {
            key_of(table, row): dict(row) for table in TABLES for row in connection.execute(table.select()).mappings()
        }


def test_every_sealed_column_of_the_source_is_found() -> None:
    written = set()
    for path in (ROOT / "server").rglob("*.py"):
        written |= set(re.findall(r'\bSealed(?:Bytes)?\("([^"]+)"\)', path.read_text("utf-8")))
    found = {place for table in rotation.sealed_tables() for place in table.places.values()}
    assert found == written and len(found) > 40


def test_nothing_is_lost_while_another_server_writes(servers: tuple[Flask, Flask]) -> None:
    first, second = servers
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    with first.app_context():
        for table in TABLES:
            count = rotation.BATCH + ROWS if table.name == "person" else ROWS
            told |= {key_of(table, row): row for row in add(table, count)}
    stop, trouble = threading.Event(), []

    def write() -> None:
        try:
            with second.app_context():
                while not stop.is_set():
                    table = random.choice(TABLES)
                    told.update({key_of(table, row): row for row in add(table, 1)})
                    _change_one(table, told)
        except Exception as error:
            trouble.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    with first.app_context():
        old = first.extensions["keyring"].seal_kid
        changed = rotation.rotate(is_new=True)
        stop.set()
        writer.join()
        assert trouble == []
        assert changed >= ROWS * len(TABLES)
        found, new = all_rows(), first.extensions["keyring"].seal_kid
        assert found == told and new != old
        assert rotation.left_to_do() == {}
        assert second.extensions["keyring"].seal_kid == new, "the other server seals with it too"


def _change_one(table: sa.Table, told: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    """What somebody had read before is written anew over whatever the rotation has made of it."""
    key = random.choice([key for key in list(told) if key[0] == table.name])
    places = [column for column in table.columns if isinstance(column.type, Sealed)]
    values = {column.name: some(column) for column in places}
    here = [column == value for column, value in zip(table.primary_key.columns, key[1:], strict=True)]
    with db.engines[None].begin() as connection:
        connection.execute(table.update().where(*here).values(values))
    told[key] = {**told[key], **values}


def test_a_rotation_that_was_stopped_goes_on_with_the_same_key(
    servers: tuple[Flask, Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = servers
    with app.app_context():
        for table in TABLES:
            add(table, ROWS)
        before = all_rows()
        half = TABLES[len(TABLES) // 2].name

        def stop(table: str, _count: int) -> None:
            if table == half:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(True, stop)
        left = rotation.left_to_do()
        assert left and half not in left
        kids = app.extensions["keyring"].seal_kids
    answer = app.test_cli_runner().invoke(args=["rotate-keys", "--resume"])
    assert answer.exit_code == 0, answer.output
    with app.app_context():
        assert rotation.left_to_do() == {} and all_rows() == before
        assert app.extensions["keyring"].seal_kids == kids


def test_a_value_that_nobody_can_read_stops_no_other_and_is_told(servers: tuple[Flask, Flask]) -> None:
    app, _ = servers
    with app.app_context():
        add(Base.metadata.tables["team"], ROWS)
        with db.engines[None].begin() as connection:
            broken = sa.table("team", sa.column("id", sa.Uuid), sa.column("name", sa.LargeBinary))
            one = connection.execute(sa.select(broken.c.id).limit(1)).scalar_one()
            connection.execute(sa.update(broken).where(broken.c.id == one).values(name=b"torn" * 9))
    answer = app.test_cli_runner().invoke(args=["rotate-keys"])
    assert answer.exit_code == 0 and "left: team 1" in answer.output, answer.output


def test_two_rotations_at_once_are_refused(servers: tuple[Flask, Flask]) -> None:
    app, _ = servers
    with app.app_context(), rotation._alone(), pytest.raises(rotation.RotationBusy):
        rotation.rotate(True)


def test_a_value_under_a_key_that_came_since_is_read_at_once(tmp_path: Path) -> None:
    first, second = Keyring(tmp_path), Keyring(tmp_path)
    first.new_seal_key()
    assert second.open(first.seal(b"x", "a.b"), "a.b") == b"x"
    assert second.seal_kid == first.seal_kid
