"""Few pushes of a process are at work in the database at once, and those that are held up do not stop the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.platform import db as database
from server.platform.config import Settings
from server.platform.db import in_one_transaction

AT_WORK = Settings().web_at_work
Work = Callable[[Session], int]


def _begin(app: Flask, pool: ThreadPoolExecutor, work: Work) -> Future[int]:
    def run() -> int:
        with app.app_context():
            return in_one_transaction(work)

    return pool.submit(run)


def test_few_are_at_work_at_once_and_all_get_their_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TURN_SECONDS", 60)
    guard, at_work, most = threading.Lock(), 0, 0

    def work(session: Session) -> int:
        nonlocal at_work, most
        with guard:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        found = session.scalars(sa.select(sa.literal(1))).one()
        with guard:
            at_work -= 1
        return found

    with ThreadPoolExecutor(12) as pool:
        done = [_begin(app, pool, work) for _ in range(24)]
        assert [each.result() for each in done] == [1] * 24
    assert most == AT_WORK


def test_those_that_are_held_up_hold_nobody_else_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TURN_SECONDS", 0.05)
    gate, held_up = threading.Event(), threading.Semaphore(0)

    def held(_session: Session) -> int:
        held_up.release()
        assert gate.wait(30)
        return 1

    with ThreadPoolExecutor(AT_WORK + 1) as pool:
        slow = [_begin(app, pool, held) for _ in range(AT_WORK)]
        try:
            for _ in slow:
                assert held_up.acquire(timeout=30)
            assert _begin(app, pool, lambda _session: 2).result(30) == 2
            assert not any(each.done() for each in slow)
        finally:
            gate.set()
        assert [each.result(30) for each in slow] == [1] * AT_WORK


def test_a_turn_is_given_back_by_work_that_failed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TURN_SECONDS", 30)

    def fails(_session: Session) -> int:
        raise ValueError("as asked")

    with ThreadPoolExecutor(1) as pool:
        for _ in range(2 * AT_WORK):
            with pytest.raises(ValueError, match="as asked"):
                _begin(app, pool, fails).result(10)
        assert _begin(app, pool, lambda _session: 1).result(10) == 1
