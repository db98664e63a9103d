"""A phone whose disk is small and can be filled to the last byte: a file system in memory under the browser's profile."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE_MB = 60
STEP = 4096
PROMISE = {
    "profile": {"content_settings": {"exceptions": {"durable_storage": {"http://127.0.0.1:*,*": {"setting": 1}}}}}
}


class SmallDisk:
    """``folder`` is the mounted disk. ``fill`` takes all that is left of it, ``clear`` gives it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.filler = folder / "filler"

    def free(self) -> int:
        """Bytes."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Until the disk refuses one more block; ``leave`` bytes are given back then."""
        with self.filler.open("ab", buffering=0) as file:
            for step in (64 * STEP, STEP):
                try:
                    while file.write(b"x" * step) == step:
                        pass
                except OSError:
                    continue
        assert self.free() < STEP
        os.truncate(self.filler, self.filler.stat().st_size - leave)

    def clear(self) -> None:
        self.filler.unlink()

    def promise_to_keep(self) -> None:
        """As if the person had put the app on the home screen: only then Chromium promises to keep a site's data.

        It is written into the profile because a grant by the test protocol answers ``persist()`` with yes and protects nothing.
        """
        (self.folder / "Default").mkdir()
        (self.folder / "Default/Preferences").write_text(json.dumps(PROMISE))


@contextmanager
def mounted(folder: Path) -> Iterator[SmallDisk]:
    """The disk at ``folder``; fails in one line where mounting is not permitted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(
            f"needs the right to mount a {SIZE_MB} MB tmpfs (root, CAP_SYS_ADMIN): {done.stderr.strip()}", False
        )
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
