"""Shapes of what every report carries beside its own fields."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from server.platform.fields import Choice, Day, Id, Instant, Number, Sha256, Text, Whole, Yes

NOTE_LENGTH = 2_000
MOST_PHOTOS = 20
PHOTO_GAPS = ("dark", "unsafe", "refused", "gone")


class Strict(Schema):
    """Unknown fields are refused: a typing error must not vanish silently."""

    class Meta:
        unknown = RAISE


class PhotoNamed(Strict):
    sha256 = Sha256(required=True)
    role = Choice("scene", "after", required=True)
    taken_at = Instant(allow_none=True)


class Spot(Strict):
    """Where it is (WGS-84, degrees), and how the place was found."""

    lng = Number(-180, 180, allow_none=True)
    lat = Number(-90, 90, allow_none=True)
    accuracy_m = Whole(0, 100_000, allow_none=True)
    source = Choice("fix", "map", "place", "none", required=True)


class OnBehalf(Strict):
    """Who did the work and on which day, when another person enters it from paper or by voice."""

    person_id = Id(required=True)
    day = Day(required=True)


class Envelope(Strict):
    """The common part of every report."""

    id = Id(required=True)
    grid_id = Id(required=True)
    note = Text(NOTE_LENGTH, load_default="")
    photos = fields.List(fields.Nested(PhotoNamed), load_default=list, validate=validate.Length(max=MOST_PHOTOS))
    photo_gap = Choice(*PHOTO_GAPS, allow_none=True, load_default=None)
    obstructed = Yes(load_default=False)
    on_behalf = fields.Nested(OnBehalf, allow_none=True, load_default=None)


class Correction(Strict):
    """``records.correct``: the changed fields alone; each duty says which and in what shape."""

    id = Id(required=True)
    changes = fields.Dict(keys=fields.String(), required=True, validate=validate.Length(min=1, max=30))


class Confirmation(Strict):
    """``records.confirm``: the author says whether a record that another entered is theirs."""

    record_id = Id(required=True)
    mine = Yes(required=True)


class Comment(Strict):
    """``records.comment``: a few words of the adviser."""

    record_id = Id(required=True)
    words = Text(500, shortest=1, required=True)


class LookNoted(Strict):
    """``looks.note``: somebody opened a class-S object."""

    kind = Choice("record", "visit_plan", required=True)
    object_id = Id(required=True)
    at = Instant(required=True)
