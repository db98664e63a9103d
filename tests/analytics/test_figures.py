"""A month in figures: right, of areas alone, nothing of a team's records, and each opens its records."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from server.analytics import rules
from server.areas.commands import add_unit
from server.areas.models import OrgUnit
from server.cases.models import CaseFile, CaseStep
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.commands import appoint
from server.people.models import Appointment, Person
from tests.builders import Hands, add_person, at_desk, writing
from tests.feedback.forms import Visitor, said
from tests.sync.phone import Phone, assigned, hazard, mediation, publicity, visit
from tests.world import STARTED, World

TODAY = (date.today() + timedelta(days=62)).replace(
    day=20
)  # the middle of a month, after everything of the county began
ROW = r'<tr><th scope="row"[^>]*>{}</th>\s*<td>(?:<a [^>]*>)?(\d+)'


@pytest.fixture(autouse=True)
def middle_of_a_month() -> Any:
    """Some days back and ahead are the same month."""
    noon = clock.start_of(TODAY) + 12 * rules.HOUR_MS
    clock.set_source(lambda: noon)


@pytest.fixture
def staffed(app: Flask, world: World) -> World:
    """Five full-time workers, so that figures may be told."""
    with writing(app) as session:
        for username in ("worker4", "worker5"):
            add_person(
                session,
                username,
                role="full_time_worker",
                org_unit_id=world.areas["village"],
                grid_id=world.areas["grid"],
                from_day=STARTED,
            )
    return world


def count_of(page: str, kind: str) -> int:
    found = re.search(ROW.format(kind), page)
    assert found, kind
    return int(found[1])


def test_a_month_is_read_as_it_is_written_and_nothing_else() -> None:
    assert str(rules.month_of("2026-02", TODAY)) == "2026-02"
    assert rules.month_of("2026-02", TODAY).days == 28
    for words in ("", "2026-13", "2026-1", "1999-01", "2026-01-01", "；"):
        assert str(rules.month_of(words, TODAY)) == f"{TODAY:%Y-%m}"


def test_months_go_back_one_by_one_over_the_turn_of_a_year() -> None:
    found = rules.months_back(date(2027, 1, 31), 3)
    assert [str(month) for month in found] == ["2027-01", "2026-12", "2026-11"]


def test_the_median_says_nothing_of_nothing() -> None:
    assert rules.median_hours([]) is None
    assert rules.median_hours([rules.HOUR_MS, 3 * rules.HOUR_MS, 50 * rules.HOUR_MS]) == 3


def test_behind_fewer_than_five_workers_no_figure_is_told(app: Flask, world: World) -> None:
    assert Phone(app, "worker").do("publicity.report", publicity(world))["outcome"] == "applied"
    town = at_desk(app, "town")
    page = town.get("/office/figures").text
    assert "不到 5 名" in page and "<svg" not in page and "不显示" in page
    behind = town.get("/office/figures/records").text
    assert "不到 5 名" in behind and "<tbody" not in behind
    assert not re.search(r"village</a></th>\s*<td>\d", page)


def test_behind_fewer_than_five_no_promise_and_no_handling_time_is_told(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    told = hazard(world, matter_code="HAZ-06", relook_on=TODAY.isoformat())
    assert worker.do("hazards.report", told)["outcome"] == "applied"
    assert at_desk(app, "town").form(f"/office/cases/new/{told['id']}", level="L3").status_code == 303
    with writing(app) as session:
        case = session.query(CaseFile).one()
        made = CaseStep(id=new_id(), case_id=case.id, version=2, step="reported", at=clock.now() + 3 * rules.HOUR_MS)
        session.add(made)
    page = at_desk(app, "town").get("/office/figures").text
    assert "答应本月回头看" not in page and "小时" not in page.partition("<h2>闭环办理")[2]
    assert re.search(r"L3</a></th>\s*<td>1</td>", page)


def test_one_alone_that_is_withheld_takes_the_smallest_beside_it_along() -> None:
    assert rules.withheld({"a": 9, "b": 4, "c": 7, "d": 7}) == {"b", "c"}
    assert rules.withheld({"a": 9, "b": 4, "c": 3}) == {"b", "c"}
    assert rules.withheld({"a": 9, "b": 5}) == rules.withheld({}) == set()
    assert rules.withheld({"a": 4}) == {"a"}


def test_what_is_withheld_is_not_reckoned_from_the_sum(app: Flask, staffed: World) -> None:
    """Two villages with figures and one without: the second of them is withheld too, on its own page and below as well."""
    with writing(app) as session:
        village = session.get_one(OrgUnit, staffed.areas["village"])
        other = add_unit(
            session, kind="village", name_zh="甲村", county_code=village.county_code, parent_id=village.parent_id
        )
        session.flush()
        other_id = other.id
    assert Phone(app, "worker").do("publicity.report", publicity(staffed))["outcome"] == "applied"
    town = at_desk(app, "town")
    page = town.get("/office/figures").text
    assert count_of(page, "宣传") == 1
    assert page.count("<td>不显示</td>") == 2
    for unit in (other_id, staffed.areas["village"]):
        assert "不到 5 名" in town.get(f"/office/figures?unit={unit}").text
    assert count_of(at_desk(app, "village").get("/office/figures").text, "宣传") == 1


def test_the_workers_of_the_month_stand_behind_its_figures(app: Flask, staffed: World) -> None:
    """Two left last month: what was done while they were there may be told, this month's not."""
    with writing(app) as session:
        for username in ("worker4", "worker5"):
            person = session.query(Person).filter_by(username=username).one()
            post = session.query(Appointment).filter_by(person_id=person.id).one()
            post.to_day = TODAY.replace(day=1)
    town = at_desk(app, "town")
    assert "不到 5 名" in town.get("/office/figures").text.partition("<section>")[2].partition("</section>")[0]
    before = town.get(f"/office/figures?month={TODAY - timedelta(days=25):%Y-%m}").text
    assert "不到 5 名" not in before.partition("<section>")[2].partition("</section>")[0]


