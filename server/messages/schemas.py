"""Shapes of the push doors on the wire (docs/wire.md §1)."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.platform.fields import Text


class PushKey(Schema):
    key = Text(
        required=True, allow_none=True, metadata={"description": "VAPID public key, base64url; null: not set up"}
    )


class PushKeys(Schema):
    p256dh = Text(longest=100, shortest=80, required=True)
    auth = Text(longest=30, shortest=20, required=True)


class SubscriptionRequest(Schema):
    """What ``PushSubscription.toJSON()`` gives."""

    endpoint = Text(longest=1000, shortest=10, required=True)
    keys = fields.Nested(PushKeys, required=True)
