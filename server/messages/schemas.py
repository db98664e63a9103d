"""Shapes of the push doors on the wire (docs/wire.md §1), and of the office's forms."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.platform.channels import KINDS
from server.platform.fields import Choice, Id, Text


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


class ReadForm(Schema):
    """From which page of the inbox something was marked as read."""

    page = Text(6, load_default="")


class AllReadForm(Schema):
    """Everything that rang until then: what was on the page, not what rang since."""

    until = Text(16, 1, required=True)


class CallForm(Schema):
    """What became of a call: whoever was rung up was reached, or not."""

    reached = Choice("yes", "no", required=True)


class ChannelForm(Schema):
    """A channel, for the people of a unit; its address holds a secret."""

    unit_id = Id(required=True)
    kind = Choice(*KINDS, required=True)
    name = Text(60, 1, required=True)
    address = Text(1000, 8, required=True)
    per_minute = Text(4, load_default="")
    position = Text(2, 1, required=True)


class RingRuleForm(Schema):
    """Quiet hours and the minutes to answer in, by a document."""

    quiet_from = Text(5, 5, required=True)
    quiet_to = Text(5, 5, required=True)
    answer_minutes = Text(3, 1, required=True)
    document_no = Text(80, 1, required=True)
