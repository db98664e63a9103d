"""The table of messages: to whom, what kind, about which record. Words stand in ``server/text`` by the kind."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant


class Message(Base):
    """One line in one person's inbox. It rings; the news itself comes with the record's own feed."""

    __tablename__ = "message"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(30))
    record_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    task_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    at: Mapped[int] = mapped_column(Instant)
    quiet: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false()
    )  # its owner is away: it waits, it does not ring
    read_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (sa.Index(None, "person_id", "at"),)
