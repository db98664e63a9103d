"""How an outline is drawn and what a search finds, without a database."""

from __future__ import annotations

import re

import pytest

from server.boards import rules
from server.kernel.geo import Position, to_units


def square(west: float, south: float, size: float) -> list[list[int]]:
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return [[to_units(x), to_units(y)] for x, y in corners]


def test_an_outline_stays_in_its_frame_and_north_is_up() -> None:
    path = rules.outline_path([square(120.9, 30.5, 0.01)])
    points = [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
    assert len(points) == 4 and path.count("z") == 1
    assert all(0 <= x <= rules.SIDE and 0 <= y <= rules.SIDE for x, y in points)
    (west, south), (east, _), (_, north), _ = points
    assert north < south and west < east
    assert 0.8 < (east - west) / (south - north) < 0.9, "a degree of longitude is shorter here"


def test_no_border_draws_nothing_and_a_long_one_is_thinned() -> None:
    assert rules.outline_path([]) == ""
    ring = [[to_units(120.9) + at * 100, to_units(30.5) + at % 7] for at in range(5_000)]
    assert len(rules.outline_path([[*ring, ring[0]]])) < 8_000


def test_a_hole_is_not_inside() -> None:
    rings = [square(120.9, 30.5, 0.01), square(120.902, 30.502, 0.004)]
    assert rules.holds(rings, Position(120.901, 30.501))
    assert not rules.holds(rings, Position(120.903, 30.503)) and not rules.holds(rings, Position(121.0, 30.5))


@pytest.mark.parametrize(
    ("asked", "names", "finds"),
    [
        ("百步镇横港村3组12号", ["横港村第一网格", "横港村", "百步镇"], True),
        ("横港", ["横港村第一网格", "横港村", "百步镇"], True),
        ("新建路5号", ["第二网格", "镇北社区", "新建路，文昌路以东"], True),
        ("横港村", ["五丰村第一网格", "五丰村"], False),
        ("村", ["横港村"], False),
        ("", ["横港村"], False),
        ("%_'\"<script>", ["横港村"], False),
    ],
)
def test_an_address_finds_its_place(asked: str, names: list[str], finds: bool) -> None:
    assert bool(rules.score(asked, names)) is finds


def test_the_village_named_beats_the_town_named() -> None:
    asked = "百步镇横港村3组"
    assert rules.score(asked, ["横港村第一网格", "横港村", "百步镇"]) > rules.score(asked, ["五丰村", "百步镇"])


def test_a_poster_is_old_until_today_s_is_confirmed() -> None:
    mark = rules.mark_of({"name": "甲"})
    assert rules.needs_update(None, mark) and rules.needs_update(rules.mark_of({"name": "乙"}), mark)
    assert not rules.needs_update(mark, rules.mark_of({"name": "甲"}))