def test_each_duty_counts_and_opens_its_records(app: Flask, staffed: World) -> None:
    worker = Phone(app, "worker")
    for name, told in (
        ("publicity.report", publicity(staffed)),
        ("hazards.report", hazard(staffed)),
        ("hazards.report", hazard(staffed)),
        ("visits.report", visit(staffed)),
        ("mediations.report", mediation(staffed)),
    ):
        assert worker.do(name, told)["outcome"] == "applied", name
    town = at_desk(app, "town")
    page = town.get("/office/figures").text
    assert [count_of(page, kind) for kind in ("宣传", "隐患", "走访", "矛盾调解", "应急")] == [1, 2, 1, 1, 0]
    link = re.search(r'href="(/office/figures/records\?[^"]*kind=hazard)"', page)
    assert link
    behind = town.get(link[1].replace("&amp;", "&")).text
    assert behind.count("<tr><td") == 2 and f"{TODAY.year}年{TODAY.month}月20日" in behind
    everything = town.get("/office/figures/records").text
    assert everything.count("<tr><td") == 4, "a mediation belongs to its team"
    assert "矛盾调解</td>" not in everything
    assert count_of(town.get(f"/office/figures?month={TODAY - timedelta(days=25):%Y-%m}").text, "隐患") == 0


def test_no_name_and_no_word_of_a_record_is_on_the_pages(app: Flask, staffed: World) -> None:
    told = hazard(staffed, note="独此一句")
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    for path in ("/office/figures", "/office/figures/records"):
        page = at_desk(app, "town").get(path).text.partition("<main")[2]
        assert "worker" not in page and "独此一句" not in page and "王芳" not in page


def test_what_lies_elsewhere_is_not_there(app: Flask, staffed: World) -> None:
    village = at_desk(app, "village")
    assert village.get(f"/office/figures?unit={staffed.areas['village']}").status_code == 200
    for unit in (staffed.areas["town"], staffed.areas["county"], "x", TODAY):
        assert village.get(f"/office/figures?unit={unit}").status_code == 404
        assert village.get(f"/office/figures/records?unit={unit}").status_code == 404
    assert str(staffed.areas["town"]) not in village.get("/office/figures").text


