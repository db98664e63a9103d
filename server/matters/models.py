"""Tables of the matters room: the list with dates in force, departments, advice, review policy, settings, history.

One row of ``matter`` is one entry of a list, in force from ``from_day`` until before ``to_day``. ``scope`` is ``city``
or ``county``; a county's entry hides the city's of the same code in that county. The policies of an entry change in
place, each change with a row in ``list_change`` (who, when, from what to what, reason, document number).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Json


class Department(Base):
    """A functional department of Art. 3. Fifteen are named there "and others": rows, never an enumeration."""

    __tablename__ = "department"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(80))
    closed_on: Mapped[date | None]


class Matter(Base):
    """One entry of the list."""

    __tablename__ = "matter"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    scope: Mapped[str] = mapped_column(sa.String(8))
    county_code: Mapped[str | None] = mapped_column(sa.String(6), index=True)  # null: the city's
    code: Mapped[str] = mapped_column(sa.String(20), index=True)
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    category: Mapped[str] = mapped_column(sa.String(20))
    duty: Mapped[str] = mapped_column(sa.String(20))
    data_class: Mapped[str] = mapped_column(sa.String(1))  # N none · P personal · S sensitive
    start_level: Mapped[str] = mapped_column(sa.String(2))  # L0 … L4, Art. 10
    max_level: Mapped[str] = mapped_column(sa.String(2))
    deadline: Mapped[int | None]
    deadline_unit: Mapped[str] = mapped_column(sa.String(20))
    deadline_from: Mapped[str] = mapped_column(sa.String(20))
    relook_days: Mapped[int | None]
    fix_days: Mapped[int | None]  # preset of the advised day
    photo_policy: Mapped[str] = mapped_column(sa.String(10))
    photo_reason: Mapped[str | None] = mapped_column(sa.String(400))
    photo_document: Mapped[str | None] = mapped_column(sa.String(80))
    review_mode: Mapped[str] = mapped_column(sa.String(8))
    review_percent: Mapped[int | None]
    low_risk: Mapped[bool]
    training: Mapped[str | None] = mapped_column(sa.String(120))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    is_demo: Mapped[bool] = mapped_column(default=False)
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("county_code", "code", "from_day"),
        sa.CheckConstraint("(scope = 'city') = (county_code IS NULL)", name="scope"),
        sa.CheckConstraint("data_class IN ('N', 'P', 'S')", name="data_class"),
        sa.CheckConstraint("photo_policy IN ('forbidden', 'optional', 'needed')", name="photo_policy"),
        sa.CheckConstraint(
            "photo_policy <> 'needed' OR (photo_reason IS NOT NULL AND photo_document IS NOT NULL)", name="photo_reason"
        ),
        sa.CheckConstraint("review_mode IN ('none', 'sample', 'all')", name="review_mode"),
        sa.CheckConstraint("review_mode <> 'sample' OR review_percent BETWEEN 1 AND 99", name="review_percent"),
    )


class TemporaryMatter(Base):
    """An urgent matter for a time: who consented, why, by which document, until which day (Art. 8).

    It is no entry of the list, and no task can name it, before ``published_at``: publication makes the entry ``matter_id``,
    which the public page shows from that moment. ``last_day`` is the last day in force.
    """

    __tablename__ = "temporary_matter"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    code: Mapped[str] = mapped_column(sa.String(20))
    name_zh: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str | None] = mapped_column(sa.String(200))
    duty: Mapped[str] = mapped_column(sa.String(20))
    data_class: Mapped[str] = mapped_column(sa.String(1))
    departments: Mapped[Any] = mapped_column(Json)  # codes, in order
    consent_by: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(400))
    document_no: Mapped[str] = mapped_column(sa.String(80))
    from_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    matter_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("matter.id"))
    published_at: Mapped[int | None] = mapped_column(Instant)
    published_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    settled_at: Mapped[int | None] = mapped_column(Instant)  # its open plans and tasks have ended with it
    __table_args__ = (
        sa.UniqueConstraint("county_code", "code"),
        sa.CheckConstraint("data_class IN ('N', 'P')", name="data_class"),
        sa.CheckConstraint("from_day <= last_day", name="days"),
        sa.CheckConstraint(
            "(matter_id IS NULL) = (published_at IS NULL) AND (matter_id IS NULL) = (published_by IS NULL)",
            name="published",
        ),
    )


class MatterDepartment(Base):
    """Which departments answer for a matter (Art. 9), in order."""

    __tablename__ = "matter_department"
    matter_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("matter.id"), primary_key=True)
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"), primary_key=True)
    position: Mapped[int]


class Advice(Base):
    """What a worker may advise or do on the spot: persuade, mark, tell. Never an order: that is the department's."""

    __tablename__ = "advice"
    code: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(100))


class MatterAdvice(Base):
    """The advice offered for one matter, in order."""

    __tablename__ = "matter_advice"
    matter_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("matter.id"), primary_key=True)
    advice_code: Mapped[str] = mapped_column(sa.ForeignKey("advice.code"), primary_key=True)
    position: Mapped[int]


class ReviewPolicy(Base):
    """How much of a duty without a matter of its own (patrols) is reviewed, in one county."""

    __tablename__ = "review_policy"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    duty: Mapped[str] = mapped_column(sa.String(20))
    mode: Mapped[str] = mapped_column(sa.String(8))
    percent: Mapped[int | None]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("county_code", "duty"),
        sa.CheckConstraint("mode IN ('none', 'sample', 'all')", name="mode"),
        sa.CheckConstraint("mode <> 'sample' OR percent BETWEEN 1 AND 99", name="percent"),
    )


