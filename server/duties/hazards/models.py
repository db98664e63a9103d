"""Tables of hazards and their re-looks (回头看)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed
from server.records.models import Spotted


class Hazard(Spotted, Base):
    """What was found; envelope = the record of the same id. The place is the hazard's."""

    __tablename__ = "hazard"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    severity: Mapped[str] = mapped_column(sa.String(8))
    advice: Mapped[Any] = mapped_column(Json)
    advised_fix_by: Mapped[date | None]
    fixed_on_spot: Mapped[bool]
    relook_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Sealed("hazard.note"))
    place_words: Mapped[str] = mapped_column(Sealed("hazard.place_words"))
    # the one that somebody had reported before
    same_as: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("record.id"), index=True)


class Relook(Base):
    """A look back at a hazard by a worker; a department's re-check is another thing."""

    __tablename__ = "relook"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    hazard_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("hazard.record_id"), index=True)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(sa.String(10))
    note: Mapped[str] = mapped_column(Sealed("relook.note"))
    photos: Mapped[Any] = mapped_column(Json)
    photo_gap: Mapped[str | None] = mapped_column(sa.String(10))
    next_on: Mapped[date | None] = mapped_column(index=True)  # the day of the next look; none when it is fixed
