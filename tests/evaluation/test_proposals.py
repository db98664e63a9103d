"""What is proposed follows the sheets: an old decision comes up again, the cap holds, a second objection is awaited."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.evaluation import proposing, running
from server.evaluation.models import EvaluationRun, Proposal, ScoreSheet
from server.evaluation.queries import Result
from server.evaluation.quota import proposed
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.workdays import add_working_days
from tests.builders import Hands, at_desk, writing
from tests.evaluation.sets import published, run
from tests.evaluation.test_runs import DAY, answer, close, month, object_to, own_sheet
from tests.sync.phone import Phone
from tests.world import World

__all__ = ["month"]
CAP = {
    "type": "quota", "code": "Q", "clause": "第十条", "grade": "good", "share": "0.34", "rounding": "down", "ties": "up",
    "min_unit": "3",
}  # fmt: skip


def of_worker2(session: Any, world: World) -> list[tuple[Any, ...]]:
    own = session.query(Proposal).filter_by(person_id=world.people["worker2"]).order_by(Proposal.sheet_version)
    return [(one.kind, one.told["total"], one.decision, one.superseded_at is not None) for one in own]


@pytest.mark.parametrize("outcome", ["accepted", "kept"])
def test_a_decision_stands_as_long_as_the_sheet_says_the_same(
    app: Flask, world: World, month: Hands, outcome: str
) -> None:
    """Decided on the first day after the window; an objection made in time comes by later."""
    published(app, world)
    run(app, world)
    sheet, phone = own_sheet(app, "worker2"), Phone(app, "worker2")
    told = {"id": str(new_id()), "sheet_id": sheet["id"], "indicator": "TASKS", "reason": "miscounted"}
    in_time = phone.mutation("objections.make", told)
    close(app, month)
    before = sheet["sheet"]["total"]
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        one = session.query(Proposal).filter_by(person_id=world.people["worker2"]).one()
        proposing.decide(session, county, one.id, taken=True, words="")
    assert phone.push(in_time).json["results"][0]["outcome"] == "applied"
    answer(app, world, "county", outcome=outcome)
    after = own_sheet(app, "worker2")["sheet"]["total"]
    with writing(app) as session:
        found = of_worker2(session, world)
        if outcome == "kept":
            assert found == [("grade", before, "taken", False)] and after == before
            return
        assert after != before
        assert found == [("grade", before, "taken", True), ("grade", after, None, False)]
        newest = session.query(Proposal).filter_by(person_id=world.people["worker2"], decision=None).one()
        proposing.decide(session, county, newest.id, taken=True, words="")
    assert at_desk(app, "county").get("/office/evaluation/proposals").text.count('data-testid="superseded"') == 1


def three(session: Any) -> tuple[EvaluationRun, dict[str, ScoreSheet]]:
    sheets = session.query(ScoreSheet).order_by(ScoreSheet.id).all()
    return session.query(EvaluationRun).one(), dict(zip("abc", sheets, strict=True))


def came_to(sheets: dict[str, ScoreSheet], **totals: str) -> list[Result]:
    """The unit's sheets; no total: in dispute."""
    unit = sheets["a"].unit_id
    return [
        Result(one.id, one.version, one.person_id, unit, "graded" if totals[key] else "disputed", totals[key] or None,
               ("good" if int(totals[key]) >= 80 else "poor") if totals[key] else None, [])
        for key, one in sheets.items()
    ]  # fmt: skip


def kinds(session: Any, sheets: dict[str, ScoreSheet]) -> dict[str, str]:
    names: dict[UUID, str] = {one.id: key for key, one in sheets.items()}
    return {names[one.sheet_id]: f"{one.kind} {one.decision or ''}".strip() for one in session.query(Proposal)}


