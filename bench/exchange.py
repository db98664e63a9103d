"""An export of 500,000 records, as another system fetches it: how long, and how much memory the server takes for it.

Flat means that it takes no more memory for 500,000 records than for 50,000. SQLite, one server process, each form.
"""

from __future__ import annotations

import http.client
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import county
from bench.figures import Figure
from server.exchange import commands
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.db import transaction
from server.records.models import Record
from tests import world as worlds
from tests.faults.server_process import ServerProcess
from tests.world import COUNTY, World

FEW, MANY, PART = 50_000, 500_000, 10_000
FORMS, MOST_MIB = ("jsonl", "csv", "xlsx"), 16
KINDS = ("hazard", "visit", "publicity", "information")


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        token = _fill(data)
        server = ServerProcess(data, GRIDWALK_DEMO="0", EXCHANGE_PER_MINUTE="1000")
        server.start()
        try:
            processes = _processes(server)
            for form in FORMS:
                _fetch(server, token, form, FEW, processes)
                yield from _flat(server, token, form, processes)
        finally:
            server.stop()


def _flat(server: ServerProcess, token: str, form: str, processes: list[int]) -> Iterator[Figure]:
    """What an export of a form takes over the memory before it."""
    before = _memory(processes)
    few, _ = _fetch(server, token, form, FEW, processes)
    many, seconds = _fetch(server, token, form, None, processes)
    yield Figure(f"exchange: how long 500,000 records take as {form}", seconds, "s")
    yield Figure(f"exchange: memory that 50,000 records add as {form}", (few - before) / 2**20, "MiB")
    yield Figure(f"exchange: memory that 500,000 records add as {form}", (many - before) / 2**20, "MiB", MOST_MIB)
    yield Figure(f"exchange: the server's memory for 500,000 over that for 50,000 as {form}", many / few, "×", 1.1)


def _fill(data: Path) -> str:
    world: World = county.make("", data, records=10)
    app = worlds.app_on("", data)
    with app.app_context():
        for start in range(0, MANY, PART):
            with transaction() as session:
                session.execute(sa.insert(Record), [_record(world, start + number) for number in range(PART)])
        told: dict[str, Any] = {"system": "platform", "name": "platform", "document_no": "1", "scopes": ["records"]}
        told |= {"area_unit": world.areas["county"], "last_day": clock.today() + timedelta(days=1)}
        with transaction() as session:
            admin = holder_of(session, world.people["secadmin"], clock.today())
            _, token = commands.make_token(session, admin, told)
    worlds.close(app)
    return token


def _record(world: World, number: int) -> dict[str, object]:
    """Of four kinds in turn."""
    at = clock.now() - number * 1000
    grid = world.areas["grid" if number % 2 else "other_grid"]
    return {
        "id": new_id(at), "county_code": COUNTY, "kind": KINDS[number % len(KINDS)], "grid_id": grid,
        "stream": stream_keys.grid(grid), "matter_code": "HAZ-03", "data_class": "N", "author_id": world.people["worker"],
        "acted_at": at, "acted_at_held": False, "day": clock.day_of(at), "received_at": at, "version": 1, "state": "open",
        "review_status": "none", "obstructed": False, "hints": [],
    }  # fmt: skip


def _processes(server: ServerProcess) -> list[int]:
    """The program and its worker."""
    assert server.process is not None
    main = server.process.pid
    return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]


def _memory(processes: list[int]) -> int:
    """Bytes that they hold now."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in processes)
    return pages * resource.getpagesize()


def _fetch(server: ServerProcess, token: str, form: str, limit: int | None, processes: list[int]) -> tuple[int, float]:
    """The most memory that the server took (bytes), and how long it lasted (s)."""
    began, most = time.monotonic(), 0
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=3600)
    path = f"/api/v1/exchange/records?format={form}" + (f"&limit={limit}" if limit else "")
    wire.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = wire.getresponse()
    assert answer.status == 200, answer.status
    while answer.read(2**20):  # a cut answer raises
        most = max(most, _memory(processes))
    wire.close()
    return most, time.monotonic() - began
