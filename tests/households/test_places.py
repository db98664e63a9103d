"""Shops, sites, facilities and check points: who may save them, how edits meet, which are planned."""

from __future__ import annotations

from uuid import uuid4

import pytest

from server.households import commands, queries
from server.kernel import stream_keys
from server.kernel.problems import Conflict, Problem
from tests.county import entries


def new(world, **more) -> dict:
    return {
        "id": uuid4(), "grid_id": world.areas["grid"], "kind": "shop", "name": "便民超市", "address": "横港路1号",
        "lng": 120.915, "lat": 30.505, "radius_m": 30, "matters": ["HAZ-01"], **more,
    }  # fmt: skip


def refused(code: str):
    return pytest.raises(Problem, match=f"^{code}$")


def test_a_new_place_goes_to_the_grids_stream(session, acts, world) -> None:
    found = commands.save_place(session, acts.by("parttime"), new(world, micro_grid_id=world.areas["micro2"]))
    assert entries(session, stream_keys.grid(world.areas["grid"]), "place")[found.id] == "put"
    row = queries.feed_rows(session, "place", [found.id])[found.id]
    assert (row["lng"], row["lat"], row["matters"], row["in_plan"]) == (120.915, 30.505, ["HAZ-01"], False)


@pytest.mark.parametrize(
    ("username", "code"), [("worker3", "not_found"), ("micro", "not_found"), ("county", "not_allowed")]
)
def test_only_the_grids_staff_and_its_village_and_town_save_places(session, acts, world, username, code) -> None:
    with refused(code):
        commands.save_place(session, acts.by(username), new(world))


@pytest.mark.parametrize("micro", ["other_micro1", "none"])
def test_a_place_lies_in_a_micro_grid_of_its_own_grid(session, acts, world, micro) -> None:
    with refused("place_elsewhere"):
        commands.save_place(session, acts.by("worker"), new(world, micro_grid_id=world.areas.get(micro, uuid4())))


def test_matters_of_a_place_merge_as_a_set(session, acts, world) -> None:
    place = world.places[0]
    commands.save_place(session, acts.by("worker", 2), {"id": place, "changes": {"matters": ["HAZ-01", "HAZ-03"]}})
    found = commands.save_place(session, acts.by("worker2", 2), {"id": place, "changes": {"matters": ["HAZ-06"]}})
    assert sorted(found.matters) == ["HAZ-03", "HAZ-06"]  # one added 03, the other took 01 away and added 06


def test_a_position_changed_twice_is_a_conflict(session, acts, world) -> None:
    place = world.places[0]
    commands.save_place(session, acts.by("worker", 2), {"id": place, "changes": {"lng": 120.9151234}})
    assert queries.feed_rows(session, "place", [place])[place]["lng"] == 120.9151234
    with pytest.raises(Conflict) as caught:
        commands.save_place(session, acts.by("worker2", 2), {"id": place, "changes": {"lng": 120.9}})
    assert caught.value.differing == ("lng",)


def test_the_planned_check_points_are_exactly_those_named(session, world) -> None:
    commands.plan_places(session, world.areas["grid"], {world.places[1]})
    session.flush()
    assert [p.id for p in queries.planned_places(session, world.areas["grid"])] == [world.places[1]]
    rows = queries.feed_rows(session, "place", world.places)
    assert [rows[p]["in_plan"] for p in world.places] == [False, True, False]
