"""Two writers at once, on a database that lets them: the first wins, the second is told, nothing is a 5xx."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.approvals import commands as approvals
from server.kernel import clock
from server.platform.db import transaction
from server.records import commands as records
from tests.sync.phone import Phone, hazard
from tests.world import World


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these in threads that start together; their results in order."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        results[place] = act()

    threads = [threading.Thread(target=run, args=(i, act), daemon=True) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_people_decide_one_record_and_the_first_wins(app: Flask, world: World) -> None:
    worker, leader, village = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "village")
    for _ in range(5):
        told = hazard(world)
        worker.do("hazards.report", told)
        outcomes = at_once(
            lambda record=told["id"]: leader.do("approvals.approve", {"record_id": record}, base_version=1),
            lambda record=told["id"]: village.do(
                "approvals.return", {"record_id": record, "reason": "other"}, base_version=1
            ),
        )
        assert sorted(o["outcome"] for o in outcomes) == ["applied", "conflict"]
        (second,) = (o for o in outcomes if o["outcome"] == "conflict")
        assert second["problem"]["code"] == "already_decided"
        row = worker.pull()["record"][told["id"]]
        assert row["version"] == 2 and len(row["history"]) == 2


def meanwhile(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], Any]) -> list[Any]:
    """When ``where.name`` is called first, somebody else tries ``act``; what comes of it, once that thread has ended."""
    real, came = getattr(where, name), []
    other = threading.Thread(target=lambda: came.append(act()))

    def called(*given: Any, **more: Any) -> Any:
        if other.ident is None:
            other.start()
            other.join(2)  # it ends here, unless it rightly waits for us
        return real(*given, **more)

    monkeypatch.setattr(where, name, called)
    came.append(other)
    return came


def test_a_record_does_not_lapse_under_the_hand_of_its_reviewer(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world)
    worker.do("hazards.report", told)
    decide = lambda: leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1)  # noqa: E731
    came = meanwhile(monkeypatch, approvals, "advance", decide)
    with app.app_context(), transaction() as session:
        approvals.lapse_overdue(session, clock.today() + timedelta(days=40))
    came.pop(0).join(20)
    assert (came[0]["outcome"], came[0]["problem"]["code"]) == ("conflict", "already_decided")
    row = worker.pull()["record"][told["id"]]
    assert row["review"]["status"] == "lapsed" and [s["step"] for s in row["history"]] == ["saved", "lapsed"]
    assert row["version"] == 2


def test_a_record_is_not_put_away_under_the_hand_of_its_author(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world, fixed_on_spot=True)
    worker.do("hazards.report", told)
    leader.do("approvals.approve", {"record_id": told["id"]}, base_version=1)
    change = lambda: worker.do("records.correct", {"id": told["id"], "changes": {"note": "乙"}}, base_version=2)  # noqa: E731
    came = meanwhile(monkeypatch, records.streams, "gone", change)
    with app.app_context(), transaction() as session:
        records.archive_finished(session, clock.now() + 1)
    came.pop(0).join(20)
    assert came[0]["outcome"] == "applied"
    assert leader.pull()["record"][told["id"]]["body"]["note"] == "乙", "corrected after it left, it is back"
    assert leader.client.get("/api/v1/archive").json["rows"] == []


def test_one_push_sent_twice_at_once_is_applied_once(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    for _ in range(5):
        batch = [worker.mutation("hazards.report", hazard(world)) for _ in range(3)]
        first, again = at_once(lambda sent=batch: worker.push(*sent), lambda sent=batch: worker.push(*sent))
        assert first.status_code == again.status_code == 200
        assert first.json["results"] == again.json["results"]
    assert len(leader.pull()["record"]) == 15


def test_phones_that_push_at_once_leave_no_hole_in_the_feed(app: Flask, world: World) -> None:
    phones = [Phone(app, who) for who in ("worker", "worker2", "parttime", "leader")]
    reader = Phone(app, "adviser")

    def send(phone: Phone) -> None:
        for _ in range(4):
            got = phone.push(*[phone.mutation("hazards.report", hazard(world)) for _ in range(3)])
            assert got.status_code == 200, got.json
            reader_rows.append(len(phone.pull().get("record", {})))

    reader_rows: list[int] = []
    at_once(*[lambda phone=phone: send(phone) for phone in phones])
    assert len(reader.pull()["record"]) == 48
    for phone in phones:
        assert len(phone.pull()["record"]) == 48
