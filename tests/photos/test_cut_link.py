"""A link that dies in the middle of a photo costs only what was in flight, with the server program that we ship."""

from __future__ import annotations

import http.client
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.platform.uploads import NONCE
from tests.photos.pictures import photo_of, said, sha256
from tests.photos.serving import serving

TUS = {"Tus-Resumable": "1.0.0"}
WEIGHT = 300_000
BLOCK = 16 * 1024


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(tmp_path_factory.mktemp("cut") / "data") as port:
        yield port


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    link.request(method, path, body, {**TUS, **{k.replace("_", "-"): v for k, v in headers.items()}})
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer


def created(port: int, photo: bytes) -> str:
    answer = ask(port, "POST", "/api/v1/uploads", Upload_Length=str(len(photo)), Upload_Metadata=said(photo))
    assert answer.status == 201
    return str(answer.headers["Location"])


def send_and_die(port: int, path: str, start: int, body: bytes, send: int, *, reset: bool) -> None:
    """Promise the whole body, send a part of it, let it arrive, and vanish (FIN, or RST)."""
    link = socket.create_connection(("127.0.0.1", port))
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {start}\r\n"
    head += f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    link.sendall(head.encode() + body[:send])
    time.sleep(0.3)
    if reset:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def offset_of(port: int, path: str) -> int:
    return int(ask(port, "HEAD", path).headers["Upload-Offset"])


def settled_offset(port: int, path: str, at_least: int) -> int:
    """The offset once the server has noticed the cut."""
    until = time.monotonic() + 5
    while (found := offset_of(port, path)) < at_least and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_what_arrived_before_the_cut_is_counted_and_the_rest_completes_the_photo(port: int, reset: bool) -> None:
    photo = photo_of(WEIGHT, seed=2 + reset)
    path = created(port, photo)
    send_and_die(port, path, 0, photo, 200_001, reset=reset)
    found = settled_offset(port, path, 200_001)
    assert found == 200_001, "every byte that the server's socket had was kept"
    answer = ask(
        port, "PATCH", path, photo[found:], Upload_Offset=str(found), Content_Type="application/offset+octet-stream"
    )
    assert answer.status == 204 and answer.headers["Upload-Offset"] == str(WEIGHT)
    assert ask(port, "GET", f"/api/v1/photos/{sha256(photo)}").status == 200


def test_bytes_are_on_the_disk_before_the_body_ends(port: int) -> None:
    photo = photo_of(WEIGHT, seed=4)
    path = created(port, photo)
    link = socket.create_connection(("127.0.0.1", port))
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
    head += f"Content-Type: application/offset+octet-stream\r\nContent-Length: {WEIGHT}\r\n\r\n"
    link.sendall(head.encode() + photo[:100_000])
    assert settled_offset(port, path, 100_000 - BLOCK) >= 100_000 - BLOCK, "at most one block is still in memory"
    link.close()


def test_a_new_request_goes_on_while_the_dead_one_still_hangs(port: int) -> None:
    photo = photo_of(WEIGHT, seed=5)
    path = created(port, photo)
    dead = socket.create_connection(("127.0.0.1", port))
    head = f"PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
    head += f"Content-Type: application/offset+octet-stream\r\nContent-Length: {WEIGHT}\r\n\r\n"
    dead.sendall(head.encode() + photo[:100_000])
    found = settled_offset(port, path, 100_000 - BLOCK)
    answer = ask(
        port, "PATCH", path, photo[found:], Upload_Offset=str(found), Content_Type="application/offset+octet-stream"
    )
    assert answer.status == 204
    dead.sendall(photo[100_000:])  # the ghost speaks again: it must not spoil what is finished
    dead.close()
    assert ask(port, "GET", f"/api/v1/photos/{sha256(photo)}").status == 200


def test_files_of_unfinished_uploads_show_no_picture(port: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    photo = photo_of(WEIGHT, seed=6)
    path = created(port, photo)
    send_and_die(port, path, 0, photo, 150_000, reset=False)
    settled_offset(port, path, 150_000)
    folder = next(Path(tmp_path_factory.getbasetemp()).glob("cut*/data/uploads"))
    stored = (folder / path.rsplit("/", 1)[1]).read_bytes()
    assert len(stored) == NONCE + 150_000
    assert photo[:64] not in stored and b"JFIF" not in stored
