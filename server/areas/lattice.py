"""Outlines as geometry and back, on the lattice of 1e-7 degree. Pure.

``settle`` is what makes shared edges exact: the lines of a whole neighbourhood are noded together by snap rounding to whole
units, and each outline is put together again from the faces between them. Two neighbours then hold the very same corners,
whoever drew first. Lengths are in units; a unit is about a centimetre.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from server.areas.rules import Ring
from server.kernel.geo import SCALE

GRID, MICRO = "grid", "micro_grid"
SLIVER = 1.0  # what is nowhere thicker than twice this is a difference of drawing, not of ground
NOTHING: Geometry = shapely.Polygon()


@dataclass(frozen=True)
class Shape:
    """A grid (``parent``: its village) or micro-grid (``parent``: its grid) and its ground.

    ``is_new``: not in force yet · ``came_from``: whose ground and people it takes over.
    """

    level: str
    parent: UUID
    ground: Geometry
    name: str
    kind: str = ""
    is_new: bool = False
    came_from: UUID | None = None

    def on(self, ground: Geometry) -> Shape:
        return replace(self, ground=ground)


Sheet = Mapping[UUID, Shape]


def ground_of(rings: Sequence[Ring]) -> Geometry:
    """The ground within rings by the even-odd rule, also where an old outline touches itself."""
    if not rings:
        return NOTHING
    simple = shapely.Polygon(rings[0], rings[1:])
    if simple.is_valid:
        return simple
    ground = NOTHING
    for ring in rings:
        ground = ground.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return surfaces(ground)


def rings_of(ground: Geometry) -> list[list[list[int]]]:
    """Closed rings of whole units, the largest piece first, each outline before its islands."""
    pieces = sorted(parts(ground), key=lambda piece: -piece.area)
    lines = [line for piece in pieces for line in (piece.exterior, *piece.interiors)]
    return [[[round(x), round(y)] for x, y in line.coords] for line in lines]


def parts(ground: Geometry) -> list[Any]:
    """The polygons of a geometry; lines and points that a set operation leaves are no ground."""
    return [
        part for part in shapely.get_parts(ground).tolist() if part.geom_type == "Polygon" and not part.is_empty
    ] + [
        inner
        for part in shapely.get_parts(ground).tolist()
        if part.geom_type in ("MultiPolygon", "GeometryCollection")
        for inner in parts(part)
    ]


def surfaces(ground: Geometry) -> Geometry:
    found = parts(ground)
    return found[0] if len(found) == 1 else shapely.MultiPolygon(found)


def thick(ground: Geometry) -> Geometry | None:
    """The largest piece that is more than a sliver, or None."""
    if ground.is_empty:
        return None
    found = [piece for piece in parts(ground) if not shapely.buffer(piece, -SLIVER).is_empty]
    return max(found, key=lambda piece: piece.area, default=None)


def pieces_of(ground: Geometry) -> list[Any]:
    """Its pieces without slivers; pieces that only touch at a corner count as one where an old outline was so drawn."""
    return [piece for piece in parts(ground) if not shapely.buffer(piece, -SLIVER).is_empty]


def place_of(ground: Geometry) -> list[float]:
    """A point of it in degrees, to be shown."""
    point = shapely.point_on_surface(ground)
    return [point.x / SCALE, point.y / SCALE]


def union(grounds: Iterable[Geometry]) -> Geometry:
    return shapely.unary_union(list(grounds))


def is_same(one: Geometry, other: Geometry) -> bool:
    """The very same corners, wherever a ring begins."""
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0))


def snapped(points: Sequence[Sequence[float]], borders: Sequence[Geometry], reach: float) -> list[tuple[float, float]]:
    """Points nearer than ``reach`` to a corner lie on it, else nearer than that to a line on the line; no point twice."""
    lines = [line for border in borders for line in shapely.get_parts(border.boundary).tolist()]
    corners = shapely.get_coordinates(lines)
    tree = shapely.STRtree(lines)
    found: list[tuple[float, float]] = []
    for x, y in points:
        at = _snapped(x, y, lines, corners, tree, reach)
        if not found or found[-1] != at:
            found.append(at)
    return found


def _snapped(x: float, y: float, lines: list[Any], corners: Any, tree: Any, reach: float) -> tuple[float, float]:
    if len(corners):
        away = np.hypot(corners[:, 0] - x, corners[:, 1] - y)
        nearest = int(away.argmin())
        if away[nearest] <= reach:
            return float(corners[nearest][0]), float(corners[nearest][1])
        point = shapely.Point(x, y)
        near = tree.query_nearest(point, max_distance=reach)
        if len(near):
            line = lines[int(near[0])]
            on_it = line.interpolate(line.project(point))
            return float(round(on_it.x)), float(round(on_it.y))
    return float(round(x)), float(round(y))


def settle(sheet: Sheet, meant: Collection[UUID]) -> dict[UUID, Shape]:
    """The sheet on the lattice: no two outlines overlap, each micro-grid lies in its grid, shared edges are equal.

    ``meant``: areas whose outline was drawn; a sliver between one of these and one that was not goes to the latter.
    """
    lines = shapely.unary_union([shape.ground.boundary for shape in sheet.values()], grid_size=1)
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    if not len(faces):
        return {found: shape.on(NOTHING) for found, shape in sheet.items()}
    inside = _lying_in(sheet, faces)
    grids = [_chosen(sheet, ids, meant, GRID, None) for ids in inside]
    _give_slivers(faces, grids)
    micros = [
        _chosen(sheet, ids, meant, MICRO, grid) if grid else None for ids, grid in zip(inside, grids, strict=True)
    ]
    by_area: dict[UUID, list[int]] = {}
    for at, pair in enumerate(zip(grids, micros, strict=True)):
        for area in pair:
            if area is not None:
                by_area.setdefault(area, []).append(at)
    return {
        area: shape.on(_together(faces[by_area[area]]) if area in by_area else NOTHING) for area, shape in sheet.items()
    }


def _together(faces: Any) -> Geometry:
    return surfaces(shapely.coverage_union_all(faces))


def _lying_in(sheet: Sheet, faces: Any) -> list[list[UUID]]:
    """For each face the areas in which a point of it lies."""
    ids = list(sheet)
    around = shapely.STRtree([sheet[area].ground for area in ids]).query
    points, areas = around(shapely.point_on_surface(faces), predicate="within")
    inside: list[list[UUID]] = [[] for _ in faces]
    for at, area in zip(points.tolist(), areas.tolist(), strict=True):
        inside[at].append(ids[area])
    return inside


def _chosen(sheet: Sheet, ids: Iterable[UUID], meant: Collection[UUID], level: str, parent: UUID | None) -> UUID | None:
    fitting = [i for i in ids if sheet[i].level == level and (parent is None or sheet[i].parent == parent)]
    return min(fitting, key=lambda area: (area in meant, area), default=None)


def _give_slivers(faces: Any, grids: list[UUID | None]) -> None:
    """A sliver that lies in no grid goes to the grid with which it shares the longest edge."""
    slivers = [at for at, grid in enumerate(grids) if grid is None and shapely.buffer(faces[at], -SLIVER).is_empty]
    near = shapely.STRtree(faces).query
    for at in slivers:
        beside = [n for n in near(faces[at], predicate="intersects").tolist() if grids[n]]
        shared = {n: shapely.length(shapely.intersection(faces[at].boundary, faces[n].boundary)) for n in beside}
        if shared and max(shared.values()) > 0:
            grids[at] = grids[max(shared, key=lambda n: (shared[n], -n))]
