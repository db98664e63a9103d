"""The worker: wakes sweepers, survives their errors, ends when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.app import create_app
from server.kernel import clock, ids
from server.messages.commands import ring
from server.messages.models import Message
from server.platform import jobs
from server.platform.config import Settings
from server.platform.db import reading, transaction
from server.platform.jobs import Sweeper, Worker, in_transaction
from server.platform.uploads import Upload
from tests import world
from tests.databases import Databases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = world.app_on("", tmp_path / "data")
    app.extensions["made"] = world.build(app, review="all")
    yield app
    world.close(app)


def run_for(worker: Worker, seconds: float) -> None:
    threading.Timer(seconds, worker.stopping.set).start()
    worker.run()


def test_a_sweeper_is_woken_at_once_and_then_in_its_rhythm(app: Flask) -> None:
    quick: list[int] = []
    slow: list[int] = []
    chosen = [Sweeper("quick", 0.1, lambda n: quick.append(n) or 0), Sweeper("slow", 60, lambda n: slow.append(n) or 0)]
    worker = Worker(app, chosen)
    run_for(worker, 0.55)
    assert 4 <= len(quick) <= 7 and len(slow) == 1


def test_an_error_in_one_sweeper_is_told_and_stops_no_other(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    after: list[int] = []

    def broken(_now: int) -> int:
        raise RuntimeError("张三 13800000000")

    run_for(Worker(app, [Sweeper("broken", 0.1, broken), Sweeper("after", 0.1, lambda n: after.append(n) or 0)]), 0.35)
    told = capsys.readouterr().err
    assert len(after) >= 2
    assert "sweep_failed" in told and "RuntimeError" in told
    assert "张三" not in told and "13800000000" not in told, "a log names nobody"


def test_what_is_urgent_does_not_wait_for_a_night_of_work(app: Flask) -> None:
    ringing, ends = threading.Event(), threading.Event()

    def long(_now: int) -> int:
        assert ends.wait(60), "the urgent one was never woken"
        return 0

    def urgent(_now: int) -> int:
        ringing.set()
        ends.set()
        return 0

    worker = Worker(app, [Sweeper("long", 60, long), Sweeper("rings", 60, urgent, urgent=True)])
    run_for(worker, 1)
    assert ringing.is_set() and not worker.broke
    assert {one.name for one in jobs.sweepers() if one.urgent} == {"deliveries", "callouts"}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("breaks_urgent", [True, False])
def test_a_lane_that_breaks_takes_the_worker_with_it(app: Flask, breaks_urgent: bool) -> None:
    """Half a worker looks alive to whoever would start it anew, and one half of its work is never done again."""

    def breaks(_now: int) -> int:
        raise SystemExit  # as anything that is no error of a round: a log that cannot be written, a panic of a library

    lives = Sweeper("lives", 0.1, lambda _now: 0, urgent=not breaks_urgent)
    worker = Worker(app, [Sweeper("breaks", 60, breaks, urgent=breaks_urgent), lives])
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    thread.join(10)
    was_alive = thread.is_alive()
    worker.stopping.set()
    assert not was_alive and worker.broke


def test_what_a_failing_round_wrote_is_rolled_back(app: Flask) -> None:
    def half(session: sa.orm.Session, now: int) -> int:
        ring(session, app.extensions["made"].people["worker"], "hazard_reported", at=now)
        session.flush()
        raise RuntimeError

    Worker(app, []).sweep(Sweeper("half", 1, in_transaction(half)))
    with app.app_context(), reading() as session:
        assert session.scalars(sa.select(Message)).all() == []


def test_rounds_go_on_until_nothing_is_left(app: Flask) -> None:
    left = [5, 5, 3, 0, 9]
    assert Worker(app, []).sweep(Sweeper("batches", 1, lambda _n: left.pop(0))) == 13
    assert left == [9]


def test_every_sweeper_of_the_product_runs_on_a_fresh_county(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    worker = Worker(app, jobs.sweepers())
    for sweeper in jobs.sweepers():
        worker.sweep(sweeper)
    assert {s.name for s in jobs.sweepers()} >= {
        "uploads", "photos", "messages", "held", "reviews", "archive", "households", "backup",
    }  # fmt: skip
    assert "sweep_failed" not in capsys.readouterr().err


def test_the_worker_process_sweeps_and_ends_within_two_seconds_of_sigterm(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), transaction() as session:
        old = Upload(
            id=ids.new_id(1), county_code=world.COUNTY, person_id=app.extensions["made"].people["worker"], sha256="0" * 64,
            size=1, said="", key="00" * 16, created_at=0, expires_at=clock.now() - 1,
        )  # fmt: skip
        session.add(old)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    env = {**os.environ, "DATA_DIR": str(tmp_path / "data")}
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            assert wait_until(lambda: uploads_left(app) == 0), (tmp_path / "worker.log").read_text()
            second = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=120)
            assert second.returncode == 1 and b"another_worker_runs" in second.stderr
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            assert time.monotonic() - told < 2
        finally:
            process.kill()
            process.wait()


def test_a_second_worker_on_the_same_database_leaves_whatever_its_folder(databases: Databases, tmp_path: Path) -> None:
    url = databases.empty()
    app = create_app(Settings(data_dir=tmp_path, database_url=url))
    with jobs.only_one_on_database(app) as first, jobs.only_one_on_database(app) as second:
        assert first and second is (databases.kind == "sqlite")
    with jobs.only_one_on_database(app) as again:
        assert again
    world.close(app)
    databases.drop(url)


def uploads_left(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Upload)) or 0


def wait_until(true: object, seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
