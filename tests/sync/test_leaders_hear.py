"""Where nobody reviews a kind of record its leaders hear of each: information rings, a patrol is a line. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.matters.models import Matter, ReviewPolicy
from server.messages.models import Delivery, Message
from server.platform.db import transaction
from tests.builders import writing
from tests.sync.phone import Phone, information, patrol
from tests.sync.test_inside_a_team import rung, second_leader
from tests.world import World


@pytest.fixture
def unreviewed(app: Flask, world: World) -> World:
    """The county as shipped: nobody reviews patrols or information."""
    review(app, "none")
    return world


def review(app: Flask, mode: str, percent: int | None = None) -> None:
    with writing(app) as session:
        session.execute(sa.update(Matter).values(review_mode=mode, review_percent=percent))
        session.execute(sa.update(ReviewPolicy).values(mode=mode, percent=percent))


def left_the_house(app: Flask) -> dict[str, int]:
    """How many deliveries each kind of message has."""
    with app.app_context(), transaction() as session:
        found = sa.select(Message.kind, sa.func.count()).join(Delivery, Delivery.message_id == Message.id)
        return dict(session.execute(found.group_by(Message.kind)).tuples().all())


def test_information_rings_and_a_patrol_is_a_line_in_the_inbox_alone(app: Flask, unreviewed: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told, walked = information(unreviewed), patrol(unreviewed)
    assert worker.do("information.report", told)["outcome"] == "applied"
    assert worker.do("patrols.report", walked)["outcome"] == "applied"
    inbox = {m["kind"]: (m["record_id"], m.get("quiet")) for m in leader.pull()["message"].values()}
    assert inbox == {"information_reported": (told["id"], None), "patrol_reported": (walked["id"], True)}
    assert left_the_house(app) == {"information_reported": 1}
    line = next(m for m in leader.rows["message"].values() if m["kind"] == "patrol_reported")
    assert leader.do("messages.read", {"id": line["id"]})["outcome"] == "applied"
    assert leader.pull()["message"][line["id"]]["read"] is True
    assert rung(worker) == []


def test_what_comes_again_or_is_corrected_does_not_ring_again(app: Flask, unreviewed: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    reports = {"information.report": information(unreviewed, "INFO-06"), "patrols.report": patrol(unreviewed)}
    for name, told in reports.items():
        sent = worker.mutation(name, told)
        assert [worker.push(sent).json["results"][0]["outcome"] for _ in range(2)] == ["applied", "applied"]
        changes = {"id": told["id"], "changes": {"note": "补充一句"}}
        assert worker.do("records.correct", changes, base_version=1)["outcome"] == "applied"
    assert sorted(rung(leader)) == ["information_reported", "patrol_reported"]


def test_nobody_hears_of_their_own(app: Flask, unreviewed: World) -> None:
    with writing(app) as session:
        second_leader(session, unreviewed)
    leader, other = Phone(app, "leader"), Phone(app, "colead")
    assert leader.do("information.report", information(unreviewed))["outcome"] == "applied"
    assert leader.do("patrols.report", patrol(unreviewed))["outcome"] == "applied"
    assert rung(leader) == []
    assert sorted(rung(other)) == ["information_reported", "patrol_reported"]


def test_what_lives_in_a_team_rings_nobody_outside_it(app: Flask, unreviewed: World) -> None:
    with writing(app) as session:
        second_leader(session, unreviewed)
        session.execute(sa.update(Matter).where(Matter.code == "INFO-01").values(data_class="S"))
    worker, leader, outside = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "colead")
    told = information(unreviewed)
    assert worker.do("information.report", told)["outcome"] == "applied"
    assert told["id"] in leader.pull()["record"]
    assert (rung(leader), rung(outside)) == (["information_reported"], [])


@pytest.mark.parametrize("mode", ["sample", "all"])
def test_where_a_leader_reviews_no_line_is_needed(app: Flask, world: World, mode: str) -> None:
    review(app, mode, 1 if mode == "sample" else None)
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    assert worker.do("information.report", information(world))["outcome"] == "applied"
    assert worker.do("patrols.report", patrol(world))["outcome"] == "applied"
    assert rung(leader) == [] and left_the_house(app) == {}


def test_what_is_refused_tells_nobody(app: Flask, unreviewed: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    lacking: dict[str, Any] = {**information(unreviewed), "finding": None, "household_id": None, "note": ""}
    assert worker.do("information.report", lacking)["outcome"] == "refused"
    elsewhere = patrol(unreviewed)
    elsewhere["checks"][0]["place_id"] = elsewhere["id"]
    assert worker.do("patrols.report", elsewhere)["outcome"] == "refused"
    assert rung(leader) == [] and left_the_house(app) == {}
