"""Column types: ``Instant`` for time, ``Sealed`` for what names a person, ``Json`` for structured values."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from server.platform.keys import keyring


class Instant(TypeDecorator[int]):
    """Milliseconds UTC as a 64-bit integer in both databases (SQLite's own DateTime drops the offset)."""

    impl = sa.BigInteger
    cache_ok = True


class Sealed(TypeDecorator[Any]):
    """AES-256-GCM over the JSON of a value; ``place`` (``table.column``) is authenticated with it.

    No search is possible over such a column; equality goes through ``keyring().blind``.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return None if value is None else keyring().seal(orjson.dumps(value), self.place)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        return None if value is None else orjson.loads(keyring().open(bytes(value), self.place))


class SealedBytes(Sealed):
    """AES-256-GCM over bytes as they are: a picture that lies in its row."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        return None if value is None else keyring().seal(value, self.place)

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        return None if value is None else keyring().open(bytes(value), self.place)


class Json(TypeDecorator[Any]):
    """JSON text; no query looks inside it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        return None if value is None else orjson.loads(value)
