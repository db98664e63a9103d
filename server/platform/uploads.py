"""Files on their way from a phone, over a link that breaks.

A row says whose upload it is, how long it will be and what it must hash to. How far it has come is said by nobody but the
file itself: its size, less the nonce. Every block is written as soon as it is read, so a cut, a crash or a killed server
costs only what was in flight, and there is no counter that could disagree with the disk. No block is synced: after a power
cut the file is shorter, the phone asks for the offset and goes on; the hash of the whole decides at the end.

Two requests may write to one upload at once, when the server has not yet noticed that the first one's link is dead.
Each block is written under a lock on the file and only where the file ends, so the slower one is refused, never mixed in.

The file is enciphered block by block (AES-CTR with a key of its own, sealed in the row), so that a stolen disk shows no
picture that was on its way. It begins with a nonce, from which its counter runs. Bytes that are taken back leave with the
whole file: what is kept goes under a new nonce into a new file, so nothing is ever enciphered where other bytes have been.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.platform.db import Base
from server.platform.types import Instant, Sealed

LIFETIME_MS = 3 * clock.DAY_MS
MOST_OPEN = 40  # uploads of one person that are not finished; the oldest make room
CIPHER_BLOCK = NONCE = 16  # bytes
SETTLE_SECONDS, QUIET_SECONDS = 0.6, 0.12
_counting = threading.Lock()


class Upload(Base):
    """One upload. ``said`` is the client's metadata as it came; ``key`` enciphers the file (hex)."""

    __tablename__ = "upload"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    county_code: Mapped[str] = mapped_column(sa.String(6))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    said: Mapped[str] = mapped_column(Sealed("upload.said"))
    key: Mapped[str] = mapped_column(Sealed("upload.key"))
    created_at: Mapped[int] = mapped_column(Instant)
    expires_at: Mapped[int] = mapped_column(Instant, index=True)
    finished_at: Mapped[int | None] = mapped_column(Instant)


