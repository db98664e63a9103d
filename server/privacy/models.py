"""Tables of people's data: correction and data requests, figures, what was forgotten, consents, incidents and drills."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class CorrectionRequest(Base):
    """What a person says is wrong with what is kept of them, and the answer of the town above ``org_unit_id``."""

    __tablename__ = "correction_request"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))  # of the post held when asked
    about: Mapped[str] = mapped_column(sa.String(8))  # record | fixes | post | phone
    record_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("record.id"))
    words: Mapped[str] = mapped_column(Sealed("correction_request.words"))
    asked_at: Mapped[int] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # explained | corrected | refused
    answer_words: Mapped[str | None] = mapped_column(Sealed("correction_request.answer_words"))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "answered_at"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
    )


class PrivacyFigure(Base):
    """A figure that the law leaves open, of a county, from a day on, by the document that says so. Rows are only added."""

    __tablename__ = "privacy_figure"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    name: Mapped[str] = mapped_column(sa.String(20))
    value: Mapped[int]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    from_day: Mapped[date]
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (
        sa.Index("ix_privacy_figure_in_force", "county_code", "name", "from_day"),
        sa.CheckConstraint("value > 0", name="value"),
    )


class Forgotten(Base):
    """That the time of something was over and its words were deleted: what remains to show that it was done."""

    __tablename__ = "forgotten"
    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    at: Mapped[int] = mapped_column(Instant)


class DataRequest(Base):
    """Somebody asks at the counter or by telephone to see, correct or delete what is kept of them (PIPL Arts. 45-47, 50)."""

    __tablename__ = "data_request"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    asker_name: Mapped[str] = mapped_column(Sealed("data_request.asker_name"))
    asker_contact: Mapped[str] = mapped_column(Sealed("data_request.asker_contact"))
    household_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)  # no key: it may be deleted by the answer
    words: Mapped[str] = mapped_column(Sealed("data_request.words"))
    received_at: Mapped[int] = mapped_column(Instant)
    received_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    due: Mapped[date | None]  # none where the county has set no figure
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    answer: Mapped[str | None] = mapped_column(sa.String(8))
    answer_words: Mapped[str | None] = mapped_column(Sealed("data_request.answer_words"))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "county_code", "answered_at"),
        sa.CheckConstraint("kind IN ('show', 'correct', 'delete')", name="kind"),
        sa.CheckConstraint("answer IN ('done', 'partly', 'refused')", name="answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_whole"),
    )


class Consent(Base):
    """A yes to something that no listed duty covers: who said it to which words, when; and that it was taken back.

    ``object_id``: the record, household or person that it is about. ``erased_at``: when what rested on it was deleted.
    """

    __tablename__ = "consent"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    org_unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    purpose: Mapped[str] = mapped_column(sa.String(20))
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)
    given_by: Mapped[str] = mapped_column(Sealed("consent.given_by"))
    words: Mapped[str] = mapped_column(Sealed("consent.words"))
    form: Mapped[str] = mapped_column(sa.String(8))
    given_on: Mapped[date]
    noted_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    noted_at: Mapped[int] = mapped_column(Instant)
    withdrawn_at: Mapped[int | None] = mapped_column(Instant)
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    erased_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "county_code", "noted_at"),
        sa.CheckConstraint("form IN ('written', 'spoken')", name="form"),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_whole"),
    )


class SafetyEvent(Base):
    """An incident of data security, or a drill of one (Art. 17; PIPL Art. 57). ``clock_due``: until when it is to be reported."""

    __tablename__ = "safety_event"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(Sealed("safety_event.title"))
    found_at: Mapped[int] = mapped_column(Instant)
    clock_due: Mapped[int | None] = mapped_column(Instant)
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    opened_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    reported_at: Mapped[int | None] = mapped_column(Instant)
    closed_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "found_at"),
        sa.CheckConstraint("kind IN ('incident', 'drill')", name="kind"),
    )


class SafetyStep(Base):
    """One step of an incident or drill, in words; rows are only added."""

    __tablename__ = "safety_step"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    event_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("safety_event.id"))
    position: Mapped[int]
    step: Mapped[str] = mapped_column(sa.String(12))
    words: Mapped[Any] = mapped_column(Sealed("safety_step.words"))
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (sa.UniqueConstraint("event_id", "position"),)
