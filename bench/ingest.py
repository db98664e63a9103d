"""How many records a second the server takes in: batches of 50, with and without a photo of 300 KB each, on both databases.

The real server program over a real database that waits for the disk; four phones send at once, each with a connection of
its own for each request, as a bad network would have it.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from bench.figures import Figure
from server.kernel import clock
from server.kernel.ids import new_id
from tests import world as worlds
from tests.databases import DURABLE, postgres_server
from tests.faults.sender import Sender
from tests.faults.server_process import ServerProcess
from tests.world import World

BATCH, PHONES, BATCHES, PHOTO_BATCHES = 50, 4, 12, 1
WITHOUT, WITH = "ODK Central, 1 process: 125–210/s", "ODK Central, 1 process: 70–84/s"


def figures() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgres_server(DURABLE) as server:
        yield from _on("PostgreSQL", server.url(server.create()))


def _on(kind: str, url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = worlds.app_on(url, Path(folder) / "data")
        world = worlds.build(app)
        worlds.close(app)
        server = ServerProcess(Path(folder) / "data", url)
        server.start()
        try:
            rate = _rate(server, world, BATCHES, photo=None)
            yield Figure(f"ingest, {kind}", rate, "record/s", compared_with=WITHOUT)
            rate = _rate(server, world, PHOTO_BATCHES, photo=_picture())
            yield Figure(f"ingest with a 300 KB photo each, {kind}", rate, "record/s", compared_with=WITH)
        finally:
            server.stop()


def _rate(server: ServerProcess, world: World, batches: int, photo: bytes | None) -> float:
    senders = [Loader(server, world, who, 1) for who in ("worker", "worker2", "leader", "parttime")[:PHONES]]
    for sender in senders:
        sender.sign_in()
    work = [threading.Thread(target=sender.load, args=(batches, photo)) for sender in senders]
    started = time.monotonic()
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert all(sender.failure is None for sender in senders), [sender.failure for sender in senders]
    return PHONES * batches * BATCH / (time.monotonic() - started)


class Loader(Sender):
    """A phone that sends batches of 50; its photos differ in their last bytes, so that each is stored."""

    def load(self, batches: int, photo: bytes | None) -> None:
        try:
            for _ in range(batches):
                self._load_batch(photo)
        except BaseException as error:
            self.failure = error

    def _load_batch(self, photo: bytes | None) -> None:
        photos = [photo + self.random.randbytes(16) for _ in range(BATCH)] if photo else []
        named = [hashlib.sha256(p).hexdigest() for p in photos]
        batch = [self._told(named[i : i + 1]) for i in range(BATCH)]
        answer = self._until_answered(batch)
        assert all(r["outcome"] == "applied" for r in answer["results"]), answer["results"][0]
        for content in photos:
            self._upload(content)

    def _told(self, photos: list[str]) -> dict[str, Any]:
        self.seq += 1
        payload = {
            "id": str(new_id()),
            "grid_id": str(self.world.areas["grid"]),
            "matter_code": "HAZ-01",
            "severity": "general",
            "note": "楼道堆物，已劝导当事人当场清理",
            "place": {"lng": 120.915, "lat": 30.505, "accuracy_m": 20, "source": "fix"},
            "photos": [{"sha256": s, "role": "scene"} for s in photos],
        }
        mutation = {"lane": "normal", "seq": self.seq, "id": str(new_id()), "name": "hazards.report", "version": 1}
        return {
            **mutation,
            "payload": json.dumps(payload),
            "made_at": clock.now(),
            "scope_version": self.session["scope_version"],
        }


def _picture() -> bytes:
    """A JPEG of about 300 KB, 1600×1200, as a phone sends it."""
    source = random.Random(7)
    small = Image.frombytes("RGB", (400, 300), source.randbytes(360_000))
    picture = small.resize((1600, 1200), Image.Resampling.BICUBIC)
    for quality in range(90, 20, -4):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= 300 * 1024:
            return out.getvalue()
    raise AssertionError("no quality fits")