class UploadFolder:
    """The files of unfinished uploads."""

    def __init__(self, folder: Path, longest: int) -> None:
        self.folder, self.longest = folder, longest
        self._writing: Counter[uuid.UUID] = Counter()
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)

    def path(self, upload_id: uuid.UUID) -> Path:
        return self.folder / str(upload_id)

    def begin(self, upload: Upload) -> None:
        """Make the empty file; before the row is committed, so that every row has one. Problem ``unavailable``."""
        try:
            os.close(os.open(self.path(upload.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise Problem("unavailable") from error

    def offset(self, upload: Upload) -> int:
        """Bytes that have arrived. Problem ``upload_gone`` when the file is lost (a restore, an expiry)."""
        if upload.finished_at is not None:
            return upload.size
        try:
            return _arrived(self.path(upload.id).stat())
        except FileNotFoundError as error:
            raise Problem("upload_gone") from error

    def settled_offset(self, upload: Upload, least_wait: float = 0) -> int:
        """The offset once a request that is just ending has written its last block.

        A phone whose link broke asks at once; an answer that is outrun a moment later would cost it a refused part. A
        request whose dead link still hangs writes nothing any more and is not waited for. ``least_wait`` (seconds):
        for a request that the server has in its hands but has not begun to serve.
        """
        if upload.finished_at is None:
            time.sleep(least_wait)
        quiet_until = time.monotonic() + QUIET_SECONDS
        until = quiet_until + SETTLE_SECONDS
        found = self.offset(upload)
        while self._writing[upload.id] and time.monotonic() < min(until, quiet_until):
            time.sleep(QUIET_SECONDS / 6)
            before, found = found, self.offset(upload)
            if found != before:
                quiet_until = time.monotonic() + QUIET_SECONDS
        return found

    def append(self, upload: Upload, start: int, blocks: Iterable[bytes]) -> int:
        """Write each block as it comes; answers the new offset.

        Problem ``upload_offset`` when ``start`` is not where the file ends (or another request is ahead), ``too_large``
        beyond the size agreed on, ``unavailable`` on a full disk. What was written before stays.
        """
        with self._opened(upload) as handle:
            nonce, position = _nonce(handle), start
            for block in blocks:
                if position + len(block) > upload.size:
                    raise Problem("too_large", most=upload.size)
                self._write_at_end(upload, handle, position, _cipher(upload, nonce, position, block))
                position += len(block)
            return position

    def take_back(self, upload: Upload, start: int, end: int) -> None:
        """Forget the bytes from ``start`` on, whose checksum was wrong, unless others came behind them.

        Problem ``unavailable`` on a full disk; the upload is gone then, since its end is known to be wrong.
        """
        with self._opened(upload) as handle, _locked(handle):
            if _arrived(os.fstat(handle)) != end or _is_replaced(handle):
                return
            kept = _cipher(upload, os.pread(handle, NONCE, 0), 0, os.pread(handle, start, NONCE))
            nonce, anew = os.urandom(NONCE), self.folder / f"{upload.id}.anew"
            try:
                anew.touch(0o600)
                anew.write_bytes(nonce + _cipher(upload, nonce, 0, kept))
                anew.replace(self.path(upload.id))
            except OSError as error:
                anew.unlink(missing_ok=True)
                self.remove(upload.id)
                raise Problem("unavailable") from error

    @contextmanager
    def whole(self, upload: Upload) -> Iterator[bytes]:
        """All bytes, locked: one request alone finishes an upload. Problem ``upload_gone`` when another has done so."""
        with self._opened(upload) as handle, _locked(handle):
            if _is_replaced(handle):
                raise Problem("upload_gone")
            yield _cipher(upload, os.pread(handle, NONCE, 0), 0, os.pread(handle, upload.size, NONCE))

    def remove(self, upload_id: uuid.UUID) -> None:
        self.path(upload_id).unlink(missing_ok=True)

    @contextmanager
    def writing(self, upload_id: uuid.UUID) -> Iterator[None]:
        """Held by a door from before it looks at the offset until its last block is written."""
        with _counting:
            self._writing[upload_id] += 1
        try:
            yield
        finally:
            with _counting:
                self._writing[upload_id] -= 1
                self._writing += Counter()  # forgets what has come down to nothing

    def _write_at_end(self, upload: Upload, handle: int, position: int, block: bytes) -> None:
        with _locked(handle):
            found = _arrived(os.fstat(handle))
            if found != position:
                raise Problem("upload_offset", offset=found)
            if _is_replaced(handle):
                raise Problem("upload_offset", offset=self.offset(upload))
            _write(handle, block, NONCE + position)

    @contextmanager
    def _opened(self, upload: Upload) -> Iterator[int]:
        try:
            handle = os.open(self.path(upload.id), os.O_RDWR)
        except FileNotFoundError as error:
            raise Problem("upload_gone") from error
        try:
            yield handle
        finally:
            os.close(handle)


@contextmanager
def _locked(handle: int) -> Iterator[None]:
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _write(handle: int, block: bytes, place: int) -> None:
    try:
        while block:
            written = os.pwrite(handle, block, place)
            place, block = place + written, block[written:]
    except OSError as error:
        raise Problem("unavailable") from error


def _arrived(status: os.stat_result) -> int:
    return max(0, status.st_size - NONCE)


def _is_replaced(handle: int) -> bool:
    """Whether the file under the handle is no longer the upload's: finished, forgotten, or partly taken back."""
    return os.fstat(handle).st_nlink == 0


def _nonce(handle: int) -> bytes:
    """The file's nonce; written now if it has none yet (or half of one, after a crash)."""
    with _locked(handle):
        if os.fstat(handle).st_size < NONCE:
            os.ftruncate(handle, 0)
            _write(handle, os.urandom(NONCE), 0)
        return os.pread(handle, NONCE, 0)


def _cipher(upload: Upload, nonce: bytes, position: int, block: bytes) -> bytes:
    """Encipher or decipher bytes that stand at ``position``: the same operation in counter mode."""
    ahead, skip = divmod(position, CIPHER_BLOCK)
    counter = (int.from_bytes(nonce, "big") + ahead) % 2**128
    stream = Cipher(algorithms.AES(bytes.fromhex(upload.key)), modes.CTR(counter.to_bytes(16, "big"))).encryptor()
    stream.update(bytes(skip))
    return stream.update(block)


def create(session: Session, *, county_code: str, person_id: uuid.UUID, sha256: str, size: int, said: str) -> Upload:
    """A new upload of this person. Problem ``too_large`` beyond the installation's limit."""
    folder = upload_folder()
    if size > folder.longest:
        raise Problem("too_large", most=folder.longest)
    _make_room(session, person_id)
    now = clock.now()
    upload = Upload(
        id=ids.new_id(now), county_code=county_code, person_id=person_id, sha256=sha256, size=size, said=said
    )
    upload.key, upload.created_at, upload.expires_at = os.urandom(16).hex(), now, now + LIFETIME_MS
    folder.begin(upload)
    session.add(upload)
    session.flush()
    return upload


def _make_room(session: Session, person_id: uuid.UUID) -> None:
    opened = sa.select(Upload).where(Upload.person_id == person_id, Upload.finished_at.is_(None))
    for upload in session.scalars(opened.order_by(Upload.created_at.desc()).offset(MOST_OPEN - 1)).all():
        discard(session, upload)


def find(session: Session, upload_id: uuid.UUID, person_id: uuid.UUID) -> Upload:
    """This person's upload. Problem ``not_found`` (another's too), ``upload_gone`` when expired."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.person_id != person_id:
        raise Problem("not_found")
    if upload.expires_at <= clock.now():
        raise Problem("upload_gone")
    return upload


def discard(session: Session, upload: Upload) -> None:
    """Forget an upload and its bytes."""
    upload_folder().remove(upload.id)
    session.execute(sa.delete(Upload).where(Upload.id == upload.id))


def expire(session: Session, now: int) -> int:
    """Discard uploads past their day, and files that no row names (a crash between file and row)."""
    old = session.scalars(sa.select(Upload).where(Upload.expires_at <= now).limit(1000)).all()
    for upload in old:
        discard(session, upload)
    return len(old) + _remove_strays(session, now)


def _remove_strays(session: Session, now: int) -> int:
    folder, removed = upload_folder(), 0
    for path in folder.folder.iterdir():
        upload_id = ids.parse_id(path.name)
        is_old = path.stat().st_mtime * 1000 < now - LIFETIME_MS
        if is_old and (upload_id is None or session.get(Upload, upload_id) is None):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def init_uploads(app: Flask, data_dir: Path, longest: int) -> None:
    """Give the app its folder; ``longest`` = most bytes of one upload."""
    app.extensions["uploads"] = UploadFolder(data_dir / "uploads", longest)


def upload_folder() -> UploadFolder:
    """The folder of the running app."""
    folder: UploadFolder = current_app.extensions["uploads"]
    return folder
