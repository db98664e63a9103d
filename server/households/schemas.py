"""Shapes of the households room on the wire (docs/wire.md §6). Unknown fields are refused: none leaks in.

Each ``save`` is either a new row with all its fields or ``{id, changes}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate, validates_schema

from server.households.rules import (
    CLOSE_REASONS,
    DOOR_LONGEST,
    LONGEST_RHYTHM,
    MOST_MATTERS,
    NAME_LONGEST,
    PHONE_LONGEST,
    PLACE_KINDS,
    VISITORS,
)
from server.platform.fields import Choice, Day, Id, Number, Text, Whole


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
    matters = fields.List(Text(20, 1), validate=validate.Length(max=MOST_MATTERS))


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


class Form(Schema):
    """A form of the office; the page's hidden token is left out."""

    class Meta:
        unknown = EXCLUDE


class PlaceForm(Form):
    """A place as the office writes it down, and whether the next patrols look at it."""

    id = Id(load_default=None)
    grid_id = Id(load_default=None)
    version = fields.Integer(load_default=None)
    kind = Choice(*PLACE_KINDS, required=True)
    name = Text(80, 1, required=True)
    address = Text(200, load_default="")
    lng = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    radius_m = fields.Integer(required=True, validate=validate.Range(5, 1_000))
    matters = fields.List(Text(20, 1), load_default=list, validate=validate.Length(max=MOST_MATTERS))
    in_plan = Choice("yes", load_default=None)


class PlaceSeen(Form):
    """What the office had before its eyes when it closed a place."""

    version = fields.Integer(required=True)


class DoorForm(Form):
    """A door of a grid to look for."""

    grid_id = Id(required=True)
    door = Text(DOOR_LONGEST, 1, required=True)


class VisitPlanForm(Form):
    """When somebody is to go there next, and how often from then on."""

    matter_code = Text(20, 1, required=True)
    due = Day(required=True)
    every_days = fields.Integer(load_default=None, validate=validate.Range(1, LONGEST_RHYTHM))
    for_role = Choice(*VISITORS, required=True)
    team_id = Id(load_default=None)


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
