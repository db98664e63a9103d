"""Tables of evaluation: the county's switch, rule sets, runs of a period, sheets with all their versions, objections, marks
by people, facts from outside, proposals.

Facts and sheets are kept as the text that was hashed (RFC 8785), sealed. There is no column for points or a grade: no
statement can put people in an order by them.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.platform.db import Base
from server.platform.types import Instant, Sealed


class EvaluationSetting(Base):
    """Whether a county evaluates, by which document, and the terms it sets. Rows are only added; the newest counts.

    ``run_after_days``: days after a period's end until it is run, so that phones without a network have come by.
    ``objection_days``, ``answer_days``: working days to object, and to answer.
    """

    __tablename__ = "evaluation_setting"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    is_on: Mapped[bool]
    document_no: Mapped[str] = mapped_column(sa.String(80))
    run_after_days: Mapped[int]
    objection_days: Mapped[int]
    answer_days: Mapped[int]
    at: Mapped[int] = mapped_column(Instant)
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    __table_args__ = (
        sa.Index(None, "county_code", "at"),
        sa.CheckConstraint("objection_days BETWEEN 1 AND 60", name="objection_days"),
        sa.CheckConstraint("answer_days BETWEEN 1 AND 60", name="answer_days"),
        sa.CheckConstraint("run_after_days BETWEEN 0 AND 31", name="run_after_days"),
    )


class RuleSet(Base):
    """A county's rule set: a draft that may change, or published and frozen by its hash (Art. 19).

    ``body`` is the set as written, with those who issued it; role, period and days are read from it.
    """

    __tablename__ = "rule_set"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(10))
    role: Mapped[str] = mapped_column(sa.String(40))
    period_type: Mapped[str] = mapped_column(sa.String(10))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    made_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[int] = mapped_column(Instant)
    published_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    published_at: Mapped[int | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.Index(None, "county_code", "state"),
        sa.CheckConstraint("state IN ('draft','published','retired')", name="state"),
        sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published"),
    )


class EvaluationRun(Base):
    """One period under one published set. ``object_until`` is the last day to object; nothing leaves before ``closed_at``.

    ``by_person``: who started it at will; empty when the worker process did.
    """

    __tablename__ = "evaluation_run"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    rule_set_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rule_set.id"))
    period: Mapped[str] = mapped_column(sa.String(10))
    from_day: Mapped[date]
    to_day: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(10))
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    started_at: Mapped[int] = mapped_column(Instant)
    computed_at: Mapped[int | None] = mapped_column(Instant)
    object_until: Mapped[date | None]
    closed_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("rule_set_id", "period"),
        sa.Index(None, "county_code", "period"),
        sa.Index(None, "state", "object_until"),
        sa.CheckConstraint("state IN ('computing','open','closed')", name="state"),
        sa.CheckConstraint("from_day < to_day", name="days"),
    )


class UnitAverage(Base):
    """The average total of a unit in a closed run, of five people or more: all that anybody sees beside the own sheet."""

    __tablename__ = "unit_average"
    run_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("evaluation_run.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"), primary_key=True)
    average: Mapped[str] = mapped_column(sa.String(30))


class ScoreSheet(Base):
    """A person's sheet of a run; ``version`` names the one that counts, all of them remain.

    ``unit_id`` is the unit of the person's post on the last day, by which offices read it.
    """

    __tablename__ = "score_sheet"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    run_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("evaluation_run.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("org_unit.id"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (sa.UniqueConstraint("run_id", "person_id"), sa.Index(None, "run_id", "unit_id"))


class SheetVersion(Base):
    """One reckoning of a sheet: the facts, the sheet and their hashes. Rows are only added.

    ``objection_id``: the objection whose coming or answer made it; empty for the first.
    """

    __tablename__ = "sheet_version"
    sheet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("score_sheet.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    facts: Mapped[str] = mapped_column(Sealed("sheet_version.facts"))
    sheet: Mapped[str] = mapped_column(Sealed("sheet_version.sheet"))
    facts_sha256: Mapped[str] = mapped_column(sa.String(64))
    sheet_sha256: Mapped[str] = mapped_column(sa.String(64))
    objection_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("objection.id"))
    at: Mapped[int] = mapped_column(Instant)


class Objection(Base):
    """Against one line of a sheet. ``stage`` 1 is answered by the town, 2 (once more) by the county.

    ``outcome``: ``accepted`` or ``kept``. ``corrections`` says what an accepted one changes in the facts. ``evidence``: ids of
    own records that speak for it.
    """

    __tablename__ = "objection"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    sheet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("score_sheet.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    indicator: Mapped[str] = mapped_column(sa.String(40))
    stage: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str | None] = mapped_column(Sealed("objection.words"))
    evidence: Mapped[Any | None] = mapped_column(Sealed("objection.evidence"))
    sheet_seen: Mapped[int]
    made_at: Mapped[int] = mapped_column(Instant)
    received_at: Mapped[int] = mapped_column(Instant)
    answer_by: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(sa.String(10))
    answer_words: Mapped[str | None] = mapped_column(Sealed("objection.answer_words"))
    corrections: Mapped[Any | None] = mapped_column(Sealed("objection.corrections"))
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answered_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("sheet_id", "indicator", "stage"),
        sa.Index(None, "county_code", "outcome"),
        sa.CheckConstraint("stage IN (1, 2)", name="stage"),
        sa.CheckConstraint("outcome IN ('accepted','kept')", name="outcome"),
        sa.CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered"),
    )


class ManualMark(Base):
    """A mark of one rater under one indicator, with its reason. Rows are only added; the newest of a rater counts."""

    __tablename__ = "manual_mark"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    rule_set_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("rule_set.id"))
    period: Mapped[str] = mapped_column(sa.String(10))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    indicator: Mapped[str] = mapped_column(sa.String(40))
    rater: Mapped[str] = mapped_column(sa.String(40))
    mark: Mapped[str] = mapped_column(Sealed("manual_mark.mark"))
    reason: Mapped[str] = mapped_column(Sealed("manual_mark.reason"))
    by_person: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "rule_set_id", "period", "person_id"),)


class OutsideFact(Base):
    """A fact that no record of the house holds, with its source: a training passed, a confirmed finding, a sampled check.

    ``kind`` as the facts name it; ``told`` are the fact's own fields. A later row may take one back (``taken_back_at``).
    """

    __tablename__ = "outside_fact"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(sa.String(40))
    told: Mapped[Any] = mapped_column(Sealed("outside_fact.told"))
    source: Mapped[str] = mapped_column(sa.String(200))
    document_no: Mapped[str | None] = mapped_column(sa.String(80))
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    taken_back_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (sa.Index(None, "person_id", "day"), sa.Index(None, "county_code", "day"))


class Proposal(Base):
    """What a grade, a quota, a veto or a row of grades suggests, for a named person to decide. Nothing follows by itself.

    ``superseded_at``: when a decision lost its ground, because the sheet says something else since; another takes its place.
    """

    __tablename__ = "proposal"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    run_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("evaluation_run.id"), index=True)
    sheet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("score_sheet.id"))
    sheet_version: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    told: Mapped[Any] = mapped_column(Sealed("proposal.told"))
    made_at: Mapped[int] = mapped_column(Instant)
    decider_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decision: Mapped[str | None] = mapped_column(sa.String(10))
    words: Mapped[str | None] = mapped_column(Sealed("proposal.words"))
    decided_at: Mapped[int | None] = mapped_column(Instant)
    superseded_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (
        sa.UniqueConstraint("run_id", "person_id", "kind", "sheet_version"),
        sa.Index(None, "county_code", "decision"),
        sa.CheckConstraint("kind IN ('grade','quota','veto','streak')", name="kind"),
        sa.CheckConstraint("decision IN ('taken','declined')", name="decision"),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )


class MeritRules(Base):
    """A county's rules of merit badges from a day on. Rows are only added.

    ``done_period``, ``done_to``: how far the worker process has come with a quarter.
    """

    __tablename__ = "merit_rules"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6), index=True)
    body: Mapped[str] = mapped_column(sa.Text)
    document_no: Mapped[str] = mapped_column(sa.String(200))
    from_day: Mapped[date]
    by_person: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[int] = mapped_column(Instant)
    done_period: Mapped[str | None] = mapped_column(sa.String(10))
    done_to: Mapped[str | None] = mapped_column(sa.String(36))


class MeritBadge(Base):
    """A merit badge (荣誉章, Art. 22) with its signed token; revoked with a reason, never deleted."""

    __tablename__ = "merit_badge"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(sa.String(200))
    period: Mapped[str] = mapped_column(sa.String(10))
    title_zh: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    reason_zh: Mapped[str] = mapped_column(sa.String(200))
    reason_en: Mapped[str] = mapped_column(sa.String(200))
    picture: Mapped[str] = mapped_column(sa.String(20))
    token: Mapped[str] = mapped_column(Sealed("merit_badge.token"))
    given_at: Mapped[int] = mapped_column(Instant)
    revoked_at: Mapped[int | None] = mapped_column(Instant)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    revoke_reason: Mapped[str | None] = mapped_column(Sealed("merit_badge.revoke_reason"))
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("person_id", "code", "period"),
        sa.Index(None, "county_code", "period"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason IS NULL)", name="revoked"),
    )
