"""Edits of borders on a small quilt of grids: whatever is drawn, no two overlap, no ground is lost, micro-grids stay inside."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.areas import editing, lattice
from server.areas.editing import Hand
from server.areas.lattice import GRID, MICRO, Shape, Sheet, rings_of
from server.kernel.ids import new_id
from server.kernel.problems import Problem

WEST, SOUTH, SIDE = 1_209_000_000, 305_000_000, 40_009
VILLAGE, OTHER_VILLAGE = UUID(int=1), UUID(int=2)
ACROSS = 3


def quilt() -> dict[UUID, Shape]:
    """Nine square grids, the last column in another village; those of the first row with two micro-grids that fill them."""
    sheet: dict[UUID, Shape] = {}
    for number in range(ACROSS * ACROSS):
        column, row = number % ACROSS, number // ACROSS
        x, y = WEST + column * SIDE, SOUTH + row * SIDE
        village = OTHER_VILLAGE if column == ACROSS - 1 else VILLAGE
        grid = UUID(int=100 + number)
        sheet[grid] = Shape(GRID, village, shapely.box(x, y, x + SIDE, y + SIDE), f"网格{number}", "village")
        if row:
            continue
        half = x + SIDE // 2
        sheet[UUID(int=200 + 2 * number)] = Shape(MICRO, grid, shapely.box(x, y, half, y + SIDE), f"微{number}西")
        sheet[UUID(int=201 + 2 * number)] = Shape(
            MICRO, grid, shapely.box(half, y, x + SIDE, y + SIDE), f"微{number}东"
        )
    return sheet


def doubled(ring: list[list[int]]) -> int:
    """Twice the area within a ring, exactly."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)))


def area_of(ground: lattice.Geometry) -> int:
    """Twice the area, exactly: islands are taken away."""
    total = 0
    for piece in lattice.parts(ground):
        outer, *islands = rings_of(piece)
        total += doubled(outer) - sum(doubled(island) for island in islands)
    return total


def grounds(sheet: Sheet, level: str, parent: UUID | None = None) -> list[lattice.Geometry]:
    return [s.ground for s in sheet.values() if s.level == level and parent in (None, s.parent)]


def is_whole(sheet: Sheet) -> None:
    """Exact: edges of neighbours are equal, areas add up, nothing is enclosed, each micro-grid lies in its grid."""
    grids = grounds(sheet, GRID)
    assert shapely.coverage_is_valid(grids)
    cover = shapely.coverage_union_all(grids)
    assert sum(map(area_of, grids)) == area_of(lattice.surfaces(cover))
    assert not any(piece.interiors for piece in lattice.parts(cover))
    for area, shape in sheet.items():
        assert all(isinstance(value, int) for ring in rings_of(shape.ground) for point in ring for value in point)
        if shape.level == GRID:
            micros = grounds(sheet, MICRO, area)
            assert not micros or shapely.coverage_is_valid(micros)
            for micro in micros:
                rest = shapely.difference(micro, shape.ground, grid_size=1)
                assert rest.is_empty, (shape.name, rest)


def hand() -> Hand:
    return Hand(new_id)


def judged(before: Sheet, after: dict[UUID, Shape]) -> editing.Edited:
    return editing.judged(before, after, lambda: lattice.union(grounds(before, GRID)))


