"""What the audit chain costs: linking and verifying 100,000 entries, finding what was done to them, and how many looks a
second eight writers note, with the chain built by the worker (as it is) and by each writer under the lock (as it might be).
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform import anchors, chain
from server.platform.chain import AuditEntry
from server.platform.db import db, reading, transaction
from server.platform.looks import Look, note_look
from tests import world as worlds
from tests.databases import DURABLE, postgres_server

ENTRIES, WRITERS, SECONDS, CHUNK = 100_000, 8, 4.0, 5_000


def figures() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgres_server(DURABLE) as server:
        yield from _on("PostgreSQL", server.url(server.create()))


def _on(kind: str, url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = worlds.app_on(url, Path(folder) / "data")
        who = worlds.build(app).people["leader"]
        with app.app_context():
            _look(who)
            yield Figure(f"audit chain: {ENTRIES} entries linked, {kind}", _timed(_link_all), "s")
            yield Figure(f"audit chain: {ENTRIES} entries verified, {kind}", _timed(_verify), "s", 60)
            for name, statements in _tampered(_last()).items():
                found = _found(statements)
                yield Figure(f"audit chain: {name} of {ENTRIES}, {kind}", found, "found", 1, at_least=True)
            yield Figure(f"audit chain: faults in the rest after half was closed, {kind}", _close_half(), "faults", 0)
        as_it_is = _rate(app, who, lambda _session: None)
        yield Figure(f"looks noted by {WRITERS} writers, chain by the worker, {kind}", as_it_is, "look/s")
        under_lock = _rate(app, who, lambda session: anchors.link_waiting(session, clock.now()))
        told = f"{as_it_is:.0f}/s with the worker"
        yield Figure(
            f"looks noted by {WRITERS} writers, each linking, {kind}", under_lock, "look/s", compared_with=told
        )
        worlds.close(app)


def _look(who: UUID) -> None:
    for _ in range(ENTRIES // CHUNK):
        now = clock.now()
        rows = [
            {"id": new_id(), "person_id": who, "kind": "record", "object_id": new_id(), "at": now, "noted_at": now,
             "door": "phone"}
            for _ in range(CHUNK)
        ]  # fmt: skip
        with transaction() as session:
            session.execute(sa.insert(Look), rows)


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _link_all() -> None:
    while True:
        with transaction() as session:
            if not anchors.link_waiting(session, clock.now()):
                return


def _verify() -> None:
    with reading() as session:
        assert anchors.verify(session).faults == []


def _last() -> int:
    with reading() as session:
        return chain.tip(session, anchors.start_of(session)).seq


def _tampered(last: int) -> dict[str, list[sa.TextClause]]:
    middle = last // 2
    swap = ((middle, -1), (middle + 1, middle), (-1, middle + 1))
    return {
        "one flipped bit": [sa.text(f"UPDATE look SET at = at + 1 WHERE chain_seq = {middle}")],
        "one removed row": [sa.text(f"DELETE FROM audit_entry WHERE seq = {middle}")],
        "one reordered pair": [sa.text(f"UPDATE audit_entry SET seq = {to} WHERE seq = {was}") for was, to in swap],
    }


def _found(statements: list[sa.TextClause]) -> float:
    with Session(db.engines[None]) as session:  # rolled back
        for statement in statements:
            session.execute(statement)
        return float(bool(anchors.verify(session).faults))


def _close_half() -> float:
    later = clock.now() + 2 * anchors.SHORTEST_MS
    with transaction() as session:
        anchors.close_through(session, _last() // 2, later)
    with reading() as session:
        report = anchors.verify(session, now=later)
        assert report.count == session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        return float(len(report.faults))


def _rate(app: Flask, who: UUID, also: Callable[[Session], object]) -> float:
    counts = [0] * WRITERS
    until = time.monotonic() + SECONDS

    def write(place: int) -> None:
        with app.app_context():
            while time.monotonic() < until:
                with transaction() as session:
                    note_look(session, who, "record", new_id(), "photo")
                    session.flush()
                    also(session)
                counts[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS
