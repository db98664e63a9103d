"""Shapes of the workforce room: the row on the worker's own phone, and what the office's forms send."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from server.platform.fields import Choice, Day, Id, Text
from server.workforce.rules import (
    COURSE_KINDS,
    COVERED,
    COVERS,
    DECISIONS,
    ENDING,
    HELPER_KINDS,
    LACKING,
    MOST_WARN_DAYS,
    OF_WHAT,
    OWNERS,
)
from server.workforce.staff_rules import LEAVING

DOCUMENT_LONGEST, WORDS_LONGEST, USERNAME_LONGEST, LIST_LONGEST = 80, 400, 60, 40_000


class Form(Schema):
    """A form of the office; the page's hidden token is left out."""

    class Meta:
        unknown = EXCLUDE


class PostForm(Form):
    """A role at a place, with days; the place as the page's list of places names it."""

    role = Text(40, 1, required=True)
    place = Text(50, 1, required=True)
    from_day = Day(required=True)
    last_day = Day(load_default=None)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class HireForm(PostForm):
    """Somebody new with the first post."""

    id = Id(required=True)
    username = Text(USERNAME_LONGEST, 1, required=True)
    name = Text(60, 1, required=True)
    phone = Text(30, load_default="")
    unified = Choice("yes", "no", load_default=None)


class MoveForm(Form):
    """One post goes on at another place."""

    place = Text(50, 1, required=True)
    from_day = Day(required=True)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class EndForm(Form):
    """The last day of a post, or of all posts."""

    last_day = Day(required=True)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class LeaveForm(EndForm):
    """Somebody goes for good."""

    kind = Choice(*LEAVING, required=True)


class SinceForm(Form):
    """From which day on."""

    from_day = Day(required=True)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class UnifiedForm(Form):
    """Whether by the unified recruitment."""

    unified = Choice("yes", "no", required=True)


class CoverRow(Schema):
    """One cover of the worker: until when, and whom to ask."""

    kind = Choice(*COVERS, required=True)
    state = Choice(COVERED, ENDING, LACKING, required=True)
    last_day = Day(allow_none=True)
    ask = Text(80, allow_none=True)
    ask_phone = Text(30, allow_none=True)


class GuaranteeRow(Schema):
    """The worker's own covers, as of a day; in the person's own stream alone."""

    id = Id(required=True)
    covers = fields.List(fields.Nested(CoverRow), required=True)
    as_of = Day(required=True)


class CoverForm(Form):
    """One cover of one worker."""

    id = Id(required=True)
    username = Text(USERNAME_LONGEST, 1, required=True)
    kind = Choice(*COVERS, required=True)
    from_day = Day(required=True)
    last_day = Day(load_default=None)
    insurer = Text(80, load_default="")
    policy_no = Text(60, load_default="")


class CoverEnd(Form):
    """A cover that ends earlier."""

    last_day = Day(required=True)


class CoverRulesForm(Form):
    """The county's document on covers; empty: none."""

    document_no = Text(DOCUMENT_LONGEST, load_default="")
    social_owner = Choice(*OWNERS, required=True)
    warn_days = fields.Integer(load_default=0, validate=validate.Range(0, MOST_WARN_DAYS))


class CourseForm(Form):
    """One course or meeting."""

    id = Id(required=True)
    kind = Choice(*COURSE_KINDS, required=True)
    title = Text(120, 1, required=True)
    topics = fields.List(Text(120), required=True)
    department = Text(40, load_default="")
    day = Day(required=True)
    pass_mark = fields.Integer(load_default=None, validate=validate.Range(1, 100))
    last_day = Day(load_default=None)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class AttendanceForm(Form):
    """Who was there: one line a person."""

    people = Text(LIST_LONGEST, 1, required=True)


class TrainingRuleForm(Form):
    """From which day class-S work needs the training, by which document; empty: never."""

    rule_document = Text(DOCUMENT_LONGEST, load_default="")
    rule_from = Day(load_default=None)


class EquipmentForm(Form):
    """One thing given to one person."""

    id = Id(required=True)
    username = Text(USERNAME_LONGEST, 1, required=True)
    thing = Text(60, 1, required=True)
    size = Text(20, load_default="")
    issued_on = Day(required=True)


class ReturnForm(Form):
    """The day on which a thing was given back."""

    returned_on = Day(required=True)


class ProposalForm(Form):
    """Praise of a person, a unit or a resident."""

    id = Id(required=True)
    of_what = Choice(*OF_WHAT, required=True)
    username = Text(USERNAME_LONGEST, load_default="")
    unit_id = Id(load_default=None)
    resident = Text(60, load_default="")
    words = Text(WORDS_LONGEST, 1, required=True)


class DecisionForm(Form):
    """The county's answer to a proposal."""

    decision = Choice(*DECISIONS, required=True)
    document_no = Text(DOCUMENT_LONGEST, load_default="")
    decision_words = Text(WORDS_LONGEST, load_default="")


class HelperForm(Form):
    """A volunteer or an organisation that helps in a grid."""

    id = Id(required=True)
    grid_id = Id(required=True)
    kind = Choice(*HELPER_KINDS, required=True)
    name = Text(60, 1, required=True)
    organisation = Text(80, load_default="")
    helps_with = Text(120, 1, required=True)
    from_day = Day(required=True)
    last_day = Day(load_default=None)
