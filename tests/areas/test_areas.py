"""Units above a place, borders in force, and what a phone gets of them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from server.areas import commands, queries
from server.areas.models import Grid
from server.areas.rules import in_force, is_ring, outline_in_degrees, tier_of
from server.areas.schemas import GridRow, MicroGridRow, OrgUnitRow
from server.kernel import clock, stream_keys
from server.kernel.problems import Problem
from tests.county import entries

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]


def test_units_above_a_grid_come_nearest_first(session, world) -> None:
    names = [world.areas[n] for n in ("village", "town", "county", "city")]
    assert [u.id for u in queries.ancestors(session, world.areas["village"])] == names
    assert queries.thing_of_grid(session, world.areas["grid"]) == {"county_code": "330424", "units": tuple(names)}
    assert queries.units_of_grid(session, world.areas["grid"]) == tuple(names)


def test_a_grid_that_does_not_exist_is_unknown(session) -> None:
    with pytest.raises(Problem) as caught:
        queries.thing_of_grid(session, uuid4())
    assert caught.value.code == "grid_unknown"
    assert queries.place_of_grid(session, uuid4()) is None
    assert queries.units_of_grid(session, uuid4()) == ()


def test_a_circle_among_units_does_not_hang(session, world) -> None:
    units = [queries.unit(session, world.areas[n]) for n in ("village", "city")]
    units[1].parent_id = units[0].id
    session.flush()
    assert len(queries.ancestors(session, units[0].id)) == queries.DEEPEST


def test_grids_under_a_unit_are_those_of_all_below(session, world) -> None:
    both = {world.areas["grid"], world.areas["other_grid"]}
    assert {g.id for g in queries.grids_under(session, [world.areas["county"]])} == both
    assert {g.id for g in queries.grids_under(session, [world.areas["village"]])} == both
    assert queries.grids_under(session, [world.areas["dept"]]) == []


def test_a_closed_micro_grid_is_not_counted(session, world) -> None:
    first, second = queries.micro_grids_of(session, [world.areas["grid"]])
    second.closed_on = clock.today()
    session.flush()
    assert [m.id for m in queries.micro_grids_of(session, [world.areas["grid"]])] == [first.id]
    assert list(queries.feed_rows(session, "micro_grid", [first.id, second.id])) == [first.id]


def test_a_border_counts_from_its_day_and_ends_the_one_before(session, world) -> None:
    grid = session.get_one(Grid, world.areas["grid"])
    before = queries.borders_on(session, [grid.id], clock.today())[grid.id].rings
    tomorrow = clock.today() + timedelta(days=1)
    commands.set_border(session, grid, [SQUARE], tomorrow, "文〔2026〕1号")
    assert queries.borders_on(session, [grid.id], clock.today())[grid.id].rings == before
    assert queries.borders_on(session, [grid.id], tomorrow)[grid.id].rings == [SQUARE]
    assert entries(session, stream_keys.grid(grid.id), "grid") == {grid.id: "put"}


def test_a_border_drawn_again_for_the_same_day_replaces_it(session, world) -> None:
    grid, day = session.get_one(Grid, world.areas["grid"]), clock.today() + timedelta(days=3)
    for size in (10, 20):
        commands.set_border(session, grid, [[[x * size, y * size] for x, y in SQUARE]], day)
    assert queries.borders_on(session, [grid.id], day)[grid.id].rings == [[[x * 20, y * 20] for x, y in SQUARE]]


@pytest.mark.parametrize("ring", [SQUARE[:-1], [[0, 0], [1, 0], [0, 0]], [[0, 0], [1, 0], [1, 10**10], [0, 0]]])
def test_what_is_no_ring_is_no_border(session, world, ring) -> None:
    assert not is_ring(ring)
    with pytest.raises(Problem) as caught:
        commands.set_border(session, session.get_one(Grid, world.areas["grid"]), [ring], clock.today())
    assert caught.value.code == "invalid"


def test_what_phones_get_has_the_shape_of_the_contract(session, world) -> None:
    grid_id, micro_id = world.areas["grid"], world.areas["micro1"]
    grid = queries.feed_rows(session, "grid", [grid_id])[grid_id]
    GridRow().load(grid)
    assert grid["outline"] == [[[120.91, 30.5], [120.92, 30.5], [120.92, 30.51], [120.91, 30.51], [120.91, 30.5]]]
    assert (grid["village_name"], grid["town_name"], grid["kind"]) == ("village", "town", "village")
    MicroGridRow().load(queries.feed_rows(session, "micro_grid", [micro_id])[micro_id])
    units = [world.areas[name] for name in ("village", "town", "county", "city", "dept")]
    rows = queries.feed_rows(session, "org_unit", units)
    assert [rows[u]["kind"] for u in units[:3]] == ["village", "town", "county"]
    assert set(rows) == set(units[:3])  # a city or a department is no row of the phone
    OrgUnitRow(many=True).load(list(rows.values()))


def test_dates_are_half_open() -> None:
    day = clock.today()
    old = SimpleNamespace(from_day=day - timedelta(days=9), to_day=day)
    new = SimpleNamespace(from_day=day, to_day=None)
    assert in_force([old, new], day) is new
    assert in_force([old, new], day - timedelta(days=1)) is old
    assert in_force([old, new], day - timedelta(days=10)) is None


def test_a_position_keeps_seven_digits() -> None:
    assert outline_in_degrees([[[1209100001, 305000009]]]) == [[[120.9100001, 30.5000009]]]


def test_zones_stand_as_counties_and_subdistricts_as_towns() -> None:
    assert [tier_of(k) for k in ("community", "subdistrict", "zone", "department")] == [
        "village",
        "town",
        "county",
        None,
    ]
