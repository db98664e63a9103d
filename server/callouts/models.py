"""Tables of call-outs: the call-out itself, the answers to it, the positions given with them, the county's limit."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class Callout(Base):
    """Everybody with a post in ``org_unit_id`` and below is called by ``opened_unit``, until ``ended_at`` or ``ends_at``.

    ``cleared_at``: its answers and itself have left the phones.
    """

    __tablename__ = "callout"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    opened_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    opened_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    opened_at: Mapped[int] = mapped_column(Instant)
    ends_at: Mapped[int] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))  # nobody: it ended by itself
    cleared_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (sa.Index(None, "county_code", "opened_at"), sa.Index(None, "ended_at", "ends_at"))


class CalloutAnswer(Base):
    """One answer in one stream: rows are only added, one for each grid or micro-grid of whoever answers.

    ``stream`` is None once it has left the phones.
    """

    __tablename__ = "callout_answer"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    callout_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("callout.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    at: Mapped[int] = mapped_column(Instant)
    received_at: Mapped[int] = mapped_column(Instant)
    stream: Mapped[str | None] = mapped_column(sa.String(80))
    __table_args__ = (
        sa.Index(None, "callout_id", "person_id"),
        sa.Index(None, "callout_id", "received_at"),
        sa.CheckConstraint("kind IN ('received','safe','need_help')", name="kind"),
    )


class CalloutPosition(Base):
    """Where somebody was at their own tap, for one reader: a leader's stream, or None for the authority that opened it.

    Only the authority's own row may be filed in a case (``case_id``, of a room above), which keeps it as long as the
    case's words.
    """

    __tablename__ = "callout_position"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    callout_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("callout.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    place: Mapped[Any] = mapped_column(Sealed("callout_position.place"))  # {lng, lat, accuracy_m?}, WGS-84 degrees
    stream: Mapped[str | None] = mapped_column(sa.String(80))
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid, index=True)
    filed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    filed_at: Mapped[int | None] = mapped_column(Instant)
    filed_reason: Mapped[str | None] = mapped_column(Sealed("callout_position.filed_reason"))
    __table_args__ = (
        sa.Index(None, "callout_id", "person_id"),
        sa.CheckConstraint(
            "case_id IS NULL OR (stream IS NULL AND filed_by IS NOT NULL AND filed_at IS NOT NULL AND filed_reason IS NOT NULL)",
            name="filed",
        ),
    )


class CalloutLimit(Base):
    """How long a call-out of a county may last at the most, from a day on; rows are only added, the newest counts."""

    __tablename__ = "callout_limit"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    hours: Mapped[int]
    from_day: Mapped[date]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
