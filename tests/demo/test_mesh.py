"""Drawn borders are one coverage: valid, without overlap, without hole, and every piece in one part."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import pytest
from shapely import coverage_is_valid, unary_union
from shapely.geometry import MultiPoint, Point, Polygon, box

from server.demo.county import ORIGINS, divisions
from server.demo.mesh import Mesh

ORIGIN = (120.80, 30.41)


def runs(path, count: int, random: Random):
    """The path cut into grids of five or six cells."""
    start = 0
    while start < count:
        size = random.choice((5, 5, 6))
        yield path[start : min(start + size, count)]
        start += size


@pytest.mark.parametrize("cells", [4, 10, 30, 31, 66, 500, 2860])
def test_a_county_is_covered_once_and_wholly(cells) -> None:
    mesh = Mesh(ORIGIN, cells, Random(cells))
    path = mesh.path()
    assert len(path) == len(set(path)) == mesh.width * mesh.height >= cells
    grids = [mesh.outline(run) for run in runs(path, cells, Random(1))]
    assert all(len(rings) == 1 for rings in grids)
    shapes = [Polygon(rings[0]) for rings in grids]
    assert all(shape.is_valid for shape in shapes)
    assert coverage_is_valid(shapes)
    whole = unary_union(shapes)
    assert whole.geom_type == "Polygon"
    assert whole.area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_micro_grids_fill_their_grid(seed) -> None:
    mesh = Mesh(ORIGIN, 200, Random(seed))
    for run in runs(mesh.path(), 200, Random(seed)):
        grid, parts = Polygon(mesh.outline(run)[0]), [Polygon(mesh.outline([cell])[0]) for cell in run]
        assert coverage_is_valid(parts)
        assert unary_union(parts).equals(grid)


def test_each_step_of_the_path_goes_to_a_neighbour() -> None:
    for cells in range(4, 400, 7):
        path = Mesh(ORIGIN, cells, Random(0)).path()
        assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in pairwise(path))


@pytest.mark.parametrize("seed", range(4))
def test_a_point_inside_a_cell_lies_inside(seed) -> None:
    random = Random(seed)
    mesh = Mesh(ORIGIN, 300, random)
    for cell in mesh.path()[:300]:
        point = Point(mesh.inside(cell, random.uniform(0.3, 0.7), random.uniform(0.3, 0.7)))
        assert Polygon(mesh.outline([cell])[0]).contains(point)


def test_the_counties_of_the_city_lie_beside_each_other() -> None:
    boxes = []
    for code, (west, south) in ORIGINS.items():
        towns = sum(1 for row in divisions() if row["county_code"] == code)
        mesh = Mesh((west, south), towns * 12 * 6 * 6, Random(0))  # more than any county gets
        corners = [mesh.outline([(x, y)])[0] for x in (0, mesh.width - 1) for y in range(mesh.height)]
        corners += [mesh.outline([(x, y)])[0] for x in range(mesh.width) for y in (0, mesh.height - 1)]
        boxes.append(box(*MultiPoint([p for ring in corners for p in ring]).bounds))
    assert len(boxes) == 7
    assert not any(a.intersects(b) for a, b in combinations(boxes, 2))


def test_a_broken_coverage_is_noticed() -> None:
    mesh = Mesh(ORIGIN, 30, Random(0))
    rings = [mesh.outline([cell])[0] for cell in mesh.path()[:4]]
    rings[0][2] = [rings[0][2][0] + 900, rings[0][2][1] + 900]
    assert not coverage_is_valid([Polygon(ring) for ring in rings])
