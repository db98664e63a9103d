"""Table of publicity. Whom it reached is two numbers: no names, no doors, no places."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Sealed


class Publicity(Base):
    """How many were reached; envelope = the record of the same id."""

    __tablename__ = "publicity"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    people: Mapped[int]
    households: Mapped[int]
    note: Mapped[str] = mapped_column(Sealed("publicity.note"))