def test_no_more_than_the_cap_are_proposed_when_a_sheet_changes(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    body = {"indicators": [CAP]}
    with writing(app) as session:
        run_, sheets = three(session)
        run_.state = "closed"
        proposing.propose(session, run_, body, came_to(sheets, a="92", b="", c="70"))
        assert kinds(session, sheets) == {"a": "grade", "c": "grade"}
        proposing.propose_again(session, run_, body, sheets["b"], came_to(sheets, a="92", b="95", c="70"))
        assert kinds(session, sheets) == {"a": "quota", "b": "grade", "c": "grade"}
        proposing.propose_again(session, run_, body, sheets["b"], came_to(sheets, a="92", b="92", c="70"))
        assert kinds(session, sheets) == {"a": "grade", "b": "grade", "c": "grade"}, "a tie goes up"
        county = holder_of(session, world.people["county"], clock.today())
        of_a = session.query(Proposal).filter_by(sheet_id=sheets["a"].id).one()
        proposing.decide(session, county, of_a.id, taken=True, words="")
        proposing.propose_again(session, run_, body, sheets["b"], came_to(sheets, a="92", b="95", c="70"))
        assert kinds(session, sheets) == {"a": "grade taken", "b": "quota", "c": "grade"}


@pytest.mark.parametrize(
    ("share", "reached", "given", "up"),
    [
        ("0.2", {"a": "92", "b": "95"}, "a", "a"),
        ("0.2", {"a": "92", "b": "92"}, "a", "ab"),
        ("0.4", {"a": "90", "b": "95", "c": "94"}, "a", "ab"),
        ("0.4", {"a": "90", "b": "95", "c": "90", "d": "90"}, "a", "abcd"),
        ("0.2", {"a": "90", "b": "95", "c": "90"}, "a", "a"),
        ("0.2", {"a": "90", "b": "91", "c": "95"}, "ab", "ab"),
        ("0.4", {"a": "90", "b": "91", "c": "95"}, "", "bc"),
    ],
)
def test_a_grade_that_was_given_keeps_its_place(share: str, reached: dict[str, str], given: str, up: str) -> None:
    assert proposed({**CAP, "share": share}, reached, 5, given) == frozenset(up)


def test_a_line_that_was_kept_holds_its_sheet_back_until_the_county_could_be_asked(
    app: Flask, world: World, month: Hands
) -> None:
    published(app, world)
    run(app, world)
    assert object_to(app, "worker2")["outcome"] == "applied"
    month.now = clock.start_of(add_working_days(clock.today(), 5)) + DAY // 2
    answer(app, world, "town", outcome="kept")
    last = add_working_days(clock.today(), 5)
    month.now = clock.start_of(clock.today() + timedelta(days=1)) + DAY // 2
    with writing(app) as session:
        assert [running.close_due(session, clock.today()) for _ in range(2)] == [1, 0]
        assert of_worker2(session, world) == [] and session.query(Proposal).count() > 0
        path = f"/office/evaluation/runs/{session.query(EvaluationRun).one().id}/export"
    held = [one for one in taken_out(app, path) if one[2] == "有异议"]
    assert held == [("", "", "有异议")]
    month.now = clock.start_of(last) + DAY // 2
    with writing(app) as session:
        assert running.close_due(session, clock.today()) == 0
    month.now = clock.start_of(last + timedelta(days=1)) + DAY // 2
    with writing(app) as session:
        assert [running.close_due(session, clock.today()) for _ in range(2)] == [1, 0]
        assert [one[0] for one in of_worker2(session, world)] == ["grade"]


def test_a_sheet_in_dispute_leaves_without_points(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    assert object_to(app, "worker2")["outcome"] == "applied"
    close(app, month)
    with writing(app) as session:
        path = f"/office/evaluation/runs/{session.query(EvaluationRun).one().id}/export"
    found = taken_out(app, path)
    assert [one[:2] for one in found if one[2] == "有异议"] == [("", "")]
    assert all(total and grade for total, grade, status in found if status == "已评")


def taken_out(app: Flask, path: str) -> list[tuple[str, str, str]]:
    """(total, grade, status) of each row of the file."""
    file = at_desk(app, "county").form(path, file_format="csv", purpose="核发绩效").text
    return [(row[3], row[4], row[5]) for row in csv.reader(file.splitlines()) if len(row) == 7 and row[0] != "单位"]
