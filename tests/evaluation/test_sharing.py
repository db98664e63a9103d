"""A large run is shared out among processes: everybody gets one sheet, the same as from one process, whoever fails on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.evaluation import running, sharing
from server.evaluation.models import EvaluationRun, ScoreSheet, SheetVersion
from server.evaluation.running import Share
from server.kernel import clock
from tests.builders import Hands, writing
from tests.evaluation.sets import published
from tests.sync.phone import Phone, visit
from tests.world import World


@pytest.fixture
def begun(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A month of which three people want their sheets, one more than go into a batch."""
    hands = Hands()
    hands.now = clock.start_of(clock.today().replace(day=1)) + 12 * 3_600_000
    assert Phone(app, "worker").do("visits.report", visit(world))["outcome"] == "applied"
    hands.now = clock.start_of(clock.today().replace(day=1)) + 40 * clock.DAY_MS
    published(app, world)
    with writing(app) as session:
        assert running.start_due(session, clock.today()) == 1
    monkeypatch.setattr(sharing, "BATCH", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return hands


def sheets(app: Flask) -> Mapping[UUID, str]:
    """Hash of each person's only sheet."""
    with writing(app) as session:
        told = session.query(ScoreSheet.person_id, SheetVersion.sheet_sha256).join(
            SheetVersion, SheetVersion.sheet_id == ScoreSheet.id
        )
        found = told.all()
    assert len(found) == len(dict(found))
    return dict(found)


def state(app: Flask) -> str:
    with writing(app) as session:
        return session.query(EvaluationRun).one().state


def test_two_processes_make_the_sheets_that_one_would(
    app: Flask, begun: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        assert sharing.round_(clock.now()) == 3
    shared = sheets(app)
    assert len(shared) == 3 and state(app) == "computing"
    with app.app_context():
        assert [sharing.round_(clock.now()) for _ in range(2)] == [1, 0]
    assert state(app) == "open"
    with writing(app) as session:
        session.query(SheetVersion).delete()
        session.query(ScoreSheet).delete()
        session.query(EvaluationRun).one().state = "computing"
    monkeypatch.setattr(sharing, "BATCH", 500)
    with app.app_context():
        assert sharing.round_(clock.now()) == 3
    assert sheets(app) == shared


def test_a_share_that_fails_is_told_and_made_up_for(app: Flask, begun: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken, app.app_context():
        broken.setattr(sys, "executable", "/bin/false")
        with pytest.raises(RuntimeError, match="2 of 2"):
            sharing.round_(clock.now())
    assert sheets(app) == {} and state(app) == "computing"
    with writing(app) as session:
        run_id = session.query(EvaluationRun).one().id
    with app.app_context():
        assert sharing.share_of(run_id, Share(1, 2), os.getppid()) == 2, "one share was made, the other one was cut off"
        assert [sharing.round_(clock.now()) for _ in range(3)] == [1, 1, 0]
    assert len(sheets(app)) == 3 and state(app) == "open"


ASKS = """
import subprocess, sys
from uuid import UUID
from server.app import create_app
from server.evaluation import sharing

class Told(subprocess.Popen):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        print(self.pid, flush=True)

sharing.subprocess.Popen = Told
with create_app().app_context():
    sharing._in_shares(UUID(sys.argv[1]))
"""


def test_a_worker_that_is_killed_leaves_no_process_behind_even_while_it_starts(app: Flask, begun: Hands) -> None:
    with writing(app) as session:
        run_id = session.query(EvaluationRun).one().id
    env = {**sharing._environment(app.extensions["settings"]), "PYTHONPATH": str(sharing.ROOT)}
    command = [sys.executable, "-c", ASKS, str(run_id)]
    with subprocess.Popen(command, cwd=sharing.ROOT, env=env, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        shares = [int(worker.stdout.readline()) for _ in range(sharing.PROCESSES)]
        worker.kill()
    until = time.monotonic() + 120
    while any(map(is_alive, shares)):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert sheets(app) == {}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@given(st.integers(0, 40), st.integers(1, 7))
def test_shares_hold_everybody_once_and_in_order(people: int, parts: int) -> None:
    everybody = list(range(people))
    shares = [Share(number, parts).of(everybody) for number in range(parts)]
    assert [one for share in shares for one in share] == everybody
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
