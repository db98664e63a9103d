"""Shapes of the areas room on the wire: what a phone gets (docs/wire.md §5)."""

from __future__ import annotations

from marshmallow import Schema, fields

from server.platform.fields import Id, Text


class GridRow(Schema):
    """A grid with its outline in degrees."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    code = Text(longest=15, required=True)
    name = Text(longest=80, required=True)
    kind = fields.String(required=True)
    outline = fields.List(fields.List(fields.List(fields.Float())), required=True)
    village_id = Id(required=True)
    village_name = Text(longest=80, required=True)
    town_name = Text(longest=80, required=True)


class MicroGridRow(Schema):
    """A micro-grid with its outline in degrees."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    grid_id = Id(required=True)
    code = Text(longest=18, required=True)
    name = Text(longest=80, required=True)
    outline = fields.List(fields.List(fields.List(fields.Float())), required=True)


class OrgUnitRow(Schema):
    """A village, town or county with its telephone."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = Text(longest=80, required=True)
    phone = Text(longest=30, allow_none=True)
