"""Drawn borders for invented grids: one coverage, without overlap or hole.

A county is a lattice of cells, one cell for each micro-grid. A space-filling curve visits every cell, each next to the one
before, so any run of the curve is one connected, compact piece: the cells of a grid, of a village, of a town. Corners and
the middles of edges are moved a little, once for all who share them; two neighbours therefore have the very same edge.
Coordinates are integers of 1e-7 degree from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, pi, sin, sqrt
from random import Random

from server.kernel.geo import SCALE

Cell = tuple[int, int]
Point = tuple[int, int]
Ring = list[list[int]]

STEP_LNG, STEP_LAT = 0.0047, 0.0040  # a cell of about 450 m by 445 m


class Mesh:
    """The lattice of one county whose south-west corner is ``origin`` (degrees), with at least ``cells`` cells."""

    def __init__(self, origin: tuple[float, float], cells: int, random: Random) -> None:
        self.origin, self._random = origin, random
        self.width = max(2, ceil(sqrt(cells) / 2) * 2)  # even: the curve then never steps across a corner
        self.height = max(2, ceil(cells / self.width / 2) * 2)
        self._corners: dict[Cell, Point] = {}
        self._middles: dict[tuple[Cell, Cell], Point] = {}

    def path(self) -> list[Cell]:
        """Every cell once, each next to the one before."""
        return list(_curve(0, 0, self.width, 0, 0, self.height))

    def outline(self, cells: Sequence[Cell]) -> list[Ring]:
        """The closed ring around a run of cells (more than one only where a run encloses a hole)."""
        return [self._drawn(corners) for corners in _rings(cells)]

    def inside(self, cell: Cell, across: float, up: float) -> Point:
        """A point of the cell; ``across`` and ``up`` from 0 to 1 (keep to 0.25–0.75 to stay off the bent edges)."""
        (x, y), weights = cell, ((1 - across) * (1 - up), across * (1 - up), (1 - across) * up, across * up)
        corners = [self._corner(c) for c in ((x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1))]
        lng = sum(w * c[0] for w, c in zip(weights, corners, strict=True))
        lat = sum(w * c[1] for w, c in zip(weights, corners, strict=True))
        return round(lng), round(lat)

    def _drawn(self, corners: Sequence[Cell]) -> Ring:
        ring: Ring = []
        for here, following in zip(corners, [*corners[1:], corners[0]], strict=True):
            ring += [list(self._corner(here)), list(self._middle(here, following))]
        return [*ring, ring[0]]

    def _corner(self, at: Cell) -> Point:
        if at not in self._corners:
            x = at[0] + self._random.uniform(-0.2, 0.2) + 0.03 * self.width * sin(at[1] / self.height * 1.3 * pi)
            y = at[1] + self._random.uniform(-0.2, 0.2) + 0.03 * self.height * sin(at[0] / self.width * 1.7 * pi)
            lng, lat = self.origin[0] + STEP_LNG * x, self.origin[1] + STEP_LAT * y
            self._corners[at] = round(lng * SCALE), round(lat * SCALE)
        return self._corners[at]

    def _middle(self, a: Cell, b: Cell) -> Point:
        edge = (min(a, b), max(a, b))
        if edge not in self._middles:
            (ax, ay), (bx, by) = self._corner(edge[0]), self._corner(edge[1])
            shift = [self._random.uniform(-0.06, 0.06) * step * SCALE for step in (STEP_LNG, STEP_LAT)]
            self._middles[edge] = round((ax + bx) / 2 + shift[0]), round((ay + by) / 2 + shift[1])
        return self._middles[edge]


def _rings(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Corner rings of the union, counter-clockwise: edges that two cells share cancel out."""
    edges: dict[Cell, set[Cell]] = {}
    for x, y in cells:
        round_the_cell = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        for a, b in zip(round_the_cell, [*round_the_cell[1:], round_the_cell[0]], strict=True):
            if a in edges.get(b, ()):
                edges[b].discard(a)
            else:
                edges.setdefault(a, set()).add(b)
    while start := min((a for a, targets in edges.items() if targets), default=None):
        ring, here = [start], edges[start].pop()
        while here != start:
            ring.append(here)
            here = edges[here].pop()
        yield ring


def _curve(x: int, y: int, ax: int, ay: int, bx: int, by: int) -> Iterator[Cell]:
    """A Hilbert-like curve over a rectangle of any even size, spanned by (ax, ay) and (bx, by) from (x, y)."""
    width, height = abs(ax + ay), abs(bx + by)
    dax, day, dbx, dby = _sign(ax), _sign(ay), _sign(bx), _sign(by)
    if height == 1 or width == 1:
        step = (dax, day) if height == 1 else (dbx, dby)
        for i in range(max(width, height)):
            yield x + i * step[0], y + i * step[1]
        return
    ax2, ay2, bx2, by2 = ax // 2, ay // 2, bx // 2, by // 2
    if 2 * width > 3 * height:
        if abs(ax2 + ay2) % 2 and width > 2:
            ax2, ay2 = ax2 + dax, ay2 + day
        yield from _curve(x, y, ax2, ay2, bx, by)
        yield from _curve(x + ax2, y + ay2, ax - ax2, ay - ay2, bx, by)
        return
    if abs(bx2 + by2) % 2 and height > 2:
        bx2, by2 = bx2 + dbx, by2 + dby
    yield from _curve(x, y, bx2, by2, ax2, ay2)
    yield from _curve(x + bx2, y + by2, ax, ay, bx - bx2, by - by2)
    yield from _curve(x + (ax - dax) + (bx2 - dbx), y + (ay - day) + (by2 - dby), -bx2, -by2, -(ax - ax2), -(ay - ay2))


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
