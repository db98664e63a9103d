"""Table of information. A household's name, address and phone are never copied here."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Sealed


class Information(Base):
    """What was told; envelope = the record of the same id. Which matter needs which column: ``rules.ASKED``."""

    __tablename__ = "information"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    household_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("household.id"), index=True)
    finding: Mapped[Any | None] = mapped_column(Sealed("information.finding"))
    business_name: Mapped[str] = mapped_column(Sealed("information.business_name"))
    place_words: Mapped[str] = mapped_column(Sealed("information.place_words"))
    wants_answer: Mapped[bool]
    note: Mapped[str] = mapped_column(Sealed("information.note"))
