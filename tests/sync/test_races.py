"""Two writers at once, on a database that lets them: the first wins, the second is told, nothing is a 5xx."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.sync.phone import Phone, hazard
from tests.world import World


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these in threads that start together; their results in order."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        results[place] = act()

    threads = [threading.Thread(target=run, args=(i, act)) for i, act in enumerate(acts)]
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
