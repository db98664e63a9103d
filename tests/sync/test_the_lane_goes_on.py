"""Whatever a phone writes into a mutation, the ones behind it are taken: never a 5xx. On SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.records import commands as records
from server.sync.rules import Cursor
from tests.sync.phone import Phone, hazard
from tests.world import World


def corrected(phone: Phone, world: World, payload: Any, **more: Any) -> dict[str, Any]:
    """A report, one correction as given, and a report behind it; the result of the correction."""
    told = hazard(world)
    text = payload.replace("THIS", told["id"]) if isinstance(payload, str) else {"id": told["id"], **payload}
    batch = [
        phone.mutation("hazards.report", told),
        phone.mutation("records.correct", text, **{"base_version": 1, **more}),
        phone.mutation("hazards.report", hazard(world)),
    ]
    got = phone.push(*batch)
    assert got.status_code == 200, got.json
    first, result, behind = got.json["results"]
    assert first["outcome"] == behind["outcome"] == "applied"
    assert phone.push(*batch).json["results"] == got.json["results"]
    return dict(result)


@pytest.mark.parametrize(
    "changes",
    [
        {"photos": [{"sha256": "bad", "role": "scene"}]},
        {"place": {"lng": 1, "lat": 1, "source": "fix", "colour": "red"}},
        {"photos": [7, None]},
    ],
    ids=["a bad photo", "an unknown field inside", "no photos at all"],
)
def test_a_fault_deep_inside_a_correction_is_refused_by_name(app: Flask, world: World, changes: dict[str, Any]) -> None:
    result = corrected(Phone(app, "worker"), world, {"changes": changes})
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "invalid")
    assert result["problem"]["fields"] == list(changes)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"\\ud800": 1}', "invalid"),
        ('{"id": "THIS", "changes": {"\\ud800": 1}}', "field_not_allowed"),
        ('{"id": "THIS", "changes": {"note": 1, "\\u0000": 1}}', "field_not_allowed"),
    ],
)
def test_a_name_that_is_no_text_is_refused(app: Flask, world: World, payload: str, code: str) -> None:
    assert corrected(Phone(app, "worker"), world, payload)["problem"]["code"] == code


@pytest.mark.parametrize("number", [2**31, 2**40, 2**53])
def test_a_version_that_no_row_can_reach_is_no_error(app: Flask, world: World, number: int) -> None:
    phone = Phone(app, "worker")
    corrected(phone, world, {"changes": {"note": "新"}}, base_version=number)
    corrected(phone, world, {"changes": {"note": "新"}}, scope_version=number)


@pytest.mark.parametrize("number", [2**31, 2**40, 2**62, 2**69])
def test_a_cursor_of_an_impossible_scope_is_read_anew(app: Flask, world: World, number: int) -> None:
    phone = Phone(app, "worker")
    phone.pull()
    for scope_version, counter in ((number, 1), (1, number)):
        cursor = Cursor(phone.answer["epoch"], scope_version, {b"abcde": counter}).encode()
        got = phone.client.get("/api/v1/sync/pull", query_string={"cursor": cursor})
        assert (got.status_code, got.json["code"]) == (410, "cursor_expired")


def test_an_answer_that_cannot_be_kept_becomes_a_refusal(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.kernel.problems import Problem

    def refuse(*_: Any) -> Any:
        raise Problem("invalid", fields=[object()])

    phone = Phone(app, "worker")
    monkeypatch.setattr(records, "_loaded", refuse)
    result = corrected(phone, world, {"changes": {"note": "新"}})
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "internal")


def test_an_error_nobody_planned_for_is_told_without_its_words(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> Any:
        raise ValueError("cannot parse 张三 13900000000")

    phone = Phone(app, "worker")
    monkeypatch.setattr(records, "_loaded", fail)
    assert corrected(phone, world, {"changes": {"note": "新"}})["problem"]["code"] == "internal"
    said = capfd.readouterr().err
    assert "张三" not in said and "13900000000" not in said
    assert "unexpected_error" in said and "ValueError" in said
