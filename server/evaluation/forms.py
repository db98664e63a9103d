"""Shapes of the room's doors: what the phone tells, what the office types. The rule set itself: ``schemas.py``."""

from __future__ import annotations

from marshmallow import fields, validate

from server.evaluation.rules import DECISIONS, OUTCOMES, REASONS
from server.platform.fields import Choice, Day, Id, Text
from server.records.schemas import Strict

WORDS = 500
MOST_EVIDENCE = 10  # records that speak for an objection
DOCUMENT = 80
BODY = 262_144  # bytes of a rule set; characters are never more


class ObjectionMade(Strict):
    """``objections.make``: against one line, for one reason; the words may come later. Also once more, to the county."""

    id = Id(required=True)
    sheet_id = Id(required=True)
    indicator = Text(40, shortest=1, required=True)
    reason = Choice(*REASONS, required=True)
    words = Text(WORDS, load_default="")


class ObjectionWords(Strict):
    """``objections.say``: words and evidence (own records) to an objection, until the window ends; the last ones said stand.
    Whoever names no evidence changes none."""

    id = Id(required=True)
    words = Text(WORDS, required=True)
    evidence = fields.List(Id(), load_default=None, validate=validate.Length(max=MOST_EVIDENCE))


class SettingForm(Strict):
    """The county's switch; numbers as they are typed."""

    switch = Choice("on", "off", required=True)
    document_no = Text(DOCUMENT, shortest=1, required=True)
    run_after_days = Text(2, shortest=1, required=True)
    objection_days = Text(2, shortest=1, required=True)
    answer_days = Text(2, shortest=1, required=True)


class RuleSetForm(Strict):
    """The JSON editor. ``version`` of the draft that was seen; empty for a new one."""

    body = Text(BODY, shortest=2, required=True)
    version = Text(6, load_default="")


class VersionForm(Strict):
    """Publish or retire what was seen."""

    version = Text(6, shortest=1, required=True)


class PeriodForm(Strict):
    """A period by any day in it: to simulate a set on it, or to run it at will."""

    day = Day(required=True)


class AnswerForm(Strict):
    """The answer to an objection; accepted: what it changes (``effect``) in which source row, all when none is named."""

    outcome = Choice(*OUTCOMES, required=True)
    words = Text(WORDS, load_default="")
    effect = Text(20, load_default="")
    row = Text(80, load_default="")
    mark = Text(12, load_default="")


class MarkForm(Strict):
    """``day``: any day of the period that is marked."""

    day = Text(10, shortest=1, required=True)
    person_id = Id(required=True)
    indicator = Text(40, shortest=1, required=True)
    rater = Text(40, load_default="")
    mark = Text(12, shortest=1, required=True)
    reason = Text(WORDS, load_default="")


class RevokeForm(Strict):
    reason = Text(WORDS, load_default="")


class DecisionForm(Strict):
    decision = Choice(*DECISIONS, required=True)
    words = Text(WORDS, load_default="")