class Policy(Base):
    """A small switch of the city, by name, with the number of the document that sets it."""

    __tablename__ = "policy"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    value: Mapped[Any] = mapped_column(Json)
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    version: Mapped[int] = mapped_column(default=1)


class ListChange(Base):
    """One change of a matter, review policy or setting; rows are only added."""

    __tablename__ = "list_change"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str | None] = mapped_column(sa.String(6))
    kind: Mapped[str] = mapped_column(sa.String(20))  # matter | review_policy | policy
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)
    version: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    before: Mapped[Any] = mapped_column(Json)
    after: Mapped[Any] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(sa.String(400))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))


class ListDraft(Base):
    """The next version of a county's list, while it is drawn up with the functional departments (Art. 8).

    One is open at a time in a county. ``state``: ``open``, ``published`` (then ``list_version`` holds it) or ``dropped``.
    """

    __tablename__ = "list_draft"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    state: Mapped[str] = mapped_column(sa.String(10))
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(
            "uq_list_draft_open", "county_code", unique=True,
            sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
        ),
        sa.CheckConstraint("state IN ('open', 'published', 'dropped')", name="state"),
    )  # fmt: skip


class ListAdjustment(Base):
    """One matter admitted, changed or withdrawn by a draft, and the competent department's consent to it (Art. 8)."""

    __tablename__ = "list_adjustment"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("list_draft.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    columns: Mapped[Any] = mapped_column(Json)  # of the entry that is to be; empty for a withdrawal
    departments: Mapped[Any] = mapped_column(Json)  # codes, in order
    proposed_by: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(400))
    made_at: Mapped[int] = mapped_column(Instant)
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    consent_document: Mapped[str | None] = mapped_column(sa.String(80))
    consent_at: Mapped[int | None] = mapped_column(Instant)
    consent_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.UniqueConstraint("draft_id", "matter_code"),
        sa.CheckConstraint("kind IN ('admit', 'change', 'withdraw')", name="kind"),
        sa.CheckConstraint(
            "(consent_at IS NULL) = (consent_by IS NULL) AND (consent_at IS NULL) = (consent_document IS NULL)",
            name="consent",
        ),
    )


class ListOpinion(Base):
    """What a functional department said when it was asked about a draft; no ``answer``: asked, and none came."""

    __tablename__ = "list_opinion"
    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("list_draft.id"), primary_key=True)
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"), primary_key=True)
    asked_on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(sa.String(10))
    answered_on: Mapped[date | None]
    words: Mapped[str | None] = mapped_column(sa.String(400))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    written_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.CheckConstraint("answer IN ('agrees', 'disagrees')", name="answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_on IS NULL)", name="answered"),
    )


class ListVersion(Base):
    """A county's list as it was made public, whole: written once, never changed, never removed.

    ``kind``: ``first`` (the list that was there), ``revision``, or ``withdrawal`` (Art. 9). ``entries``: every matter in
    force on ``from_day`` as the public reads it; ``reasons``: what was adjusted, why, on whose proposal, consented to by
    which document; ``opinions``: of the departments.
    """

    __tablename__ = "list_version"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10))
    from_day: Mapped[date]
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    entries: Mapped[Any] = mapped_column(Json)
    reasons: Mapped[Any] = mapped_column(Json)
    opinions: Mapped[Any] = mapped_column(Json)
    published_at: Mapped[int] = mapped_column(Instant)
    published_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.UniqueConstraint("county_code", "number"),
        sa.UniqueConstraint("county_code", "from_day"),
        sa.CheckConstraint("kind IN ('first', 'revision', 'withdrawal')", name="kind"),
    )


@sa.event.listens_for(ListVersion, "before_update")
@sa.event.listens_for(ListVersion, "before_delete")
def _refuse(_mapper: Any, _connection: Any, _version: ListVersion) -> None:
    raise RuntimeError("a published version of the list stays as it is")


class MatterWithdrawal(Base):
    """A matter that leaves a county's list: by a revision, or by the competent department's decision under Art. 9.

    Of Art. 9: ``missing`` names the duties not performed; the department was heard on ``heard_on`` and said ``statement``
    (empty: nothing). ``settled_at``: its open plans and tasks have ended.
    """

    __tablename__ = "matter_withdrawal"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    missing: Mapped[Any] = mapped_column(Json)
    heard_on: Mapped[date | None]
    statement: Mapped[str | None] = mapped_column(sa.String(400))
    reason: Mapped[str] = mapped_column(sa.String(400))
    document_no: Mapped[str] = mapped_column(sa.String(80))
    to_day: Mapped[date]
    decided_at: Mapped[int] = mapped_column(Instant)
    decided_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    settled_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.Index("ix_matter_withdrawal_of_matter", "county_code", "matter_code"),
        sa.Index(None, "settled_at", "to_day"),
    )


class MatterSupport(Base):
    """What a functional department did for a matter: guidance, training, funds, supervision (Art. 9). Rows are only added."""

    __tablename__ = "matter_support"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    matter_code: Mapped[str] = mapped_column(sa.String(20))
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    day: Mapped[date]
    yuan: Mapped[int | None]  # of funds: whole yuan
    words: Mapped[str] = mapped_column(sa.String(400))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    written_at: Mapped[int] = mapped_column(Instant)
    written_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.Index("ix_matter_support_of_matter", "county_code", "matter_code", "day"),
        sa.CheckConstraint("kind IN ('guidance', 'training', 'funds', 'supervision')", name="kind"),
        sa.CheckConstraint("kind = 'funds' OR yuan IS NULL", name="yuan"),
    )
