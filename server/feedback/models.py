"""Tables of feedback. Words and whoever complained are sealed; no row of these goes to a phone's stream or into a file."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed, SealedBytes


class Feedback(Base):
    """One suggestion, complaint or report.

    ``receipt`` and ``secret`` open the status page · ``unit_id`` handles it, ``start_unit`` is where it was said to be ·
    ``who`` and ``words`` as they were said · ``complainant`` ``{name, phone}`` or None: anonymous · ``taken_by`` wrote it
    down at a telephone or counter · days and the document that they come from as in force when it came.
    """

    __tablename__ = "feedback"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    receipt: Mapped[str] = mapped_column(sa.String(6), unique=True)
    secret: Mapped[str] = mapped_column(Sealed("feedback.secret"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    channel: Mapped[str] = mapped_column(sa.String(10))
    about: Mapped[str] = mapped_column(sa.String(20))
    grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("grid.id"))
    start_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    who: Mapped[str | None] = mapped_column(Sealed("feedback.who"))
    words: Mapped[str] = mapped_column(Sealed("feedback.words"))
    complainant: Mapped[Any] = mapped_column(Sealed("feedback.complainant"), nullable=True)
    taken_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    came_at: Mapped[int] = mapped_column(Instant)
    accept_by: Mapped[date]
    handle_by: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(10))
    handler_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    answer: Mapped[str | None] = mapped_column(Sealed("feedback.answer"))
    decided_at: Mapped[int | None] = mapped_column(Instant)
    closed_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "unit_id", "state"),
        sa.Index(None, "state", "closed_at"),
        sa.CheckConstraint("kind IN ('suggestion','complaint','report')", name="kind"),
        sa.CheckConstraint("channel IN ('web','telephone','counter','staff')", name="channel"),
        sa.CheckConstraint("state IN ('received','accepted','clarifying','closed')", name="state"),
        sa.CheckConstraint("outcome IN ('upheld','partly','unfounded','answered','elsewhere')", name="outcome"),
        sa.CheckConstraint("(state = 'received') = (handler_id IS NULL)", name="handler"),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_whole"),
    )


class FeedbackPerson(Base):
    """A person it is about, named by the handler: what was said names a role and a place at most."""

    __tablename__ = "feedback_person"
    feedback_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("feedback.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    named_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    named_at: Mapped[int] = mapped_column(Instant)


class FeedbackPicture(Base):
    """The picture that came with it, drawn anew without metadata, a JPEG sealed in the row: no hash opens it elsewhere."""

    __tablename__ = "feedback_picture"
    feedback_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("feedback.id"), primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(SealedBytes("feedback_picture.jpeg"))


class FeedbackStep(Base):
    """What was done with it, by whom, in which unit. ``by_person`` None: whoever sent it."""

    __tablename__ = "feedback_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    feedback_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("feedback.id"), index=True)
    at: Mapped[int] = mapped_column(Instant)
    step: Mapped[str] = mapped_column(sa.String(14))
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    words: Mapped[str | None] = mapped_column(Sealed("feedback_step.words"))


class Clarification(Base):
    """Facts that are set right (Art. 14): for one person meant, or for nobody in particular (``person_id`` None).

    ``facts`` is what the person reads before they speak; ``words``, ``form`` and ``circle`` what was made known, how, to
    whom. ``form`` ``silence``: the person wanted none.
    """

    __tablename__ = "clarification"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    feedback_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("feedback.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    outcome: Mapped[str] = mapped_column(sa.String(10))
    facts: Mapped[str] = mapped_column(Sealed("clarification.facts"))
    asked_at: Mapped[int] = mapped_column(Instant)
    hear_by: Mapped[date]
    heard_at: Mapped[int | None] = mapped_column(Instant)
    heard_words: Mapped[str | None] = mapped_column(Sealed("clarification.heard_words"))
    wants_silence: Mapped[bool] = mapped_column(default=False)
    form: Mapped[str | None] = mapped_column(sa.String(8))
    circle: Mapped[str | None] = mapped_column(Sealed("clarification.circle"))
    words: Mapped[str | None] = mapped_column(Sealed("clarification.words"))
    made_at: Mapped[int | None] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("feedback_id", "person_id"),
        sa.CheckConstraint("form IN ('meeting','notice','letter','talk','silence')", name="form"),
        sa.CheckConstraint("(made_at IS NULL) = (form IS NULL)", name="made_whole"),
        sa.CheckConstraint(
            "form IS NULL OR form = 'silence' OR (circle IS NOT NULL AND words IS NOT NULL)", name="made_known"
        ),
    )
