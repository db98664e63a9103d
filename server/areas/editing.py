"""What may be done to borders: draw, split, merge, move, bring in many at once. Pure: a sheet of areas goes in, a sheet
comes out, or the edit is refused with its reason and the place (Art. 6).

Grids never overlap, no ground that belonged to a grid is left to none, no gap is closed in between grids, a micro-grid stays
in its grid. Micro-grids need not fill their grid: the regulation allows them, it does not ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry as Geometry

from server.areas import lattice
from server.areas.lattice import GRID, MICRO, Shape, Sheet, parts, place_of, rings_of, thick, union
from server.areas.rules import outline_in_degrees
from server.kernel.problems import Problem

SPECIAL = "special_area"
Points = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Edited:
    """The sheet afterwards; ``meant`` are the areas whose outline the edit was about, ``noded`` only got a corner more."""

    sheet: dict[UUID, Shape]
    meant: frozenset[UUID]
    noded: frozenset[UUID]


@dataclass
class Hand:
    """Names new areas, and notes into which area each one that ends goes over (``heirs``)."""

    fresh: Callable[[], UUID]
    heirs: dict[UUID, UUID] = field(default_factory=dict)


def outline(points: Points) -> Geometry:
    """The ground within a drawn outline. Problems ``border_too_short``, ``border_crosses_itself``."""
    if len({tuple(point) for point in points}) < 3:
        raise _too_short(points)
    ground = shapely.Polygon(points)
    if not ground.is_valid or thick(ground) is None:
        raise Problem("border_crosses_itself", place=_where_invalid(ground))
    return ground


def draw(
    sheet: Sheet,
    area: UUID,
    shape: Shape,
    *,
    own: Collection[UUID],
    trim: bool,
    hand: Hand,
) -> dict[UUID, Shape]:
    """A new grid or micro-grid. ``trim``: what overlaps is cut off at the neighbours' borders.

    A special area (park, market) is cut out of the ``own`` grids beneath it, and their micro-grids follow.
    """
    after = dict(sheet)
    beside = [s.ground for s in sheet.values() if s.level == shape.level and s.parent == shape.parent]
    if shape.level == MICRO:
        ground = shape.ground
        if trim:
            ground = ground.intersection(sheet[shape.parent].ground).difference(union(beside))
        after[area] = shape.on(lattice.surfaces(ground))
        return after
    if shape.kind == SPECIAL:
        return _cut_out(after, area, shape, own, hand)
    if trim:
        shape = shape.on(lattice.surfaces(shape.ground.difference(union(_grids(sheet)))))
    after[area] = shape
    return after


def _cut_out(
    after: dict[UUID, Shape], area: UUID, shape: Shape, own: Collection[UUID], hand: Hand
) -> dict[UUID, Shape]:
    given = {}
    for grid in sorted(own):
        part = after[grid].ground.intersection(shape.ground)
        if thick(part) is not None:
            given[grid] = part.area
            after[grid] = after[grid].on(lattice.surfaces(after[grid].ground.difference(shape.ground)))
    most = max(given, key=lambda grid: given[grid], default=None)
    after[area] = replace(shape, came_from=origin(after, most) if most else None)
    for grid in given:
        _micros_follow(after, grid, area, shape.ground, hand)
    return after


def split(sheet: Sheet, area: UUID, line: Points, name: str, hand: Hand) -> dict[UUID, Shape]:
    """Two areas along a line that crosses it; the larger part stays what it was. Problem ``split_misses``."""
    whole = sheet[area]
    if len({tuple(point) for point in line}) < 2:
        raise _too_short(line)
    lines = shapely.get_parts(shapely.unary_union([whole.ground.boundary, shapely.LineString(line)]))
    faces = shapely.get_parts(shapely.polygonize(lines)).tolist()
    halves = sorted(
        (f for f in faces if thick(f) is not None and whole.ground.contains(shapely.point_on_surface(f))),
        key=lambda f: -f.area,
    )
    if len(halves) != len(lattice.pieces_of(whole.ground)) + 1:
        raise Problem("split_misses", place=_degrees(line[len(line) // 2]), pieces=len(halves))
    smaller = halves[-1]
    after, other = dict(sheet), hand.fresh()
    after[area] = whole.on(lattice.surfaces(whole.ground.difference(smaller)))
    after[other] = Shape(
        whole.level, whole.parent, smaller, name, whole.kind, is_new=True, came_from=origin(sheet, area)
    )
    if whole.level == GRID:
        _micros_follow(after, area, other, smaller, hand)
    return after


def merge(sheet: Sheet, areas: Sequence[UUID], hand: Hand) -> dict[UUID, Shape]:
    """The first takes in the others, with their micro-grids. Problem ``merge_elsewhere``: of another village or grid."""
    kept, others = areas[0], list(dict.fromkeys(areas[1:]))
    into = sheet[kept]
    for other in others:
        if other == kept or (sheet[other].level, sheet[other].parent) != (into.level, into.parent):
            raise Problem("merge_elsewhere", place=place_of(sheet[other].ground))
    after = dict(sheet)
    after[kept] = into.on(lattice.surfaces(union([into.ground, *(sheet[other].ground for other in others)])))
    for other in others:
        if into.level == GRID:
            _micros_follow(after, other, kept, sheet[other].ground, hand)
        del after[other]
        hand.heirs[other] = kept
    return after


def move(sheet: Sheet, area: UUID, ground: Geometry, other: UUID | None) -> dict[UUID, Shape]:
    """A new outline; ``other`` gives or takes what lies between. Islands within stay what they are."""
    before, after = sheet[area], dict(sheet)
    if before.level == GRID:
        islands = [shapely.Polygon(ring) for piece in parts(before.ground) for ring in piece.interiors]
        ground = lattice.surfaces(ground.difference(union(islands)))
    after[area] = before.on(ground)
    if other is not None:
        beside = sheet[other]
        if other == area or (beside.level, beside.level == MICRO and beside.parent) != (
            before.level,
            before.level == MICRO and before.parent,
        ):
            raise Problem("merge_elsewhere", place=place_of(ground))
        after[other] = beside.on(lattice.surfaces(union([before.ground, beside.ground]).difference(ground)))
    return after


def judged(before: Sheet, after: Sheet, cover: Callable[[], Geometry] | None = None) -> Edited:
    """The edit on the lattice, or refused: ``border_overlaps``, ``border_leaves_hole``, ``micro_leaves_grid``,
    ``border_in_pieces``, ``border_vanishes``. ``cover``: all grids of the county before it, asked for only when ground is
    added.
    """
    meant = {i for i in after.keys() | before.keys() if not _is_same(before.get(i), after.get(i))}
    kept = [i for i in meant if i in after]
    _insist_pieces(before, after, kept)
    _insist_apart(before, after, kept)
    _insist_inside(before, after, kept)
    _insist_covered(before, after, meant)
    if cover is not None:
        _insist_no_gap(before, after, meant, cover)
    settled = lattice.settle(after, meant)
    empty = next((i for i in kept if settled[i].ground.is_empty), None)
    if empty is not None:
        raise Problem("border_vanishes", names=[after[empty].name])
    noded = {i for i in settled.keys() - meant if not lattice.is_same(settled[i].ground, after[i].ground)}
    return Edited(settled, frozenset(meant), frozenset(noded))


def origin(sheet: Sheet, area: UUID) -> UUID | None:
    """Whose people and ground a part of this area takes over: its own, or where a new area's came from."""
    return sheet[area].came_from if sheet[area].is_new else area


