"""Wire shapes of visits."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.visits.rules import MODES, NEEDS, TICKS
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.records.schemas import MOST_PHOTOS, NOTE_LENGTH, Envelope, PhotoNamed, Strict


def _words(*words: str) -> fields.List:
    return fields.List(Choice(*words), load_default=list, validate=validate.Length(max=20))


class VisitReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    household_id = Id(allow_none=True, load_default=None)
    place_id = Id(allow_none=True, load_default=None)
    plan_id = Id(allow_none=True, load_default=None)
    mode = Choice(*MODES, required=True)
    all_well = Yes(required=True)
    ticks = _words(*TICKS)
    needs = _words(*NEEDS)
    next_on = Day(allow_none=True, load_default=None)


class VisitCorrection(Strict):
    """What ``records.correct`` may change on a visit."""

    matter_code = Text(20, shortest=1)
    mode = Choice(*MODES)
    all_well = Yes()
    ticks = fields.List(Choice(*TICKS), validate=validate.Length(max=20))
    needs = fields.List(Choice(*NEEDS), validate=validate.Length(max=20))
    note = Text(NOTE_LENGTH)
    next_on = Day(allow_none=True)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=MOST_PHOTOS))
