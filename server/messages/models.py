"""Messages: to whom, what kind, about which record (words stand in ``server/text`` by the kind), and how each left the house.

A ``delivery`` is one message on one rung of its owner's ladder, a ``delivery_attempt`` one try at one device or channel,
written before the try: whoever dies in the middle leaves a row without an outcome, and the next try is a row of its own.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


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
    )  # its owner is away, or it is but to be known: it waits, it does not ring
    urgent_why: Mapped[str | None] = mapped_column(sa.String(200))  # of what is urgent: the reason given
    urgent_unit: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)  # and the unit of whoever gave it; none: a worker's
    about_person: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)  # of a line to a leader: whom to ring up
    read_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (sa.Index(None, "person_id", "at"),)


class Delivery(Base):
    """One message on one rung. It ends ``delivered``, ``undelivered`` with its reason, or on the leader's ``call_list``.

    What is urgent and ``delivered`` keeps a ``due_at``: when to look whether its owner has seen it, and to climb if not.
    """

    __tablename__ = "delivery"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    message_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("message.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    rung: Mapped[int] = mapped_column(default=0, server_default="0")
    channel: Mapped[str] = mapped_column(sa.String(10))
    channel_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("channel.id"))
    urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str | None] = mapped_column(sa.String(20))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[int] = mapped_column(Instant)
    due_at: Mapped[int | None] = mapped_column(Instant)  # of what waits: when to try next
    ended_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "state", "due_at"),
        sa.Index(None, "county_code", "made_at"),
        sa.UniqueConstraint("message_id", "rung"),
        sa.CheckConstraint("channel IN ('push','dingtalk','wecom','feishu','sms','call')", name="channel"),
        sa.CheckConstraint("state IN ('waiting','sending','delivered','undelivered','call_list')", name="state"),
        sa.CheckConstraint("state <> 'undelivered' OR reason IS NOT NULL", name="reason"),
    )


class DeliveryAttempt(Base):
    """One try at one device (or channel: its id stands in ``device_id``).

    No outcome yet = under way, or cut by the sweeper's death and then noted as ``cut``.
    """

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


class Channel(Base):
    """A way out of the house behind an address of its own: a group's robot, or a gateway for short messages.

    It serves the people of ``unit_id`` and of the units below it. Its address holds a secret: sealed, never shown again.
    A changed channel is a new row, the old one is ended.
    """

    __tablename__ = "channel"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(60))
    address: Mapped[str] = mapped_column(Sealed("channel.address"))
    position: Mapped[int]
    per_minute: Mapped[int]
    free_at: Mapped[int] = mapped_column(Instant, default=0)  # when it may be used again
    failures: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[int] = mapped_column(Instant)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.CheckConstraint("kind IN ('dingtalk','wecom','feishu','sms')", name="kind"),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 6000", name="per_minute"),
    )


class RingRule(Base):
    """When messages ring in a county, by the document that says so; the newest row is in force, rows are only added.

    Minutes of the day in China; from before to = a night over midnight, equal = no quiet hours.
    """

    __tablename__ = "ring_rule"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    answer_minutes: Mapped[int]  # within which something urgent must be seen before it climbs
    document_no: Mapped[str] = mapped_column(sa.String(80))
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "county_code", "made_at"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name="minutes"),
        sa.CheckConstraint("answer_minutes BETWEEN 1 AND 120", name="answer"),
    )
