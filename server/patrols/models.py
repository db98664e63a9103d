"""Tables of the patrols room. There is no column for a track, a length or a duration: ``tests/sync/test_no_tracks.py``."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class Patrol(Base):
    """A finished walk; its envelope is the record of the same id. ``planned`` = points of the plan on that day."""

    __tablename__ = "patrol"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    planned: Mapped[int]
    looked_at: Mapped[int]
    note: Mapped[str] = mapped_column(Sealed("patrol.note"))


class PatrolCheck(Base):
    """One check point of a walk: when, what was seen, and whether the phone was inside; never where the worker was."""

    __tablename__ = "patrol_check"
    patrol_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("patrol.record_id"), primary_key=True)
    place_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("place.id"), primary_key=True)
    position: Mapped[int]
    result: Mapped[str] = mapped_column(sa.String(12))
    at: Mapped[int] = mapped_column(Instant)
    matters: Mapped[Any] = mapped_column(Json)
    accuracy_m: Mapped[int | None]
    inside: Mapped[str | None] = mapped_column(sa.String(8))
