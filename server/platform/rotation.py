"""A new sealing key, and every sealed column sealed with it, while the server runs (``flask rotate-keys``).

Each value is opened and sealed again in small transactions; it is put back only where it still is what was read, so what
a writer changes meanwhile stays as the writer wrote it. A row says by its first bytes which key it has, so whoever stops
half way begins again where rows with an older key are left. Old keys stay in their folder: backups and stored photos are
read with them.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from server.platform.config import current_settings
from server.platform.db import Base, in_one_transaction, reading
from server.platform.keys import KID_BYTES, LOOKED_EVERY_S, keyring
from server.platform.logs import log
from server.platform.types import Sealed

BATCH = 200
MOST_PASSES = 20


class RotationBusy(Exception):
    """Another process rotates the keys of this installation."""


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns, seen without its types: keys as they are, sealed columns as bytes."""

    raw: Any
    keys: tuple[str, ...]
    places: dict[str, str]

    @property
    def name(self) -> str:
        return str(self.raw.name)

    def is_older(self, kid: bytes) -> Any:
        """Whether some sealed column of the row has another key."""
        return sa.or_(*(_kid_of(self.raw.c[name]) != kid for name in self.places))


def _kid_of(column: Any) -> Any:
    return sa.func.substr(column, 1, KID_BYTES, type_=sa.LargeBinary)


def sealed_tables() -> list[SealedTable]:
    """Every table that has a sealed column, found in the models: a new one needs no line anywhere."""
    found = []
    for table in Base.metadata.sorted_tables:
        places = {column.name: column.type.place for column in table.columns if isinstance(column.type, Sealed)}
        if places:
            keys = [sa.column(column.name, column.type) for column in table.primary_key.columns]
            raw = sa.table(table.name, *keys, *(sa.column(name, sa.LargeBinary) for name in places))
            found.append(SealedTable(raw, tuple(key.name for key in keys), places))
    return found


def rotate(is_new: bool, told: Callable[[str, int], None] = lambda _table, _count: None) -> int:
    """Seal every column with the newest key, a new one if ``is_new``; answers how many rows were changed.

    Raises ``RotationBusy``. Writers of other processes seal with the new key a second later; passes go on until one,
    begun after that, finds no row with an older key.
    """
    with _alone():
        if is_new:
            keyring().new_seal_key()
        total = 0
        for _ in range(MOST_PASSES):
            begun = time.monotonic()
            changed = sum(_table(table, told) for table in sealed_tables())
            total += changed
            if not changed and not is_new:
                return total
            is_new = False
            time.sleep(max(0.0, 2 * LOOKED_EVERY_S - (time.monotonic() - begun)))
        raise RotationBusy("rows with an older key keep coming: is an old version of the server still running?")


def left_to_do() -> dict[str, int]:
    """By table, how many rows still have an older key."""
    kid = keyring().seal_kid
    with reading() as session:
        counts = {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table.raw).where(table.is_older(kid)))
            for table in sealed_tables()
        }
    return {name: count for name, count in counts.items() if count}


def _table(table: SealedTable, told: Callable[[str, int], None]) -> int:
    total = 0
    after: tuple[Any, ...] | None = None
    while True:
        rows, changed = in_one_transaction(lambda session, after=after: _batch(session, table, after))  # type: ignore[misc]
        if not rows:
            return total
        total += changed
        after = tuple(rows[-1][name] for name in table.keys)
        told(table.name, total)


def _batch(session: Session, table: SealedTable, after: tuple[Any, ...] | None) -> tuple[list[Any], int]:
    """The next rows with an older key, and how many of them were sealed anew: not those that somebody changed meanwhile."""
    columns = [table.raw.c[name] for name in table.keys]
    statement = sa.select(table.raw).where(table.is_older(keyring().seal_kid)).order_by(*columns).limit(BATCH)
    if after is not None:
        statement = statement.where(sa.tuple_(*columns) > sa.tuple_(*_bound(columns, after)))
    rows = list(session.execute(statement).mappings())
    return rows, sum(_seal_again(session, table, row) for row in rows)


def _bound(columns: list[Any], values: tuple[Any, ...]) -> list[Any]:
    return [sa.literal(value, column.type) for column, value in zip(columns, values, strict=True)]


def _seal_again(session: Session, table: SealedTable, row: Any) -> bool:
    """Whether anything was sealed anew. What no key of ours opens stays as it is, and is told as left over."""
    ring, is_changed = keyring(), False
    for name, place in table.places.items():
        was = row[name]
        if was is None or bytes(was[:KID_BYTES]) == ring.seal_kid:
            continue
        try:
            sealed = ring.seal(ring.open(bytes(was), place), place)
        except (InvalidTag, KeyError):
            log().error("value_unreadable", place=place)
            continue
        here = [table.raw.c[key] == row[key] for key in table.keys]
        column = table.raw.c[name]
        done = session.connection().execute(
            sa.update(table.raw).where(*here, column == bytes(was)).values({name: sealed})
        )
        is_changed = is_changed or bool(done.rowcount)
    return is_changed


@contextmanager
def _alone() -> Iterator[None]:
    handle = os.open(current_settings().data_dir / "rotation.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise RotationBusy("another process rotates the keys") from error
    finally:
        os.close(handle)
