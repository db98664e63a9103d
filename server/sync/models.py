"""Tables of the road: lanes, every mutation with its outcome, announcements, losses, held mutations, the epoch."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class Epoch(Base):
    """One life of this database. A restore, or a phone that knows more than the server, begins a new one."""

    __tablename__ = "epoch"
    id: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    began_at: Mapped[int] = mapped_column(Instant)
    cause: Mapped[str] = mapped_column(sa.String(20))  # first | restore | phone_ahead


class OutboxLane(Base):
    """One lane of one device's outbox: the next sequence number wanted, and what the phone told of its head."""

    __tablename__ = "outbox_lane"
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    lane: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    expected: Mapped[int] = mapped_column(sa.BigInteger, default=1)
    head: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    head_at: Mapped[int | None] = mapped_column(Instant)
    acked: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    unsent_photos: Mapped[int] = mapped_column(default=0)


class MutationLog(Base):
    """Every mutation that came, word for word, with its final outcome; refused ones too, sealed."""

    __tablename__ = "mutation_log"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    device_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    lane: Mapped[str] = mapped_column(sa.String(8))
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    payload: Mapped[str] = mapped_column(Sealed("mutation_log.payload"))
    hash: Mapped[str] = mapped_column(sa.String(64))
    scope_version: Mapped[int | None]
    base_version: Mapped[int | None]
    made_at: Mapped[int] = mapped_column(Instant)
    acted_at: Mapped[int] = mapped_column(Instant)
    received_at: Mapped[int] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(sa.String(10))  # applied | refused | conflict | deferred | held
    problem_code: Mapped[str | None] = mapped_column(sa.String(40))
    answer: Mapped[Any] = mapped_column(Sealed("mutation_log.answer"))
    object_kind: Mapped[str | None] = mapped_column(sa.String(30))
    object_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    taken_in_at: Mapped[int | None] = mapped_column(Instant)  # out of quarantine, by the office
    taken_in_by: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    __table_args__ = (
        sa.Index(None, "device_id", "lane", "seq"),
        sa.Index(None, "person_id", "outcome"),
        sa.Index(None, "outcome", "object_id"),
    )


class Announced(Base):
    """What a phone said it still has to send, until it comes: ``items`` = [{id, lane, seq, name, made_at}]."""

    __tablename__ = "announced"
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    stream: Mapped[str] = mapped_column(sa.String(80))
    items: Mapped[Any] = mapped_column(Json)
    at: Mapped[int] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class LostRange(Base):
    """Sequence numbers that a phone no longer has: told by the phone, shown to the office, never silent."""

    __tablename__ = "lost_range"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    lane: Mapped[str] = mapped_column(sa.String(8))
    first: Mapped[int] = mapped_column(sa.BigInteger)
    last: Mapped[int] = mapped_column(sa.BigInteger)
    told_at: Mapped[int] = mapped_column(Instant)
