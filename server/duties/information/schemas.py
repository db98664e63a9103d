"""Wire shapes of information."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.information.rules import EVERY_FINDING
from server.platform.fields import Choice, Id, Text, Yes
from server.records.schemas import MOST_PHOTOS, NOTE_LENGTH, Envelope, PhotoNamed, Strict

NAME_LENGTH, PLACE_LENGTH = 80, 200


class InformationReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    household_id = Id(allow_none=True, load_default=None)
    finding = Choice(*EVERY_FINDING, allow_none=True, load_default=None)
    business_name = Text(NAME_LENGTH, load_default="")
    place_words = Text(PLACE_LENGTH, load_default="")
    wants_answer = Yes(load_default=False)


class InformationCorrection(Strict):
    """What ``records.correct`` may change on information; whose household it is stays."""

    finding = Choice(*EVERY_FINDING)
    business_name = Text(NAME_LENGTH)
    place_words = Text(PLACE_LENGTH)
    wants_answer = Yes()
    note = Text(NOTE_LENGTH)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=MOST_PHOTOS))
