"""A phone asks for the offset right after a cut: the answer waits for the blocks that the server has still in its hands."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.platform.uploads import SETTLE_SECONDS, Upload, UploadFolder


@pytest.fixture
def upload() -> Upload:
    return Upload(id=uuid.uuid4(), size=10**6, key="00" * 16)


@pytest.fixture
def folder(tmp_path: Path, upload: Upload) -> UploadFolder:
    folder = UploadFolder(tmp_path / "uploads", 10**6)
    folder.begin(upload)
    return folder


def blocks(count: int, pause: float) -> Iterator[bytes]:
    for _ in range(count):
        time.sleep(pause)
        yield b"x" * 1000


def write(folder: UploadFolder, upload: Upload, source: Iterator[bytes]) -> threading.Thread:
    begun = threading.Event()

    def run() -> None:
        with folder.writing(upload.id):
            begun.set()
            folder.append(upload, 0, source)

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait(5)
    return thread


def test_blocks_on_their_way_to_the_disk_are_waited_for(folder: UploadFolder, upload: Upload) -> None:
    thread = write(folder, upload, blocks(10, 0.02))
    assert folder.settled_offset(upload) == 10_000
    thread.join()


def test_a_link_that_hangs_is_not_waited_for_long(folder: UploadFolder, upload: Upload) -> None:
    thread = write(folder, upload, blocks(2, 1.0))
    asked = time.monotonic()
    assert folder.settled_offset(upload) == 0
    assert time.monotonic() - asked < SETTLE_SECONDS
    thread.join()


def test_without_a_writer_the_answer_comes_at_once(folder: UploadFolder, upload: Upload) -> None:
    write(folder, upload, blocks(1, 0)).join()
    asked = time.monotonic()
    assert folder.settled_offset(upload) == 1000
    assert time.monotonic() - asked < 0.05
    assert not folder._writing
