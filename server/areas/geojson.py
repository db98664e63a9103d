"""Borders as GeoJSON (RFC 7946) and back: degrees of WGS-84, outlines counter-clockwise, islands as holes. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import shapely

from server.areas import lattice
from server.areas.rules import is_ring
from server.kernel.geo import SCALE, to_units
from server.kernel.problems import Problem

MEDIA_TYPE = "application/geo+json"
MOST_BYTES = 8 * 2**20
MOST_FEATURES, MOST_POINTS = 2_000, 200_000


def written(features: Iterable[tuple[Mapping[str, Any], Sequence[Any]]]) -> bytes:
    """A FeatureCollection of properties and rings in units."""
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": dict(properties), "geometry": geometry_of(rings)}
                for properties, rings in features
            ],
        }
    )


def geometry_of(rings: Sequence[Any]) -> dict[str, Any] | None:
    """Polygon or MultiPolygon in degrees; None for an area without an outline."""
    pieces = [shapely.geometry.polygon.orient(piece) for piece in lattice.parts(lattice.ground_of(rings))]
    if not pieces:
        return None
    drawn = [[_degrees(line) for line in (piece.exterior, *piece.interiors)] for piece in pieces]
    if len(drawn) == 1:
        return {"type": "Polygon", "coordinates": drawn[0]}
    return {"type": "MultiPolygon", "coordinates": drawn}


def read(content: bytes) -> list[tuple[dict[str, Any], list[list[list[int]]]]]:
    """Properties and rings in units of each feature.

    Problems ``geojson_unreadable`` and ``border_crosses_itself`` with the number of the feature, ``too_large``.
    """
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Problem("geojson_unreadable") from None
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        raise Problem("geojson_unreadable")
    found, points = [], 0
    for number, feature in enumerate(features, 1):
        rings = _rings(feature, number)
        points += sum(len(ring) for ring in rings)
        if points > MOST_POINTS:
            raise Problem("too_large")
        properties = feature.get("properties")
        found.append((properties if isinstance(properties, dict) else {}, rings))
    return found


def _rings(feature: Any, number: int) -> list[list[list[int]]]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    drawn = geometry.get("coordinates") if isinstance(geometry, dict) else None
    polygons: Any = drawn if kind == "MultiPolygon" else [drawn] if kind == "Polygon" else []
    try:
        rings = [[_point(point) for point in ring] for polygon in polygons for ring in polygon]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise Problem("geojson_unreadable", feature=number) from None
    if not rings or not all(len(ring) >= 4 and is_ring(ring) for ring in rings):
        raise Problem("geojson_unreadable", feature=number)
    if not _is_valid(polygons, rings):
        raise Problem("border_crosses_itself", feature=number)
    return rings


def _is_valid(polygons: Any, rings: list[list[list[int]]]) -> bool:
    """Mending crossed lines takes longer than their square: it is only done for outlines that are kept from before."""
    left = iter(rings)
    drawn = [[next(left) for _ in polygon] for polygon in polygons]
    return bool(shapely.MultiPolygon([(outer, holes) for outer, *holes in filter(None, drawn)]).is_valid)


def _point(point: Any) -> list[int]:
    lng, lat = point[0], point[1]
    if isinstance(lng, bool) or isinstance(lat, bool) or not math.isfinite(lng) or not math.isfinite(lat):
        raise ValueError
    if abs(lng) > 180 or abs(lat) > 90:
        raise ValueError
    return [to_units(lng), to_units(lat)]


def _degrees(line: Any) -> list[list[float]]:
    return [[round(x) / SCALE, round(y) / SCALE] for x, y in line.coords]
