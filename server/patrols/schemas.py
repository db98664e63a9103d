"""Wire shape of ``patrols.report``. A position has no field here: the fix stays on the phone."""

from __future__ import annotations

from marshmallow import fields, validate

from server.households.rules import MOST_MATTERS, MOST_PLANNED
from server.patrols.rules import INSIDE, RESULTS
from server.platform.fields import Choice, Id, Instant, Text, Whole
from server.records.schemas import Envelope, PhotoNamed, Strict


class Fix(Strict):
    """How well and whether inside; not where."""

    accuracy_m = Whole(0, 100_000, required=True)
    inside = Choice(*INSIDE, required=True)


class Check(Strict):
    place_id = Id(required=True)
    result = Choice(*RESULTS, required=True)
    at = Instant(required=True)
    matters = fields.List(Text(20), load_default=list, validate=validate.Length(max=MOST_MATTERS))
    fix = fields.Nested(Fix, allow_none=True, load_default=None)


class PatrolReport(Envelope):
    """A walk in a grid whose plan has no check point, on the phone's last word of it, tells no check."""

    checks = fields.List(fields.Nested(Check), required=True, validate=validate.Length(max=MOST_PLANNED))


class PatrolCorrection(Strict):
    """What ``records.correct`` may change on a patrol."""

    checks = fields.List(fields.Nested(Check), validate=validate.Length(max=MOST_PLANNED))
    note = Text(2_000)
    photos = fields.List(fields.Nested(PhotoNamed), validate=validate.Length(max=20))
