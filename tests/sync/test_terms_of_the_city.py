"""What the city sets at /office/terms is followed: by rulings, verification, reviews, working hours, and by phones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.cases.models import CaseFile
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.db import db
from server.platform.workdays import add_working_days
from server.platform.worktime import Term, due_at
from server.records.models import Record
from server.tasks.models import Refusal
from tests.builders import Browser, at_desk
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, hazard, outside_order
from tests.sync.test_scope import case_of
from tests.world import World

DOCUMENT = "盐网市〔2026〕8号"
OLD, NEW = ((510, 720), (810, 1050)), ((540, 660),)  # minutes of the day


def set_term(app: Flask, name: str, value: str, **more: str) -> int:
    form = {"value": value, "document_no": DOCUMENT, **more}
    status: int = at_desk(app, "city").form(f"/office/terms/{name}", **form).status_code
    return status


def in_db(app: Flask, model: type[Any], key: str) -> Any:
    with app.app_context():
        return db.session.get_one(model, UUID(key))


def refuse(app: Flask, world: World) -> str:
    asked, refusal = assigned(world), str(new_id())
    assert Phone(app, "leader").do("tasks.assign", asked)["outcome"] == "applied"
    told = {"id": refusal, "task_id": asked["id"], "ground": 2}
    assert Phone(app, "worker").do("tasks.refuse", told)["outcome"] == "applied"
    return refusal


def test_a_ruling_is_due_by_the_new_days_and_earlier_refusals_keep_their_day(app: Flask, world: World) -> None:
    before = refuse(app, world)
    assert set_term(app, "refusal_ruling_days", "3") == 303
    today = clock.today()
    assert in_db(app, Refusal, refuse(app, world)).rule_by == add_working_days(today, 3)
    assert in_db(app, Refusal, before).rule_by == add_working_days(today, 5)
    order = outside_order()
    assert Phone(app, "worker").do("orders.report", order)["outcome"] == "applied"
    told = Phone(app, "worker").pull()["outside_order"][str(order["id"])]
    assert told["rule_by"] == add_working_days(today, 3).isoformat()


def test_a_result_is_verified_and_a_record_reviewed_by_the_new_days(app: Flask, world: World) -> None:
    assert set_term(app, "case_verify_days", "2") == 303
    assert set_term(app, "review_working_days", "6") == 303
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    assert in_db(app, Record, str(told["id"])).review_due == add_working_days(clock.today(), 6)
    case, dept = case_of(app, world, told["id"], "dept"), at_desk(app, "dept")
    for step, words in (("arrived", ""), ("reported", "已清空")):
        version = str(in_db(app, CaseFile, case).version)
        assert dept.form(f"/office/cases/{case}", step=step, version=version, words=words).status_code == 303
    assert in_db(app, CaseFile, case).verify_by == add_working_days(clock.today(), 2)


def working_case(app: Flask, world: World) -> str:
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return case_of(app, world, told["id"], "dept")


def in_working_hours(app: Flask) -> None:
    form = {"level": "L3", "unit": "working_hours", "amount": "9", "from_day": clock.today().isoformat()}
    assert at_desk(app, "county").form("/office/levels", **form, document_no="县〔2026〕1号").status_code == 303


def test_working_hours_run_in_the_new_office_hours_and_a_case_under_way_keeps_its_own(app: Flask, world: World) -> None:
    in_working_hours(app)
    before = working_case(app, world)
    assert set_term(app, "office_hours", "09:00-11:00") == 303
    after = working_case(app, world)
    term = Term("working_hours", 9)
    for case, hours, other in ((before, OLD, NEW), (after, NEW, OLD)):
        found = in_db(app, CaseFile, case)
        assert found.due_at == due_at(term, found.term_from, (), hours) != due_at(term, found.term_from, (), other)
    dept = at_desk(app, "dept")  # each step works the due moment out anew
    for step in ("arrived", "suspended", "resumed"):
        found = in_db(app, CaseFile, before)
        form = {"step": step, "version": str(found.version), "words": "等人"}
        assert dept.form(f"/office/cases/{before}", **form).status_code == 303
    found = in_db(app, CaseFile, before)
    late = found.due_at - due_at(term, found.term_from, (), OLD)
    assert 0 <= late < 60_000  # by its suspension, of a moment


def test_near_metres_reach_a_phone_that_has_pulled_before(app: Flask, world: World) -> None:
    def near(phone: Phone) -> Any:
        rows = phone.pull().get("policy", {}).values()
        return next((row["value"] for row in rows if row["name"] == "near_metres"), None)

    worker = Phone(app, "worker")
    assert near(worker) in (None, {"": 50})
    assert set_term(app, "near_metres", "200", matter="HAZ-01") == 303
    assert near(worker) == {"": 50, "HAZ-01": 200}
    assert set_term(app, "near_metres", "0") == 303
    assert near(worker) == {"": 0, "HAZ-01": 200}


def test_households_that_moved_away_go_by_the_new_days(app: Flask) -> None:
    assert "90" in Browser(app).get("/privacy").text
    assert set_term(app, "closed_household_days", "123") == 303
    assert "123" in Browser(app).get("/privacy").text


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("refusal_ruling_days", {"value": "0"}),
        ("case_verify_days", {"value": "31"}),
        ("review_working_days", {"value": "soon"}),
        ("closed_household_days", {"value": "7"}),
        ("office_hours", {"value": "08:30-12:00 11:00-17:30"}),
        ("office_hours", {"value": ""}),
        ("near_metres", {"value": "9999"}),
        ("near_metres", {"value": "80", "matter": "VIS-01"}),
        ("refusal_ruling_days", {"value": "3", "document_no": ""}),
        ("refusal_ruling_days", {"value": "3", "document_no": "长" * 81}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(app: Flask, name: str, form: dict[str, str]) -> None:
    answer = at_desk(app, "city").form(f"/office/terms/{name}", **{"document_no": DOCUMENT, **form})
    assert answer.status_code == 422 and answer.text.count('aria-invalid="true"') == 1
    wrong = "document_no" if "document_no" in form else "matter" if "matter" in form else "value"
    assert f'id="{wrong}-wrong"' in answer.text
    assert "还没有改过" in at_desk(app, "city").get("/office/terms").text


def test_the_page_says_what_counts_by_which_document_and_what_was_before(app: Flask, world: World) -> None:
    city = at_desk(app, "city")
    assert "示例值" in city.get("/office/terms").text
    assert set_term(app, "office_hours", "９：００－１１：３０，13:00-17:00") == 303
    assert set_term(app, "near_metres", "120", matter="HAZ-02") == 303
    done = city.get("/office/terms?done=saved").text
    assert 'role="status"' in done and DOCUMENT in done
    assert "08:30-12:00 13:30-17:30 → 09:00-11:30 13:00-17:00" in done
    assert "按其他事项 → 120 米" in done and "HAZ-02" in done
    assert "张city" not in done.partition("<main")[2]  # who it was stands in the audit log, not here
    assert 'value="09:00-11:30 13:00-17:00"' in city.get("/office/terms/office_hours").text
    assert city.get("/office/terms/pin").status_code == 404
    assert city.form("/office/terms/pin", value="1", document_no=DOCUMENT).status_code == 404


@pytest.mark.parametrize("who", ["town", "county", "sysadmin", "auditor", "county_b"])
def test_no_other_office_finds_the_page(app: Flask, world: World, who: str) -> None:
    add_strangers(app, world)
    desk = at_desk(app, who)
    assert desk.get("/office/terms").status_code == 403
    form = {"value": "1", "document_no": DOCUMENT}
    assert desk.form("/office/terms/refusal_ruling_days", **form).status_code == 403
    assert "/office/terms" not in desk.get("/office").text
    assert "/office/terms" in at_desk(app, "city").get("/office").text
