"""Wire shapes of publicity."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.publicity.rules import MOST_REACHED
from server.platform.fields import Text, Whole
from server.records.schemas import MOST_PHOTOS, NOTE_LENGTH, Envelope, PhotoNamed, Strict


class PublicityReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    people = Whole(0, MOST_REACHED, load_default=0)
    households = Whole(0, MOST_REACHED, load_default=0)


class PublicityCorrection(Strict):
    """What ``records.correct`` may change on publicity."""

    matter_code = Text(20, shortest=1)
    people = Whole(0, MOST_REACHED)
    households = Whole(0, MOST_REACHED)
    note = Text(NOTE_LENGTH)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=MOST_PHOTOS))
