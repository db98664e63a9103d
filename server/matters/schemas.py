"""Shapes of the matters room: what a phone gets (docs/wire.md §5) and what the office's forms send."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from server.matters.rules import (
    DATA_CLASSES,
    DEADLINE_FROM,
    DUTIES,
    LEVELS,
    LONGEST_TEMPORARY,
    PHOTO_POLICIES,
    REVIEW_MODES,
    SUPPORTS,
    TEMPORARY_CLASSES,
    TEMPORARY_DUTIES,
)
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.platform.worktime import UNITS

REASON_LONGEST, DOCUMENT_LONGEST = 400, 80


class ReviewRow(Schema):
    """How much is reviewed."""

    mode = Choice(*REVIEW_MODES, required=True)
    percent = fields.Integer(allow_none=True)


class AdviceRow(Schema):
    """One piece of advice in both languages."""

    code = Text(30, required=True)
    zh = Text(60, required=True)
    en = Text(100, required=True)


class MatterRow(Schema):
    """One entry of the list."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    code = Text(20, required=True)
    name_zh = Text(120, required=True)
    name_en = Text(200, allow_none=True)
    duty = Text(20, required=True)
    category = Text(20, required=True)
    departments = fields.List(Text(60), required=True)
    data_class = Choice("N", "P", "S", required=True)
    photo_policy = Choice(*PHOTO_POLICIES, required=True)
    photo_reason = Text(REASON_LONGEST, allow_none=True)
    photo_document = Text(DOCUMENT_LONGEST, allow_none=True)
    start_level = Text(2, required=True)
    max_level = Text(2, required=True)
    deadline = fields.Integer(allow_none=True)
    deadline_unit = Text(20, required=True)
    deadline_from = Text(20, required=True)
    relook_days = fields.Integer(allow_none=True)
    fix_days = fields.Integer(allow_none=True)
    low_risk = Yes(required=True)
    review = fields.Nested(ReviewRow, required=True)
    from_ = Day(data_key="from", required=True)
    to = Day(allow_none=True)
    advice = fields.List(fields.Nested(AdviceRow), required=True)
    demo = Yes(required=True)


class ReviewPolicyRow(Schema):
    """The review of a duty that has no matter of its own."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    duty = Text(20, required=True)
    mode = Choice(*REVIEW_MODES, required=True)
    percent = fields.Integer(allow_none=True)


class PolicyRow(Schema):
    """A small switch of the city."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    name = Text(60, required=True)
    value = fields.Raw(required=True, allow_none=True)


class GasNumberForm(Schema):
    """The office's form: whom the county's phones call for gas."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    number = Text(40, load_default="")


class PolicyForm(Schema):
    """The office's form: photo policy and review of one matter, or the review of patrols."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    photo_policy = Choice(*PHOTO_POLICIES)
    reason = Text(REASON_LONGEST, load_default="")
    document_no = Text(DOCUMENT_LONGEST, load_default="")
    review_mode = Choice(*REVIEW_MODES, required=True)
    review_percent = Text(3, load_default="")


class TermForm(Schema):
    """The office's form: one setting of the whole city; ``matter`` empty: every other matter."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    value = Text(80, load_default="")
    matter = Text(20, load_default="")
    document_no = Text(DOCUMENT_LONGEST, 1, required=True)


class TemporaryProvided(Schema):
    """The office's form: the county's document that provides for urgent temporary matters; empty: off."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    document_no = Text(DOCUMENT_LONGEST, load_default="")
    most_days = fields.Integer(load_default=0, validate=validate.Range(0, LONGEST_TEMPORARY))


