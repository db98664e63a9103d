"""Each promised re-look counts once: the day that the report named, and each day that a look named for the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.duties.hazards.rules import Look, promises
from server.evaluation.facts import Row
from server.evaluation.merit import earned
from server.kernel import clock
from server.kernel.ids import new_id
from tests.builders import Hands
from tests.evaluation.sets import facts
from tests.evaluation.test_facts import DAY, away, done, middle_of_a_month
from tests.evaluation.test_merits import LOOKED
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import case_of
from tests.world import World

__all__ = ["middle_of_a_month"]  # Monday, 15 June 2026; Friday is a holiday


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def found(app: Flask, world: World, relook_on: str | None) -> str:
    return str(done(Phone(app, "worker"), "hazards.report", hazard(world, relook_on=relook_on))["id"])


def look(app: Flask, who: str, told: str, outcome: str = "not_fixed", **more: Any) -> str:
    seen = {"id": str(new_id()), "hazard_id": told, "outcome": outcome, **more}
    return str(done(Phone(app, who), "hazards.relook", seen)["id"])


def due(app: Flask, world: World, who: str) -> list[Row]:
    return sorted(facts(app, world, who, "relooks_due").facts.get("relooks_due", ()), key=lambda row: (row.on, row.id))


def said(app: Flask, world: World, who: str) -> list[tuple[str, str | None]]:
    return [(row.outcome, row.why) for row in due(app, world, who)]


def test_two_promises_are_two_rows_and_one_look_keeps_one(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    first, second = day(3), day(7)
    told = found(app, world, first)
    middle_of_a_month.forward(3 * DAY)
    seen = look(app, "worker", told, next_on=second)
    kept, open_ = due(app, world, "worker")
    assert (kept.id, kept.on, kept.outcome) == (told, first, "met")
    assert (open_.id, open_.on, open_.outcome) == (f"{told}/{seen}", second, "unmet")
    middle_of_a_month.forward(4 * DAY)
    look(app, "worker", told, "fixed")
    rows = due(app, world, "worker")
    assert [(row.outcome, row.took and row.took["working_days"], row.allowed) for row in rows] == [
        ("met", "3", "3"), ("met", "1", "1"),
    ]  # fmt: skip
    assert earned({**LOOKED, "least": "2"}, rows) and not earned({**LOOKED, "least": "2"}, [kept, open_])


def test_a_look_too_late_says_how_long_it_took_since_it_was_promised(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    told = found(app, world, None)
    look(app, "worker", told, next_on=day(2))
    middle_of_a_month.forward(3 * DAY)
    look(app, "worker", told, "fixed")
    (row,) = due(app, world, "worker")
    assert (row.outcome, row.took and row.took["working_days"], row.allowed) == ("met", "3", "2")


def test_the_promise_of_a_look_is_of_whoever_looked_and_kept_by_anybody(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    told = found(app, world, day(1))
    middle_of_a_month.forward(DAY)
    look(app, "worker2", told, next_on=day(2))
    assert said(app, world, "worker") == [("neutral", "held_by_other")], "what worker2 promised is no debt of worker"
    assert said(app, world, "worker2") == [("met", None), ("unmet", None)]
    middle_of_a_month.forward(DAY)
    look(app, "worker", told)
    assert said(app, world, "worker2") == [("met", None), ("neutral", "held_by_other")]
    assert said(app, world, "worker") == [("neutral", "held_by_other"), ("met", None)]


def test_whoever_names_no_day_owes_none(app: Flask, world: World) -> None:
    look(app, "worker", found(app, world, None))
    look(app, "worker", found(app, world, None), "fixed", next_on=day(2))
    assert due(app, world, "worker") == []


def test_looking_twice_on_one_day_keeps_nothing_twice(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    told = found(app, world, None)
    for days in (2, 3, 0, 4):
        seen = look(app, "worker", told, next_on=day(days))
        middle_of_a_month.forward(60_000)
    look(app, "worker", told)
    (row,) = due(app, world, "worker")
    assert (row.id, row.on, row.outcome) == (f"{told}/{seen}", day(4), "unmet")
    other = found(app, world, None)
    look(app, "worker", other, next_on=day(2))
    middle_of_a_month.forward(60_000)
    look(app, "worker", other, "fixed")
    assert due(app, world, "worker") == [row], "put right on the same day: nobody comes back"


@pytest.mark.parametrize("kind", ["sick", "leave"])
def test_away_from_the_day_on_missed_nothing(app: Flask, world: World, kind: str) -> None:
    look(app, "worker", found(app, world, None), next_on=day(3))
    away(app, world, "worker", kind, days=40, back=-1)
    assert [(row.outcome, row.why) for row in due(app, world, "worker")] == [
        ("neutral", {"sick": "sickness", "leave": "leave"}[kind])
    ]


def test_days_away_do_not_run_and_a_case_takes_the_promise_over(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    told, handed = found(app, world, None), found(app, world, None)
    for one in (told, handed):
        look(app, "worker", one, next_on=day(2))
    away(app, world, "worker", "sick", days=1, back=-1)
    case_of(app, world, handed, "dept")
    middle_of_a_month.forward(3 * DAY)
    look(app, "worker", told, "fixed")
    by_id = {row.id.split("/")[0]: row for row in due(app, world, "worker")}
    assert (by_id[told].took or {})["working_days"] == by_id[told].allowed == "2"
    assert (by_id[handed].outcome, by_id[handed].why) == ("neutral", "held_by_other")


def test_a_look_of_long_ago_is_kept_however_old_the_hazard_is(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    told = found(app, world, None)
    middle_of_a_month.forward(120 * DAY)
    look(app, "worker", told, next_on=day(3))
    assert said(app, world, "worker") == [("unmet", None)]


def seen_on(number: int, outcome: str = "not_fixed", next_on: int | None = None) -> Look:
    named = None if next_on is None else clock.today() + timedelta(days=next_on)
    return Look(new_id(), new_id(), clock.now() + number * DAY, outcome, named)


@pytest.mark.parametrize(
    "looks, kept",
    [
        ([], []),
        ([(0, "not_fixed", 3)], [(0, None)]),
        ([(0, "not_fixed", 3), (1, "worse", None), (2, "not_fixed", None)], [(0, 1)]),
        ([(0, "not_fixed", 3), (3, "not_fixed", 5), (9, "fixed", None)], [(0, 1), (1, 2)]),
        ([(0, "fixed", None), (4, "not_fixed", 5)], [(1, None)]),
        ([(0, "not_fixed", 3), (0, "not_fixed", None), (3, "fixed", None)], [(0, 2)]),
        ([(0, "not_fixed", 0), (1, "fixed", None)], []),
    ],
)
def test_which_look_keeps_which_promise(
    app: Flask, looks: list[tuple[int, str, int | None]], kept: list[tuple[int, int | None]]
) -> None:
    chain = [seen_on(*told) for told in looks]
    place = {look.id: at for at, look in enumerate(chain)}
    assert [(place[a.id], place[b.id] if b else None) for a, b in promises(chain)] == kept
