"""Shapes of a call-out: the phone's answer on the wire, the office's forms."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields

from server.callouts.rules import KINDS, REASON_LENGTH
from server.platform.fields import Choice, Id, Number, Text, Whole


class Strict(Schema):
    class Meta:
        unknown = RAISE


class Position(Strict):
    """One fix at the person's own tap (WGS-84, degrees)."""

    lng = Number(-180, 180, required=True)
    lat = Number(-90, 90, required=True)
    accuracy_m = Whole(0, 100_000, allow_none=True)


class CalloutAnswered(Strict):
    """``callouts.answer``: received, safe or need-help; later ones add. ``place`` only where the person sends it."""

    id = Id(required=True)
    callout_id = Id(required=True)
    kind = Choice(*KINDS, required=True)
    place = fields.Nested(Position, allow_none=True, load_default=None)


class CalloutForm(Strict):
    """The office's form; without ``confirmed`` it is only asked back, and ``back`` leads back to it."""

    org_unit_id = Id(required=True)
    reason = Text(REASON_LENGTH, shortest=1, required=True)
    hours = Text(3, shortest=1, required=True)
    confirmed = Choice("yes", "back", load_default=None)


class FilingForm(Strict):
    """The case that a position is filed in: of the list, or by the number on a hand-over slip; and why."""

    case_id = Id(load_default=None)
    number = Id(load_default=None)
    reason = Text(REASON_LENGTH, shortest=1, required=True)


class LimitForm(Strict):
    hours = Text(3, shortest=1, required=True)
    document_no = Text(80, shortest=1, required=True)


class AnswerForm(Strict):
    """The answer of somebody called at a desk."""

    kind = Choice(*KINDS, required=True)
