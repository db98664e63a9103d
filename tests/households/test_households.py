"""Saving, merging, moving and closing a household; who may, and which stream hears of it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from server.households import commands, queries
from server.households.models import Household
from server.kernel import stream_keys
from server.kernel.problems import Conflict, Problem
from tests.county import entries


def new(world, micro: str = "micro1", **more) -> dict:
    return {
        "id": uuid4(), "micro_grid_id": world.areas[micro], "door": "横港路 88号", "contact_name": "沈小明",
        "contact_phone": "10512345678", **more,
    }  # fmt: skip


def refused(code: str):
    return pytest.raises(Problem, match=f"^{code}$")


def test_a_new_household_goes_to_its_micro_grids_stream_with_initials(session, acts, world) -> None:
    found = commands.save_household(session, acts.by("worker"), new(world))
    assert entries(session, stream_keys.micro(world.areas["micro1"]), "household")[found.id] == "put"
    row = queries.feed_rows(session, "household", [found.id])[found.id]
    assert (row["door"], row["initials"], row["version"]) == ("横港路 88号", "sxm", 1)
    assert row["grid_id"] == str(world.areas["grid"])
    assert "closed" not in row


@pytest.mark.parametrize("username", ["worker", "worker2", "parttime", "leader", "adviser", "micro"])
def test_whoever_serves_there_may_save(session, acts, world, username) -> None:
    assert commands.save_household(session, acts.by(username), new(world)).version == 1


@pytest.mark.parametrize(
    ("username", "micro", "code"),
    [
        ("worker3", "micro1", "not_found"),  # another grid's
        ("micro", "micro2", "not_found"),  # the micro-grid beside
        ("village", "micro1", "not_allowed"),
        ("county", "micro1", "not_allowed"),
    ],
)
def test_others_may_not(session, acts, world, username, micro, code) -> None:
    with refused(code):
        commands.save_household(session, acts.by(username), new(world, micro))


def test_a_micro_grid_that_is_not_there_is_not_found(session, acts, world) -> None:
    with refused("not_found"):
        commands.save_household(session, acts.by("worker"), new(world, micro_grid_id=uuid4()))


def test_the_same_household_twice_is_refused(session, acts, world) -> None:
    told = new(world)
    commands.save_household(session, acts.by("worker"), told)
    with refused("record_exists"):
        commands.save_household(session, acts.by("worker"), told)


def change(session, acts, world, who: str, seen: int | None, **changes) -> Household:
    told = {"id": world.households[0], "changes": changes}
    return commands.save_household(session, acts.by(who, seen), told)


def test_two_people_who_change_two_fields_both_keep_theirs(session, acts, world) -> None:
    change(session, acts, world, "worker", 1, contact_phone="10500000001")
    found = change(session, acts, world, "worker2", 1, contact_name="王芳")
    assert (found.contact_phone, found.contact_name, found.initials, found.version) == ("10500000001", "王芳", "wf", 3)


def test_the_same_field_changed_twice_is_for_a_person_to_decide(session, acts, world) -> None:
    change(session, acts, world, "worker", 1, contact_name="王芳")
    with pytest.raises(Conflict) as caught:
        change(session, acts, world, "worker2", 1, contact_name="王方", contact_phone="10500000002")
    assert (caught.value.code, caught.value.differing) == ("changed_meanwhile", ("contact_name",))
    assert session.get_one(Household, world.households[0]).contact_name == "王芳"


def test_the_same_change_twice_is_no_conflict(session, acts, world) -> None:
    change(session, acts, world, "worker", 1, contact_name="王芳")
    assert change(session, acts, world, "worker2", 1, contact_name="王芳").contact_name == "王芳"


def test_a_version_that_does_not_exist_yet_is_held_back(session, acts, world) -> None:
    with refused("base_version_missing"):
        change(session, acts, world, "worker", 7, contact_name="王芳")


def test_a_household_and_its_plan_move_to_the_micro_grid_beside(session, acts, world) -> None:
    found = commands.save_household(
        session, acts.by("worker", 1), {"id": world.households[1], "changes": {"micro_grid_id": world.areas["micro2"]}}
    )
    old, now = stream_keys.micro(world.areas["micro1"]), stream_keys.micro(world.areas["micro2"])
    assert (entries(session, old, "household")[found.id], entries(session, now, "household")[found.id]) == (
        "moved",
        "put",
    )
    assert (entries(session, old, "visit_plan"), entries(session, now, "visit_plan")) == (
        {world.plan: "moved"},
        {world.plan: "put"},
    )


@pytest.mark.parametrize("to", ["other_micro1", None])
def test_a_household_does_not_move_to_another_grid(session, acts, world, to) -> None:
    target: UUID = world.areas[to] if to else uuid4()
    with refused("household_elsewhere"):
        change(session, acts, world, "worker", 1, micro_grid_id=target)


def test_a_micro_grid_leader_does_not_push_a_household_out_of_the_own_micro_grid(session, acts, world) -> None:
    with refused("not_found"):
        change(session, acts, world, "micro", 1, micro_grid_id=world.areas["micro2"])


def close(session, acts, world, who: str = "worker", seen: int | None = 1, number: int = 1) -> Household:
    return commands.close_household(
        session, acts.by(who, seen), {"id": world.households[number], "reason": "moved_out"}
    )


def test_moved_out_closes_the_household_and_ends_its_plans(session, acts, world) -> None:
    found = close(session, acts, world)
    stream = stream_keys.micro(world.areas["micro1"])
    assert entries(session, stream, "visit_plan") == {world.plan: "gone"}
    assert entries(session, stream, "household")[found.id] == "put"
    assert queries.feed_rows(session, "household", [found.id])[found.id]["closed"] is True
    assert queries.feed_rows(session, "visit_plan", [world.plan]) == {}
    with refused("closed"):
        change_told = {"id": found.id, "changes": {"door": "1"}}
        commands.save_household(session, acts.by("worker", 2), change_told)


def test_closing_is_a_decision_and_never_merges(session, acts, world) -> None:
    commands.save_household(
        session, acts.by("worker"), {"id": world.households[1], "changes": {"contact_name": "王芳"}}
    )
    with pytest.raises(Conflict) as caught:
        close(session, acts, world, "worker2", seen=1)
    assert caught.value.code == "stale"
    close(session, acts, world, "worker", seen=2)
    with pytest.raises(Conflict) as caught:
        close(session, acts, world, "worker2", seen=2)
    assert caught.value.code == "already_decided"


def test_somebody_elses_household_is_not_there_to_close(session, acts, world) -> None:
    with refused("not_found"):
        close(session, acts, world, "worker3")
    with refused("not_found"):
        commands.close_household(session, acts.by("worker"), {"id": uuid4(), "reason": "duplicate"})


def test_equal_doors_are_found_without_reading_them(session, acts, world) -> None:
    found = commands.save_household(session, acts.by("worker"), new(world))
    same = queries.door_hash(world.areas["micro1"], " 横港路88号 ")
    other = queries.door_hash(world.areas["micro2"], "横港路88号")
    assert queries.known_doors(session, [same, other]) == {same} == {bytes(found.door_hash)}


def test_nothing_of_a_household_stands_in_clear(session, acts, world, app) -> None:
    commands.save_household(session, acts.by("worker"), new(world))
    change(session, acts, world, "worker", 1, contact_name="王芳芳芳")
    session.commit()
    dumped = repr(session.connection().exec_driver_sql("SELECT * FROM household").all())
    dumped += repr(session.connection().exec_driver_sql("SELECT * FROM field_change").all())
    for marker in ("横港路", "沈小明", "10512345678", "sxm", "李户主", "王芳芳芳"):
        assert marker not in dumped
        assert repr(marker.encode())[2:-1] not in dumped