class TemporaryForm(Schema):
    """The office's form: one urgent temporary matter."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    id = Id(required=True)
    name_zh = Text(120, 1, required=True)
    name_en = Text(200, load_default=None)
    duty = Choice(*TEMPORARY_DUTIES, required=True)
    data_class = Choice(*TEMPORARY_CLASSES, required=True)
    departments = fields.List(Text(40), required=True)
    consent_by = Text(120, 1, required=True)
    reason = Text(REASON_LONGEST, 1, required=True)
    document_no = Text(DOCUMENT_LONGEST, 1, required=True)
    from_day = Day(required=True)
    last_day = Day(required=True)


class Adjustment(Schema):
    """The office's form: one matter admitted or changed by a draft of the list."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    kind = Choice("admit", "change", required=True)
    code = Text(20, 1, required=True)
    name_zh = Text(120, 1, required=True)
    name_en = Text(200, load_default=None)
    category = Text(20, 1, required=True)
    duty = Choice(*DUTIES, required=True)
    departments = fields.List(Text(40), required=True)
    data_class = Choice(*DATA_CLASSES, required=True)
    start_level = Choice(*LEVELS, required=True)
    max_level = Choice(*LEVELS, required=True)
    deadline = fields.Integer(load_default=None, validate=validate.Range(1, 9999))
    deadline_unit = Choice(*UNITS, required=True)
    deadline_from = Choice(*DEADLINE_FROM, required=True)
    relook_days = fields.Integer(load_default=None, validate=validate.Range(1, 366))
    fix_days = fields.Integer(load_default=None, validate=validate.Range(1, 366))
    low_risk = Choice("yes", load_default=None)
    advice = fields.List(Text(30), load_default=list)
    photo_policy = Choice(*PHOTO_POLICIES, required=True)
    photo_reason = Text(REASON_LONGEST, load_default=None)
    photo_document = Text(DOCUMENT_LONGEST, load_default=None)
    training = Text(120, load_default=None)
    proposed_by = Text(120, 1, required=True)
    reason = Text(REASON_LONGEST, 1, required=True)


class LeavingAdjustment(Schema):
    """The office's form: one matter withdrawn by a draft of the list."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    code = Text(20, 1, required=True)
    proposed_by = Text(120, 1, required=True)
    reason = Text(REASON_LONGEST, 1, required=True)


class Consent(Schema):
    """The office's form: by which document the competent department consents."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    consent_document = Text(DOCUMENT_LONGEST, 1, required=True)


class Opinion(Schema):
    """The office's form: when a department was asked about a draft, and its answer if there is one."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    department = Text(40, 1, required=True)
    asked_on = Day(required=True)
    answer = Choice("agrees", "disagrees", load_default=None)
    answered_on = Day(load_default=None)
    words = Text(REASON_LONGEST, load_default="")
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class Publication(Schema):
    """The office's form: from which day, by which document."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    from_day = Day(required=True)
    list_document = Text(DOCUMENT_LONGEST, 1, required=True)


class SupportForm(Schema):
    """The office's form: one act of a department for a matter."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    id = Id(required=True)
    department = Text(40, 1, required=True)
    kind = Choice(*SUPPORTS, required=True)
    day = Day(required=True)
    yuan = fields.Integer(load_default=None, validate=validate.Range(1, 999_999_999))
    words = Text(REASON_LONGEST, 1, required=True)
    document_no = Text(DOCUMENT_LONGEST, load_default="")


class SupportPeriod(Schema):
    """The office's form: the county's document on how often; empty: none."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    period_document = Text(DOCUMENT_LONGEST, load_default="")
    days = fields.Integer(load_default=0, validate=validate.Range(0, 3 * LONGEST_TEMPORARY))


class WithdrawalForm(Schema):
    """The office's form: a matter withdrawn under Art. 9."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    missing = fields.List(Choice(*SUPPORTS), required=True)
    heard_on = Day(required=True)
    statement = Text(REASON_LONGEST, load_default="")
    reason = Text(REASON_LONGEST, 1, required=True)
    withdrawal_document = Text(DOCUMENT_LONGEST, 1, required=True)
    from_day = Day(required=True)


class DepartmentForm(Schema):
    """The office's form: one more functional department."""

    class Meta:
        unknown = EXCLUDE  # the page's hidden token

    code = Text(40, 1, required=True)
    name_zh = Text(60, 1, required=True)
    name_en = Text(80, 1, required=True)
