"""Shapes of the badge's door and forms."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from server.badges.rules import END_REASONS, TONES
from server.platform.fields import Choice, Day, Id, Text


class PhoneRequest(Schema):
    """The public half of the key with which this phone signs a minute: an uncompressed P-256 point in base64url."""

    public_key = Text(longest=90, shortest=87, required=True)


class PhoneSecret(Schema):
    """The secret of this phone's minute codes, base64url, answered this once; and the name under which its row lies."""

    device_id = Id(required=True)
    secret = Text(required=True)


class PhotoForm(Schema):
    """What stands beside the photo's file in the forms of issuing and renewing."""

    consent = Choice("yes")
    without_photo = Choice("yes")


class EndForm(Schema):
    reason = Choice(*END_REASONS, required=True)


class DesignForm(Schema):
    heading_zh = Text(longest=40, shortest=1, required=True)
    heading_en = Text(longest=60, shortest=1, required=True)
    issuer = Text(longest=60, shortest=1, required=True)
    tone = Choice(*TONES, required=True)
    valid_months = fields.Integer(required=True, validate=validate.Range(1, 120))
    from_day = Day(required=True)
    document_no = Text(longest=80, shortest=1, required=True)


class SupervisionForm(Schema):
    phone = Text(longest=30, shortest=3, required=True)
    from_day = Day(required=True)
