"""What phones announced and has not come: seen where the person works, until it comes from any phone. On both databases."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.people import commands as people
from server.people.models import Appointment
from server.platform.db import transaction
from tests.sync.phone import Phone, hazard
from tests.world import World


def waiting(*mutations: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: m[name] for name in ("lane", "seq", "id", "name", "made_at")} for m in mutations]


def act(name: str, seq: int = 1) -> dict[str, Any]:
    return {"lane": "normal", "seq": seq, "id": str(new_id()), "name": name, "made_at": clock.now()}


def seen(phone: Phone) -> list[str]:
    """The names of all that a phone shows as announced and not come."""
    return [item["name"] for row in phone.pull().get("announced", {}).values() for item in row["items"]]


def move_to_other_grid(app: Flask, world: World, username: str) -> None:
    with app.app_context(), transaction() as session:
        person = world.people[username]
        for post in session.scalars(sa.select(Appointment).where(Appointment.person_id == person)):
            people.end_appointment(session, post.id, clock.today())
        people.appoint(
            session, person_id=person, role="full_time_worker", org_unit_id=world.areas["village"],
            grid_id=world.areas["other_grid"], from_day=clock.today(),
        )  # fmt: skip


def test_after_a_move_the_new_leader_sees_it_and_the_old_one_no_longer(app: Flask, world: World) -> None:
    worker, leader, new_leader = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "leader2")
    assert worker.push(waiting=[act("visits.report")]).status_code == 200
    assert seen(leader) == ["visits.report"] and seen(new_leader) == []
    move_to_other_grid(app, world, "worker")
    worker.sign_in()
    assert worker.push(waiting=[act("hazards.report")]).status_code == 200
    worker.cursor, worker.rows = None, {}
    assert seen(leader) == []
    assert seen(new_leader) == seen(worker) == ["hazards.report"]


def test_the_same_list_said_again_after_a_move_goes_along(app: Flask, world: World) -> None:
    worker, leader, new_leader = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "leader2")
    told = [act("visits.report")]
    worker.push(waiting=told)
    assert seen(leader) == ["visits.report"]
    move_to_other_grid(app, world, "worker")
    worker.sign_in()
    worker.push(waiting=told)
    assert seen(leader) == [] and seen(new_leader) == ["visits.report"]


def test_what_comes_from_the_persons_other_phone_has_come(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = worker.mutation("hazards.report", hazard(world))
    worker.push(waiting=waiting(told))
    assert seen(leader) == ["hazards.report"]
    worker.device_id = new_id()  # a copied profile takes a number of its own and sends the same acts
    worker.sign_in()
    worker.register()
    assert worker.push(told, waiting=[]).json["results"][0]["outcome"] == "applied"
    assert seen(leader) == [] and seen(worker) == []


def test_another_persons_act_takes_nothing_off_the_list(app: Flask, world: World) -> None:
    worker, other, leader = Phone(app, "worker"), Phone(app, "worker2"), Phone(app, "leader")
    told = act("visits.report")
    worker.push(waiting=[told])
    other.push({**other.mutation("hazards.report", hazard(world)), "id": told["id"]})
    assert seen(leader) == ["visits.report"]


def test_nobody_is_told_who_looked_or_read(app: Flask, world: World) -> None:
    worker, leader, other = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "worker2")
    names = ("looks.note", "visits.report", "messages.read")
    worker.push(waiting=[act(name, seq) for seq, name in enumerate(names, 1)])
    assert seen(leader) == seen(other) == ["visits.report"]
