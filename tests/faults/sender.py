"""A device that sends hazards, each with a photo, and remembers what was acknowledged."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import threading
import time
from typing import Any

from PIL import Image

from server.kernel import clock
from server.kernel.ids import new_id
from tests.faults.server_process import ServerProcess
from tests.world import PASSWORD, World

BATCH = 5
PUSH = "/api/v1/sync/push"


class Sender(threading.Thread):
    """Pushes in order and repeats the same bytes until they are answered, as the contract says."""

    def __init__(self, server: ServerProcess, world: World, username: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.server, self.world, self.username = server, world, username
        self.random = random.Random(seed)
        self.device_id = str(new_id())
        self.stop_asked = threading.Event()
        self.failure: BaseException | None = None
        self.cookie = ""
        self.session: dict[str, Any] = {}
        self.seq = 0
        self.acknowledged: dict[str, dict[str, Any]] = {}  # record id → result
        self.sent_mutations: list[dict[str, Any]] = []
        self.held_photos: set[str] = set()

    def sign_in(self) -> None:
        body = {"username": self.username, "password": PASSWORD}
        status, headers, raw = self.server.call("POST", "/api/v1/session", body)
        assert status == 200, raw
        self.cookie = headers["set-cookie"].split(";")[0]
        self.session = json.loads(raw)
        device = {"device_id": self.device_id, "label": "t", "platform": "t"}
        status, _, raw = self.server.call("POST", "/api/v1/devices", device, self.headers)
        assert status == 200, raw

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRF-Token": self.session["csrf_token"]}

    def run(self) -> None:
        try:
            while not self.stop_asked.is_set():
                self._send_batch()
        except BaseException as error:
            self.failure = error

    def _send_batch(self) -> None:
        pictures = [_picture(self.random) for _ in range(BATCH)]
        batch = [self._mutation(hashlib.sha256(p).hexdigest()) for p in pictures]
        self.sent_mutations += batch
        answer = self._until_answered(batch)
        for mutation, result in zip(batch, answer["results"], strict=True):
            assert result["outcome"] == "applied", result
            self.acknowledged[json.loads(mutation["payload"])["id"]] = result
        for picture in pictures:
            self._upload(picture)

    def _mutation(self, sha256: str) -> dict[str, Any]:
        self.seq += 1
        payload = {
            "id": str(new_id()),
            "grid_id": str(self.world.areas["grid"]),
            "matter_code": "HAZ-01",
            "severity": "general",
            "note": f"{self.username} {self.seq}",
            "photos": [{"sha256": sha256, "role": "scene"}],
        }
        return {
            "lane": "normal",
            "seq": self.seq,
            "id": str(new_id()),
            "name": "hazards.report",
            "version": 1,
            "payload": json.dumps(payload),
            "scope_version": self.session["scope_version"],
            "made_at": clock.now(),
        }

    def _pushed(self, batch: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "device_id": self.device_id,
            "person": self.session["person"]["id"],
            "epoch": self.session["epoch"],
            "head": {"urgent": 0, "normal": self.seq},
            "mutations": batch,
        }

    def _until_answered(self, batch: list[dict[str, Any]]) -> dict[str, Any]:
        status, raw = self._insist("POST", PUSH, self._pushed(batch), self.headers)
        assert status == 200, raw
        answer: dict[str, Any] = json.loads(raw)
        return answer

    def _upload(self, picture: bytes) -> None:
        """One photo by tus, made anew at each failure; held once the server says so."""
        sha256 = hashlib.sha256(picture).hexdigest()
        named = {"sha256": sha256, "filetype": "image/jpeg"}
        meta = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
        headers = {
            **self.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(picture)),
            "Upload-Metadata": meta,
            "Content-Type": "application/offset+octet-stream",
        }
        status, raw = self._insist("POST", "/api/v1/uploads", picture, headers)
        assert status == 201, (status, raw)
        self.held_photos.add(sha256)

    def _insist(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        while True:
            try:
                status, _, raw = self.server.call(method, path, body, headers)
            except OSError:
                time.sleep(0.05)
                continue
            if status < 500:
                return status, raw
            raise AssertionError(f"{status} {raw[:300]!r}")


def _picture(source: random.Random) -> bytes:
    out = io.BytesIO()
    image = Image.frombytes("RGB", (40, 30), source.randbytes(3_600))
    image.save(out, "JPEG")
    return out.getvalue()
