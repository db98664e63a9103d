"""Shapes of the boards' forms."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.platform.fields import Day, Text


class SearchForm(Schema):
    """An address or name in words, or where the phone is, in degrees."""

    words = Text(longest=80)
    lng = fields.Float(validate=validate.Range(-180, 180))
    lat = fields.Float(validate=validate.Range(-90, 90))


class AreaForm(Schema):
    words_zh = Text(longest=400, shortest=1, required=True)
    words_en = Text(longest=400, load_default="")


class PhoneForm(Schema):
    """Empty takes the number off the board."""

    phone = Text(longest=30, load_default="")


class NoteForm(Schema):
    words = Text(longest=400, shortest=1, required=True)
    day = Day(required=True)


class PlaceForm(Schema):
    name = Text(longest=80, shortest=1, required=True)


class ConfirmForm(Schema):
    """``mark``: of the poster that hangs."""

    mark = Text(longest=64, shortest=64, required=True)
