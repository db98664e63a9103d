"""Many rows at once: collected by table, written in the order of the tables' foreign keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.platform import streams
from server.platform.db import Base

CHUNK = 2_000


class Bulk:
    """Rows waiting to be written. The feed's entries are told beside them, so that a fresh phone gets every row."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}

    def add(self, table: type[Base], **row: Any) -> UUID | None:
        self._rows.setdefault(table, []).append(row)
        return row.get("id")

    def put(self, stream: str, kind: str, object_id: UUID) -> None:
        streams.put(self.session, stream, kind, object_id)

    def write(self) -> None:
        """Insert everything, tables in the order in which rows were first added."""
        for table, rows in self._rows.items():
            for start in range(0, len(rows), CHUNK):
                self.session.execute(sa.insert(table), rows[start : start + CHUNK])
        self._rows.clear()
