"""Two towns of one county, and a second county: nothing of one is seen or touched from the other. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.db import transaction
from server.records.commands import archive_finished
from tests.strangers import DESKS_B, PHONES_B, add_strangers
from tests.sync.phone import Phone, hazard, visit
from tests.sync.test_office import Desk
from tests.sync.test_scope import case_of, outside, picture, refused_task, upload  # noqa: F401  the fixture by its name
from tests.world import World

FIRST = ("worker", "leader", "micro", "village", "town")


@pytest.fixture
def towns(app: Flask, world: World) -> World:
    add_strangers(app, world)
    return world


def hazard_b(towns: World, **more: Any) -> dict[str, Any]:
    return hazard(towns, grid_id=str(towns.areas["grid_b"]), place=None, note="邻镇隐患", **more)


def streams_of(towns: World, who: str) -> set[str]:
    """docs/wire.md §2, written out for the second town and the second county."""
    a = towns.areas
    common = {"city", f"person:{towns.people[who]}"}
    if who == "county_b":
        return common | {"county:330481", f"area:{a['county_b']}"}
    common |= {"county:330424", f"area:{a['county']}", f"area:{a['town_b']}"}
    if who == "town_b":
        return common
    common |= {f"area:{a['village_b']}"}
    return common if who == "village_b" else common | {f"grid:{a['grid_b']}", f"micro:{a['micro_b']}"}


@pytest.mark.parametrize("who", PHONES_B + DESKS_B)
def test_a_stranger_pulls_the_own_streams_alone(app: Flask, towns: World, who: str) -> None:
    care = visit(towns, matter_code="VIS-01", household_id=str(towns.households[0]), plan_id=str(towns.care_plan))
    worker, own = Phone(app, "worker"), Phone(app, "worker_b")
    told, theirs = hazard(towns), hazard_b(towns)
    for name, payload in (("hazards.report", told), ("visits.report", care)):
        assert worker.do(name, payload)["outcome"] == "applied"
    assert own.do("hazards.report", theirs)["outcome"] == "applied"
    phone = Phone(app, who)
    rows = phone.pull()
    assert phone.streams == streams_of(towns, who)
    assert {row["_stream"] for kind in rows.values() for row in kind.values()} <= phone.streams
    assert set(rows.get("record", {})) == ({theirs["id"]} if who in PHONES_B else set())
    assert set(rows.get("household", {})) == ({str(towns.households[-1])} if who in PHONES_B else set())


@pytest.mark.parametrize("who", FIRST)
def test_the_first_town_holds_nothing_of_the_second(app: Flask, towns: World, who: str) -> None:
    theirs = hazard_b(towns)
    assert Phone(app, "worker_b").do("hazards.report", theirs)["outcome"] == "applied"
    rows = Phone(app, who).pull()
    assert theirs["id"] not in rows.get("record", {})
    assert str(towns.households[-1]) not in rows.get("household", {})
    assert "赵" not in str(rows), "nor the name of anybody there"


@pytest.mark.parametrize("who", PHONES_B + DESKS_B)
def test_every_act_on_an_object_of_the_other_town_is_not_found(app: Flask, towns: World, who: str) -> None:
    worker = Phone(app, "worker")
    told = hazard(towns)
    worker.do("hazards.report", told)
    task, refusal = refused_task(app, towns, worker)
    case = case_of(app, towns, told["id"])
    before = worker.pull()
    stranger = Phone(app, who)
    for name, payload, version in outside(towns, told["id"], task, refusal, case):
        result = stranger.do(name, payload, base_version=version)
        assert (result["outcome"], result["problem"]["code"]) == ("refused", "not_found"), (name, result)
        assert "server" not in result
    after = worker.pull()
    assert (after["record"], after["task"]) == (before["record"], before["task"])


@pytest.mark.parametrize("who", PHONES_B + DESKS_B)
def test_a_photo_of_the_other_town_does_not_exist(app: Flask, towns: World, who: str, picture: bytes) -> None:  # noqa: F811
    worker = Phone(app, "worker")
    sha256 = upload(worker, picture)
    told = hazard(towns, photos=[{"sha256": sha256, "role": "scene"}])
    assert worker.do("hazards.report", told)["outcome"] == "applied"
    assert Phone(app, who).client.get(f"/api/v1/photos/{sha256}").status_code == 404
    assert Phone(app, "leader").client.get(f"/api/v1/photos/{sha256}").status_code == 200


def test_no_archive_reaches_into_the_other_town(app: Flask, towns: World) -> None:
    told = hazard(towns, fixed_on_spot=True)
    Phone(app, "worker").do("hazards.report", told)
    Phone(app, "leader").do("approvals.approve", {"record_id": told["id"]}, base_version=1)
    with app.app_context(), transaction() as session:
        assert archive_finished(session, clock.now() + 1) == 1
    for who, count in (("leader", 1), *((stranger, 0) for stranger in PHONES_B + DESKS_B)):
        assert len(Phone(app, who).client.get("/api/v1/archive").json["rows"]) == count, who


def test_the_towns_pages_tell_nothing_of_each_other(app: Flask, towns: World) -> None:
    """Refusals, announced work and what waits for review stand on the page of the own town alone."""
    for username, grid in (("worker", "grid"), ("worker_b", "grid_b")):
        phone = Phone(app, username)
        refused = hazard(towns, grid_id=str(towns.areas[grid]), matter_code="NOPE", place=None)
        assert phone.do("hazards.report", refused)["outcome"] == "refused"
        waiting = [
            {"lane": "normal", "seq": 9, "id": str(new_id()), "name": "visits.report", "made_at": 1_700_000_000_000}
        ]
        assert phone.push(waiting=waiting).status_code == 200
    Phone(app, "leader").do("hazards.report", hazard(towns, note="本镇网格长上报"))
    Phone(app, "leader_b").do("hazards.report", hazard_b(towns))
    first, second = Desk(app, "town"), Desk(app, "town_b")
    for desk, own, other in ((first, "张worker", "赵worker_b"), (second, "赵worker_b", "张worker")):
        page = desk.read("/office/outboxes")
        assert page.count(own) >= 2 and other not in page
    assert "本镇网格长上报" in first.read("/office/review") and "邻镇隐患" not in first.read("/office/review")
    assert "邻镇隐患" in second.read("/office/review") and "本镇网格长上报" not in second.read("/office/review")
