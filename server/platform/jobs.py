"""The worker: a loop that wakes sweepers. The truth is rows with a date on them; a sweeper looks for those that are due.

There is no queue that could lose a job or run it twice: whatever a sweeper did not finish, it finds again at its next
round. Each round is a transaction of its own, an error in one sweeper is logged and the others go on. Two workers on one
``DATA_DIR`` would only wait for each other, and two on one PostgreSQL would send twice, so the second one leaves.

Two lanes, a thread each: what rings a phone, and the end of a call-out that stops it, never waits for a backup, a night of
retention or the scoring of a month. What the two share of the process (a plugin's module, a log) must stand two threads.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.kernel import clock
from server.platform.db import db, transaction
from server.platform.logs import log, unexpected

STOP_SECONDS = 1.5
NICENESS = 5  # on a busy machine the server's answers come before the worker's rounds
MOST_ROUNDS = 200
WORKERS_LOCK = 0x6772_6964  # one number of PostgreSQL's advisory locks, for this alone
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

Round = Callable[[int], int]


@dataclass(frozen=True)
class Sweeper:
    """``round`` does one batch for the time given (ms UTC) and answers how many rows it changed; 0 = nothing is left.

    ``urgent``: in the lane of its own, so each round must be short.
    """

    name: str
    every_seconds: float
    round: Round
    urgent: bool = False


_sweepers: dict[str, Sweeper] = {}


def register(sweeper: Sweeper) -> None:
    """Called by ``app.py`` for each sweeper of each room."""
    _sweepers[sweeper.name] = sweeper


def sweepers() -> list[Sweeper]:
    return list(_sweepers.values())


def in_transaction(command: Callable[[Session, int], Any]) -> Round:
    """A command ``(session, now) → number`` as a round in one transaction."""

    def one(now: int) -> int:
        with transaction() as session:
            return int(command(session, now) or 0)

    return one


class Worker:
    """Runs every sweeper when its time has come, until told to stop; urgent ones beside the others.

    ``broke``: a lane ended by itself, and the other one with it: half a worker would look like a whole one.
    """

    def __init__(self, app: Flask, chosen: list[Sweeper]) -> None:
        self._app, self._chosen = app, chosen
        self.stopping, self.broke = threading.Event(), False

    def run(self) -> None:
        lanes = [[one for one in self._chosen if one.urgent is urgent] for urgent in (True, False)]
        threads = [threading.Thread(target=self._run_lane, args=(lane,), daemon=True) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _run_lane(self, lane: list[Sweeper]) -> None:
        due = {sweeper.name: time.monotonic() for sweeper in lane}
        try:
            while not self.stopping.is_set():
                for sweeper in lane:
                    if due[sweeper.name] <= time.monotonic() and not self.stopping.is_set():
                        self.sweep(sweeper)
                        due[sweeper.name] = time.monotonic() + sweeper.every_seconds
                self.stopping.wait(max(0.05, min(due.values(), default=MINUTE) - time.monotonic()))
        finally:
            self.broke |= not self.stopping.is_set()
            self.stopping.set()

    def sweep(self, sweeper: Sweeper) -> int:
        """Rounds until nothing is left; answers the sum. An error ends this sweep, not the worker."""
        total = 0
        with self._app.app_context():
            try:
                for _ in range(MOST_ROUNDS):
                    done = sweeper.round(clock.now())
                    total += done
                    if not done or self.stopping.is_set():
                        break
            except Exception as error:  # whatever it is, the other sweepers must go on
                unexpected(error)
                log().error("sweep_failed", sweeper=sweeper.name)
        if total:
            log().info("swept", sweeper=sweeper.name, count=total)
        return total


def serve(app: Flask, data_dir: Path) -> int:
    """``flask worker``: until SIGTERM or SIGINT, with 0; with 1 when it broke. Ends within two seconds; what was half done is
    rolled back."""
    os.nice(NICENESS)
    with ExitStack() as locks:
        if not all(locks.enter_context(lock) for lock in (only_one(data_dir), only_one_on_database(app))):
            log().error("another_worker_runs")
            return 1
        worker = Worker(app, sweepers())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: worker.stopping.set())
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        while thread.is_alive() and not worker.stopping.wait(1):
            pass
        thread.join(STOP_SECONDS)
        if thread.is_alive():
            log().warning("stopped_in_the_middle")
        sys.stderr.flush()
        # at once, whatever the interpreter would still tidy up; the database rolls back what is open
        os._exit(1 if worker.broke else 0)


@contextmanager
def only_one(data_dir: Path) -> Iterator[bool]:
    """Whether this process is the only worker on this folder."""
    handle = os.open(data_dir / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        yield False
        return
    try:
        yield True
    finally:
        os.close(handle)


@contextmanager
def only_one_on_database(app: Flask) -> Iterator[bool]:
    """Whether this process is the only worker on this PostgreSQL, whatever its folder; on SQLite the folder says it."""
    with app.app_context():
        engine = db.engines[None]
    if engine.dialect.name != "postgresql":
        yield True
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as held:
        held.detach()  # it is not lent to others, and closing it gives the lock back
        yield bool(held.scalar(sa.select(sa.func.pg_try_advisory_lock(WORKERS_LOCK))))
