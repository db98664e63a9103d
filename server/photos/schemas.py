"""Shapes of the photos room on the wire."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.photos.rules import MOST_ASKED
from server.platform.fields import Sha256


class AskedSchema(Schema):
    """Hashes of photos that a phone has."""

    sha256 = fields.List(Sha256(), required=True, validate=validate.Length(max=MOST_ASKED))


class AnswerSchema(Schema):
    """What to send, what has arrived, what may be dropped."""

    missing = fields.List(Sha256())
    held = fields.List(Sha256())
    durable = fields.List(Sha256())
