"""A case from the hazard to its end: made by the town, worked on by a department, verified on the leader's phone, heard of
by the reporter; who may see and do what; the terms of the levels.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.areas.models import OrgUnit
from server.cases import commands, following, listing, queries, steps
from server.cases.models import CaseFile
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.messages.models import Message
from server.people.queries import holder_of
from server.people.rules import Holder
from server.platform.db import db, transaction
from server.platform.worktime import Term, due_at
from tests.builders import Browser, at_desk
from tests.photos.pictures import jpeg, sha256
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import case_of, upload
from tests.world import COUNTY, World

LAST_DAY_7 = 7


@pytest.fixture
def reported(app: Flask, world: World) -> str:
    """A hazard of the worker."""
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"])


@pytest.fixture
def case_id(app: Flask, world: World, reported: str) -> str:
    """Its case, made by the town: L3, the department in the lead, the grid helping."""
    answer = at_desk(app, "town").form(
        f"/office/cases/new/{reported}", level="L3", lead_unit=str(world.areas["dept"]), grid_helps="yes"
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("?")[0].rpartition("/")[2])


def row(phone: Phone, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = phone.pull()["case"][case_id]
    return found


def take(browser: Browser, app: Flask, case_id: str, step: str, **more: Any) -> int:
    with app.app_context():
        version = db.session.get_one(CaseFile, UUID(case_id)).version
    status: int = browser.form(f"/office/cases/{case_id}", step=step, version=str(version), **more).status_code
    return status


def verify(app: Flask, who: str, case_id: str, version: int, settled: bool = True, words: str = "") -> str:
    told = {"case_id": case_id, "settled": settled, "words": words}
    result = Phone(app, who).do("cases.verify", told, base_version=version)
    code: str = result["outcome"] if result["outcome"] == "applied" else result["problem"]["code"]
    return code


def rings(phone: Phone) -> list[str]:
    found = sorted(phone.pull().get("message", {}).values(), key=lambda message: (message["at"], message["id"]))
    return [str(message["kind"]) for message in found]


def holder(session: Any, world: World, who: str) -> Holder:
    return holder_of(session, world.people[who], clock.today())


@pytest.mark.parametrize(("level", "is_urgent"), [("L0", True), ("L3", False)])
def test_what_an_emergency_asks_of_a_department_does_not_wait_for_the_morning(
    app: Flask, world: World, level: str, is_urgent: bool
) -> None:
    """The clock of L0 runs at night as well."""
    with app.app_context(), transaction() as session:
        case = CaseFile(county_code=COUNTY, level=level, grid_id=world.areas["grid"], made_by_unit=world.areas["town"])
        steps.tell_unit(session, case, world.areas["dept"], "case_assigned", clock.now())
        steps.tell_unit(session, case, world.areas["dept"], "case_reminded", clock.now())
        told = {one.kind: (one.urgent_why, one.urgent_unit) for one in session.scalars(sa.select(Message))}
    asked = ("case_assigned", world.areas["town"]) if is_urgent else (None, None)
    assert told == {"case_assigned": asked, "case_reminded": (None, None)}


def test_the_loop_is_closed_and_the_reporter_hears_of_it(app: Flask, case_id: str, reported: str) -> None:
    dept = at_desk(app, "dept")
    assert take(dept, app, case_id, "arrived") == 303
    assert take(dept, app, case_id, "suspended", words="等产权单位来人") == 303
    assert take(dept, app, case_id, "resumed") == 303
    assert take(dept, app, case_id, "reported", words="已换灭火器，通道清空") == 303
    version = row(Phone(app, "worker"), case_id)["version"]
    assert verify(app, "leader", case_id, version) == "applied"
    assert take(at_desk(app, "town"), app, case_id, "closed") == 303
    told = row(Phone(app, "worker"), case_id)
    assert (told["state"], told["record_id"], told["lead_name"], told["grid_helps"]) == (
        "closed",
        reported,
        "dept",
        True,
    )
    steps = ["opened", "helper_added", "assigned", "arrived", "suspended", "resumed", "reported", "verified", "closed"]
    assert [step["step"] for step in told["steps"]] == steps
    assert [step.get("words") for step in told["steps"]][6] == "已换灭火器，通道清空"
    worker = Phone(app, "worker")
    assert set(rings(worker)) >= {"case_opened", "case_result", "case_verified", "case_closed"}
    assert all("灭火器" not in message["text_zh"] for message in worker.pull()["message"].values())
    assert {"case_helps", "case_to_verify"} <= set(rings(Phone(app, "leader")))
    assert "case" not in Phone(app, "worker3").pull()


def test_a_photo_of_the_result_and_of_the_hazard_for_whoever_works_on_it(app: Flask, world: World) -> None:
    scene, result = jpeg(width=64, height=48), jpeg(width=48, height=64)
    worker = Phone(app, "worker")
    told = hazard(world, photos=[{"sha256": upload(worker, scene), "role": "scene"}])
    assert worker.do("hazards.report", told)["outcome"] == "applied"
    path = f"/api/v1/photos/{sha256(scene)}?size=thumb"
    assert at_desk(app, "dept").get(path).status_code == 404
    case = case_of(app, world, told["id"], "dept")
    dept = at_desk(app, "dept")
    assert dept.get(path).status_code == 200
    assert path.partition("?")[0] in dept.get(f"/office/cases/{case}").text
    torn = {"photo": (io.BytesIO(b"torn"), "a.jpg"), "words": "已整改"}
    assert take(dept, app, case, "reported", **torn) == 422
    sent = {"photo": (io.BytesIO(result), "a.jpg"), "words": "已整改"}
    assert take(dept, app, case, "reported", **sent) == 303
    assert row(worker, case)["steps"][-1]["photo"] == sha256(result)
    shown = f"/api/v1/photos/{sha256(result)}?size=thumb"
    statuses = {who: Phone(app, who).client.get(shown).status_code for who in ("worker", "leader", "worker3", "town")}
    assert statuses == {"worker": 200, "leader": 200, "worker3": 404, "town": 200}


def test_the_clock_stands_while_suspended(app: Flask, world: World, case_id: str, monkeypatch: Any) -> None:
    with app.app_context():
        opened, free = (lambda c: (c.opened_at, c.due_at))(db.session.get_one(CaseFile, UUID(case_id)))
    assert free == due_at(Term("days", LAST_DAY_7), opened, [], ())
    dept = at_desk(app, "dept")
    take(dept, app, case_id, "suspended", words="等配件")
    assert "due_at" not in row(Phone(app, "worker"), case_id)
    now = clock.now()
    try:
        clock.set_source(lambda: now + 2 * clock.DAY_MS)
        assert take(at_desk(app, "dept"), app, case_id, "resumed") == 303
    finally:
        clock.set_source(None)
    assert row(Phone(app, "worker"), case_id)["due_at"] == free + 2 * clock.DAY_MS


def test_a_result_that_is_none_goes_back_with_words(app: Flask, case_id: str) -> None:
    dept = at_desk(app, "dept")
    take(dept, app, case_id, "reported", words="已处理")
    version = row(Phone(app, "leader"), case_id)["version"]
    assert verify(app, "leader", case_id, version, settled=False) == "invalid"
    assert verify(app, "leader", case_id, version - 1) == "stale"
    assert verify(app, "worker", case_id, version) == "not_allowed"
    assert verify(app, "worker3", case_id, version) == "not_found"
    assert verify(app, "leader", case_id, version, settled=False, words="通道还堵着") == "applied"
    told = row(Phone(app, "worker"), case_id)
    assert (told["state"], told["steps"][-1]["words"]) == ("in_progress", "通道还堵着")
    assert "due_at" in told
    assert verify(app, "leader", case_id, version + 1) == "step_unfit"


def test_steps_that_do_not_fit_are_refused(app: Flask, case_id: str) -> None:
    dept, town = at_desk(app, "dept"), at_desk(app, "town")
    assert take(dept, app, case_id, "resumed") == 409
    assert take(dept, app, case_id, "suspended") == 422
    assert take(dept, app, case_id, "reported") == 422
    assert take(town, app, case_id, "closed") == 409
    assert take(town, app, case_id, "assigned") == 422
    assert take(town, app, case_id, "assigned", unit_id=str(new_id())) == 422
    stale = dept.form(f"/office/cases/{case_id}", step="arrived", version="1")
    assert stale.status_code == 409
    assert [s["step"] for s in row(Phone(app, "worker"), case_id)["steps"]] == ["opened", "helper_added", "assigned"]


def test_only_the_unit_in_the_lead_works_on_it(app: Flask, world: World, case_id: str) -> None:
    town, village = at_desk(app, "town"), at_desk(app, "village")
    assert take(town, app, case_id, "arrived") == 403
    assert take(at_desk(app, "dept"), app, case_id, "helper_added", unit_id=str(world.areas["town"])) == 404
    assert take(town, app, case_id, "assigned", unit_id=str(world.areas["village"])) == 303
    assert at_desk(app, "dept").get(f"/office/cases/{case_id}").status_code == 404
    assert take(village, app, case_id, "arrived") == 303
    assert take(town, app, case_id, "helper_added", unit_id=str(world.areas["dept"])) == 303
    assert at_desk(app, "dept").get(f"/office/cases/{case_id}").status_code == 200


def test_one_case_a_record_and_only_of_an_open_hazard(app: Flask, world: World, case_id: str, reported: str) -> None:
    fixed = hazard(world, fixed_on_spot=True)
    assert Phone(app, "worker").do("hazards.report", fixed)["outcome"] == "applied"
    assert fixed["id"] not in at_desk(app, "town").get("/office/cases/new").text
    with app.app_context(), transaction() as session:
        town = holder(session, world, "town")
        for record, code in ((reported, "case_exists"), (fixed["id"], "no_case_of_this"), (str(new_id()), "not_found")):
            with pytest.raises(Problem) as refused:
                commands.open_case(session, town, UUID(record), level="L3")
            assert refused.value.code == code


def test_the_list_shows_overdue_first_and_can_be_narrowed(app: Flask, world: World, case_id: str) -> None:
    other, late = hazard(world), UUID(case_id)
    assert Phone(app, "worker").do("hazards.report", other)["outcome"] == "applied"
    newer = UUID(case_of(app, world, other["id"]))
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, late).due_at = clock.now() - 1
    with app.app_context(), transaction() as session:
        town, dept, now = holder(session, world, "town"), holder(session, world, "dept"), clock.now()

        def listed(who: Holder, **narrowed: str) -> list[UUID]:
            asked = listing.shape_for(session, who, clock.today()).read(narrowed)
            return [case.id for case in listing.cases_for(session, who, now, asked).rows]

        assert listed(town) == [late, newer]
        assert listed(town, state="accepted") == [newer]
        assert listed(town, lead_unit=str(world.areas["dept"])) == [late]
        assert listed(town, level="L4") == listed(town, page="2") == []
        assert listed(dept) == [late]
        assert listed(replace(dept, posts=tuple(replace(post, role="grid_adviser") for post in dept.posts))) == []
    page = at_desk(app, "town").get("/office/cases").text
    assert page.index(case_id) < page.index(str(newer))
    assert case_id not in at_desk(app, "town").get("/office/cases?level=L4&state=&lead_unit=").text
    assert str(newer) in at_desk(app, "town").get("/office/cases?level=L9").text
    assert [at_desk(app, "town").get(f"/office/cases{new}?page=0").status_code for new in ("", "/new")] == [200, 200]


def test_other_offices_see_nothing_of_it(app: Flask, world: World, case_id: str, reported: str) -> None:
    add_strangers(app, world)
    stranger = at_desk(app, "town_b")
    assert case_id not in stranger.get("/office/cases").text
    another = hazard(world)
    assert Phone(app, "worker").do("hazards.report", another)["outcome"] == "applied"
    assert another["id"] in at_desk(app, "town").get("/office/cases/new").text
    assert another["id"] not in stranger.get("/office/cases/new").text
    assert stranger.get(f"/office/cases/new?record={reported}").status_code == 404


def test_what_nobody_verified_ends_without_blame(app: Flask, world: World, case_id: str) -> None:
    take(at_desk(app, "dept"), app, case_id, "reported", words="已处理")
    with app.app_context(), transaction() as session:
        by = session.get_one(CaseFile, UUID(case_id)).verify_by
        assert by is not None and by > clock.today()
        assert following.close_unverified(session, by) == 0
        assert following.close_unverified(session, by + timedelta(days=1)) == 1
    told = row(Phone(app, "worker"), case_id)
    assert (told["state"], told["steps"][-1]["step"]) == ("not_verified", "not_verified")
    assert "case_not_verified" in rings(Phone(app, "worker"))


@pytest.mark.parametrize("settled", [True, False])
def test_a_verification_in_time_that_arrives_late_is_taken(
    app: Flask, world: World, case_id: str, settled: bool
) -> None:
    take(at_desk(app, "dept"), app, case_id, "reported", words="已处理")
    with app.app_context(), transaction() as session:
        case = session.get_one(CaseFile, UUID(case_id))
        seen, by = case.version, case.verify_by
        assert by is not None
        assert following.close_unverified(session, by + timedelta(days=1)) == 1
    assert verify(app, "leader", case_id, seen - 1, settled, "还堵着") == "stale"
    assert verify(app, "leader", case_id, seen, settled, "还堵着") == "applied"
    assert row(Phone(app, "worker"), case_id)["state"] == ("verified" if settled else "in_progress")


def test_sent_back_on_a_phone_that_was_away_costs_the_department_none_of_those_days(
    app: Flask, world: World, case_id: str
) -> None:
    with app.app_context():
        free = db.session.get_one(CaseFile, UUID(case_id)).due_at
    assert free is not None
    take(at_desk(app, "dept"), app, case_id, "reported", words="已处理")
    leader = Phone(app, "leader")
    version, now = row(leader, case_id)["version"], clock.now()
    told = {"case_id": case_id, "settled": False, "words": "还堵着"}
    try:
        clock.set_source(lambda: now + 2 * clock.DAY_MS)
        again = Phone(app, "leader")
        assert again.do("cases.verify", told, base_version=version, made_at=now + 60_000)["outcome"] == "applied"
    finally:
        clock.set_source(None)
    assert row(Phone(app, "worker"), case_id)["due_at"] == free + 2 * clock.DAY_MS


def test_who_gave_the_result_does_not_verify_it(app: Flask, world: World, case_id: str) -> None:
    take(at_desk(app, "dept"), app, case_id, "reported", words="已处理")
    with app.app_context(), transaction() as session:
        case = session.get_one(CaseFile, UUID(case_id))
        version = case.version
        reported = queries.steps_of(session, [case.id])[case.id][-1]
        reported.by_person = world.people["leader"]
    assert verify(app, "leader", case_id, version) == "own_record"


def test_a_case_is_given_to_a_department_or_to_who_stands_above_the_grid(
    app: Flask, world: World, case_id: str
) -> None:
    add_strangers(app, world)
    with app.app_context():
        foreign = db.session.scalars(
            sa.select(OrgUnit.id).where(OrgUnit.kind == "village", OrgUnit.id != world.areas["village"])
        ).first()
    assert foreign is not None
    desk = at_desk(app, "town")
    assert take(desk, app, case_id, "assigned", unit_id=str(foreign)) == 422
    assert take(desk, app, case_id, "assigned", unit_id=str(world.areas["village"])) == 303


def test_what_is_over_leaves_the_phones_after_its_days(app: Flask, case_id: str) -> None:
    take(at_desk(app, "dept"), app, case_id, "reported", words="已处理")
    with app.app_context(), transaction() as session:
        following.close_unverified(session, clock.today() + timedelta(days=99))
    with app.app_context(), transaction() as session:
        assert following.archive_old(session, clock.now()) == 0
        assert following.archive_old(session, clock.now() + 93 * clock.DAY_MS) == 1
    assert case_id not in Phone(app, "worker").pull().get("case", {})


def level_form(**change: str) -> dict[str, str]:
    form = {"level": "L3", "unit": "working_days", "amount": "5", "document_no": "示例〔2026〕12号"}
    return {**form, "from_day": clock.today().isoformat(), **change}


def test_the_county_sets_another_term_from_a_day_on(app: Flask, world: World, case_id: str) -> None:
    county = at_desk(app, "county")
    assert "示例值" in county.get("/office/levels").text
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    for faulty in ({"from_day": yesterday}, {"amount": "many"}, {"document_no": ""}, {"unit": "weeks"}):
        assert county.form("/office/levels", **level_form(**faulty)).status_code == 422
    later = clock.today() + timedelta(days=10)
    assert county.form("/office/levels", **level_form()).status_code == 303
    assert (
        county.form("/office/levels", **level_form(unit="by_order", amount="", from_day=later.isoformat())).status_code
        == 303
    )
    with app.app_context():
        now, then = (queries.level_in_force(db.session, COUNTY, "L3", day) for day in (clock.today(), later))
        assert (now.unit, now.amount, now.document_no) == ("working_days", 5, "示例〔2026〕12号")
        assert then.unit == "by_order"
        assert len(queries.level_history(db.session, COUNTY)) == 2
        kept = db.session.get_one(CaseFile, UUID(case_id))
        assert (kept.unit, kept.amount, kept.document_no) == ("days", LAST_DAY_7, None)


def test_a_term_by_order_asks_for_its_day(app: Flask, world: World, reported: str) -> None:
    assert at_desk(app, "county").form("/office/levels", **level_form(unit="by_order", amount="")).status_code == 303
    town, day = at_desk(app, "town"), clock.today() + timedelta(days=20)
    path = f"/office/cases/new/{reported}"
    assert town.form(path, level="L3").status_code == 422
    assert town.form(path, level="L3", given_day=day.isoformat()).status_code == 303
    with app.app_context():
        case = db.session.scalars(sa.select(CaseFile)).one()
        assert case.due_at == clock.start_of(day + timedelta(days=1))
        assert case.document_no == "示例〔2026〕12号"
