"""What departments do for their matters, which are at risk, and the competent department's own decision (Art. 9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.households.models import VisitPlan
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.matters import commands, departments, leaving, queries, support, versions
from server.matters.models import Matter
from server.matters.rules import SUPPORTS, MatterFacts, ReviewFacts, missing_support, on_list_since, withdrawal_may_be
from server.messages.models import Message
from server.people.queries import holder_of
from server.platform.db import db
from server.tasks.models import Task
from tests.builders import Hands
from tests.matters.lists import in_days
from tests.sync.phone import Phone
from tests.world import COUNTY

DAY = date(2026, 6, 1)


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}$")


def act(kind: str = "training", **more: Any) -> dict[str, Any]:
    told = {
        "id": new_id(), "code": "HAZ-01", "department": "fire", "kind": kind, "day": clock.today(), "yuan": None,
        "words": "讲了一次", "document_no": "",
    }  # fmt: skip
    return {**told, **more}


def decision(**more: Any) -> dict[str, Any]:
    told = {
        "code": "VIS-08", "missing": ["funds"], "heard_on": clock.today(), "statement": "正在安排", "reason": "没有经费",
        "withdrawal_document": "示〔2026〕50号", "from_day": in_days(1),
    }  # fmt: skip
    return {**told, **more}


def test_what_is_missing_without_a_period_is_what_nobody_ever_did() -> None:
    assert missing_support({}, DAY, DAY, None) == SUPPORTS
    assert missing_support({"funds": date(2020, 1, 1)}, DAY, DAY, None) == ("guidance", "training", "supervision")


def test_with_a_period_of_the_county_what_is_too_long_ago_is_missing() -> None:
    newest = dict.fromkeys(SUPPORTS, DAY - timedelta(days=30))
    admitted = DAY - timedelta(days=400)
    assert missing_support(newest, admitted, DAY, 30) == ()
    assert missing_support({**newest, "funds": DAY - timedelta(days=31)}, admitted, DAY, 30) == ("funds",)
    assert missing_support({}, DAY - timedelta(days=30), DAY, 30) == ()  # not on the list for so long yet


def test_a_change_of_the_entry_begins_no_new_time() -> None:
    first = MatterFacts(
        id=new_id(), code="A", duty="hazards", data_class="N", photo_policy="optional", review=ReviewFacts("none"),
        low_risk=False, from_day=date(2025, 1, 1), to_day=date(2026, 1, 1),
    )  # fmt: skip
    again = MatterFacts(**{**first.__dict__, "from_day": date(2026, 1, 1), "to_day": None})
    later = MatterFacts(**{**first.__dict__, "from_day": date(2026, 3, 1), "to_day": None})
    assert on_list_since([first, again], again) == date(2025, 1, 1)
    assert on_list_since([first, later], later) == date(2026, 3, 1)


def test_a_withdrawal_names_what_is_missing_and_hears_first() -> None:
    assert withdrawal_may_be(["funds"], ["funds"], DAY, DAY)
    for named, heard, code in (
        ([], DAY, "invalid"),
        (["smiles"], DAY, "invalid"),
        (["training"], DAY, "duty_on_record"),
        (["funds"], DAY + timedelta(days=1), "day_out_of_range"),
    ):
        assert withdrawal_may_be(named, ["funds"], heard, DAY).code == code


def test_the_report_puts_matters_at_risk_first(session, acts) -> None:
    actor = acts.holder("county")
    for kind in SUPPORTS:
        support.write_down(session, actor, act(kind, yuan=20_000 if kind == "funds" else None))
    rows = support.report(session, COUNTY, clock.today())
    assert (rows[-1].matter.code, rows[-1].missing) == ("HAZ-01", ())
    assert rows[0].missing == SUPPORTS and len(rows) == 45


@pytest.mark.parametrize("told, code", [
    (act(code="HAZ-99"), "matter_not_in_force"),
    (act(department="education"), "unit_unknown"),
    (act("funds"), "invalid"),
    (act("training", yuan=5), "invalid"),
])  # fmt: skip
def test_what_the_register_does_not_take(session, acts, told, code) -> None:
    with refused(code):
        support.write_down(session, acts.holder("county"), {**told, "id": new_id(), "day": clock.today()})


def test_a_day_to_come_another_office_and_a_form_sent_twice(session, acts) -> None:
    actor, told = acts.holder("county"), act()
    with refused("day_out_of_range"):
        support.write_down(session, actor, {**told, "day": in_days(1)})
    with refused("not_allowed"):
        support.write_down(session, acts.holder("dept"), told)
    support.write_down(session, actor, told)
    with refused("record_exists"):
        support.write_down(session, actor, told)


def test_the_competent_department_decides_alone_and_tells_whom_it_concerns(session, acts, world) -> None:
    made = leaving.withdraw(session, acts.holder("county"), decision())
    version = versions.newest(session, COUNTY)
    assert (version.kind, version.number, version.from_day) == ("withdrawal", 2, in_days(1))
    assert version.reasons[0]["missing"] == ["funds"] and "VIS-08" not in {one["code"] for one in version.entries}
    assert "正在安排" not in str(version.reasons), "what the department said is not for the public"
    told = set(session.scalars(sa.select(Message.person_id).where(Message.kind == "matter_withdrawn")))
    assert {world.people["worker"], world.people["worker2"]} <= told and world.people["worker3"] not in told
    assert made.settled_at is None


def test_on_the_day_of_effect_open_plans_and_tasks_end(app, world) -> None:
    task = {
        "id": str(new_id()), "grid_id": str(world.areas["grid"]), "person_id": str(world.people["worker"]),
        "matter_code": "VIS-08", "words": "看看", "due_day": clock.today().isoformat(),
    }  # fmt: skip
    assert Phone(app, "leader").do("tasks.assign", task)["outcome"] == "applied"
    with app.app_context():
        session = db.session()
        actor = holder_of(session, world.people["county"], clock.today())
        leaving.withdraw(session, actor, decision())
        assert leaving.settle(session, clock.today()) == 0
        session.commit()
        Hands().forward(clock.DAY_MS)
        assert leaving.settle(session, clock.today()) == 1
        session.commit()
        assert session.get_one(VisitPlan, world.plan).closed_on == clock.today()
        assert session.get_one(VisitPlan, world.care_plan).closed_on is None
        assert [one.state for one in session.scalars(sa.select(Task))] == ["withdrawn"]
        assert leaving.settle(session, clock.today()) == 0
        clock.set_source(None)


@pytest.mark.parametrize("more, code", [
    ({"code": "HAZ-99"}, "matter_not_in_force"),
    ({"missing": []}, "invalid"),
    ({"from_day": date(2020, 1, 1)}, "day_out_of_range"),
])  # fmt: skip
def test_a_decision_that_is_refused_changes_nothing(session, acts, more, code) -> None:
    if "from_day" in more:
        more = {"from_day": clock.today()}
    with refused(code):
        leaving.withdraw(session, acts.holder("county"), decision(**more))
    assert queries.matter_in_force(session, COUNTY, "VIS-08", in_days(30)) is not None


def test_what_is_on_record_cannot_be_named_and_nobody_else_decides(session, acts) -> None:
    actor = acts.holder("county")
    answering = queries.departments_of(session, queries.matter_in_force(session, COUNTY, "VIS-08", clock.today()).id)
    told = act("funds", code="VIS-08", department=answering[0].code, yuan=1)
    support.write_down(session, actor, told)
    with refused("duty_on_record"):
        leaving.withdraw(session, actor, decision())
    for username in ("dept", "town", "city"):
        with refused("not_allowed"):
            leaving.withdraw(session, acts.holder(username), decision(missing=["training"]))


def test_a_sixteenth_department_is_a_row(session, acts) -> None:
    city = acts.holder("city")
    departments.add(session, acts.holder("county"), "water_affairs", "水利", "Water affairs")
    assert len(queries.open_departments(session)) == 16
    with refused("invalid"):
        departments.add(session, city, "Water affairs", "x", "x")
    with refused("department_in_use"):
        departments.close(session, city, "fire")
    with refused("not_allowed"):
        departments.close(session, acts.holder("county"), "water_affairs")
    departments.close(session, city, "water_affairs")
    session.flush()
    assert len(queries.open_departments(session)) == 15 and len(departments.all_of(session)) == 16
    with refused("department_exists"):
        departments.add(session, city, "fire", "消防二", "x")


def test_a_change_in_place_leaves_versions_as_they_were(session, acts) -> None:
    """The photo policy of an entry is set in place; what was published says what it said."""
    leaving.withdraw(session, acts.holder("county"), decision())
    haz = session.scalars(sa.select(Matter).where(Matter.code == "HAZ-01")).one()
    commands.set_photo_policy(session, acts.holder("county"), haz.id, "forbidden")
    entry = next(one for one in versions.newest(session, COUNTY).entries if one["code"] == "HAZ-01")
    assert entry["photo_policy"] == "optional"
