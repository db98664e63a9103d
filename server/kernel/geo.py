"""Positions and borders. WGS-84; a stored coordinate is an ``int`` of 1e-7 degree so that shared edges stay equal."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

SCALE = 10_000_000
EARTH_M = 6_371_000.0


class Position(NamedTuple):
    """Degrees east and north, WGS-84."""

    lng: float
    lat: float


def to_units(degrees: float) -> int:
    return round(degrees * SCALE)


def to_degrees(units: int) -> float:
    return units / SCALE


def distance_m(a: Position, b: Position) -> float:
    """Great-circle distance in metres (haversine)."""
    d_lat, d_lng = radians(b.lat - a.lat), radians(b.lng - a.lng)
    h = sin(d_lat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(d_lng / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(h)))


def contains(ring: Sequence[Sequence[float]], point: Position) -> bool:
    """Whether a closed or open ring of ``[lng, lat]`` holds the point (even-odd rule)."""
    inside = False
    j = len(ring) - 1
    for i in range(len(ring)):
        xi, yi, xj, yj = ring[i][0], ring[i][1], ring[j][0], ring[j][1]
        if (yi > point.lat) != (yj > point.lat) and point.lng < (xj - xi) * (point.lat - yi) / (yj - yi) + xi:
            inside = not inside
        j = i
    return inside
