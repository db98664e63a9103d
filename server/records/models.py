"""Tables of the envelope: record, its photos by hash, its history."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed

# The index of the archive holds what has left the feed and costs the writers of the road nothing.
_ARCHIVED: dict[str, Any] = {
    f"{database}_where": sa.text("archived_at IS NOT NULL") for database in ("sqlite", "postgresql")
}


class Record(Base):
    """One record of any duty. The duty's own fields stand in its own table under the same id."""

    __tablename__ = "record"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    kind: Mapped[str] = mapped_column(sa.String(20))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"))
    micro_grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("micro_grid.id"))
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("team.id"))
    stream: Mapped[str] = mapped_column(sa.String(80))
    matter_code: Mapped[str | None] = mapped_column(sa.String(20))
    data_class: Mapped[str] = mapped_column(sa.String(1))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    entered_by: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    confirmation: Mapped[str | None] = mapped_column(sa.String(10))  # told by another: waiting | confirmed | denied
    confirmed_at: Mapped[int | None] = mapped_column(Instant)
    patrol_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)  # may arrive later than what was logged on the way
    acted_at: Mapped[int] = mapped_column(Instant)
    acted_at_held: Mapped[bool]
    day: Mapped[date]
    received_at: Mapped[int] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    finished_at: Mapped[int | None] = mapped_column(Instant)
    archived_at: Mapped[int | None] = mapped_column(Instant)
    photo_gap: Mapped[str | None] = mapped_column(sa.String(10))
    obstructed: Mapped[bool] = mapped_column(default=False)
    review_status: Mapped[str] = mapped_column(sa.String(10))
    review_due: Mapped[date | None]
    review_reason: Mapped[str | None] = mapped_column(sa.String(20))
    review_words: Mapped[str | None] = mapped_column(Sealed("record.review_words"))
    reviewed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    reviewed_at: Mapped[int | None] = mapped_column(Instant)
    hints: Mapped[Any] = mapped_column(Json, default=list)
    __table_args__ = (
        sa.Index(None, "grid_id", "day"),
        sa.Index(None, "author_id", "day"),
        sa.Index(None, "review_status", "review_due"),
        sa.Index(None, "state", "finished_at"),
        sa.Index(None, "stream", "acted_at", "id", **_ARCHIVED),
        sa.CheckConstraint(
            "review_status IN ('none','waiting','approved','returned','disputed','lapsed')", name="review_status"
        ),
    )


class Spotted:
    """Columns of a duty's table that say where it was, in 1e-7 degree, WGS-84. Written and read by ``records.spots``."""

    lng: Mapped[int | None] = mapped_column(sa.BigInteger)
    lat: Mapped[int | None] = mapped_column(sa.BigInteger)
    accuracy_m: Mapped[int | None]
    place_source: Mapped[str] = mapped_column(sa.String(8))
    place_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("place.id"))


class RecordPhoto(Base):
    """A photo that a record names, by the SHA-256 of the bytes sent; it may arrive later."""

    __tablename__ = "record_photo"
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(sa.String(8))
    taken_at: Mapped[int | None] = mapped_column(Instant)
    position: Mapped[int]


class RecordStep(Base):
    """One step in a record's history, written by the command that takes it. ``was`` = the fields' values before."""

    __tablename__ = "record_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"))
    version: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    step: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    words: Mapped[str | None] = mapped_column(Sealed("record_step.words"))
    was: Mapped[Any | None] = mapped_column(Sealed("record_step.was"))
    __table_args__ = (sa.Index(None, "record_id", "version"),)
