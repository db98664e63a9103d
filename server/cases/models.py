"""Tables of the cases room: the case, its steps, who helps, who was called, whose duty was in doubt, what was ordered, and
how long each level may take.
"""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class CaseFile(Base):
    """What became of something that needs more than the grid: of a record, or of a call that an office took in.

    The term is kept as it was when the level began (``term_from``). ``due_at`` is empty while the clock stands;
    ``document_no`` names the document that the term comes from. A case without a record (``source`` other than
    ``record``) has no reporter and no stream: it lives in the offices alone, and carries its own place and words.
    """

    __tablename__ = "case_file"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"))
    record_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("record.id"), unique=True)
    source: Mapped[str] = mapped_column(sa.String(10))
    external_ref: Mapped[str | None] = mapped_column(sa.String(60))
    place_words: Mapped[str | None] = mapped_column(Sealed("case_file.place_words"))
    told_words: Mapped[str | None] = mapped_column(Sealed("case_file.told_words"))
    made_by_unit: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    stream: Mapped[str | None] = mapped_column(sa.String(80))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    reporter_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    level: Mapped[str] = mapped_column(sa.String(2))
    unit: Mapped[str] = mapped_column(sa.String(13))
    amount: Mapped[int]
    given_day: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    opened_at: Mapped[int] = mapped_column(Instant)
    term_from: Mapped[int] = mapped_column(Instant)
    escalated_at: Mapped[int | None] = mapped_column(Instant)
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
        sa.Index(None, "state", "due_at"),
        sa.UniqueConstraint("county_code", "source", "external_ref"),
        sa.CheckConstraint("level IN ('L0','L2','L3','L4')", name="level"),
        sa.CheckConstraint("source IN ('record','telephone','12345','platform','resident','mediation')", name="source"),
        sa.CheckConstraint("(source = 'record') = (record_id IS NOT NULL)", name="of_a_record"),
        sa.CheckConstraint(
            "state IN ('accepted','assigned','in_progress','suspended','contested','done_reported','verified','closed',"
            "'not_verified')",
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
    step: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    words: Mapped[str | None] = mapped_column(Sealed("case_step.words"))
    photo: Mapped[str | None] = mapped_column(
        sa.String(64)
    )  # SHA-256 of the bytes sent, as photos are named everywhere
    __table_args__ = (sa.Index(None, "case_id", "version"),)


class CaseWhistle(Base):
    """A department is called to appear, with the time it has; its own entry says that it came."""

    __tablename__ = "case_whistle"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    called_at: Mapped[int] = mapped_column(Instant)
    called_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    due_at: Mapped[int] = mapped_column(Instant)
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    arrived_at: Mapped[int | None] = mapped_column(Instant)
    arrived_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class CaseDispute(Base):
    """A department says that a matter is not its duty; the county answers by ``answer_by``.

    Answered, it is a row in the list of proposals for the table of responsibilities. ``to_unit``: who got it instead.
    ``late_told_at``: when both sides were rung because the answer is late.
    """

    __tablename__ = "case_dispute"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    asked_at: Mapped[int] = mapped_column(Instant)
    answer_by: Mapped[int] = mapped_column(Instant)
    late_told_at: Mapped[int | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Sealed("case_dispute.reason"))
    ruled_at: Mapped[int | None] = mapped_column(Instant)
    ruled_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    is_upheld: Mapped[bool | None]
    to_unit: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    words: Mapped[str | None] = mapped_column(Sealed("case_dispute.words"))
    __table_args__ = (sa.Index(None, "county_code", "asked_at"),)


class CaseOrder(Base):
    """A department has ordered a hazard to be put right by a day, under its own document (a worker only advises).

    It alone checks what became of it; a later check counts.
    """

    __tablename__ = "case_order"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case_file.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    order_no: Mapped[str] = mapped_column(sa.String(80))
    ordered_rectify_by: Mapped[date]
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    checked_at: Mapped[int | None] = mapped_column(Instant)
    checked_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    is_rectified: Mapped[bool | None]


class CaseLevel(Base):
    """How long a level, or one of the loop's other terms, may take in a county, from a day on.

    Rows are only added, and a later one of the same day counts.
    """

    __tablename__ = "case_level"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    level: Mapped[str] = mapped_column(sa.String(8))
    unit: Mapped[str] = mapped_column(sa.String(13))
    amount: Mapped[int]
    from_day: Mapped[date]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.CheckConstraint(
            "level IN ('L0','L1','L2','L3','L4','whistle','not_ours','escalate','reopen')", name="level"
        ),
    )
