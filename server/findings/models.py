"""Tables of findings, their evidence, and legal holds. Words are sealed; nothing here goes to a phone's stream or a file."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class Finding(Base):
    """What a person is said to have done against Art. 13, what they answer, and the decision.

    ``unit_id`` opened it and stands above the person; ``deciding_unit`` stands above that. Only ``confirmed`` has any
    effect elsewhere, and only from ``decided_at`` on.
    """

    __tablename__ = "finding"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    deciding_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), index=True)
    ground: Mapped[int]
    words: Mapped[str] = mapped_column(Sealed("finding.words"))
    happened_on: Mapped[date]
    feedback_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)  # the complaint it came from, if one
    opened_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    opened_at: Mapped[int] = mapped_column(Instant)
    hear_by: Mapped[date]
    heard_words: Mapped[str | None] = mapped_column(Sealed("finding.heard_words"))
    heard_at: Mapped[int | None] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(sa.String(14))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[int | None] = mapped_column(Instant)
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    decision_words: Mapped[str | None] = mapped_column(Sealed("finding.decision_words"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "decision"),
        sa.CheckConstraint("ground BETWEEN 1 AND 5", name="ground"),
        sa.CheckConstraint("decision IN ('confirmed','not_confirmed','withdrawn')", name="decision"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        sa.CheckConstraint(
            "decision IS NULL OR decision = 'withdrawn' OR document_no IS NOT NULL", name="decided_by_document"
        ),
    )


class FindingEvidence(Base):
    """One piece of evidence: words, and the record that it speaks of, if one."""

    __tablename__ = "finding_evidence"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    finding_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("finding.id"), index=True)
    record_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    words: Mapped[str] = mapped_column(Sealed("finding_evidence.words"))
    added_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    added_at: Mapped[int] = mapped_column(Instant)


class LegalHold(Base):
    """Something named that no retention may delete until the hold is lifted, for liability under Art. 24 or a court."""

    __tablename__ = "legal_hold"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid)
    finding_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("finding.id"))
    reason: Mapped[str] = mapped_column(Sealed("legal_hold.reason"))
    document_no: Mapped[str] = mapped_column(sa.String(80))
    set_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    set_at: Mapped[int] = mapped_column(Instant)
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    lifted_at: Mapped[int | None] = mapped_column(Instant)
    lifted_document: Mapped[str | None] = mapped_column(sa.String(80))
    __table_args__ = (
        sa.Index(None, "kind", "object_id"),
        sa.CheckConstraint("kind IN ('record','household','feedback')", name="kind"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_document IS NULL)", name="lifted_whole"),
    )
