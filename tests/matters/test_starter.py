"""The list that ships: forty-five examples, whole in both languages, with the fifteen departments of Art. 3."""

from __future__ import annotations

import pytest

from server.matters import starter
from server.matters.rules import DUTIES, SHIPPED_REVIEW

LINES = starter.matters()


def by_duty(duty: str) -> list[starter.StarterMatter]:
    return [line for line in LINES if line.columns["duty"] == duty]


def test_every_duty_has_matters_and_codes_are_distinct() -> None:
    assert {line.columns["duty"] for line in LINES} == set(DUTIES)
    assert len({line.columns["code"] for line in LINES}) == len(LINES) == 45


def test_all_fifteen_departments_answer_for_something() -> None:
    named = {name for line in LINES for name in line.departments}
    assert named == {row["name_zh"] for row in starter.departments()}
    assert len(named) == 15


def test_photos_are_optional_or_forbidden_never_needed() -> None:
    assert {line.columns["photo_policy"] for line in LINES} == {"optional", "forbidden"}
    assert all(line.columns["photo_policy"] == "forbidden" for line in by_duty("visits"))


def test_every_hazard_offers_advice_that_exists_in_both_languages() -> None:
    words = {row["code"]: row for row in starter.advice()}
    assert all(row["name_zh"] and row["name_en"] for row in words.values())
    for line in by_duty("hazards"):
        assert line.advice, line.columns["code"]
        assert set(line.advice) <= set(words)


def test_no_advice_orders_punishes_or_licenses() -> None:
    for row in starter.advice():
        assert not set(row["name_zh"]) & set("令罚责查扣拆")


@pytest.mark.parametrize("duty", DUTIES)
def test_review_ships_as_the_product_says(duty) -> None:
    modes = {(line.columns["review_mode"], line.columns["review_percent"]) for line in by_duty(duty)}
    assert modes == {(SHIPPED_REVIEW[duty].mode, SHIPPED_REVIEW[duty].percent or None)}


def test_only_what_names_illness_or_need_is_sensitive() -> None:
    assert {line.columns["code"] for line in LINES if line.columns["data_class"] == "S"} == {
        "INFO-04", "MED-02", "VIS-01", "VIS-02", "VIS-03",
    }  # fmt: skip
