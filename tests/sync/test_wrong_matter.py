"""Returned for the wrong matter: its author names the right one, within the duty, and not in or out of class S."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.matters.models import Matter
from server.matters.queries import matter_in_force
from tests.builders import writing
from tests.sync.phone import Phone, hazard, information, publicity, visit
from tests.sync.test_absences import done
from tests.world import COUNTY, World

SHA = "a" * 64


def corrected(phone: Phone, told: dict[str, Any], version: int = 1, **changes: Any) -> str:
    return done(phone, "records.correct", {"id": told["id"], "changes": changes}, base_version=version)


def unplanned(world: World) -> dict[str, Any]:
    return visit(world, plan_id=None)


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("hazards.report", hazard, "HAZ-05"),
        ("visits.report", unplanned, "VIS-06"),
        ("publicity.report", publicity, "PUB-02"),
    ],
)
def test_the_right_matter_is_named_and_reviewed_again(
    app: Flask, world: World, name: str, make: Any, code: str
) -> None:
    worker, leader, told = Phone(app, "worker"), Phone(app, "leader"), make(world)
    assert done(worker, name, told) == "applied"
    back = {"record_id": told["id"], "reason": "wrong_matter"}
    assert done(leader, "approvals.return", back, base_version=1) == "applied"
    assert corrected(worker, told, 2, matter_code=code) == "applied"
    row = leader.pull()["record"][told["id"]]
    assert (row["matter_code"], row["review"]["status"]) == (code, "waiting")


@pytest.mark.parametrize(
    ("name", "make", "code", "problem"),
    [
        ("hazards.report", hazard, "VIS-08", "matter_wrong_duty"),
        ("hazards.report", hazard, "HAZ-99", "matter_not_in_force"),
        ("visits.report", unplanned, "VIS-01", "matter_stays"),
        ("publicity.report", publicity, "", "invalid"),
        ("information.report", information, "INFO-02", "field_not_allowed"),
    ],
)
def test_another_duty_and_class_s_are_refused(
    app: Flask, world: World, name: str, make: Any, code: str, problem: str
) -> None:
    worker, told = Phone(app, "worker"), make(world)
    assert done(worker, name, told) == "applied"
    assert corrected(worker, told, matter_code=code) == problem
    assert worker.pull()["record"][told["id"]]["matter_code"] == told["matter_code"]


def test_a_planned_visit_keeps_the_matter_of_its_plan(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    planned = visit(world, household_id=str(world.households[1]), plan_id=str(world.plan), matter_code="VIS-08")
    assert done(worker, "visits.report", planned) == "applied"
    assert corrected(worker, planned, matter_code="VIS-06") == "matter_stays"


def test_two_who_name_different_matters_are_asked(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), hazard(world)
    assert done(worker, "hazards.report", told) == "applied"
    assert corrected(worker, told, matter_code="HAZ-05") == "applied"
    again = worker.do("records.correct", {"id": told["id"], "changes": {"matter_code": "HAZ-06"}}, base_version=1)
    assert (again["outcome"], again["server"]["fields"]) == ("conflict", ["matter_code"])


def test_photos_do_not_stay_with_a_matter_that_takes_none(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), hazard(world, photos=[{"sha256": SHA, "role": "scene"}])
    assert done(worker, "hazards.report", told) == "applied"
    with writing(app) as session:
        other = matter_in_force(session, COUNTY, "HAZ-05", clock.today())
        assert other is not None
        session.get_one(Matter, other.id).photo_policy = "forbidden"
    assert corrected(worker, told, matter_code="HAZ-05") == "photo_forbidden"
    assert corrected(worker, told, matter_code="HAZ-05", photos=[]) == "applied"
