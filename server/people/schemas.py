"""Shapes of the people room on the wire (docs/wire.md §1)."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.platform.fields import Choice, Day, Id, Text


class SignInRequest(Schema):
    username = Text(longest=60, shortest=1, required=True)
    password = Text(longest=200, shortest=1, required=True)
    device_id = Id(allow_none=True)


class ResetRequest(Schema):
    username = Text(longest=60, shortest=1, required=True)
    code = Text(longest=12, shortest=1, required=True)
    new_password = Text(longest=200, shortest=1, required=True)


class SignedInPerson(Schema):
    id = Id(required=True)
    name = Text(required=True)
    username = Text(required=True)
    county_code = Text(required=True)
    language = Text(required=True, allow_none=True)


class HeldRole(Schema):
    role = Text(required=True)
    grid_id = Id(allow_none=True)
    micro_grid_id = Id(allow_none=True)
    org_unit_id = Id(required=True)
    org_unit_name = Text(required=True)
    from_ = fields.Date(required=True, data_key="from")
    to = fields.Date(allow_none=True)
    acting_for = Text(allow_none=True, metadata={"description": "name of the absent colleague"})


class PhoneMap(Schema):
    """Where the phone's map gets its picture (``MAP_TILES``); the addresses hold the installation's key."""

    tiles = fields.List(Text(), required=True)
    attribution = Text(required=True)
    gcj02 = fields.Boolean(required=True, metadata={"description": "the picture is drawn in GCJ-02"})
    deepest = fields.Integer(required=True)


class PhonePolicy(Schema):
    pin = fields.Boolean(required=True)
    track = Text(required=True, metadata={"enum": ["off", "on_phone"]})
    map = fields.Nested(PhoneMap, required=True, allow_none=True)


class PublicKey(Schema):
    """A P-256 key; coordinates in base64url."""

    kid = Text(required=True)
    x = Text(required=True)
    y = Text(required=True)


class SessionAnswer(Schema):
    person = fields.Nested(SignedInPerson, required=True)
    roles = fields.List(fields.Nested(HeldRole), required=True)
    csrf_token = Text(required=True)
    scope_version = fields.Integer(required=True)
    server_time = fields.Integer(required=True)
    epoch = Text(required=True)
    restricted = fields.Boolean(required=True)
    policy = fields.Nested(PhonePolicy, required=True)
    receipt_keys = fields.List(fields.Nested(PublicKey), required=True)
    sealing_key = fields.Nested(PublicKey, required=True)
    demo = fields.Boolean(required=True)
    filing_no = Text(required=True, metadata={"description": "filing number of the installation; empty: none"})
    phone_secret = Text(metadata={"description": "only with a sign-in by password: opens this person's key on a phone"})


class TokenAnswer(Schema):
    token = Text(required=True)


class DeviceRequest(Schema):
    device_id = Id(required=True)
    label = Text(longest=120, required=True)
    platform = Text(longest=120, load_default="")


class Lanes(Schema):
    urgent = fields.Integer(required=True)
    normal = fields.Integer(required=True)


class DeviceAnswer(Schema):
    device_id = Id(required=True)
    epoch = Text(required=True)
    expected = fields.Nested(Lanes, required=True)


class DeviceRow(Schema):
    id = Id(required=True)
    label = Text(required=True)
    platform = Text(required=True)
    registered_at = fields.Integer(required=True)
    last_used_at = fields.Integer(required=True, allow_none=True)
    revoked_at = fields.Integer(required=True, allow_none=True)
    wiped_at = fields.Integer(required=True, allow_none=True)
    this_one = fields.Boolean(required=True)


class DeviceList(Schema):
    devices = fields.List(fields.Nested(DeviceRow), required=True)


class TeamForm(Schema):
    """The town's form: all members with the same dates."""

    grid_id = Id(required=True)
    name = Text(longest=60, shortest=1, required=True)
    purpose = Choice("care", "mediation", required=True)
    members = fields.List(Id(), required=True)
    reviewer_id = Id(required=True)
    from_day = Day(required=True)
    to_day = Day(allow_none=True)
