"""A case between levels and departments: handed up and down, helpers, a department called, a duty in doubt, orders, what
follows up, and cases that no record stands behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import commands, following, joint, listing, queries
from server.cases.models import CaseDispute, CaseFile, CaseWhistle
from server.kernel import clock
from server.kernel.problems import Problem
from server.platform.db import db, transaction
from server.platform.worktime import HOUR_MS, Term, due_at
from tests.builders import at_desk
from tests.sync.phone import Phone, hazard, information
from tests.sync.test_cases import holder, level_form, rings, row, take
from tests.world import World

LEVEL_DAYS = {"L3": 7, "L4": 15}  # as shipped


def made(app: Flask, world: World, *, matter: str = "HAZ-06", level: str = "L3", lead: str | None = None) -> str:
    """A case of a hazard of the worker, made by the town."""
    told = hazard(world, matter_code=matter)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    form = {"level": level, **({"lead_unit": str(world.areas[lead])} if lead else {})}
    answer = at_desk(app, "town").form(f"/office/cases/new/{told['id']}", **form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("?")[0].rpartition("/")[2])


def kept(app: Flask, case_id: str) -> CaseFile:
    with app.app_context():
        return db.session.get_one(CaseFile, UUID(case_id))


def steps(app: Flask, case_id: str) -> list[str]:
    return [step["step"] for step in row(Phone(app, "worker"), case_id)["steps"]]


@contextmanager
def later(ms: int) -> Iterator[None]:
    now = clock.now()
    clock.set_source(lambda: now + ms)
    try:
        yield
    finally:
        clock.set_source(None)


# -- levels and helpers ------------------------------------------------------------------------------------------------


def test_a_case_goes_up_and_down_and_takes_the_term_of_its_level(app: Flask, world: World) -> None:
    case = made(app, world, level="L2", lead="dept")
    village, town, county = (at_desk(app, who) for who in ("village", "town", "county"))
    assert take(village, app, case, "handed_up") == 422  # without words
    assert take(village, app, case, "handed_up", words="要镇里出钱") == 303
    told = row(Phone(app, "worker"), case)
    assert (told["level"], told["state"], told["steps"][-1]["unit_name"]) == ("L3", "accepted", "town")
    assert "lead_name" not in told
    assert kept(app, case).due_at == due_at(Term("days", LEVEL_DAYS["L3"]), kept(app, case).term_from, [], ())
    assert take(village, app, case, "handed_up", words="x") == 403
    assert take(town, app, case, "handed_up", words="要县里协调") == 303
    assert kept(app, case).amount == LEVEL_DAYS["L4"]
    assert "case_handed" in rings(Phone(app, "county")) and "case_handed" not in rings(Phone(app, "auditor"))
    assert take(county, app, case, "handed_up", words="x") == 409
    assert take(county, app, case, "handed_down", words="镇里能办") == 303
    assert steps(app, case)[-3:] == ["handed_up", "handed_up", "handed_down"]
    assert row(Phone(app, "worker"), case)["steps"][-1]["words"] == "镇里能办"


def test_the_new_level_counts_from_the_day_it_was_handed(app: Flask, world: World) -> None:
    case = made(app, world, level="L2")
    with later(5 * clock.DAY_MS):
        handed = clock.now()
        assert take(at_desk(app, "village"), app, case, "handed_up", words="要镇里出钱") == 303
    found = kept(app, case)
    assert found.due_at == due_at(Term("days", LEVEL_DAYS["L3"]), handed, [], ())
    assert found.opened_at < found.term_from == handed


def test_a_level_is_held_to_what_the_matter_allows(app: Flask, world: World) -> None:
    case = made(app, world, matter="HAZ-01", level="L3")
    assert take(at_desk(app, "town"), app, case, "handed_up", words="x") == 422
    other = hazard(world, matter_code="HAZ-02")
    assert Phone(app, "worker").do("hazards.report", other)["outcome"] == "applied"
    town = at_desk(app, "town")
    assert town.form(f"/office/cases/new/{other['id']}", level="L3").status_code == 422
    page = town.get(f"/office/cases/new?record={other['id']}").text
    assert 'value="L2"' in page and 'value="L3"' not in page
    assert town.form(f"/office/cases/new/{other['id']}", level="L2").status_code == 303


def test_whoever_helps_tells_of_it_and_only_the_lead_reports(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    town, village = at_desk(app, "town"), at_desk(app, "village")
    assert take(village, app, case, "helped", words="已到场维持秩序") == 403
    assert take(town, app, case, "helper_added", unit_id=str(world.areas["village"])) == 303
    assert "case_asked_to_help" in rings(Phone(app, "village"))
    assert take(village, app, case, "helped") == 422
    assert take(village, app, case, "helped", words="已到场维持秩序") == 303
    told = row(Phone(app, "worker"), case)
    assert (told["state"], told["steps"][-1]["words"]) == ("assigned", "已到场维持秩序")
    assert take(village, app, case, "reported", words="已办好") == 403
    assert take(at_desk(app, "dept"), app, case, "helped", words="x") == 404


# -- a department called -----------------------------------------------------------------------------------------------


def test_a_department_is_called_sees_the_case_and_says_that_it_came(app: Flask, world: World) -> None:
    case, unit = made(app, world), str(world.areas["dept"])
    dept, town = at_desk(app, "dept"), at_desk(app, "town")
    assert dept.get(f"/office/cases/{case}").status_code == 404
    assert take(at_desk(app, "village"), app, case, "whistled", unit_id=unit) == 403
    assert take(town, app, case, "whistled") == 422
    assert take(town, app, case, "whistled", unit_id=str(world.areas["village"])) == 422
    assert take(town, app, case, "whistled", unit_id=unit, words="看现场") == 303
    assert take(town, app, case, "whistled", unit_id=unit) == 409  # called already
    assert "case_whistle" in rings(Phone(app, "dept"))
    with app.app_context():
        call = db.session.scalars(sa.select(CaseWhistle)).one()
        assert call.due_at == call.called_at + 2 * HOUR_MS and call.arrived_at is None
    assert take(dept, app, case, "whistle_met") == 303
    with app.app_context():
        assert db.session.scalars(sa.select(CaseWhistle)).one().arrived_by == world.people["dept"]
    assert take(dept, app, case, "whistle_met") == 409
    assert take(town, app, case, "whistle_met") == 403
    assert steps(app, case)[-2:] == ["whistled", "whistle_met"]
    assert row(Phone(app, "worker"), case)["helpers"] == ["dept"]


def test_a_department_in_the_lead_that_arrives_has_come_to_its_call(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "town"), app, case, "whistled", unit_id=str(world.areas["dept"])) == 303
    assert take(at_desk(app, "dept"), app, case, "arrived") == 303
    with app.app_context():
        assert joint.open_whistles(db.session(), UUID(case), [world.areas["dept"]]) == []
    assert "helper_added" not in steps(app, case) and row(Phone(app, "worker"), case)["helpers"] == []


def test_the_county_sets_how_long_a_called_department_has(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    assert county.form("/office/levels", **level_form(level="whistle", unit="by_order", amount="")).status_code == 422
    assert county.form("/office/levels", **level_form(level="whistle", unit="minutes", amount="30")).status_code == 303
    case = made(app, world)
    assert take(at_desk(app, "town"), app, case, "whistled", unit_id=str(world.areas["dept"])) == 303
    with app.app_context():
        call = db.session.scalars(sa.select(CaseWhistle)).one()
        assert (call.due_at - call.called_at, call.document_no) == (HOUR_MS // 2, "示例〔2026〕12号")


# -- a duty in doubt ---------------------------------------------------------------------------------------------------


def test_a_duty_in_doubt_stops_the_clock_and_the_county_decides(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    free = kept(app, case).due_at
    assert free is not None
    dept = at_desk(app, "dept")
    assert take(dept, app, case, "not_ours") == 422
    assert take(dept, app, case, "not_ours", words="属于村级自治事项") == 303
    told = row(Phone(app, "worker"), case)
    assert (told["state"], "due_at" in told) == ("contested", False)
    assert "case_not_ours" in rings(Phone(app, "county"))
    assert take(at_desk(app, "town"), app, case, "duty_stays", words="x") == 403
    county = at_desk(app, "county")
    shown = [county.get(f"/office/cases/duties?status={one}").text for one in ("", "waiting", "answered")]
    assert ["属于村级自治事项" in page for page in shown] == [True, True, False]
    with later(2 * clock.DAY_MS):
        county = at_desk(app, "county")
        assert take(county, app, case, "duty_moved", words="由村里办") == 422  # to whom?
        assert take(county, app, case, "duty_moved", words="x", unit_id=str(world.areas["dept"])) == 422
        assert take(county, app, case, "duty_moved", words="由村里办", unit_id=str(world.areas["village"])) == 303
    told = row(Phone(app, "worker"), case)
    assert (told["lead_name"], told["due_at"]) == ("village", free + 2 * clock.DAY_MS)
    assert dept.get(f"/office/cases/{case}").status_code == 404
    page = at_desk(app, "county").get("/office/cases/duties").text
    assert "由村里办" in page and "HAZ-06" in page
    with app.app_context():
        proposal = db.session.scalars(sa.select(CaseDispute)).one()
        assert (proposal.is_upheld, proposal.to_unit) == (True, world.areas["village"])


def test_a_duty_that_stays_goes_back_to_its_department(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "dept"), app, case, "not_ours", words="不归我们") == 303
    assert take(at_desk(app, "county"), app, case, "duty_stays") == 422
    assert take(at_desk(app, "county"), app, case, "duty_stays", words="职责清单写明了") == 303
    told = row(Phone(app, "worker"), case)
    assert (told["state"], told["lead_name"], told["steps"][-1]["unit_name"]) == ("assigned", "dept", "dept")
    assert "case_duty_ruled" in rings(Phone(app, "dept"))
    assert take(at_desk(app, "dept"), app, case, "reported", words="已办好") == 303


def test_only_a_department_doubts_its_duty(app: Flask, world: World) -> None:
    case = made(app, world, lead="village")
    assert take(at_desk(app, "village"), app, case, "not_ours", words="不归我们") == 403


# -- without a record --------------------------------------------------------------------------------------------------


def call_told(world: World, **change: str) -> dict[str, str]:
    told = {"about": "matter", "source": "12345", "external_ref": "JX-2026-001", "matter_code": "HAZ-06", "level": "L3"}
    return {**told, "grid_id": str(world.areas["grid"]), "told_words": "小区有燃气味", **change}


def taken_in(app: Flask, world: World, who: str = "town", **change: str) -> str:
    answer = at_desk(app, who).form("/office/cases/take-in", **call_told(world, **change))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("?")[0].rpartition("/")[2])


def test_a_call_becomes_a_case_that_the_offices_carry_to_its_end(app: Flask, world: World) -> None:
    case = taken_in(app, world)
    assert "case" not in Phone(app, "worker").pull() and "case" not in Phone(app, "leader").pull()
    town = at_desk(app, "town")
    assert "小区有燃气味" in town.get(f"/office/cases/{case}").text
    assert take(town, app, case, "helper_added") == 422  # the grid's phones show no case without a record
    assert take(town, app, case, "assigned", unit_id=str(world.areas["dept"])) == 303
    assert take(at_desk(app, "dept"), app, case, "reported", words="已查，无泄漏") == 303
    assert "case_to_verify" in rings(Phone(app, "town")) and "case_to_verify" not in rings(Phone(app, "leader"))
    assert "等镇村或县里在" in town.get(f"/office/cases/{case}").text
    assert take(at_desk(app, "dept"), app, case, "verified") == 404
    assert take(town, app, case, "sent_back") == 422
    assert take(town, app, case, "sent_back", words="没有联系来电人") == 303
    assert take(at_desk(app, "dept"), app, case, "reported", words="已联系") == 303
    told = {"case_id": case, "settled": True, "words": ""}
    version = kept(app, case).version
    assert Phone(app, "leader").do("cases.verify", told, base_version=version)["problem"]["code"] == "not_found"
    assert take(town, app, case, "verified") == 303
    assert take(town, app, case, "closed") == 303


def test_who_is_in_the_lead_does_not_verify(app: Flask, world: World) -> None:
    case = taken_in(app, world)
    assert take(at_desk(app, "town"), app, case, "assigned", unit_id=str(world.areas["town"])) == 303
    assert take(at_desk(app, "town"), app, case, "reported", words="已办好") == 303
    assert take(at_desk(app, "town"), app, case, "verified") == 403
    assert take(at_desk(app, "county"), app, case, "verified") == 303


def test_a_number_of_one_source_is_taken_in_once(app: Flask, world: World) -> None:
    taken_in(app, world)
    town = at_desk(app, "town")
    assert town.form("/office/cases/take-in", **call_told(world)).status_code == 409
    assert town.form("/office/cases/take-in", **call_told(world, external_ref="")).status_code == 422
    assert town.form("/office/cases/take-in", **call_told(world, source="platform")).status_code == 303
    for _ in range(2):
        assert (
            town.form("/office/cases/take-in", **call_told(world, source="telephone", external_ref="")).status_code
            == 303
        )


def test_what_is_refused_at_intake_leaves_nothing(app: Flask, world: World) -> None:
    town, wrong = at_desk(app, "town"), str(world.areas["micro1"])
    complaint = town.form("/office/cases/take-in", **call_told(world, about="staff"))
    assert complaint.status_code == 422 and "投诉" in complaint.text
    for change in ({"matter_code": "NO-1"}, {"matter_code": "VIS-01"}, {"level": "L0"}, {"grid_id": wrong}):
        assert town.form("/office/cases/take-in", **call_told(world, **change)).status_code == 422, change
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseFile)) == 0


def test_an_office_takes_in_for_its_own_grids_alone(app: Flask, world: World) -> None:
    assert at_desk(app, "dept").form("/office/cases/take-in", **call_told(world)).status_code == 403
    taken_in(app, world, who="village")
    taken_in(app, world, who="county", external_ref="2")


def test_at_l0_the_clock_runs_on_while_a_duty_is_in_doubt(app: Flask, world: World) -> None:
    case = taken_in(app, world, matter_code="EMG-02", level="L0")
    assert take(at_desk(app, "town"), app, case, "assigned", unit_id=str(world.areas["dept"])) == 303
    free = kept(app, case).due_at
    assert take(at_desk(app, "dept"), app, case, "not_ours", words="不归我们") == 303
    assert free is not None and kept(app, case).due_at == free


def test_information_becomes_a_case_where_its_matter_goes_beyond_the_grid(app: Flask, world: World) -> None:
    worker, town = Phone(app, "worker"), at_desk(app, "town")
    asked, plain = information(world, "INFO-06"), information(world, "INFO-03")
    for told in (asked, plain):
        assert worker.do("information.report", told)["outcome"] == "applied"
    page = town.get("/office/cases/new").text
    assert asked["id"] in page and plain["id"] not in page
    assert town.form(f"/office/cases/new/{plain['id']}", level="L3").status_code == 422
    assert town.form(f"/office/cases/new/{asked['id']}", level="L3").status_code == 303
    assert [case["record_id"] for case in worker.pull()["case"].values()] == [asked["id"]]
    assert "case_opened" in rings(Phone(app, "worker"))


# -- orders of departments ---------------------------------------------------------------------------------------------


def test_what_a_department_ordered_it_alone_checks_before_a_result(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    dept, town = at_desk(app, "dept"), at_desk(app, "town")
    by_day = clock.today() + timedelta(days=3)
    told = {"order_no": "消责改〔2026〕5号", "ordered_rectify_by": by_day.isoformat()}
    assert take(town, app, case, "ordered", **told) == 403
    assert take(dept, app, case, "ordered", **{**told, "ordered_rectify_by": "2020-01-01"}) == 422
    assert take(dept, app, case, "ordered", order_no="") == 422
    assert take(dept, app, case, "ordered", **told) == 303
    assert row(Phone(app, "worker"), case)["steps"][-1]["words"] == f"消责改〔2026〕5号 · {by_day}"
    with app.app_context():
        order = str(joint.orders_of(db.session(), UUID(case))[0].id)
    assert take(dept, app, case, "reported", words="已办好") == 409
    assert take(town, app, case, "order_met", order_id=order) == 403
    assert take(dept, app, case, "order_unmet", order_id=order) == 422
    assert take(dept, app, case, "order_unmet", order_id=order, words="还堆着") == 303
    assert take(dept, app, case, "reported", words="已办好") == 409
    assert take(dept, app, case, "order_met", order_id=order) == 303
    assert take(dept, app, case, "reported", words="已办好") == 303
    assert steps(app, case)[-4:] == ["ordered", "order_unmet", "order_met", "reported"]


def test_another_department_does_not_check_the_order(app: Flask, world: World) -> None:
    case, other = made(app, world, lead="dept"), made(app, world, lead="dept")
    dept, by_day = at_desk(app, "dept"), clock.today().isoformat()
    assert take(dept, app, case, "ordered", order_no="1", ordered_rectify_by=by_day) == 303
    with app.app_context(), transaction() as session:
        order = joint.orders_of(session, UUID(case))[0]
        number = str(order.id)
        order.unit_id = world.areas["town"]
    assert take(dept, app, case, "order_met", order_id=number) == 403
    assert take(dept, app, other, "order_met", order_id=number) == 404


def test_a_department_checks_what_it_ordered_when_another_is_in_the_lead_by_then(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    dept, by_day = at_desk(app, "dept"), clock.today().isoformat()
    assert take(dept, app, case, "ordered", order_no="1", ordered_rectify_by=by_day) == 303
    assert take(at_desk(app, "town"), app, case, "assigned", unit_id=str(world.areas["village"])) == 303
    assert case in dept.get("/office/cases").text
    assert take(at_desk(app, "village"), app, case, "reported", words="已办好") == 409
    with app.app_context():
        order = str(joint.orders_of(db.session(), UUID(case))[0].id)
    assert take(dept, app, case, "order_met", order_id=order) == 303
    assert take(at_desk(app, "village"), app, case, "reported", words="已办好") == 303


# -- what follows up ---------------------------------------------------------------------------------------------------


def test_whoever_made_it_or_stands_above_reminds(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "village"), app, case, "reminded") == 403
    assert take(at_desk(app, "town"), app, case, "reminded", words="请抓紧") == 303
    assert take(at_desk(app, "county"), app, case, "reminded") == 303
    assert rings(Phone(app, "dept")).count("case_reminded") == 2
    told = row(Phone(app, "worker"), case)
    assert (told["state"], told["steps"][-1]["unit_name"]) == ("assigned", "dept")


def test_what_is_long_overdue_is_told_to_the_level_above_once(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    due = kept(app, case).due_at
    assert due is not None

    def swept(now: int) -> int:
        with app.app_context(), transaction() as session:
            return following.escalate_overdue(session, now)

    assert swept(due + clock.DAY_MS // 2) == 0
    assert "case_escalated" not in rings(Phone(app, "county"))
    assert swept(due + 14 * clock.DAY_MS) == 1
    assert swept(due + 15 * clock.DAY_MS) == 0
    assert rings(Phone(app, "county")).count("case_escalated") == 1
    assert "case_escalated" not in rings(Phone(app, "secadmin"))
    assert steps(app, case)[-1] == "escalated"
    assert kept(app, case).due_at == due


def ended(app: Flask, world: World) -> str:
    case = made(app, world, lead="dept")
    assert take(at_desk(app, "dept"), app, case, "reported", words="已处理") == 303
    with app.app_context(), transaction() as session:
        assert following.close_unverified(session, clock.today() + timedelta(days=40)) == 1
    return case


def test_what_is_over_is_opened_again_within_its_days_with_words(app: Flask, world: World) -> None:
    case = ended(app, world)
    assert take(at_desk(app, "village"), app, case, "reopened") == 422
    assert take(at_desk(app, "dept"), app, case, "reopened", words="x") == 404
    with later(5 * clock.DAY_MS):
        assert take(at_desk(app, "village"), app, case, "reopened", words="通道又堵了") == 303
        assert kept(app, case).due_at == due_at(Term("days", LEVEL_DAYS["L3"]), clock.now(), [], ())
    told = row(Phone(app, "worker"), case)
    assert (told["state"], told["lead_name"], told["steps"][-1]["words"]) == ("assigned", "dept", "通道又堵了")
    assert "case_reopened" in rings(Phone(app, "worker")) and "case_back_to_you" in rings(Phone(app, "dept"))
    assert kept(app, case).over_at is None


def test_after_its_days_it_is_too_late_to_open_it_again(app: Flask, world: World) -> None:
    case = ended(app, world)
    with later(40 * clock.DAY_MS):
        assert take(at_desk(app, "village"), app, case, "reopened", words="通道又堵了") == 409
    assert steps(app, case)[-1] == "not_verified"


# -- paper and lists ---------------------------------------------------------------------------------------------------


def test_the_slip_of_a_hand_over_names_the_units_and_no_word_of_the_report(app: Flask, world: World) -> None:
    case = made(app, world, level="L2")
    assert take(at_desk(app, "village"), app, case, "handed_up", words="要镇里出钱") == 303
    town = at_desk(app, "town")
    slip = town.get(f"/office/cases/{case}/slip/2")
    assert slip.status_code == 200
    for said in ("要镇里出钱", "village", "town", "L3", "HAZ-06"):
        assert said in slip.text, said
    assert "楼道堆物" not in slip.text and "张worker" not in slip.text
    assert town.get(f"/office/cases/{case}/slip/1").status_code == 404
    assert town.get(f"/office/cases/{case}/slip/9").status_code == 404
    assert at_desk(app, "dept").get(f"/office/cases/{case}/slip/2").status_code == 404


def test_the_list_is_narrowed_by_what_is_overdue_and_by_matter_and_ordered_by_level(app: Flask, world: World) -> None:
    low, high = made(app, world, level="L2"), made(app, world, level="L4")
    other = made(app, world, matter="HAZ-01")
    with app.app_context(), transaction() as session:
        session.get_one(CaseFile, UUID(low)).due_at = clock.now() - 1
    with app.app_context():
        session, now = db.session(), clock.now()
        town = holder(session, world, "town")

        def listed(**narrowed: str) -> list[str]:
            asked = listing.shape_for(session, town, clock.today()).read(narrowed)
            return [str(case.id) for case in listing.cases_for(session, town, now, asked).rows]

        assert listed(overdue="yes") == [low]
        assert listed(matter_code="HAZ-01") == [other]
        assert listed(sort="level") == [high, other, low]
        assert listed()[0] == low
    page = at_desk(app, "town").get("/office/cases?overdue=yes&sort=level&matter_code=HAZ-06").text
    assert low in page and high not in page
    people = at_desk(app, "town").get("/office/cases?sort=reporter").text
    assert people.index(low) < people.index(high) and 'value="reporter"' not in people


def test_the_page_offers_what_its_reader_may_do(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")

    def offered(who: str) -> set[str]:
        page = at_desk(app, who).get(f"/office/cases/{case}").text
        return {part.partition('"')[0] for part in page.split('name="step" value="')[1:]}

    assert offered("dept") == {"arrived", "reported", "suspended", "not_ours", "ordered"}
    shared = {"assigned", "helper_added", "whistled", "handed_up", "handed_down", "reminded"}
    assert offered("town") == offered("county") == shared
    assert offered("village") == {"assigned", "helper_added"}


def test_a_case_of_a_withdrawn_matter_keeps_the_ladder(app: Flask, world: World) -> None:
    case = kept(app, made(app, world))
    with app.app_context():
        assert queries.levels_of_matter(db.session(), case.county_code, "GONE-1") == ("L2", "L3", "L4")


def test_two_helpers_of_one_name_are_one(app: Flask, world: World) -> None:
    case = made(app, world, lead="dept")
    with app.app_context(), transaction() as session:
        town = holder(session, world, "town")
        version = session.get_one(CaseFile, UUID(case)).version
        after = commands.help_with(session, town, UUID(case), version, world.areas["village"]).version
        assert commands.help_with(session, town, UUID(case), after, world.areas["village"]).version == after
        with pytest.raises(Problem):
            commands.help_with(session, town, UUID(case), version, world.areas["village"])
