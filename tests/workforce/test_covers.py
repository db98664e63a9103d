"""Insurances and the fund (Art. 19): what is lacking, whoever owes it is told once, the worker sees their own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.messages.models import Message
from server.people.commands import end_appointment
from server.people.models import Appointment
from server.workforce import covers
from server.workforce.models import CoverAlarm
from server.workforce.rules import COVERS, CoverRules, Span, cover_may_be, owner_of, states_of
from server.workforce.schemas import GuaranteeRow
from tests.builders import at_desk, writing
from tests.strangers import add_strangers
from tests.sync.phone import Phone
from tests.world import COUNTY, World

DAY = date(2026, 6, 1)


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}$")


def told(kind: str = "accident", **more: Any) -> dict[str, Any]:
    today = clock.today()
    cover = {
        "id": new_id(), "username": "worker", "kind": kind, "from_day": today, "last_day": today + timedelta(days=365),
        "insurer": "某保险", "policy_no": "P-1",
    }  # fmt: skip
    return {**cover, **more}


def of(spans: list[Span], kind: str, warn_days: int = 0) -> tuple[str, date | None]:
    found = next(one for one in states_of(spans, DAY, warn_days) if one.kind == kind)
    return found.state, found.last_day


def test_a_cover_counts_from_its_first_day_to_its_last() -> None:
    span = Span("accident", DAY, DAY + timedelta(days=10))
    assert of([], "accident") == ("lacking", None)
    assert of([span], "accident") == ("covered", DAY + timedelta(days=9))
    assert of([span], "accident", 9) == ("covered", DAY + timedelta(days=9))
    assert of([span], "accident", 10) == ("ending", DAY + timedelta(days=9))
    assert of([Span("accident", DAY + timedelta(days=1), None)], "accident") == ("lacking", None)
    assert of([Span("accident", DAY - timedelta(days=9), DAY)], "accident") == ("lacking", None)
    assert of([Span("pension", DAY, None)], "pension", 300) == ("covered", None)


def test_a_cover_that_follows_without_a_gap_carries_on() -> None:
    first, gap = Span("accident", DAY, DAY + timedelta(days=5)), Span("accident", DAY + timedelta(days=6), None)
    assert of([first, Span("accident", DAY + timedelta(days=5), None)], "accident", 30) == ("covered", None)
    assert of([gap, first], "accident", 30) == ("ending", DAY + timedelta(days=4))


def test_the_town_owes_the_accident_insurance_whatever_a_document_says() -> None:
    assert {owner_of(kind, CoverRules()) for kind in COVERS if kind != "accident"} == {"county"}
    assert owner_of("accident", CoverRules("county")) == "town"
    assert owner_of("pension", CoverRules("town")) == "town"
    assert not cover_may_be("accident", DAY, None) and cover_may_be("pension", DAY, None)
    assert not cover_may_be("pension", DAY, DAY)


def rung(session, world: World, username: str) -> int:
    own = sa.and_(Message.kind == "cover_lacking", Message.person_id == world.people[username])
    return session.scalar(sa.select(sa.func.count()).select_from(Message).where(own)) or 0


def test_whoever_owes_what_is_lacking_is_told_once(session, acts, world) -> None:
    assert covers.alarm(session) == 3 * len(COVERS)  # worker, worker2, worker3
    assert (rung(session, world, "town"), rung(session, world, "county")) == (1, 1)
    assert covers.alarm(session) == 0
    covers.write_down(session, acts.holder("town"), told())
    waiting = sa.select(sa.func.count()).select_from(CoverAlarm).where(CoverAlarm.ended_at.is_(None))
    assert session.scalar(waiting) == 3 * len(COVERS) - 1
    assert {kind for alarm, _ in covers.alarms_of(session, acts.holder("town")) for kind in [alarm.kind]} == {
        "accident"
    }
    assert len(covers.alarms_of(session, acts.holder("town"))) == 2


def test_a_document_of_the_county_moves_the_duty_and_sets_the_warning(session, acts, world) -> None:
    county = acts.holder("county")
    with refused("not_allowed"):
        covers.set_rules(session, acts.holder("town"), {"document_no": "x", "social_owner": "town", "warn_days": 1})
    covers.set_rules(session, county, {"document_no": "示1", "social_owner": "town", "warn_days": 30})
    covers.alarm(session)
    assert (rung(session, world, "town"), rung(session, world, "county")) == (1, 0)
    soon = told(last_day=clock.today() + timedelta(days=29))
    covers.write_down(session, acts.holder("town"), soon)
    state = covers.states_of(session, [world.people["worker"]], COUNTY)[world.people["worker"]]
    assert next(one.state for one in state if one.kind == "accident") == "ending"
    covers.set_rules(session, county, {"document_no": "", "social_owner": "town", "warn_days": 30})
    assert covers.rules_of(session, COUNTY) == CoverRules()


def test_the_worker_sees_the_own_cover_and_whom_to_ask(app, world) -> None:
    worker = Phone(app, "worker")
    with writing(app) as session:
        covers.alarm(session)
    row = worker.pull()["guarantee"][str(world.people["worker"])]
    GuaranteeRow().load({name: value for name, value in row.items() if not name.startswith("_")})
    assert {one["kind"]: one["ask"] for one in row["covers"]} == {
        kind: "town" if kind == "accident" else "county" for kind in COVERS
    }
    assert {one["state"] for one in row["covers"]} == {"lacking"}
    desk = at_desk(app, "town")
    form = {name: str(value) for name, value in told().items()}
    assert desk.form("/office/covers", **form).status_code == 303
    assert desk.form("/office/covers", **form).status_code == 303  # sent twice, kept once
    row = worker.pull()["guarantee"][str(world.people["worker"])]
    assert next(one for one in row["covers"] if one["kind"] == "accident")["state"] == "covered"
    assert "P-1" not in str(row)
    assert "guarantee" not in Phone(app, "parttime").pull()
    assert list(Phone(app, "worker2").pull()["guarantee"]) == [str(world.people["worker2"])]


def test_a_town_writes_down_its_own_workers_alone(app, world) -> None:
    add_strangers(app, world)
    stranger, own = at_desk(app, "town_b"), at_desk(app, "town")
    form = {name: str(value) for name, value in told().items()}
    assert stranger.form("/office/covers", **form).status_code == 422
    assert "P-1" not in stranger.client.get("/office/covers?username=worker").text
    assert stranger.client.get("/office/covers?username=worker").status_code == 422
    assert own.form("/office/covers", **form).status_code == 303
    assert "P-1" in own.client.get("/office/covers?username=worker").text
    assert own.form("/office/covers", **{**form, "id": str(new_id()), "last_day": ""}).status_code == 422
    assert own.form(f"/office/covers/{form['id']}/end", last_day=form["from_day"]).status_code == 303
    assert own.form(f"/office/covers/{form['id']}/end", last_day=form["last_day"]).status_code == 422, "not longer"


def test_somebody_who_left_is_no_alarm_any_more(session, acts, world) -> None:
    covers.alarm(session)
    post = session.scalars(sa.select(Appointment).where(Appointment.person_id == world.people["worker2"])).one()
    end_appointment(session, post.id, clock.today())
    assert covers.alarm(session) == 0
    waiting = set(session.scalars(sa.select(CoverAlarm.person_id).where(CoverAlarm.ended_at.is_(None))))
    assert waiting == {world.people["worker"], world.people["worker3"]}
