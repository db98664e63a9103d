"""Shapes of the areas room: what a phone gets (docs/wire.md §5), and the forms of the office."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields

from server.platform.fields import Choice, Day, Id, Text


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


SNAPS = ("0.5", "5", "20")  # metres within which a point is put on a border that is there
STEPS = ("draw", "draw_micro", "split", "merge", "move")


class Strict(Schema):
    class Meta:
        unknown = RAISE


class DraftForm(Strict):
    """A draft is begun."""

    effect_day = Day(required=True)


class StepForm(Strict):
    """One operation on the version shown. ``points``: one point a line, east before north, in degrees."""

    step = Choice(*STEPS, required=True)
    version = Text(9, 1, required=True)
    area_id = Id(load_default=None)
    other_id = Id(load_default=None)
    area_ids = fields.List(Id(), load_default=list)
    parent_id = Id(load_default=None)
    name = Text(80, load_default="")
    special = Choice("yes", load_default=None)
    trim = Choice("yes", load_default=None)
    snap_m = Choice(*SNAPS, load_default="5")
    points = Text(200_000, load_default="")


class IssueForm(Strict):
    """``document_no`` and day of effect; other buttons of the same form leave both aside."""

    decision = Choice("issue", "withdraw", "take_back", required=True)
    version = Text(9, 1, required=True)
    document_no = Text(80, load_default="")
    effect_day = Day(load_default=None)


class MeasureForm(Strict):
    """Figures of the city's measures; a figure may be left out."""

    document_no = Text(80, 1, required=True)
    from_day = Day(required=True)
    grid_least = Text(6, load_default="")
    grid_most = Text(6, load_default="")
    micro_least = Text(6, load_default="")
    micro_most = Text(6, load_default="")


class OtherAreasForm(Strict):
    """By which law and document, from which day; the outlines come as a file beside it."""

    basis = Text(200, 1, required=True)
    from_day = Day(required=True)
