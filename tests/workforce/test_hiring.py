"""Staff from a sheet: each fault of each row in the preview, nothing half applied."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from server.people.models import Appointment, Person
from server.text import text
from server.workforce.staff_rules import FIELDS, StaffRow, check
from tests.builders import at_desk, signed_in
from tests.county import looking
from tests.households.sheets import sheet
from tests.strangers import add_strangers
from tests.sync.phone import Phone

GRID, MICRO = "330424102000001", "330424102000001001"
HEADINGS = tuple(text(f"staff_import.column.{name}", "zh") for name in FIELDS)
TODAY = date(2026, 6, 1)
PATH = "/office/staff/import"


def row(**more: Any) -> StaffRow:
    told = {
        "line": 2, "username": "zhang01", "name": "张三", "phone": "", "role": "专职网格员", "place": GRID,
        "from_day": "2026-06-01",
    }  # fmt: skip
    return StaffRow(**{**told, **more})


def faults(*rows: StaffRow, taken: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    roles = {"专职网格员": "full_time_worker", "微网格长": "micro_grid_leader"}
    found = check(rows, roles=roles, grids=[GRID], micro_grids=[MICRO], taken=taken, today=TODAY)
    return [one.faults for one in found]


@pytest.mark.parametrize("more, fault", [
    ({"username": "A b"}, "username_bad"), ({"username": ""}, "username_bad"), ({"name": ""}, "name_bad"),
    ({"phone": "问村里"}, "phone_bad"), ({"role": "村长"}, "role_unknown"), ({"place": "1"}, "place_unknown"),
    ({"place": MICRO}, "place_unknown"), ({"role": "微网格长"}, "place_unknown"), ({"from_day": "6月1日"}, "day_bad"),
    ({"from_day": "1926-06-01"}, "day_bad"), ({"from_day": ""}, "day_bad"),
])  # fmt: skip
def test_each_fault_has_a_name(more, fault) -> None:
    assert faults(row(**more)) == [(fault,)]


def test_a_good_row_has_none_and_accounts_are_told_apart() -> None:
    assert faults(row(), row(line=3, username="li02", role="微网格长", place=MICRO, phone="0573-1234567")) == [(), ()]
    assert faults(row(), row(line=3)) == [("username_twice",), ("username_twice",)]
    assert faults(row(), taken=("zhang01",)) == [("username_taken",)]
    assert faults(row(username="x", name="", role="")) == [("username_bad", "name_bad", "role_unknown")]


def upload(browser: Any, content: bytes) -> Any:
    page = browser.client.get(PATH).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    return browser.client.post(PATH, data={"csrf_token": token, "file": (BytesIO(content), "staff.xlsx")})


def people(app: Any) -> int:
    with looking(app) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


GOOD = [("zhang01", "张三", "13800000001", "专职网格员", GRID, date(2026, 6, 1)),
        ("li02", "李四", "", "微网格长", MICRO, "2026-06-01")]  # fmt: skip


def test_one_faulty_row_keeps_everybody_back(app) -> None:
    before, desk = people(app), at_desk(app, "town")
    answer = upload(desk, sheet(*GOOD, ("worker", "王五", "", "村长", "9", "x"), headings=HEADINGS))
    assert answer.status_code == 200 and "confirm" not in answer.text
    for fault in ("username_taken", "role_unknown", "day_bad"):
        assert text(f"staff_import.fault.{fault}", "zh") in answer.text
    assert people(app) == before


def test_a_good_sheet_is_previewed_then_taken_on_once(app, world) -> None:
    before, desk = people(app), at_desk(app, "town")
    shown = upload(desk, sheet(*GOOD, headings=HEADINGS))
    token = re.search(r'name="token" value="([0-9a-f]+)"', shown.text).group(1)
    assert people(app) == before and "李四" in shown.text
    assert at_desk(app, "county").form(f"{PATH}/confirm", token=token).status_code == 410, "another's file"
    assert desk.form("/office/households/import/confirm", token=token).status_code == 410, "another purpose"
    assert desk.form(f"{PATH}/confirm", token=token).headers["Location"] == f"{PATH}?taken=2"
    assert desk.form(f"{PATH}/confirm", token=token).status_code == 410
    with looking(app) as session:
        made = sa.select(Appointment).join(Person, Person.id == Appointment.person_id)
        posts = {name: session.scalars(made.where(Person.username == name)).one() for name in ("zhang01", "li02")}
        assert (posts["zhang01"].grid_id, posts["zhang01"].from_day) == (world.areas["grid"], date(2026, 6, 1))
        assert posts["li02"].micro_grid_id is not None and posts["li02"].org_unit_id == world.areas["village"]
        assert session.scalars(sa.select(Person).where(Person.username == "li02")).one().password_hash is None
    assert people(app) == before + 2
    named = {one["name"]: one["roles"] for one in Phone(app, "leader").pull()["staff"].values()}
    assert (named["张三"], named["李四"]) == (["full_time_worker"], ["micro_grid_leader"])


FAULTY = {
    "username_bad": {0: "A b"}, "name_bad": {1: ""}, "role_unknown": {3: "村长"}, "place_unknown": {4: "9"},
    "day_bad": {5: "6月1日"},
}  # fmt: skip


def test_of_five_thousand_rows_fifty_faulty_ones_are_named_each_and_nobody_is_taken_on_too_early(app) -> None:
    good = [(f"staff{n:04}", f"员工{n:04}", "", "专职网格员", GRID, "2026-06-01") for n in range(5_000)]
    rows, wanted = list(good), {}
    for number, at in enumerate(range(7, 5_000, 100)):
        fault, cells = list(FAULTY.items())[number % len(FAULTY)]
        rows[at] = tuple(cells.get(column, told) for column, told in enumerate(rows[at]))
        wanted[at + 2] = (fault,)  # below the headings, counted from 1
    before, desk = people(app), at_desk(app, "town")
    shown = upload(desk, sheet(*rows, headings=HEADINGS)).text
    assert named(shown) == wanted and len(wanted) == 50 and 'name="token"' not in shown
    assert people(app) == before
    ready = upload(desk, sheet(*good, headings=HEADINGS)).text
    token = re.search(r'name="token" value="([0-9a-f]+)"', ready).group(1)
    assert people(app) == before
    assert desk.form(f"{PATH}/confirm", token=token).headers["Location"] == f"{PATH}?taken=5000"
    assert people(app) == before + 5_000


def named(page: str) -> dict[int, tuple[str, ...]]:
    """The faults of a preview by the line of the sheet."""
    by_words = {text(f"staff_import.fault.{fault}", "zh"): fault for fault in FAULTY}
    lines = re.findall(r'<th scope="row">(\d+)</th>\s*<td><ul>(.*?)</ul>', page)
    return {int(line): tuple(by_words[word] for word in re.findall(r"<li>(.*?)</li>", told)) for line, told in lines}


def test_the_next_town_fills_no_grid_of_this_one(app, world) -> None:
    add_strangers(app, world)
    answer = upload(at_desk(app, "town_b"), sheet(*GOOD, headings=HEADINGS))
    assert answer.text.count(text("staff_import.fault.place_unknown", "zh")) == 2
    assert signed_in(app, "worker").client.get(PATH).status_code == 403


def test_the_empty_sheet_comes_back_as_it_went_out(app) -> None:
    desk = at_desk(app, "county")
    content = desk.client.get(f"{PATH}/sheet.xlsx").data
    answer = upload(desk, content)
    assert answer.status_code == 200 and "worker001" in answer.text
    assert upload(desk, b"no zip").status_code == 422
