"""A push host for thousands of browsers, in a process of its own: takes pushes over kept connections as fast as it can,
checks the signature of a sample and decrypts it, and counts what came for whom.

usage: python -m tests.push_crowd FOLDER      writes FOLDER/port when it listens, FOLDER/came.json at SIGTERM
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.people.models import Appointment, Device, Person, PushSubscription
from server.platform.keys import keyring
from tests.push_host import BrowserKeys, check_signature
from tests.world import COUNTY, STARTED, World

ROOT = Path(__file__).parents[1]
KEYS, ONE_IN = 16, 50  # key pairs that the browsers share; how many pushes for one that is opened
START_SECONDS = 180


class Crowd(asyncio.Protocol):
    """One kept connection; ``came`` is shared by all."""

    def __init__(self, keys: list[BrowserKeys], origin: str, came: dict[str, Any]) -> None:
        self._keys, self._origin, self._came, self._rest = keys, origin, came, b""
        self._line: Any = None

    def connection_made(self, transport: Any) -> None:
        self._line = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (head_end := self._rest.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._rest[:head_end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            whole = head_end + 4 + int(headers["content-length"])
            if len(self._rest) < whole:
                return
            body, self._rest = self._rest[head_end + 4 : whole], self._rest[whole:]
            self._take(first.split(" ")[1], headers, body)
            self._line.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        number = int(path.rpartition("/")[2])
        self._came["topics"][headers["topic"]] += 1
        self._came["browsers"][number] += 1
        if random.randrange(ONE_IN) == 0 or number == 0:
            check_signature(headers["authorization"], self._origin)
            shown = self._keys[number % KEYS].open(body)["notification"]
            assert shown["tag"] == headers["topic"]
            self._came["opened"] += 1


async def serve(folder: Path) -> None:
    keys = read_keys(folder)
    came: dict[str, Any] = {"topics": Counter(), "browsers": Counter(), "opened": 0}
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    origin: list[str] = []
    server = await loop.create_server(lambda: Crowd(keys, origin[0], came), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    origin.append(f"http://127.0.0.1:{port}")
    (folder / "port.new").write_text(str(port))
    (folder / "port.new").rename(folder / "port")
    await over.wait()
    (folder / "came.json").write_text(json.dumps(came))


def write_keys(folder: Path) -> list[BrowserKeys]:
    made = [BrowserKeys("") for _ in range(KEYS)]
    shapes = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    told = [{"key": one.private.private_bytes(*shapes).decode(), "auth": one.auth.hex()} for one in made]
    (folder / "keys.json").write_text(json.dumps(told))
    return made


def read_keys(folder: Path) -> list[BrowserKeys]:
    found = []
    for told in json.loads((folder / "keys.json").read_text()):
        private = load_pem_private_key(told["key"].encode(), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        found.append(BrowserKeys("", private, bytes.fromhex(told["auth"])))
    return found


class CrowdHost:
    """The process, from outside."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder, self.keys = folder, write_keys(folder)
        self._process = subprocess.Popen([sys.executable, "-m", "tests.push_crowd", str(folder)], cwd=ROOT)
        until = time.monotonic() + START_SECONDS
        while not (folder / "port").exists():
            if time.monotonic() > until or self._process.poll() is not None:
                self._process.kill()
                raise RuntimeError("the push host did not start")
            time.sleep(0.05)
        self.origin = f"http://127.0.0.1:{(folder / 'port').read_text()}"

    def came(self) -> dict[str, Any]:
        """Ends it; how often each topic and each browser was pushed to, and how many were opened."""
        self.close()
        found: dict[str, Any] = json.loads((self._folder / "came.json").read_text())
        return found

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)


@contextmanager
def crowd_host(folder: Path) -> Iterator[CrowdHost]:
    host = CrowdHost(folder)
    try:
        yield host
    finally:
        host.close()


def fill(session: Session, world: World, host: CrowdHost, people: int) -> list[UUID]:
    """So many workers of the first grid, each with a phone that has the switch on."""
    persons = [new_id() for _ in range(people)]
    devices = [new_id() for _ in range(people)]
    now = clock.now()
    told = [one.told["keys"] for one in host.keys]
    here = {"org_unit_id": world.areas["village"], "grid_id": world.areas["grid"], "from_day": STARTED}
    rows: list[tuple[Any, list[dict[str, Any]]]] = [
        (Person, [{"id": one, "county_code": COUNTY, "username": f"crowd{n}", "name": f"众{n}", "created_at": now}
                  for n, one in enumerate(persons)]),
        (Appointment, [{"id": new_id(), "county_code": COUNTY, "person_id": one, "role": "part_time_worker", **here}
                       for one in persons]),
        (Device, [{"id": device, "county_code": COUNTY, "person_id": one, "label": "t", "platform": "t",
                   "registered_at": now} for one, device in zip(persons, devices, strict=True)]),
        (PushSubscription, [
            {"person_id": persons[n], "device_id": device, "endpoint": f"{host.origin}/push/{n}",
             "endpoint_blind": keyring().blind(f"{host.origin}/push/{n}", "push_subscription.endpoint"),
             "p256dh": told[n % KEYS]["p256dh"], "auth": told[n % KEYS]["auth"], "renewed_at": now}
            for n, device in enumerate(devices)
        ]),
    ]  # fmt: skip
    for table, made in rows:
        session.execute(sa.insert(table), made)
    return persons


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "*")
    asyncio.run(serve(Path(sys.argv[1])))
