"""Which office sees an act: the one above the grid that it belongs to, wherever its author works or worked. On both databases."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.people.commands import appoint
from server.platform.db import transaction
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.sync.test_office import Desk, leave, sealed
from tests.world import World


@pytest.fixture
def moved(app: Flask, world: World) -> World:
    """``worker`` has left the first town; since today works in the second."""
    add_strangers(app, world)
    leave(app, world, "worker")
    with app.app_context(), transaction() as session:
        appoint(
            session,
            person_id=world.people["worker"],
            role="full_time_worker",
            org_unit_id=world.areas["village_b"],
            grid_id=world.areas["grid_b"],
            from_day=clock.today(),
        )
    return world


def seen_by(app: Flask, desk: str) -> int:
    return Desk(app, desk).read("/office/outboxes").count("张worker")


@pytest.mark.parametrize("grid", ["grid", "grid_b"])
def test_a_refusal_stands_with_the_town_of_the_grid_that_it_names(app: Flask, moved: World, grid: str) -> None:
    phone = Phone(app, "worker")
    told = hazard(moved, grid_id=str(moved.areas[grid]), matter_code="NOPE", place=None)
    assert phone.do("hazards.report", told)["outcome"] == "refused"
    first, second = seen_by(app, "town"), seen_by(app, "town_b")
    assert (bool(first), bool(second)) == ((grid == "grid"), (grid == "grid_b"))


def test_an_act_that_names_no_grid_stands_where_its_author_worked_on_the_day(app: Flask, moved: World) -> None:
    phone = Phone(app, "worker")
    assert phone.do("approvals.approve", {"record_id": str(new_id())}, base_version=1)["outcome"] == "refused"
    assert (seen_by(app, "town"), seen_by(app, "town_b") > 0) == (0, True)


def test_what_is_announced_and_lost_stands_where_its_author_works(app: Flask, moved: World) -> None:
    phone = Phone(app, "worker")
    waiting = {"lane": "normal", "seq": 9, "id": str(new_id()), "name": "visits.report", "made_at": clock.now()}
    assert phone.push(waiting=[waiting]).status_code == 200
    assert phone.push(lost=[{"lane": "normal", "from": 1, "to": 3}]).status_code == 200
    assert (seen_by(app, "town"), seen_by(app, "town_b") > 0) == (0, True)


def test_a_grid_that_the_author_never_worked_in_is_not_believed(app: Flask, world: World) -> None:
    add_strangers(app, world)
    told = hazard(world, grid_id=str(world.areas["grid_b"]), place=None)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "refused"
    assert (seen_by(app, "town") > 0, seen_by(app, "town_b")) == (True, 0)


def test_the_old_town_takes_nothing_in_that_was_done_in_the_new_one(app: Flask, moved: World) -> None:
    phone = Phone(app, "worker")
    phone.push()
    told = phone.mutation("hazards.report", hazard(moved, grid_id=str(moved.areas["grid_b"]), place=None))
    leave(app, moved, "worker")
    assert phone.push(told).json["results"][0]["problem"]["code"] == "no_longer_in_post"
    path = f"/office/outboxes/{told['id']}/take-in"
    assert Desk(app, "town").submit(path, "/office/outboxes").status_code == 404
    assert Desk(app, "town_b").submit(path, "/office/outboxes").status_code == 200


def test_a_refusal_of_a_micro_grid_leader_is_seen(app: Flask, world: World) -> None:
    assert Phone(app, "micro").do("approvals.approve", {"record_id": str(new_id())}, base_version=1)["problem"]
    assert "张micro" in Desk(app, "town").read("/office/outboxes")


def test_the_security_administrator_takes_in_a_file_under_its_authors_scope(app: Flask, world: World) -> None:
    add_strangers(app, world)
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    file = sealed(worker, [worker.mutation("hazards.report", hazard(world))])
    got = Desk(app, "secadmin").submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(file), "o.gwx"))
    assert got.status_code == 200 and "收到 1 条记录" in got.text, got.text
    (row,) = leader.pull()["record"].values()
    assert row["author_name"] == "张worker" and row["entered_by_other"] is True
    for desk in ("town_b", "county_b"):
        got = Desk(app, desk).submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(file), "o.gwx"))
        assert got.status_code == 404, desk