def square(x: float, y: float, size: float) -> list[tuple[float, float]]:
    """In sides of a grid from the south-west corner."""
    corners = ((x, y), (x + size, y), (x + size, y + size), (x, y + size))
    return [(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in corners]


def new_grid(sheet: Sheet, points: list[tuple[float, float]], kind: str = "village", **told: bool) -> dict[UUID, Shape]:
    shape = Shape(GRID, VILLAGE, editing.outline(points), "新网格", kind, is_new=True)
    own = [area for area, s in sheet.items() if s.level == GRID and s.parent == VILLAGE]
    return editing.draw(sheet, new_id(), shape, own=own, trim=told.get("trim", False), hand=hand())


def refusal(sheet: Sheet, after: dict[UUID, Shape]) -> Problem:
    with pytest.raises(Problem) as caught:
        judged(sheet, after)
    return caught.value


def test_a_grid_over_another_is_refused_with_its_place() -> None:
    problem = refusal(quilt(), new_grid(quilt(), square(2.5, -0.5, 1)))
    assert problem.code == "border_overlaps"
    assert set(problem.fields["names"]) == {"新网格", "网格2"}
    x, y = (problem.fields["place"][0] * lattice.SCALE, problem.fields["place"][1] * lattice.SCALE)
    assert WEST + 2.5 * SIDE < x < WEST + 3 * SIDE and SOUTH < y < SOUTH + 0.5 * SIDE
    assert problem.fields["shape"]


def test_what_overlaps_can_be_cut_off() -> None:
    sheet = quilt()
    after = judged(sheet, new_grid(sheet, square(2.5, -0.5, 1), trim=True)).sheet
    is_whole(after)
    (drawn,) = (s for s in after.values() if s.is_new)
    assert area_of(drawn.ground) == pytest.approx(2 * 0.75 * SIDE * SIDE, rel=1e-3)


def test_a_gap_closed_in_between_grids_is_refused() -> None:
    sheet = quilt()
    ring = [(3, 0), (4, 0), (4, 3), (3, 3), (3, 2), (3.5, 2), (3.5, 1), (3, 1)]
    points = [(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in ring]
    assert refusal(sheet, new_grid(sheet, points)).code == "border_leaves_hole"


def test_ground_left_to_nobody_is_refused_and_given_to_a_neighbour_taken() -> None:
    sheet = {area: shape for area, shape in quilt().items() if shape.level == GRID}
    smaller = editing.outline(square(0, 0, 0.8))
    problem = refusal(sheet, editing.move(sheet, UUID(int=100), smaller, None))
    assert problem.code == "border_leaves_hole"
    ring = [(0, 0), (0.8, 0), (0.8, 1), (0, 1)]
    narrower = editing.outline([(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in ring])
    after = judged(sheet, editing.move(sheet, UUID(int=100), narrower, UUID(int=101))).sheet
    is_whole(after)
    assert after[UUID(int=101)].ground.area > sheet[UUID(int=101)].ground.area


def test_a_micro_grid_does_not_leave_its_grid() -> None:
    sheet = quilt()
    ring = [(0, 0), (0.8, 0), (0.8, 1), (0, 1)]
    narrower = editing.outline([(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in ring])
    problem = refusal(sheet, editing.move(sheet, UUID(int=100), narrower, UUID(int=101)))
    assert (problem.code, problem.fields["names"]) == ("micro_leaves_grid", ["微0东"])
    beyond = Shape(MICRO, UUID(int=100), editing.outline(square(-0.5, 0.2, 0.2)), "外", is_new=True)
    after = editing.draw(sheet, new_id(), beyond, own=(), trim=False, hand=hand())
    assert refusal(sheet, after).code == "micro_leaves_grid"


def test_a_line_splits_a_grid_and_its_micro_grids_follow() -> None:
    sheet, by = quilt(), hand()
    line = [(WEST - 10, SOUTH + SIDE // 3), (WEST + SIDE + 10, SOUTH + SIDE // 3 + 7)]
    after = judged(sheet, editing.split(sheet, UUID(int=100), line, "新", by)).sheet
    is_whole(after)
    (fresh,) = (area for area, s in after.items() if s.is_new and s.level == GRID)
    assert after[fresh].came_from == UUID(int=100)
    parts = [s for s in after.values() if s.level == MICRO and s.parent == fresh]
    assert {s.came_from for s in parts} == {UUID(int=200), UUID(int=201)}
    assert by.heirs == {}, "both micro-grids are cut, neither ends"


def test_a_micro_grid_on_the_far_side_goes_over_whole() -> None:
    sheet, by = quilt(), hand()
    middle = WEST + SIDE // 2
    after = judged(
        sheet, editing.split(sheet, UUID(int=100), [(middle, SOUTH - 9), (middle, SOUTH + SIDE + 9)], "新", by)
    )
    assert len(by.heirs) == 1
    ((old, new),) = by.heirs.items()
    assert old not in after.sheet and after.sheet[new].came_from == old


@pytest.mark.parametrize(
    "line", [[(0.2, 0.5), (0.8, 0.5)], [(-0.5, 0.2), (0.5, 0.2), (0.5, 0.8), (-0.5, 0.8), (1.5, 0.9)]]
)
def test_a_line_that_does_not_cut_in_two_is_refused(line: list[tuple[float, float]]) -> None:
    points = [(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in line]
    with pytest.raises(Problem) as caught:
        editing.split(quilt(), UUID(int=100), points, "新", hand())
    assert caught.value.code == "split_misses"


def test_merged_grids_are_neighbours_of_one_village() -> None:
    sheet, by = quilt(), hand()
    after = judged(sheet, editing.merge(sheet, [UUID(int=100), UUID(int=101)], by)).sheet
    is_whole(after)
    assert UUID(int=101) not in after and by.heirs[UUID(int=101)] == UUID(int=100)
    assert len(grounds(after, MICRO, UUID(int=100))) == 4
    assert refusal(sheet, editing.merge(sheet, [UUID(int=100), UUID(int=104)], hand())).code == "border_in_pieces"
    with pytest.raises(Problem) as caught:
        editing.merge(sheet, [UUID(int=101), UUID(int=102)], hand())
    assert caught.value.code == "merge_elsewhere"


def test_a_special_area_is_cut_out_of_the_grids_beneath_it() -> None:
    sheet = quilt()
    after = judged(sheet, new_grid(sheet, square(0.7, 0.7, 0.6), kind=editing.SPECIAL)).sheet
    is_whole(after)
    inside = judged(sheet, new_grid(sheet, square(0.3, 0.3, 0.3), kind=editing.SPECIAL)).sheet
    is_whole(inside)
    assert len(rings_of(inside[UUID(int=100)].ground)) == 2, "an island"
    foreign = refusal(sheet, new_grid(sheet, square(1.7, 0.7, 0.6), kind=editing.SPECIAL))
    assert foreign.code == "border_overlaps", "another authority's ground"


def test_an_outline_that_crosses_itself_or_is_a_line_is_refused() -> None:
    for points, code in (
        ([(0, 0), (100, 100), (100, 0), (0, 100)], "border_crosses_itself"),
        ([(0, 0), (100, 100), (0, 0)], "border_too_short"),
        ([(0, 0), (100, 100), (200, 200)], "border_crosses_itself"),
        ([], "border_too_short"),
    ):
        with pytest.raises(Problem) as caught:
            editing.outline(points)
        assert caught.value.code == code


def test_a_point_near_a_corner_or_a_line_is_put_on_it() -> None:
    ground = [quilt()[UUID(int=100)].ground]
    near = [(WEST + 3, SOUTH - 4), (WEST + 5, SOUTH + 7000), (WEST - 900, SOUTH + 7000)]
    assert lattice.snapped(near, ground, 50) == [
        (WEST, SOUTH),
        (WEST, SOUTH + 7000),
        (WEST - 900, SOUTH + 7000),
    ]


def test_an_old_outline_that_touches_itself_is_read_by_the_even_odd_rule() -> None:
    eight = [[[0, 0], [10, 0], [10, 10], [20, 10], [20, 20], [10, 20], [10, 10], [0, 10], [0, 0]]]
    assert lattice.ground_of(eight).is_valid
    assert area_of(lattice.ground_of(eight)) == 2 * 200


point = st.tuples(st.floats(-0.6, 3.6), st.floats(-0.6, 3.6))
step = st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
which = st.integers(0, 60)
acts = st.one_of(
    st.tuples(st.just("split"), which, st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.booleans()),
    st.tuples(st.just("merge"), which, which),
    st.tuples(st.just("nudge"), which, which, which, step),
    st.tuples(st.just("alone"), which, which, step),
    st.tuples(st.just("draw"), point, st.floats(0.05, 1.2), st.sampled_from(["village", "special_area", "trim"])),
    st.tuples(st.just("micro"), which, step, st.floats(0.05, 0.6)),
)


def on_map(points: Iterable[tuple[float, float]], sheet: Sheet) -> list[tuple[float, float]]:
    drawn = [(WEST + round(a * SIDE), SOUTH + round(b * SIDE)) for a, b in points]
    return lattice.snapped(drawn, [s.ground for s in sheet.values()], 40)


def beside(sheet: Sheet, area: UUID, number: int) -> UUID:
    """Another area of the same village or grid that touches this one, if there is one."""
    mine = sheet[area]
    found = [
        other
        for other in sorted(sheet)
        if other != area
        and (sheet[other].level, sheet[other].parent) == (mine.level, mine.parent)
        and sheet[other].ground.touches(mine.ground)
    ]
    return found[number % len(found)] if found else area


def nudged(sheet: Sheet, area: UUID, number: int, by: tuple[float, float]) -> lattice.Geometry:
    """The area's outline with one corner moved by parts of a side."""
    ring = [(float(x), float(y)) for x, y in rings_of(sheet[area].ground)[0][:-1]]
    x, y = ring[number % len(ring)]
    ring[number % len(ring)] = (float(round(x + by[0] * SIDE)), float(round(y + by[1] * SIDE)))
    return editing.outline(ring)


def told(sheet: Sheet, act: tuple[Any, ...]) -> dict[UUID, Shape]:
    """The sheet after one act of the strategy, before it is judged."""
    ids = sorted(sheet)
    grids = [area for area in ids if sheet[area].level == GRID]
    match act:
        case ("split", n, west, east, is_upright):
            area = ids[n % len(ids)]
            left, low, right, high = sheet[area].ground.bounds
            ends = [(left - 50, low + west * (high - low)), (right + 50, low + east * (high - low))]
            if is_upright:
                ends = [(left + west * (right - left), low - 50), (left + east * (right - left), high + 50)]
            cut = [(float(round(x)), float(round(y))) for x, y in ends]
            return editing.split(sheet, area, cut, "分", hand())
        case ("merge", n, m):
            area = ids[n % len(ids)]
            return editing.merge(sheet, [area, beside(sheet, area, m)], hand())
        case ("nudge", n, m, corner, by):
            area = ids[n % len(ids)]
            return editing.move(sheet, area, nudged(sheet, area, corner, by), beside(sheet, area, m))
        case ("alone", n, corner, by):
            area = ids[n % len(ids)]
            return editing.move(sheet, area, nudged(sheet, area, corner, by), None)
        case ("draw", (x, y), size, how):
            points = on_map([(x, y), (x + size, y), (x + size, y + size), (x, y + size)], sheet)
            return new_grid(sheet, points, "village" if how == "trim" else how, trim=how == "trim")
        case ("micro", n, (a, b), size):
            grid = grids[n % len(grids)]
            middle = sheet[grid].ground.representative_point()
            x, y = (middle.x - WEST) / SIDE + a, (middle.y - SOUTH) / SIDE + b
            points = on_map([(x, y), (x + size, y), (x + size, y + size), (x, y + size)], sheet)
            shape = Shape(MICRO, grid, editing.outline(points), "微", is_new=True)
            return editing.draw(sheet, new_id(), shape, own=(), trim=True, hand=hand())
    raise AssertionError(act)


@given(st.lists(acts, min_size=1, max_size=8))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_sequence_of_edits_leaves_overlap_or_hole(sequence: list[tuple[Any, ...]]) -> None:
    sheet: dict[UUID, Shape] = quilt()
    ground = area_of(lattice.surfaces(shapely.coverage_union_all(grounds(sheet, GRID))))
    for act in sequence:
        try:
            edited = judged(sheet, told(sheet, act))
        except Problem:
            continue
        sheet = edited.sheet
        is_whole(sheet)
        now = area_of(lattice.surfaces(shapely.coverage_union_all(grounds(sheet, GRID))))
        assert now >= ground - 8 * SIDE, "no ground is lost but the width of a line"
        ground = now
