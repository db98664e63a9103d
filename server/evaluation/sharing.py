"""A large run is reckoned by two processes, each with its share of the people; a small one by whoever looks (decision 0034).

Each keeps its batches by itself, each person once, so it does not matter which of them is killed, or when: what has no sheet
is found again at the next round.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from server.evaluation.models import EvaluationRun
from server.evaluation.rules import COMPUTING
from server.evaluation.running import BATCH, WHOLE, Share, how_many_left, keep, reckon_some, under_way
from server.kernel import clock
from server.platform.config import Settings, current_settings
from server.platform.db import db, reading, transaction

ROOT = Path(__file__).parents[2]
PROCESSES = 2  # more would leave the web server of a small machine without a core


def round_(now: int) -> int:
    """What the worker process does: all of a large run, or one batch of a small one, or its end; answers how many sheets."""
    with reading() as session:
        run = under_way(session)
        if run is None:
            return 0
        run_id, left = run.id, how_many_left(session, run)
    if left > BATCH and (os.cpu_count() or 1) > 1:
        _in_shares(run_id)
        with reading() as session:
            return left - how_many_left(session, session.get_one(EvaluationRun, run_id))
    return one_batch(run_id, WHOLE, now)


def _in_shares(run_id: UUID) -> None:
    """Raises RuntimeError when a process ended with an error; what it had kept stays, and the next round goes on from there."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "score-share", str(run_id)]
    told = [[str(number), str(PROCESSES), str(os.getpid())] for number in range(PROCESSES)]
    env = _environment(current_settings())
    shares = [subprocess.Popen([*command, *one], cwd=ROOT, env=env) for one in told]
    if failed := [share.args for share in shares if share.wait()]:
        raise RuntimeError(f"{len(failed)} of {PROCESSES} processes failed")


def _environment(settings: Settings) -> dict[str, str]:
    """Where the same data lie. What only web server and worker need is what they were started with."""
    return {**os.environ, "DATA_DIR": str(settings.data_dir.resolve()), "DATABASE_URL": settings.database_url}


def one_batch(run_id: UUID, share: Share, now: int) -> int:
    """Reckoned while others write, kept in a short transaction. 1 for the end of a run, which only the whole can tell."""
    with reading() as session:
        run = session.get(EvaluationRun, run_id)
        if run is None or run.state != COMPUTING:
            return 0
        made = reckon_some(session, run, share=share)
    if not made and share != WHOLE:
        return 0
    with transaction() as session:
        return keep(session, run_id, made, now)


def share_of(run_id: UUID, share: Share, asked_by: int) -> int:
    """Every batch of a share, until it is done or the process that asked for it is gone, be it while this one started."""
    total = 0
    while os.getppid() == asked_by and (made := one_batch(run_id, share, clock.now())):
        total += made
        db.session.remove()
    return total
