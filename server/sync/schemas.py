"""Wire shapes of push. Mutations are checked loosely here: one that is off becomes an outcome, not a lost batch."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from server.platform.fields import Choice, Id, Instant, Sha256, Whole
from server.sync.rules import HIGHEST_VERSION, LANES, MOST_MUTATIONS

BIG = 2**53
NAMES = re.compile(r"^[\x21-\x7e]{1,40}\Z")
NAME = validate.Regexp(NAMES)
WORD = validate.Regexp(r"^[\x20-\x7e]{0,200}\Z")


class _Loose(Schema):
    class Meta:
        unknown = EXCLUDE


class Lanes(_Loose):
    urgent = Whole(0, BIG, load_default=0)
    normal = Whole(0, BIG, load_default=0)


class SomeName(fields.String):
    """The name of what only waits: one that is off must not keep the others from being announced."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **kwargs)
        return name if NAMES.match(name) else "unknown"


class Number(Whole):
    """A version as a phone names it: one that no row can ever reach means what the highest possible means."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        return min(super()._deserialize(value, attr, data, **kwargs), HIGHEST_VERSION)


class Waiting(_Loose):
    lane = Choice(*LANES, required=True)
    seq = Whole(0, BIG, allow_none=True, load_default=None)
    id = Id(required=True)
    name = SomeName(required=True)
    made_at = Instant(required=True)


class Lost(_Loose):
    lane = Choice(*LANES, required=True)
    first = Whole(1, BIG, required=True, data_key="from")
    last = Whole(1, BIG, required=True, data_key="to")


class Proof(_Loose):
    """The newest receipt of a phone that knows more than the server."""

    id = Id(required=True)
    hash = Sha256(required=True)
    at = Instant(required=True)
    kid = fields.String(required=True, validate=WORD)
    sig = fields.String(required=True, validate=WORD)


class Sent(_Loose):
    """One mutation as sent. ``payload`` stays the text that the phone stored."""

    lane = Choice(*LANES, required=True)
    seq = Whole(1, BIG, required=True)
    id = Id(required=True)
    name = fields.String(required=True, validate=NAME)
    version = Whole(1, 1_000, required=True)
    payload = fields.String(required=True)
    scope_version = Number(0, BIG, allow_none=True, load_default=None)
    base_version = Number(0, BIG, allow_none=True, load_default=None)
    depends_on = fields.List(Id(), allow_none=True, load_default=list, validate=validate.Length(max=50))
    made_at = Whole(-BIG, BIG, required=True)
    clock_skew_ms = Whole(-BIG, BIG, load_default=0)
    reason = fields.String(allow_none=True, load_default=None, validate=WORD)


class Push(_Loose):
    device_id = Id(required=True)
    person = Id(required=True)
    epoch = fields.String(required=True, validate=WORD)
    acked = fields.Nested(Lanes, load_default=lambda: {"urgent": 0, "normal": 0})
    head = fields.Nested(Lanes, load_default=lambda: {"urgent": 0, "normal": 0})
    waiting = fields.List(
        fields.Nested(Waiting), allow_none=True, load_default=None, validate=validate.Length(max=MOST_MUTATIONS)
    )
    unsent_photos = fields.List(Sha256(), allow_none=True, load_default=None, validate=validate.Length(max=5_000))
    proof = fields.Nested(Proof, allow_none=True, load_default=None)
    lost = fields.List(fields.Nested(Lost), load_default=list, validate=validate.Length(max=20))
    mutations = fields.List(fields.Nested(Sent), load_default=list, validate=validate.Length(max=MOST_MUTATIONS))
