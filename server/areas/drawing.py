"""Borders as a drawing of one neighbourhood: a frame around rings, paths in it, and what a script needs to read it back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from server.areas.rules import box_of
from server.kernel.geo import SCALE

WIDTH, HIGHEST = 1000.0, 900.0
MARGIN, ROOM = 20.0, 120.0  # around what is there; around it where somebody draws beside it
LEAST = 20_000  # units: about 200 metres, however little there is to show


@dataclass(frozen=True)
class Frame:
    """A drawing ``width`` × ``height``; ``per_x``, ``per_y``: units of one step to the right and down."""

    west: float
    north: float
    per_x: float
    per_y: float
    width: float
    height: float

    def x(self, lng: float) -> float:
        return (lng - self.west) / self.per_x

    def y(self, lat: float) -> float:
        return (self.north - lat) / self.per_y

    def path(self, rings: Sequence[Any]) -> str:
        """The rings as an SVG path, to be filled by the even-odd rule."""
        return "".join("M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)

    def points(self, line: Iterable[Sequence[float]]) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in line)


def frame_around(drawn: Iterable[Sequence[Any]], margin: float = MARGIN) -> Frame | None:
    """A frame around all rings with a margin, no map stretched: a degree to the east is shorter than one to the north."""
    rings = [ring for rings in drawn for ring in rings]
    if not rings:
        return None
    box = box_of(rings)
    squeeze = cos(radians((box["south"] + box["north"]) / 2 / SCALE))
    wide, high = max((box["east"] - box["west"]) * squeeze, LEAST), max(box["north"] - box["south"], LEAST)
    per = max(wide / (WIDTH - 2 * margin), high / (HIGHEST - 2 * margin))
    height = high / per + 2 * margin
    per_x = per / squeeze
    middle = (box["west"] + box["east"]) / 2
    return Frame(middle - WIDTH / 2 * per_x, box["north"] + margin * per, per_x, per, WIDTH, round(height, 1))


def middle_of(rings: Sequence[Any]) -> tuple[float, float]:
    """Where a name may stand: the middle of the outline's box."""
    box = box_of(rings[:1])
    return (box["west"] + box["east"]) / 2, (box["south"] + box["north"]) / 2
