"""Messages: to whom, what kind, about which record (words stand in ``server/text`` by the kind), and how each left the house.

A ``delivery`` is one message on one channel, a ``delivery_attempt`` one try at one device of its owner, written before
the try: whoever dies in the middle leaves a row without an outcome, and the next try is a row of its own.
"""

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


class Delivery(Base):
    """One message on one channel. It ends ``delivered``, ``undelivered`` with its reason, or on the leader's ``call_list``."""

    __tablename__ = "delivery"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    message_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("message.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(sa.String(10))
    urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[int] = mapped_column(Instant)
    due_at: Mapped[int | None] = mapped_column(Instant)  # of what waits: when to try next
    ended_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "state", "due_at"),
        sa.UniqueConstraint("message_id", "channel"),
        sa.CheckConstraint("channel IN ('push','call')", name="channel"),
        sa.CheckConstraint("state IN ('waiting','sending','delivered','undelivered','call_list')", name="state"),
        sa.CheckConstraint("state <> 'undelivered' OR reason IS NOT NULL", name="reason"),
    )


class DeliveryAttempt(Base):
    """One try at one device; no outcome yet = under way, or cut by the sweeper's death and then noted as ``cut``."""

    __tablename__ = "delivery_attempt"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("delivery.id"), index=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    number: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    status: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(12))
    __table_args__ = (sa.UniqueConstraint("delivery_id", "device_id", "number"),)


class PushHost(Base):
    """A push host's circuit breaker: after failures in a row nobody knocks there until ``shut_until``."""

    __tablename__ = "push_host"
    host: Mapped[str] = mapped_column(sa.String(253), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    shut_until: Mapped[int] = mapped_column(Instant, default=0)