def test_relooks_are_in_time_late_or_open(app: Flask, staffed: World) -> None:
    noon = clock.now()
    clock.set_source(lambda: noon - 3 * clock.DAY_MS)
    worker = Phone(app, "worker")
    told = [hazard(staffed, relook_on=(TODAY + timedelta(days=days)).isoformat()) for days in (-1, 0, 3)]
    for one in told:
        answer = worker.do("hazards.report", one)
        assert answer["outcome"] == "applied", answer
    clock.set_source(lambda: noon)
    for one in told[:2]:
        seen = {"id": str(new_id()), "hazard_id": one["id"], "outcome": "fixed", "note": "", "photos": []}
        answer = worker.do("hazards.relook", seen)
        assert answer["outcome"] == "applied", answer
    page = at_desk(app, "town").get("/office/figures").text
    assert "答应本月回头看 3 次：按时 1 次，晚了 1 次，还没看 1 次" in page


def test_what_a_look_promised_is_one_more_that_is_in_time_late_or_open(app: Flask, staffed: World) -> None:
    noon = clock.now()
    worker, looks = Phone(app, "worker"), {1: (-4, -2), 2: (-4, -2, -1), 3: (-4, -1)}
    promised = [(TODAY + timedelta(days=days)).isoformat() for days in (-2, 0)]
    clock.set_source(lambda: noon - 5 * clock.DAY_MS)
    told = {number: hazard(staffed) for number in looks}
    for one in told.values():
        assert worker.do("hazards.report", one)["outcome"] == "applied"
    for number, days in looks.items():
        for at, back in enumerate(days):
            clock.set_source(lambda back=back: noon + back * clock.DAY_MS)
            seen = {"id": str(new_id()), "hazard_id": told[number]["id"], "outcome": "not_fixed"}
            named = {"next_on": promised[at]} if at < len(promised) else {}
            answer = worker.do("hazards.relook", {**seen, **named})
            assert answer["outcome"] == "applied", answer
    clock.set_source(lambda: noon)
    page = at_desk(app, "town").get("/office/figures").text
    assert "答应本月回头看 6 次：按时 3 次，晚了 1 次，还没看 2 次" in page


def test_a_case_shows_by_its_level_and_a_refusal_by_its_ruling(app: Flask, staffed: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(staffed, matter_code="HAZ-06")
    assert worker.do("hazards.report", told)["outcome"] == "applied"
    assert at_desk(app, "town").form(f"/office/cases/new/{told['id']}", level="L3").status_code == 303
    asked = assigned(staffed)
    assert leader.do("tasks.assign", asked)["outcome"] == "applied"
    refusal = {"id": str(new_id()), "task_id": asked["id"], "ground": 1}
    assert worker.do("tasks.refuse", refusal)["outcome"] == "applied"
    page = at_desk(app, "town").get("/office/figures").text
    assert re.search(r"L3</a></th>\s*<td>1</td><td>0</td><td>1</td><td>0</td>\s*<td>—</td>", page)
    assert "等待裁定: 1" in page


def test_open_complaints_are_counted_by_office_and_told_to_nobody_who_works_in_a_grid(
    app: Flask, staffed: World
) -> None:
    visitor = Visitor(app, Hands())
    for about in ("grid_leader", "work", "town_government"):
        visitor.complain(said(staffed, about=about))
    with writing(app) as session:
        town = {"role": "town_government", "org_unit_id": staffed.areas["town"], "from_day": STARTED}
        staffed.people["both"] = add_person(session, "both", **town)
        here = {"org_unit_id": staffed.areas["village"], "grid_id": staffed.areas["grid"], "from_day": STARTED}
        appoint(session, person_id=staffed.people["both"], role="grid_adviser", **here)
    row = r'<tr><th scope="row">(?:<a [^>]*>|<span [^>]*>){}</(?:a|span)></th><td>(\d+)</td><td>(\d+)</td>'

    def shown(username: str) -> list[tuple[str, str]]:
        page = at_desk(app, username).get("/office/figures").text
        part = page.partition('data-testid="complaints"')[2].partition("</section>")[0]
        return re.findall(row.format("[^<]+"), part)

    assert sorted(shown("county")) == [("1", "0"), ("2", "0")]
    assert shown("town") == [("2", "0")] and shown("village") == shown("both") == []
