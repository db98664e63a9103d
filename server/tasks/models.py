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


class TaskRequest(Base):
    """A department asks for a task under a matter, in an area; town or county sends it on, merges it, or declines.

    ``figures``: which figures are asked for, in words, so that whoever sends it on sees which are held already.
    """

    __tablename__ = "task_request"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    area_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    words: Mapped[str] = mapped_column(Sealed("task_request.words"))
    figures: Mapped[str | None] = mapped_column(Sealed("task_request.figures"))
    wanted_day: Mapped[date]
    asked_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    asked_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    asked_at: Mapped[int] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(sa.String(8))
    merged_into: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("task_request.id"))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_unit: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    answered_at: Mapped[int | None] = mapped_column(Instant)
    answer_words: Mapped[str | None] = mapped_column(Sealed("task_request.answer_words"))
    __table_args__ = (
        sa.Index(None, "county_code", "state"),
        sa.Index(None, "asked_unit"),
        sa.CheckConstraint("state IN ('open','sent','merged','declined')", name="state"),
        sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
    )


class TaskForRequest(Base):
    """Which tasks a request became."""

    __tablename__ = "task_for_request"
    task_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("task.id"), primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("task_request.id"), index=True)


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
