"""The table of correction requests."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class CorrectionRequest(Base):
    """What a person says is wrong with what is kept of them, and the answer of the town above ``org_unit_id``."""

    __tablename__ = "correction_request"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))  # of the post held when asked
    about: Mapped[str] = mapped_column(sa.String(8))  # record | fixes | post | phone
    record_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("record.id"))
    words: Mapped[str] = mapped_column(Sealed("correction_request.words"))
    asked_at: Mapped[int] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # explained | corrected | refused
    answer_words: Mapped[str | None] = mapped_column(Sealed("correction_request.answer_words"))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "answered_at"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
    )