def _micros_follow(after: dict[UUID, Shape], giver: UUID, taker: UUID, ground: Geometry, hand: Hand) -> None:
    """Micro-grids of ``giver`` on the ground become ``taker``'s, under a new identity: their code begins with the grid's."""
    for area in sorted(i for i, shape in after.items() if shape.level == MICRO and shape.parent == giver):
        micro = after[area]
        inside = lattice.surfaces(micro.ground.intersection(ground))
        if thick(inside) is None:
            continue
        outside = lattice.surfaces(micro.ground.difference(ground))
        is_all = thick(outside) is None
        named = hand.fresh()
        came_from = origin(after, area)
        after[named] = Shape(
            MICRO, taker, micro.ground if is_all else inside, micro.name, is_new=True, came_from=came_from
        )
        if is_all:
            del after[area]
            hand.heirs[area] = named
        else:
            after[area] = micro.on(outside)


def _insist_pieces(before: Sheet, after: Sheet, kept: Iterable[UUID]) -> None:
    for area in kept:
        found = lattice.pieces_of(after[area].ground)
        if not found:
            raise _vanished(after[area].name, before.get(area))
        allowed = 1 if area not in before else max(1, len(lattice.pieces_of(before[area].ground)))
        if after[area].level == GRID and len(found) > allowed:
            raise _refused("border_in_pieces", min(found, key=lambda piece: piece.area), [after[area].name])


