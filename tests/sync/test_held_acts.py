"""After a restore: acts that lean on what another phone has yet to bring back wait, wake each other, and end. Both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id, parse_id
from server.people.queries import holder_of
from server.platform.db import transaction
from server.records.models import Record
from server.sync import commands, epochs, holding
from server.sync.applying import Sender
from server.sync.models import MutationLog
from server.sync.schemas import Push
from tests.sync.phone import Phone, hazard, patrol, visit
from tests.world import World


@pytest.fixture(autouse=True)
def restored(app: Flask, world: World) -> None:
    with app.app_context(), transaction() as session:
        epochs.begin(session, "restore")


def held(app: Flask) -> list[str]:
    with app.app_context(), transaction() as session:
        return list(session.scalars(sa.select(MutationLog.name).where(MutationLog.outcome == "held")))


def late(phone: Phone, mutation_id: str) -> str:
    row = phone.pull().get("outcome", {}).get(mutation_id)
    return str(row["outcome"]) if row else "none"


def household(world: World) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "micro_grid_id": str(world.areas["micro1"]),
        "door": "横港路九号",
        "contact_name": "李",
        "contact_phone": "13900000009",
    }


def place(world: World) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "kind": "shop",
        "name": "小店",
        "address": "横港路",
        "lng": 120.915,
        "lat": 30.505,
        "radius_m": 50,
        "matters": ["HAZ-01"],
    }


def test_acts_that_lean_on_a_row_not_yet_brought_back_wait_for_it(app: Flask, world: World) -> None:
    worker, other = Phone(app, "worker"), Phone(app, "worker2")
    lost, home, shop = hazard(world), household(world), place(world)
    own = hazard(world)
    other.do("hazards.report", own)
    check = [{"place_id": shop["id"], "result": "normal", "at": clock.now()}]
    relook = {"id": str(new_id()), "hazard_id": lost["id"], "outcome": "fixed", "note": "", "photos": []}
    acts = [
        other.mutation("hazards.relook", relook),
        other.mutation("visits.report", visit(world, household_id=home["id"], plan_id=None)),
        other.mutation("patrols.report", patrol(world, checks=check)),
        other.mutation("hazards.report", hazard(world, place_id=shop["id"])),
        other.mutation("records.correct", {"id": own["id"], "changes": {"place_id": shop["id"]}}, base_version=1),
    ]
    assert [r["outcome"] for r in other.push(*acts).json["results"]] == ["held"] * 5
    for name, row in (("hazards.report", lost), ("households.save", home), ("places.save", shop)):
        assert worker.do(name, row)["outcome"] == "applied", name
    assert held(app) == []
    assert {late(other, act["id"]) for act in acts} == {"applied"}


def test_an_act_that_leans_on_two_lost_rows_waits_for_both(app: Flask, world: World) -> None:
    worker, other = Phone(app, "worker"), Phone(app, "worker2")
    shops = [place(world), place(world)]
    checks = [{"place_id": shop["id"], "result": "normal", "at": clock.now()} for shop in shops]
    told = patrol(world, checks=checks)
    act = other.mutation("patrols.report", told)
    other.push(act)
    for shop, names in zip(shops, (["patrols.report"], []), strict=True):
        worker.do("places.save", shop)
        assert held(app) == names
    assert late(other, act["id"]) == "applied"
    with app.app_context(), transaction() as session:
        kept = session.get_one(MutationLog, parse_id(act["id"]))
        assert (kept.object_kind, str(kept.object_id)) == ("record", told["id"])


def test_held_acts_wake_each_other_whatever_the_order_in_which_they_came(app: Flask, world: World) -> None:
    worker, leader, adviser = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "adviser")
    told = hazard(world)
    ruled = adviser.mutation("approvals.rule", {"record_id": told["id"], "upheld": True}, base_version=3)
    adviser.push(ruled)
    reported = worker.mutation("hazards.report", told)
    disputed = worker.mutation("approvals.dispute", {"record_id": told["id"]}, base_version=2)
    assert [r["outcome"] for r in worker.push(reported, disputed).json["results"]] == ["applied", "held"]
    assert sorted(held(app)) == ["approvals.dispute", "approvals.rule"]
    leader.do("approvals.return", {"record_id": told["id"], "reason": "unclear"}, base_version=1)
    assert held(app) == []
    row = worker.pull()["record"][told["id"]]
    assert (row["version"], row["review"]["status"]) == (4, "approved")
    assert late(adviser, ruled["id"]) == late(worker, disputed["id"]) == "applied"


def test_what_the_office_took_in_stays_marked_as_such_when_it_was_held(app: Flask, world: World) -> None:
    worker, other = Phone(app, "worker"), Phone(app, "worker2")
    home = household(world)
    told = visit(world, household_id=home["id"], plan_id=None)
    file = {
        "device_id": str(other.device_id),
        "person": other.person,
        "epoch": "file",
        "mutations": [other.mutation("visits.report", told)],
    }
    with app.app_context(), transaction() as session:
        person = holder_of(session, world.people["worker2"], clock.today())
        sender = Sender(person, other.device_id, taken_in_by=world.people["town"])
        assert commands.push(session, sender, Push().load(file))["results"][0]["outcome"] == "held"
    worker.do("households.save", home)
    with app.app_context(), transaction() as session:
        assert session.scalars(sa.select(Record.entered_by)).one() == world.people["town"]


def test_what_never_comes_is_given_up_after_seven_days_and_what_came_unseen_is_not(app: Flask, world: World) -> None:
    worker, other = Phone(app, "worker"), Phone(app, "worker2")
    home = household(world)
    waits = other.mutation("visits.report", visit(world, household_id=home["id"], plan_id=None))
    never = other.mutation("visits.report", visit(world, household_id=str(new_id()), plan_id=None))
    other.push(waits, never)
    began = clock.now()
    with app.app_context(), transaction() as session:
        epoch = epochs.newest(session)
        assert epoch is not None
        epoch.began_at -= 30 * clock.DAY_MS  # as if it came while another transaction was holding the visit
    worker.do("households.save", home)
    assert len(held(app)) == 2
    with app.app_context(), transaction() as session:
        assert holding.give_up_held(session, began) == 0
    assert late(other, waits["id"]) == "applied" and len(held(app)) == 1
    with app.app_context(), transaction() as session:
        assert holding.give_up_held(session, began + 8 * clock.DAY_MS) == 1
    assert other.pull()["outcome"][never["id"]]["problem"]["code"] == "base_version_missing"


def test_a_change_or_a_decision_without_the_version_seen_is_refused(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told, shop = hazard(world), place(world)
    worker.do("hazards.report", told)
    worker.do("places.save", shop)
    home = str(world.households[1])
    for phone, name, payload in (
        (worker, "records.correct", {"id": told["id"], "changes": {"note": "盲写"}}),
        (leader, "approvals.approve", {"record_id": told["id"]}),
        (leader, "approvals.return", {"record_id": told["id"], "reason": "unclear"}),
        (worker, "households.save", {"id": home, "changes": {"contact_name": "盲写"}}),
        (worker, "households.close", {"id": home, "reason": "moved_out"}),
        (worker, "places.save", {"id": shop["id"], "changes": {"name": "盲写"}}),
    ):
        result = phone.do(name, payload)
        assert (result["outcome"], result["problem"]["code"]) == ("refused", "base_version_missing"), name
    rows = worker.pull()
    assert rows["record"][told["id"]]["version"] == rows["household"][home]["version"] == 1
