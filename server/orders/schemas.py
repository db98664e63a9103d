"""Shapes of an order outside the list: as the phone tells it, and the office's ruling."""

from __future__ import annotations

from marshmallow import fields, validate

from server.orders.rules import MOST_PHOTOS
from server.platform.fields import Choice, Id, Text, Whole
from server.records.schemas import PhotoNamed, Strict
from server.tasks.rules import NOT_UPHELD, UPHELD

GIVER_LENGTH, WORDS_LENGTH = 80, 500


class OrderTold(Strict):
    """``orders.report``: who gave it, what it was, on which ground it is refused; a picture of it, if there is one."""

    id = Id(required=True)
    giver = Text(GIVER_LENGTH, shortest=1, required=True)
    words = Text(WORDS_LENGTH, shortest=1, required=True)
    ground = Whole(1, 3, required=True)
    photos = fields.List(fields.Nested(PhotoNamed), load_default=list, validate=validate.Length(max=MOST_PHOTOS))


class OrderRuling(Strict):
    """The form of the office's page; ``unit_id`` is the unit that gave the order, where it is one of the county."""

    ruling = Choice(UPHELD, NOT_UPHELD, required=True)
    words = Text(WORDS_LENGTH, load_default="")
    unit_id = Id(load_default=None)
