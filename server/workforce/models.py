"""Tables of the workforce room: what was done about staff, equipment, covers and their alarms, courses and attendance,
commendations, helpers."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


class StaffAct(Base):
    """One act about somebody's employment or posts, as an office wrote it down (Arts. 7, 19, 20). ``day``: the first on
    which it holds; ``posts``: the appointments it made or ended. Rows are only added."""

    __tablename__ = "staff_act"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(14))
    day: Mapped[date]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    posts: Mapped[Any] = mapped_column(Json)
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(None, "person_id", "at"),
        sa.CheckConstraint(
            "kind IN ('hired','appointed','moved','ended','suspended','returned','resigned','retired','unified','not_unified')",
            name="kind",
        ),
    )


class Equipment(Base):
    """A thing that the county equips one person with (Art. 18), until it is given back."""

    __tablename__ = "equipment"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    thing: Mapped[str] = mapped_column(sa.String(60))
    size: Mapped[str | None] = mapped_column(sa.String(20))
    issued_on: Mapped[date]
    returned_on: Mapped[date | None]
    issued_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (sa.CheckConstraint("returned_on IS NULL OR returned_on >= issued_on", name="days"),)


class Cover(Base):
    """One insurance, or the housing provident fund, of one full-time worker (Art. 19): from a day, until before a day."""

    __tablename__ = "cover"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(14))
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    insurer: Mapped[str | None] = mapped_column(sa.String(80))
    policy_no: Mapped[str | None] = mapped_column(Sealed("cover.policy_no"))
    written_at: Mapped[int] = mapped_column(Instant)
    written_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('pension','medical','unemployment','work_injury','maternity','housing_fund','accident')",
            name="kind",
        ),
        sa.CheckConstraint("to_day IS NULL OR to_day > from_day", name="days"),
        sa.CheckConstraint("kind <> 'accident' OR to_day IS NOT NULL", name="term"),
    )

    @property
    def last_day(self) -> date | None:
        return self.to_day - timedelta(days=1) if self.to_day else None


class CoverAlarm(Base):
    """One cover that a worker lacks or that ends soon, and the unit that owes it and was told; open until it is there."""

    __tablename__ = "cover_alarm"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(14))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    at: Mapped[int] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index(
            "uq_cover_alarm_open", "person_id", "kind", unique=True,
            sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )  # fmt: skip


class Course(Base):
    """A training course or a meeting (Arts. 9, 21). ``topics`` are the names that matters of the list ask for.

    With a ``pass_mark`` there is a test; ``last_day``: until when it counts, none: for good.
    """

    __tablename__ = "course"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    title: Mapped[str] = mapped_column(sa.String(120))
    topics: Mapped[Any] = mapped_column(Json)
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    day: Mapped[date]
    pass_mark: Mapped[int | None]
    last_day: Mapped[date | None]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.CheckConstraint("kind IN ('course', 'meeting')", name="kind"),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name="pass_mark"),
        sa.CheckConstraint("last_day IS NULL OR last_day >= day", name="days"),
    )


class Attendance(Base):
    """One person at one course: the mark of its test if it had one, and whether it counts."""

    __tablename__ = "attendance"
    course_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("course.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True, index=True)
    mark: Mapped[int | None]
    passed: Mapped[bool]
    written_at: Mapped[int] = mapped_column(Instant)
    written_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (sa.CheckConstraint("mark BETWEEN 0 AND 100", name="mark"),)


class Commendation(Base):
    """Praise or reward of a person, a unit or a resident (Art. 22): proposed with reasons, decided with a document number."""

    __tablename__ = "commendation"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    of_what: Mapped[str] = mapped_column(sa.String(8))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("org_unit.id"))
    resident: Mapped[str | None] = mapped_column(Sealed("commendation.resident"))
    words: Mapped[str] = mapped_column(sa.String(400))
    proposed_unit: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    proposed_at: Mapped[int] = mapped_column(Instant)
    proposed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    decision: Mapped[str | None] = mapped_column(sa.String(8))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    decision_words: Mapped[str | None] = mapped_column(sa.String(400))
    decided_at: Mapped[int | None] = mapped_column(Instant)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.Index(None, "county_code", "decided_at"),
        sa.CheckConstraint(
            "(of_what = 'person' AND person_id IS NOT NULL) OR (of_what = 'unit' AND unit_id IS NOT NULL)"
            " OR (of_what = 'resident' AND resident IS NOT NULL)",
            name="of_what",
        ),
        sa.CheckConstraint("decision IN ('granted', 'declined')", name="decision"),
        sa.CheckConstraint("decision <> 'granted' OR document_no IS NOT NULL", name="document"),
    )


class RecordConsent(Base):
    """A worker's consent that an achievement record is made out for applications under Art. 20, until it is taken back."""

    __tablename__ = "record_consent"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    words: Mapped[str] = mapped_column(sa.String(600))  # what was agreed to, as it was shown
    given_at: Mapped[int] = mapped_column(Instant)
    ended_at: Mapped[int | None] = mapped_column(Instant)


class Helper(Base):
    """A volunteer or an organisation that helps in a grid (Art. 5). No sign-in, no personal data to see."""

    __tablename__ = "helper"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    grid_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("grid.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(14))
    name: Mapped[str] = mapped_column(Sealed("helper.name"))
    organisation: Mapped[str | None] = mapped_column(sa.String(80))
    helps_with: Mapped[str] = mapped_column(sa.String(120))
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    written_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.CheckConstraint("kind IN ('volunteer', 'organisation')", name="kind"),
        sa.CheckConstraint("to_day IS NULL OR to_day >= from_day", name="days"),
    )
