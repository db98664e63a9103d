"""What stays inside a team: whom a sensitive hazard rings, and a dispute that nobody of the team may rule."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.matters.models import Matter
from tests.builders import add_person, writing
from tests.sync.phone import Phone, hazard
from tests.world import World


def rung(phone: Phone) -> list[str]:
    """Kinds of the messages that lie on a phone."""
    return [m["kind"] for m in phone.pull().get("message", {}).values()]


def second_leader(session: Any, world: World) -> None:
    """Somebody who leads the grid too and is in none of its teams."""
    add_person(
        session,
        "colead",
        role="grid_leader",
        org_unit_id=world.areas["village"],
        grid_id=world.areas["grid"],
    )


def test_a_sensitive_hazard_rings_only_leaders_of_its_team(app: Flask, world: World) -> None:
    with writing(app) as session:
        second_leader(session, world)
    worker, leader, outside = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "colead")
    assert worker.do("hazards.report", hazard(world))["outcome"] == "applied"
    assert rung(leader) == rung(outside) == ["hazard_reported"], "an ordinary one rings all who lead the grid"
    with writing(app) as session:
        session.execute(sa.update(Matter).where(Matter.code == "HAZ-01").values(data_class="S"))
    assert worker.do("hazards.report", told := hazard(world))["outcome"] == "applied"
    assert told["id"] in leader.pull()["record"] and told["id"] not in outside.pull()["record"]
    assert len(rung(leader)) == 2 and len(rung(outside)) == 1
