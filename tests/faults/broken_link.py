"""A link as in a mountain village: every connection is reset after some 150–250 KB were sent up.

With ``bytes_per_second`` it carries as a radio link does, and a cut loses what was in the air. Without, the proxy is as
fast as loopback: a reset then throws away whatever lay in the buffers of three sockets (up to all of the 250 KB), which
no server can help; a phone that sends in small parts loses one part.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

LEAST, MOST = 150_000, 250_000
SLICE = 8 * 1024


@dataclass
class Link:
    """What went over the link. ``sent_up`` counts every byte of every request that left the phone and was passed on."""

    port: int
    sent_up: int = 0
    resets: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def broken_link(target: int, seed: int = 1, bytes_per_second: float = 0) -> Iterator[Link]:
    """A port that passes on to ``target`` and resets each connection after a random number of bytes sent up.

    ``bytes_per_second`` 0: as fast as the machine.
    """
    chance = random.Random(seed)
    listener = socket.create_server(("127.0.0.1", 0))
    link = Link(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                phone, _ = listener.accept()
            except OSError:
                return
            limit = chance.randint(LEAST, MOST)
            threading.Thread(target=_carry, args=(link, phone, target, limit, bytes_per_second), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield link
    finally:
        listener.close()


def _carry(link: Link, phone: socket.socket, target: int, limit: int, bytes_per_second: float) -> None:
    server = socket.create_connection(("127.0.0.1", target))
    down = threading.Thread(target=_pass_down, args=(server, phone), daemon=True)
    down.start()
    passed = 0
    try:
        while passed < limit and (block := phone.recv(min(SLICE, limit - passed))):
            if bytes_per_second:
                time.sleep(len(block) / bytes_per_second)
            server.sendall(block)
            passed += len(block)
            with link.lock:
                link.sent_up += len(block)
    except OSError:
        pass
    if passed >= limit:
        with link.lock:
            link.resets += 1
        _reset(phone)
        _reset(server)
    else:
        _end(server)
    down.join(5)
    phone.close()
    server.close()


def _pass_down(server: socket.socket, phone: socket.socket) -> None:
    try:
        while block := server.recv(SLICE):
            phone.sendall(block)
    except OSError:
        pass
    _end(phone)


def _reset(side: socket.socket) -> None:
    try:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        side.shutdown(socket.SHUT_RD)
    except OSError:
        pass
    side.close()


def _end(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_WR)
