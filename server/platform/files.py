"""The content store: files under ``DATA_DIR/photos``, named by the SHA-256 of their clear bytes, sealed at rest.

Two levels of folders (``ab/cd/abcd…``) keep folders small at a million files. A file is written beside its place, synced,
renamed, and its folder synced: after ``put`` returns, a power cut leaves the whole file or (if it had returned before)
exactly this file. Files are never handed to a web server as they lie: only ``read`` opens the seal.

Whoever writes a file and then the row that names it holds ``keeping``; whoever removes files holds ``removing`` and looks
again whether a row names them. So nothing is removed between a file's arrival and its row's commit. Both are locks on a
file, so they hold between processes too.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app

from server.platform.keys import Keyring


class FileMissing(Exception):
    """The store has no such file."""


class FileStore:
    """Sealed files by the hash of what is in them."""

    def __init__(self, folder: Path, ring: Keyring) -> None:
        self.folder = folder
        self._ring = ring
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, content: bytes) -> str:
        """Keep these bytes; answers their SHA-256. Writes again even if they are there: a damaged copy heals."""
        sha256 = hashlib.sha256(content).hexdigest()
        write_durably(self.path(sha256), self._ring.seal(content, _place(sha256)))
        return sha256

    def read(self, sha256: str) -> bytes:
        """The clear bytes. Raises ``FileMissing``; a changed file raises ``InvalidTag`` of cryptography."""
        try:
            sealed = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(sha256) from error
        return self._ring.open(sealed, _place(sha256))

    def remove(self, sha256: str) -> None:
        """Only inside ``removing``."""
        self.path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Every file in the store, in no order."""
        return (p.name for p in self.folder.glob("??/??/*") if len(p.name) == 64)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Nothing is removed while this is held; many may hold it."""
        handle = self._lock_file()
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def removing(self) -> Iterator[bool]:
        """Held alone. Gives False, without waiting, while somebody is keeping: come again later."""
        handle = self._lock_file()
        try:
            yield _locks_now(handle)
        finally:
            os.close(handle)  # closing lets go of the lock

    def _lock_file(self) -> int:
        return os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)


def _locks_now(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _place(sha256: str) -> str:
    return f"photos/{sha256}"


def write_durably(path: Path, content: bytes) -> None:
    """Write, sync, rename, sync the folder. On a full disk nothing is left behind and ``OSError`` rises."""
    make_folder(path.parent)
    handle, beside = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and the ones above it so that they survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def init_files(app: Flask, data_dir: Path, ring: Keyring) -> None:
    """Give the app its store."""
    app.extensions["files"] = FileStore(data_dir / "photos", ring)


def files() -> FileStore:
    """The store of the running app."""
    store: FileStore = current_app.extensions["files"]
    return store
