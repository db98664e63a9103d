"""Tables of the cases room: the case of a record, its steps, who helps, and how long each level may take."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class CaseFile(Base):
    """What became of a record that needs more than the grid. The term is kept as it was when the case was made.

    ``due_at`` is empty while the clock stands; ``document_no`` names the document that the term comes from.
    """

    __tablename__ = "case_file"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"))
    record_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("record.id"), unique=True)
    stream: Mapped[str] = mapped_column(sa.String(80))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    reporter_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(sa.String(2))
    unit: Mapped[str] = mapped_column(sa.String(13))
    amount: Mapped[int]
    given_day: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    opened_at: Mapped[int] = mapped_column(Instant)
    lead_unit: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    state: Mapped[str] = mapped_column(sa.String(13))
    due_at: Mapped[int | None] = mapped_column(Instant)
    verify_by: Mapped[date | None]
    over_at: Mapped[int | None] = mapped_column(Instant)
    archived_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.Index(None, "grid_id", "state"),
        sa.Index(None, "lead_unit", "state"),
        sa.Index(None, "state", "verify_by"),
        sa.CheckConstraint("level IN ('L2','L3','L4')", name="level"),
        sa.CheckConstraint(
            "state IN ('accepted','assigned','in_progress','suspended','done_reported','verified','closed','not_verified')",
            name="state",
        ),
    )


class CaseHelper(Base):
    """A unit, or the grid itself (no unit), that helps whoever is in the lead (joint handling)."""

    __tablename__ = "case_helper"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)


class CaseStep(Base):
    """One step in a case's history; rows are only added. ``unit_id``: whom the case was given to."""

    __tablename__ = "case_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"))
    version: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    step: Mapped[str] = mapped_column(sa.String(12))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    words: Mapped[str | None] = mapped_column(Sealed("case_step.words"))
    photo: Mapped[str | None] = mapped_column(
        sa.String(64)
    )  # SHA-256 of the bytes sent, as photos are named everywhere
    __table_args__ = (sa.Index(None, "case_id", "version"),)


class CaseLevel(Base):
    """How long a level may take in a county, from a day on; rows are only added, and a later one of the same day counts."""

    __tablename__ = "case_level"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    level: Mapped[str] = mapped_column(sa.String(2))
    unit: Mapped[str] = mapped_column(sa.String(13))
    amount: Mapped[int]
    from_day: Mapped[date]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (sa.CheckConstraint("level IN ('L0','L1','L2','L3','L4')", name="level"),)
