"""The first person of the county's competent department and of the city, made on the command line; then the office goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.areas.queries import units_called, units_of_county
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of, person_named
from server.people.rules import ADMINISTRATORS
from server.platform.db import Base, db
from tests import world as worlds
from tests.builders import Browser, at_desk
from tests.county import looking

COUNTY = "330424"
UNITS = """kind,name_zh,name_en,division_code,parent,phone
city,嘉兴市,Jiaxing,330400,,
county,海盐县,Haiyan County,330424,,
subdistrict,武原街道,,330424001,,
department,海盐县民政局,,,,
department,海盐县公安局,,,,
"""


@pytest.fixture
def founded(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation with its administrators and units, and nobody else."""
    app = worlds.app_on(database_url, tmp_path)
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
    runner = app.test_cli_runner()
    named = ["first-admin", "--name", "汤宇轩", "--county-code", COUNTY, "--county-name", "海盐县"]
    for options in ([], ["--security", "--username", "secadmin"], ["--audit", "--username", "auditor"]):
        assert runner.invoke(args=[*named, *options]).exit_code == 0
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    answer = runner.invoke(args=["units", "--county-code", COUNTY, "--file", str(tmp_path / "units.csv")])
    assert answer.output == "330424: 4 added, 1 changed, 0 there already\n", answer.exception
    yield app
    worlds.close(app)


def first(app: Flask, username: str, role: str, unit: str, *more: str, typed: str | None = "gridwalk-test\n"):
    named = ["first-office", "--username", username, "--name", "钱慧敏", "--role", role, "--unit", unit, *more]
    return app.test_cli_runner().invoke(args=[*named, *(["--password-stdin"] if typed else [])], input=typed)


def test_the_county_signs_in_and_appoints_its_towns(founded: Flask) -> None:
    answer = first(founded, "county", "county_authority", COUNTY, typed=None)
    assert answer.exit_code == 0, answer.output
    password = answer.output.split("password: ")[1].strip()
    desk = Browser(founded)
    assert desk.sign_in_at_desk("county", password).status_code == 303
    with looking(founded) as session:
        town = next(unit for unit in units_of_county(session, COUNTY) if unit.kind == "subdistrict")
    told = {"username": "wuyuan", "name": "顾晓峰", "role": "town_government", "place": f"unit:{town.id}", "phone": "",
            "unified": "", "from_day": clock.today().isoformat(), "last_day": "", "document_no": "盐政〔2026〕1号"}  # fmt: skip
    hired = desk.form("/office/staff/new", id=str(new_id()), **told)
    assert hired.status_code == 200, hired.text
    with looking(founded) as session:
        person = person_named(session, "wuyuan")
        assert person is not None
        holder = holder_of(session, person.id, clock.today())
    assert [(post.role, post.org_unit_id) for post in holder.posts] == [("town_government", town.id)]


def test_the_city_and_a_department_begin_so_too(founded: Flask) -> None:
    assert first(founded, "city", "city_authority", "330400").output == "city: city_authority, 嘉兴市\n"
    assert first(founded, "dept", "department", "海盐县民政局", "--county-code", COUNTY).exit_code == 0
    assert at_desk(founded, "city").get("/office/terms").status_code == 200
    another = [
        "first-admin",
        "--username",
        "admin2",
        "--name",
        "某某",
        "--county-code",
        "330481",
        "--county-name",
        "海宁市",
    ]
    assert founded.test_cli_runner().invoke(args=another).exit_code == 0
    with looking(founded) as session:
        above = {unit.parent_id for county in (COUNTY, "330481") for unit in units_of_county(session, county)[:1]}
        (unit,) = units_called(session, "330400")
        assert above == {unit.id}, "every county lies below the city, whoever was there first"
        city, dept = (person_named(session, name) for name in ("city", "dept"))
        assert city is not None and dept is not None
        assert (city.county_code, dept.county_code) == ("330400", COUNTY)


def test_no_administrator_is_made_so_nor_gets_another_post(founded: Flask) -> None:
    for role in ADMINISTRATORS:
        answer = first(founded, "somebody", role, COUNTY)
        assert answer.exit_code == 1 and "made by first-admin" in answer.output
    for username in ("sysadmin", "secadmin", "auditor"):
        answer = first(founded, username, "county_authority", COUNTY)
        assert answer.exit_code == 1 and f"{username} is there already" in answer.output


REFUSED = {
    ("county", "county_authority", "武原街道"): "belongs to a county or zone; 武原街道 is a subdistrict",
    ("city", "city_authority", COUNTY): "belongs to a city; 海盐县 is a county",
    ("dept", "department", "嘉兴市"): "belongs to a department; 嘉兴市 is a city",
    ("worker", "full_time_worker", "武原街道"): "role: one of village_committee, town_government, department",
    ("county", "county_authority", "海宁市"): "no unit is called 海宁市",
    ("张 三", "county_authority", COUNTY): "username cannot be so: 3 to 60",
}


def test_what_does_not_fit_makes_nobody(founded: Flask) -> None:
    for given, why in REFUSED.items():
        answer = first(founded, *given)
        assert answer.exit_code == 1 and why in answer.output
    assert first(founded, "county", "county_authority", COUNTY, typed="short\n").exit_code == 1
    with looking(founded) as session:
        assert [person_named(session, username) for username, _role, _unit in REFUSED] == [None] * len(REFUSED)


def test_a_name_that_two_units_have_needs_more(founded: Flask, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text(UNITS.replace("330424", "330481").replace("海盐县,Haiyan", "海宁市,Haining"), "utf-8")
    runner = founded.test_cli_runner()
    assert runner.invoke(args=["units", "--county-code", "330481", "--file", str(path)]).exit_code == 0
    answer = first(founded, "dept", "department", "海盐县民政局")
    assert answer.exit_code == 1 and "several units are called" in answer.output
    assert first(founded, "dept", "department", "海盐县民政局", "--county-code", "330481").exit_code == 0
