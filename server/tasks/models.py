"""Tables of the tasks room: what somebody was asked to do, each step of it, and refusals under Art. 12."""

from __future__ import annotations

import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class Task(Base):
    """One thing asked of one person, under a matter of the list. ``done_record_id`` is the record that proves it."""

    __tablename__ = "task"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"))
    micro_grid_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("micro_grid.id"))
    stream: Mapped[str] = mapped_column(sa.String(60))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    assigned_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    assigned_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    assigned_at: Mapped[int] = mapped_column(Instant)
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(Sealed("task.words"))
    due_day: Mapped[date]
    asked_day: Mapped[date | None]  # the worker asks for time until then
    state: Mapped[str] = mapped_column(sa.String(12))
    done_record_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("record.id"))
    over_at: Mapped[int | None] = mapped_column(Instant)
    archived_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "grid_id", "state"),
        sa.Index(None, "person_id", "state"),
        sa.CheckConstraint("state IN ('open','accepted','done','handed_back','refused','withdrawn')", name="state"),
    )


class TaskStep(Base):
    """One step in a task's history; rows are only added."""

    __tablename__ = "task_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    task_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("task.id"))
    version: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    step: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str | None] = mapped_column(sa.String(12))
    words: Mapped[str | None] = mapped_column(Sealed("task_step.words"))
    __table_args__ = (sa.Index(None, "task_id", "version"),)


class Refusal(Base):
    """A task refused on one of the three grounds of Art. 12. Nobody counts it against the person.

    ``ruling``: ``upheld`` or ``not_upheld`` by the competent department; ``stood`` when it gave none in time.
    """

    __tablename__ = "refusal"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("task.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    ground: Mapped[int]
    words: Mapped[str | None] = mapped_column(Sealed("refusal.words"))
    at: Mapped[int] = mapped_column(Instant)
    rule_by: Mapped[date]
    taken_back_at: Mapped[int | None] = mapped_column(Instant)
    ruling: Mapped[str | None] = mapped_column(sa.String(12))
    ruled_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    ruled_at: Mapped[int | None] = mapped_column(Instant)
    ruling_words: Mapped[str | None] = mapped_column(Sealed("refusal.ruling_words"))
    __table_args__ = (
        sa.CheckConstraint("ground BETWEEN 1 AND 3", name="ground"),
        sa.CheckConstraint("ruling IN ('upheld','not_upheld','stood')", name="ruling"),
    )
