"""Table of visits. A household's name, address and phone are never copied here."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Sealed


class Visit(Base):
    """What was asked and needed; envelope = the record of the same id."""

    __tablename__ = "visit"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    household_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("household.id"), index=True)
    place_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("place.id"))
    plan_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visit_plan.id"), index=True)
    mode: Mapped[str] = mapped_column(sa.String(8))
    all_well: Mapped[bool]
    ticks: Mapped[Any] = mapped_column(Sealed("visit.ticks"))
    needs: Mapped[Any] = mapped_column(Sealed("visit.needs"))
    note: Mapped[str] = mapped_column(Sealed("visit.note"))
    next_on: Mapped[date | None]
