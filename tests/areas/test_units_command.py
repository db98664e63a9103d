"""A city and a county get their units by one command: all of the file or nothing, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.areas import queries
from server.areas.models import OrgUnit
from server.areas.unit_rules import FIELDS
from server.cases.queries import handling_units
from server.kernel import stream_keys
from tests.county import entries, looking

OTHER = "330481"
HEADING = ",".join(FIELDS)
ROWS = (  # a village stands before its town, and the town before its county
    "village,云龙村,Yunlong Village,330481109210,周王庙镇,0573-87500000",
    "town,周王庙镇,,330481109,,",
    "subdistrict,硖石街道,,330481001,330481,0573 87000000",
    "county,海宁市,Haining,,,",
    "department,海宁市民政局,Civil Affairs Bureau,,,+86 573 87000001",
    "community,西寺社区,,330481001001,330481001,",
)


@pytest.fixture
def run(app: Flask, tmp_path: Path):
    """``run(*rows)`` gives what the command said; ``bytes`` stand in the file as they are."""

    def given(*rows: str, county: str = OTHER, heading: str = HEADING, content: bytes | None = None):
        path = tmp_path / "units.csv"
        path.write_bytes(content or "\n".join((heading, *rows, "")).encode("utf-8-sig"))
        return app.test_cli_runner().invoke(args=["units", "--county-code", county, "--file", str(path)])

    return given


def held(app: Flask, county: str = OTHER) -> dict[str, OrgUnit]:
    with looking(app) as session:
        return {unit.name_zh: unit for unit in queries.units_of_county(session, county)}


def test_a_county_gets_its_units_each_below_its_own(app: Flask, run) -> None:
    answer = run(*ROWS)
    assert (answer.exit_code, answer.output) == (0, "330481: 6 added, 0 changed, 0 there already\n")
    made = held(app)
    above = {
        "云龙村": "周王庙镇",
        "周王庙镇": "海宁市",
        "硖石街道": "海宁市",
        "海宁市民政局": "海宁市",
        "西寺社区": "硖石街道",
    }
    assert {name: unit.parent_id for name, unit in made.items() if name in above} == {
        name: made[parent].id for name, parent in above.items()
    }
    village = made["云龙村"]
    assert (village.kind, village.name_en, village.division_code) == ("village", "Yunlong Village", "330481109210")
    assert (village.phone, village.county_code, village.version) == ("0573-87500000", OTHER, 1)
    assert (made["海宁市"].division_code, made["海宁市民政局"].division_code) == (OTHER, None)
    with looking(app) as session:
        city = queries.city(session)
        assert city is not None and made["海宁市"].parent_id == city.id
        assert [unit.name_zh for unit in handling_units(session, OTHER)] == ["海宁市民政局"]
        assert entries(session, stream_keys.area(village.id), "org_unit") == {village.id: "put"}
        assert queries.feed_rows(session, "org_unit", [village.id])[village.id]["phone"] == "0573-87500000"


def test_the_same_file_again_adds_nothing(app: Flask, run) -> None:
    run(*ROWS)
    before = {name: unit.id for name, unit in held(app).items()}
    assert run(*ROWS).output == "330481: 0 added, 0 changed, 6 there already\n"
    more = "village,荆山村,,330481109211,330481109,"
    changed = ROWS[0].replace("87500000", "87500001")
    assert run(changed, *ROWS[1:], more).output == "330481: 1 added, 1 changed, 5 there already\n"
    after = held(app)
    assert {name: unit.id for name, unit in after.items() if name != "荆山村"} == before
    assert (after["云龙村"].phone, after["云龙村"].version) == ("0573-87500001", 2)
    bare = ROWS[0].rsplit(",", 1)[0] + ","
    assert run(bare).output == "330481: 0 added, 0 changed, 1 there already\n"
    assert held(app)["云龙村"].phone == "0573-87500001"


FAULTS = {
    "hamlet,云龙,,,,": "kind: one of city, county",
    "town,,,330481109,,": "name_zh: is empty",
    f"town,{'镇' * 81},,330481109,,": "name_zh: at most 80 characters",
    "town,周王庙镇,,33048110,,": "division_code: a town has 9 digits",
    "village,云龙村,,3.30E+11,330481001,": "division_code: a village has 12 digits",
    "department,公安局,,330481,,": "division_code: a department has none",
    "zone,开发区,,330481,,": "division_code: a zone has none",
    "county,海宁市,,330424,,": "division_code: the county of this list is 330481",
    "town,周王庙镇,,330481109,,call us": "phone: 3 to 30 digits",
    "village,云龙村,,330481109210,,": "parent: write the code or name of its town or subdistrict",
    "village,云龙村,,330481109210,海宁市,": "parent: 海宁市: no town or subdistrict is called so",
    "village,云龙村,,330481109210,同名镇,": "parent: 同名镇: several are called so",
    "city,嘉兴市,,330400,海宁市,": "parent: a city has none",
    "city,杭州市,,330100,,": "there already: city city",
    "county,海盐县,,,,": "the same unit as in line 2",
    "town,硖石镇,,330481001,,": "the same unit as in line 3",
    "subdistrict,硖石街道,,330481002,,": "the same unit as in line 3",
    "department,民政局,,,海宁市,": "the same unit as in line 6",
}
FIRST = (
    "county,海宁市,,,,", "subdistrict,硖石街道,,330481001,,", "town,同名镇,,330481101,,", "town,同名镇,,330481102,开发区一,",
    "department,民政局,,,,", "zone,开发区一,,,,",
)  # fmt: skip


def test_one_faulty_row_keeps_everything_back(app: Flask, run) -> None:
    for row, fault in FAULTS.items():
        answer = run(*FIRST, row)
        assert answer.exit_code == 1
        assert answer.output.startswith(f"Error: nothing is added\nline {len(FIRST) + 2}: {fault}"), row
        assert {line.split(":")[0] for line in answer.output.splitlines()[1:]} == {f"line {len(FIRST) + 2}"}
    assert held(app) == {}


def test_every_fault_is_named_and_what_lies_below_is_not(run) -> None:
    answer = run("county,海宁市,,,,", "town,周王庙镇,,12,,abc", "village,云龙村,,330481109210,周王庙镇,", "x,,,,,")
    told = [line.split(":")[0:2] for line in answer.output.splitlines()[1:]]
    assert told == [["line 3", " division_code"], ["line 3", " phone"], ["line 5", " kind"]]


UNLIKE = {
    "town,周王庙镇,,330481110,,": "division_code: there already with 330481109",
    "town,周王庙,,330481109,,": "there already: town 周王庙镇 330481109",
    "subdistrict,周王庙镇,,330481109,,": "there already: town 周王庙镇 330481109",
    "village,云龙村,,330481109210,硖石街道,": "parent: there already below another unit",
}


def test_what_is_there_gets_no_other_code_name_kind_or_place(run) -> None:
    run(*ROWS)
    for row, fault in UNLIKE.items():
        assert f"line 2: {fault}" in run(row).output


def test_the_rows_of_one_county_do_not_get_into_another(app: Flask, run) -> None:
    run(*ROWS)
    answer = run("town,周王庙镇,,330481109,,", county="330424")
    assert "line 2: parent: there already below another unit" in answer.output
    assert "周王庙镇" not in held(app, "330424")


def test_towns_without_their_county_are_refused(app: Flask, run) -> None:
    assert "line 2: parent: the county is not there yet" in run(ROWS[1]).output
    zone = ("zone,开发区,,,,", "subdistrict,塘汇街道,,330481004,开发区,")
    assert run(*zone).output == "330481: 2 added, 0 changed, 0 there already\n"


def test_a_county_that_was_there_before_its_city_goes_below_it(app: Flask, run) -> None:
    with looking(app) as session:
        session.execute(sa.update(OrgUnit).values(parent_id=None).where(OrgUnit.kind == "county"))
        session.commit()
    assert run(*ROWS).exit_code == 0
    with looking(app) as session:
        city = queries.city(session)
        assert city is not None
        assert {unit.parent_id for unit in queries.counties(session)} == {city.id}


def test_the_file_is_refused_in_words(run) -> None:
    assert "the first line names the columns kind,name_zh" in run(*ROWS, heading="kind,name").output
    assert "not UTF-8" in run(content=f"{HEADING}\ntown,镇,,,,\n".encode("gb18030")).output
    assert "line 2: 6 columns are wanted" in run("town,周王庙镇").output
    assert "the file has no rows" in run(",,,,,").output
    assert "six digits" in run(*ROWS, county="海宁市").output
