"""What stays inside a team: whom a sensitive hazard rings, and a dispute that nobody of the team may rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.approvals.commands import lapse_overdue
from server.kernel import clock
from server.matters.models import Matter
from server.platform.workdays import add_working_days
from server.records.models import Record
from tests.builders import add_person, writing
from tests.sync.phone import Phone, hazard, visit
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


def test_a_dispute_that_nobody_of_the_team_may_rule_lapses_for_the_author(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = visit(world, matter_code="VIS-01", household_id=str(world.households[0]), plan_id=str(world.care_plan))
    worker.do("visits.report", told)
    leader.do("approvals.return", {"record_id": told["id"], "reason": "unclear"}, base_version=1)
    long_ago = clock.today() - timedelta(days=400)
    with writing(app) as session:  # the day by which it was to be reviewed has passed long since
        session.execute(sa.update(Record).where(Record.team_id.is_not(None)).values(review_due=long_ago))
    worker.do("approvals.dispute", {"record_id": told["id"], "words": "写清楚了"}, base_version=2)
    rule = {"record_id": told["id"], "upheld": False}
    assert leader.do("approvals.rule", rule, base_version=3)["problem"]["code"] == "not_allowed"
    due = add_working_days(clock.today(), 3)
    for days, status in ((0, "disputed"), (1, "lapsed")):
        with writing(app) as session:
            lapse_overdue(session, add_working_days(due, days))
        row = worker.pull()["record"][told["id"]]
        assert (row["review"]["status"], row["review"]["due"]) == (status, due.isoformat())
    assert [s["step"] for s in row["history"]] == ["saved", "returned", "disputed", "lapsed"]
    assert not {"reason", "by_name"} & set(row["review"]), "the return no longer stands"
    late = leader.do("approvals.rule", rule, base_version=4)
    assert (late["outcome"], late["problem"]["code"]) == ("conflict", "already_decided")
    again = worker.do("approvals.dispute", {"record_id": told["id"], "words": "再说"}, base_version=4)
    assert (again["outcome"], again["problem"]["code"]) == ("conflict", "already_decided")


def test_a_dispute_outside_a_team_waits_for_the_adviser(app: Flask, world: World) -> None:
    worker, leader, adviser = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "adviser")
    worker.do("hazards.report", told := hazard(world))
    leader.do("approvals.return", {"record_id": told["id"], "reason": "unclear"}, base_version=1)
    worker.do("approvals.dispute", {"record_id": told["id"], "words": "写清楚了"}, base_version=2)
    with writing(app) as session:
        assert lapse_overdue(session, add_working_days(clock.today(), 40)) == 0
    ruled = adviser.do("approvals.rule", {"record_id": told["id"], "upheld": True}, base_version=3)
    assert ruled["outcome"] == "applied"