def _insist_apart(before: Sheet, after: Sheet, kept: Iterable[UUID]) -> None:
    ids = list(after)
    near = shapely.STRtree([after[i].ground for i in ids]).query
    for area in kept:
        mine = after[area]
        for at in near(mine.ground, predicate="intersects").tolist():
            other, beside = ids[at], after[ids[at]]
            is_beside = beside.level == mine.level and (mine.level == GRID or beside.parent == mine.parent)
            if other == area or not is_beside:
                continue
            shared = mine.ground.intersection(beside.ground)
            if area in before and other in before:
                shared = shared.difference(before[area].ground.intersection(before[other].ground))
            found = thick(shared)
            if found is not None:
                raise _refused("border_overlaps", found, [mine.name, beside.name])


def _insist_inside(before: Sheet, after: Sheet, kept: Collection[UUID]) -> None:
    """Micro-grids whose own outline or whose grid's is touched."""
    touched = {*kept}
    for area, micro in after.items():
        if micro.level != MICRO or (area not in touched and micro.parent not in touched):
            continue
        around = after[micro.parent].ground if micro.parent in after else lattice.NOTHING
        beyond = micro.ground.difference(around)
        if area in before and micro.parent in before:
            beyond = beyond.difference(before[area].ground.difference(before[micro.parent].ground))
        found = thick(beyond)
        if found is not None:
            raise _refused("micro_leaves_grid", found, [micro.name])


def _insist_covered(before: Sheet, after: Sheet, meant: Iterable[UUID]) -> None:
    was = union(before[i].ground for i in meant if i in before and before[i].level == GRID)
    now = union(after[i].ground for i in meant if i in after and after[i].level == GRID)
    found = thick(was.difference(now))
    if found is not None:
        raise _refused("border_leaves_hole", found, [before[i].name for i in meant if i in before])


def _insist_no_gap(before: Sheet, after: Sheet, meant: Collection[UUID], cover: Callable[[], Geometry]) -> None:
    was = union(before[i].ground for i in meant if i in before and before[i].level == GRID)
    now = union(after[i].ground for i in meant if i in after and after[i].level == GRID)
    added = now.difference(was)
    if thick(added) is None:
        return
    whole = cover()
    gaps = _gaps(whole)
    for gap in _gaps(union([whole, added])):
        point = shapely.point_on_surface(gap)
        if thick(gap) is not None and not any(old.contains(point) for old in gaps):
            raise _refused("border_leaves_hole", gap, [after[i].name for i in meant if i in after])


def _gaps(ground: Geometry) -> list[Geometry]:
    return [shapely.Polygon(ring) for piece in parts(ground) for ring in piece.interiors]


def _grids(sheet: Sheet) -> list[Geometry]:
    return [shape.ground for shape in sheet.values() if shape.level == GRID]


def _is_same(one: Shape | None, other: Shape | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.parent, one.name) == (other.parent, other.name) and lattice.is_same(one.ground, other.ground)


def _vanished(name: str, known: Shape | None) -> Problem:
    if known is None or known.ground.is_empty:
        return Problem("border_vanishes", names=[name])
    return Problem("border_vanishes", names=[name], place=place_of(known.ground))


def _too_short(points: Points) -> Problem:
    return Problem("border_too_short", place=_degrees(points[0])) if points else Problem("border_too_short")


def _refused(code: str, where: Geometry, names: list[str]) -> Problem:
    shown = outline_in_degrees(rings_of(shapely.set_precision(where, 1) if where.is_valid else where))
    return Problem(code, place=place_of(where), shape=shown, names=names)


def _where_invalid(ground: Geometry) -> list[float]:
    told = shapely.is_valid_reason(ground).partition("[")[2].rstrip("]").split()
    try:
        return _degrees([float(told[0]), float(told[1])])
    except (IndexError, ValueError):
        return _degrees(list(ground.exterior.coords[0]))


def _degrees(point: Sequence[float]) -> list[float]:
    return [point[0] / lattice.SCALE, point[1] / lattice.SCALE]
