"""What may come over the wire of households and places, and what may be kept at all."""

from __future__ import annotations

import importlib
import pkgutil
import re
from uuid import uuid4

import pytest
from marshmallow import Schema, ValidationError
from sqlalchemy import inspect

import server
import server.models_all
from server.households.extra_fields import BASIC_FIELDS, EXTRA_FIELDS
from server.households.models import Household
from server.households.pinyin import initials_of
from server.households.schemas import CloseHousehold, HouseholdFields, SaveHousehold, SavePlace
from server.matters import starter
from server.platform.db import Base

HOUSEHOLD = {
    "id": str(uuid4()),
    "micro_grid_id": str(uuid4()),
    "door": "1号",
    "contact_name": "王芳",
    "contact_phone": "",
}
PLACE = {
    "id": str(uuid4()), "grid_id": str(uuid4()), "kind": "shop", "name": "超市", "address": "", "lng": 120.9, "lat": 30.5,
    "radius_m": 30, "matters": [],
}  # fmt: skip
KEPT_BESIDE = {  # what the road itself needs, none of it told by anybody
    "id", "county_code", "grid_id", "door_hash", "initials", "created_at", "closed_on", "close_reason", "version",
}  # fmt: skip
FORBIDDEN = re.compile(
    r"identity_number|id_number|id_card|national_id|passport|religio|belief|politic|party_member|ethnic|nationality|race_"
    r"|shenfenzheng|zongjiao|minzu|zhengzhi"
)


def test_the_table_of_further_fields_is_what_table_and_shape_really_hold() -> None:
    allowed = BASIC_FIELDS | {f.name for f in EXTRA_FIELDS}
    assert set(inspect(Household).columns.keys()) - KEPT_BESIDE == allowed
    assert set(HouseholdFields().fields) == allowed


def test_every_further_field_names_a_matter_of_the_list() -> None:
    codes = {line.columns["code"] for line in starter.matters()}
    assert {f.matter_code for f in EXTRA_FIELDS} <= codes


def schemas() -> list[type[Schema]]:
    for module in pkgutil.walk_packages(server.__path__, "server."):
        if module.name.endswith(".schemas"):
            importlib.import_module(module.name)
    found, todo = [], [Schema]
    while todo:
        below = todo.pop().__subclasses__()
        found += [s for s in below if s.__module__.startswith("server.")]
        todo += below
    return found


def test_nowhere_is_there_a_field_for_identity_number_religion_politics_or_ethnicity() -> None:
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    fields = {f"{s.__name__}.{name}" for s in schemas() for name in s._declared_fields}
    assert len(columns) > 150
    assert len(fields) > 60
    assert [name for name in sorted(columns | fields) if FORBIDDEN.search(name.split(".")[1])] == []


@pytest.mark.parametrize("name", ["identity_number", "religion", "political_status", "ethnicity", "id_card_no"])
def test_the_search_for_such_fields_can_fail(name) -> None:
    assert FORBIDDEN.search(name)


def test_a_whole_household_or_its_changes_never_both() -> None:
    assert SaveHousehold().load(HOUSEHOLD)["door"] == "1号"
    assert SaveHousehold().load({"id": HOUSEHOLD["id"], "changes": {"door": "2号"}})["changes"] == {"door": "2号"}
    for wrong in (
        {**HOUSEHOLD, "changes": {"door": "2号"}},
        {"id": HOUSEHOLD["id"], "changes": {}},
        {"id": HOUSEHOLD["id"]},
        {k: v for k, v in HOUSEHOLD.items() if k != "contact_phone"},
        {**HOUSEHOLD, "religion": "x"},
        {"id": HOUSEHOLD["id"], "changes": {"grid_id": str(uuid4())}},
        {**HOUSEHOLD, "door": " "},
        {**HOUSEHOLD, "door": "号" * 121},
        {**HOUSEHOLD, "door": 7},
    ):
        with pytest.raises(ValidationError):
            SaveHousehold().load(wrong)


def test_strange_characters_are_kept_as_the_replacement_character() -> None:
    assert SaveHousehold().load({**HOUSEHOLD, "door": "a\ud800\x00b"})["door"] == "a\ufffd\ufffdb"
    assert SaveHousehold().load({**HOUSEHOLD, "door": "号" * 120})["door"] == "号" * 120


@pytest.mark.parametrize(
    ("name", "value"),
    [("lng", 181), ("lat", float("nan")), ("lng", "120"), ("radius_m", 4), ("radius_m", 1001), ("radius_m", True),
     ("kind", "home"), ("matters", "HAZ-01"), ("matters", ["x" * 21]), ("matters", ["HAZ-01"] * 61)],
)  # fmt: skip
def test_a_place_with_a_wrong_value_is_refused(name, value) -> None:
    assert SavePlace().load(PLACE)["radius_m"] == 30
    with pytest.raises(ValidationError):
        SavePlace().load({**PLACE, name: value})


def test_closing_names_one_of_two_reasons() -> None:
    with pytest.raises(ValidationError):
        CloseHousehold().load({"id": HOUSEHOLD["id"], "reason": "died"})


@pytest.mark.parametrize(
    ("name", "initials"),
    [("张小明", "zxm"), ("欧阳·丽", "oyl"), ("Anna 王", "annaw"), ("", ""), ("😀", ""), ("３号", "h")],
)
def test_initials_find_a_name(name, initials) -> None:
    assert initials_of(name) == initials
