"""Wire shapes of hazards."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.hazards.rules import RELOOK_OUTCOMES, SEVERITIES
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.records.schemas import MOST_PHOTOS, NOTE_LENGTH, PHOTO_GAPS, Envelope, PhotoNamed, Spot, Strict


class HazardReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    severity = Choice(*SEVERITIES, required=True)
    advice = fields.List(Text(40), load_default=list, validate=validate.Length(max=20))
    advised_fix_by = Day(allow_none=True, load_default=None)
    fixed_on_spot = Yes(load_default=False)
    relook_on = Day(allow_none=True, load_default=None)
    place = fields.Nested(Spot, allow_none=True, load_default=None)
    place_id = Id(allow_none=True, load_default=None)
    place_words = Text(200, load_default="")
    patrol_id = Id(allow_none=True, load_default=None)
    same_as = Id(allow_none=True, load_default=None)


class HazardCorrection(Strict):
    """What ``records.correct`` may change on a hazard."""

    matter_code = Text(20, shortest=1)
    severity = Choice(*SEVERITIES)
    advice = fields.List(Text(40), validate=validate.Length(max=20))
    advised_fix_by = Day(allow_none=True)
    fixed_on_spot = Yes()
    relook_on = Day(allow_none=True)
    note = Text(NOTE_LENGTH)
    place = fields.Nested(Spot, allow_none=True)
    place_id = Id(allow_none=True)
    place_words = Text(200)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=MOST_PHOTOS))


class RelookTold(Strict):
    id = Id(required=True)
    hazard_id = Id(required=True)
    outcome = Choice(*RELOOK_OUTCOMES, required=True)
    note = Text(NOTE_LENGTH, load_default="")
    photos = fields.List(fields.Nested(PhotoNamed), load_default=list, validate=validate.Length(max=MOST_PHOTOS))
    photo_gap = Choice(*PHOTO_GAPS, allow_none=True, load_default=None)
    next_on = Day(allow_none=True, load_default=None)
