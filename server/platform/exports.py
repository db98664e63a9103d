"""Who took which list out of the house as a file, when, how many rows, and what for. Rows are only added."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.kernel import clock, ids
from server.platform.audit import Linked
from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class ListExport(Linked, Base):
    """One file. ``purpose`` is asked for where the list holds personal data."""

    __tablename__ = "list_export"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)
    at: Mapped[int] = mapped_column(Instant)
    list_name: Mapped[str] = mapped_column(sa.String(20))
    narrowed: Mapped[Any] = mapped_column(Json)
    file_format: Mapped[str] = mapped_column(sa.String(4))
    row_count: Mapped[int]
    is_personal: Mapped[bool]
    purpose: Mapped[str | None] = mapped_column(Sealed("list_export.purpose"))

    @staticmethod
    def own_arguments() -> tuple[Any, ...]:
        return (
            sa.Index(None, "county_code", "at"),
            sa.CheckConstraint("file_format IN ('csv', 'xlsx')", name="file_format"),
            sa.CheckConstraint("NOT is_personal OR purpose IS NOT NULL", name="purpose"),
        )


def note_export(session: Session, **told: Any) -> None:
    """Add one line to the log; see ``ListExport`` for what it says."""
    session.add(ListExport(id=ids.new_id(), at=clock.now(), **told))
