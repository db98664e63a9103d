"""Shapes of the households room on the wire (docs/wire.md §6). Unknown fields are refused: none leaks in.

Each ``save`` is either a new row with all its fields or ``{id, changes}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from server.households.rules import CLOSE_REASONS, DOOR_LONGEST, NAME_LONGEST, PHONE_LONGEST, PLACE_KINDS
from server.platform.fields import Choice, Id, Number, Text, Whole


class Strict(Schema):
    class Meta:
        unknown = RAISE


class HouseholdFields(Strict):
    """What may be changed of a household."""

    micro_grid_id = Id()
    door = Text(DOOR_LONGEST, 1)
    contact_name = Text(NAME_LONGEST, 1)
    contact_phone = Text(PHONE_LONGEST)


class PlaceFields(Strict):
    """What may be changed of a place."""

    micro_grid_id = Id(allow_none=True)
    kind = Choice(*PLACE_KINDS)
    name = Text(80, 1)
    address = Text(200)
    lng = Number(-180, 180)
    lat = Number(-90, 90)
    radius_m = Whole(5, 1_000)
    matters = fields.List(Text(20, 1), validate=validate.Length(max=60))


class SaveHousehold(HouseholdFields):
    """``households.save``."""

    id = Id(required=True)
    changes = fields.Nested(HouseholdFields)

    @validates_schema
    def _whole_or_changes(self, values: Mapping[str, Any], **kwargs: Any) -> None:
        _whole_or_changes(values, needed=("micro_grid_id", "door", "contact_name", "contact_phone"))


class CloseHousehold(Strict):
    """``households.close``."""

    id = Id(required=True)
    reason = Choice(*CLOSE_REASONS, required=True)


class SavePlace(PlaceFields):
    """``places.save``. A place does not change its grid."""

    id = Id(required=True)
    grid_id = Id()
    changes = fields.Nested(PlaceFields)

    @validates_schema
    def _whole_or_changes(self, values: Mapping[str, Any], **kwargs: Any) -> None:
        _whole_or_changes(values, needed=("grid_id", "kind", "name", "address", "lng", "lat", "radius_m", "matters"))


def _whole_or_changes(values: Mapping[str, Any], needed: tuple[str, ...]) -> None:
    if "changes" in values:
        extra = sorted(set(values) - {"id", "changes"})
        if extra:
            raise ValidationError({name: ["not_beside_changes"] for name in extra})
        if not values["changes"]:
            raise ValidationError({"changes": ["empty"]})
        return
    missing = [name for name in needed if name not in values]
    if missing:
        raise ValidationError({name: ["missing"] for name in missing})
