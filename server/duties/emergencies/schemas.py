"""Wire shapes of emergencies."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.emergencies.rules import MOST_CALLS, NUMBERS
from server.platform.fields import Choice, Id, Instant, Text, Yes
from server.records.schemas import MOST_PHOTOS, NOTE_LENGTH, Envelope, PhotoNamed, Spot, Strict


class Call(Strict):
    """One call button that was tapped; whether anybody answered is not known."""

    number = Choice(*NUMBERS, required=True)
    at = Instant(required=True)


class EmergencyReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    calls = fields.List(fields.Nested(Call), load_default=list, validate=validate.Length(max=MOST_CALLS))
    gas_smell = Yes(load_default=False)
    place = fields.Nested(Spot, allow_none=True, load_default=None)
    place_id = Id(allow_none=True, load_default=None)
    place_words = Text(200, load_default="")


class EmergencyCorrection(Strict):
    """What ``records.correct`` may change on an emergency: all that follows the first tap."""

    matter_code = Text(20, shortest=1)
    calls = fields.List(fields.Nested(Call), validate=validate.Length(max=MOST_CALLS))
    gas_smell = Yes()
    note = Text(NOTE_LENGTH)
    place = fields.Nested(Spot, allow_none=True)
    place_id = Id(allow_none=True)
    place_words = Text(200)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=MOST_PHOTOS))
