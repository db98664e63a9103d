"""Table of emergencies. Who was hurt or ill is nobody's to write down here."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Json, Sealed
from server.records.models import Spotted


class Emergency(Spotted, Base):
    """Whom the worker called and when, and where it was; envelope = the record of the same id."""

    __tablename__ = "emergency"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    calls: Mapped[Any] = mapped_column(Json)  # [{number, at}], by time
    gas_smell: Mapped[bool]
    note: Mapped[str] = mapped_column(Sealed("emergency.note"))
    place_words: Mapped[str] = mapped_column(Sealed("emergency.place_words"))
