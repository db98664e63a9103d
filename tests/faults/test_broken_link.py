"""Every connection is reset after 150–250 KB sent up: five photos of 300 KB arrive in a minute, with few bytes sent twice."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from server.photos.queries import held_photos
from server.platform.db import reading
from server.records.models import Record
from tests import world as worlds
from tests.faults.broken_link import Link, broken_link
from tests.faults.server_process import ROOT, ServerProcess
from tests.photos.pictures import photo_of, said, sha256
from tests.photos.serving import serving
from tests.sync.sim import bundles

WEIGHT, COUNT = 300_000, 5
MOST_SECONDS, MOST_OVERHEAD = 60, 1.15


class Phone:
    """What a phone does with one photo after another: create, send in parts, and after a cut ask how far it came."""

    def __init__(self, port: int, part: int = WEIGHT) -> None:
        self.port, self.part = port, part
        self.link: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        """One request on the connection that is open, or on a new one after a cut."""
        self.link = self.link or http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            named = {"Tus-Resumable": "1.0.0", **{k.replace("_", "-"): v for k, v in headers.items()}}
            self.link.request(method, path, body, named)
            answer = self.link.getresponse()
            answer.read()
            return answer
        except (OSError, http.client.HTTPException):
            self.link.close()
            self.link = None
            raise

    def send(self, photo: bytes) -> None:
        made = self._persist("POST", "/api/v1/uploads", Upload_Length=str(len(photo)), Upload_Metadata=said(photo))
        path = made.headers["Location"]
        offset = 0
        while offset < len(photo):
            part = photo[offset : offset + self.part]
            try:
                answer = self.ask(
                    "PATCH", path, part, Upload_Offset=str(offset), Content_Type="application/offset+octet-stream"
                )
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                answer = self._persist("HEAD", path)
            offset = int(answer.headers["Upload-Offset"])

    def _persist(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        while True:
            try:
                return self.ask(method, path, **headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)


@pytest.mark.parametrize(
    ("part", "bytes_per_second"),
    [(WEIGHT, 1_000_000), (32 * 1024, 0)],
    ids=["whole photos over a radio link", "parts of 32 KB over a link that drops all buffers"],
)
def test_five_photos_arrive_over_a_link_that_is_always_cut(tmp_path: Path, part: int, bytes_per_second: float) -> None:
    photos = [photo_of(WEIGHT, seed=20 + n) for n in range(COUNT)]
    with serving(tmp_path / "data") as port, broken_link(port, bytes_per_second=bytes_per_second) as link:
        phone, began = Phone(link.port, part), time.monotonic()
        for photo in photos:
            phone.send(photo)
        took = time.monotonic() - began
        for photo in photos:
            assert Phone(port).ask("GET", f"/api/v1/photos/{sha256(photo)}").status == 200
    was_worth_it(link, took)


@pytest.mark.parametrize("bytes_per_second", [1_000_000, 0], ids=["a radio link", "a link that drops all buffers"])
def test_the_shipped_engine_delivers_five_photos_over_a_link_that_is_always_cut(
    tmp_path: Path, bytes_per_second: float
) -> None:
    files = []
    for number in range(COUNT):
        files.append(tmp_path / f"{number}.jpg")
        files[-1].write_bytes(photo_of(WEIGHT, seed=40 + number))
    app = worlds.app_on("", tmp_path / "data")
    worlds.build(app)
    server = ServerProcess(tmp_path / "data")
    server.start()
    try:
        with broken_link(server.port, bytes_per_second=bytes_per_second) as link:
            told = phone_over(link.port, files)
    finally:
        server.stop()
    assert told["waiting"] == 0 and not told["photos_waiting"]
    with app.app_context(), reading() as session:
        assert held_photos(session, told["sent"]) == set(told["sent"]) and len(told["sent"]) == COUNT
        assert session.scalar(sa.select(sa.func.count()).select_from(Record)) == COUNT
    worlds.close(app)
    was_worth_it(link, told["ms"] / 1000)


def phone_over(port: int, files: list[Path]) -> dict[str, Any]:
    """What the phone says at the end."""
    bundle = bundles.build(files[0].parent / "client")
    command = ["node", "tests/faults/phone_over_link.mjs", str(bundle), f"http://127.0.0.1:{port}", "worker"]
    ran = subprocess.run(
        [*command, worlds.PASSWORD, *map(str, files)], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def was_worth_it(link: Link, took: float) -> None:
    print(f"{link.sent_up / (COUNT * WEIGHT):.3f} of the payload, {link.resets} resets, {took:.1f} s")
    assert link.resets >= COUNT, "the link did break at every photo"
    assert took <= MOST_SECONDS
    assert link.sent_up <= MOST_OVERHEAD * COUNT * WEIGHT, f"{link.sent_up / (COUNT * WEIGHT):.3f} of the payload"
