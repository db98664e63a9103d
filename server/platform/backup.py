"""``flask backup DIR``: everything that is needed to begin again, in one folder.

    DIR/photos/ab/cd/<sha256>          sealed files, shared by all backups: each night copies only the new ones
    DIR/<time>/database.sqlite3        a consistent copy of the database (see backup_copy.py)
    DIR/<time>/keys/…                  the keys, without which nothing of it can be read: keep the folder as safe as them
    DIR/<time>/files.txt               the photos that belong to this copy
    DIR/<time>/manifest.json           written last: a backup without it did not finish and does not count

Photos are copied after the database, and none is removed meanwhile, so every photo that the copy names is there. Only
after the manifest lies on the disk does the live database learn that this backup counts, and phones may drop their copies
fourteen days later. Other folders beside ours are nobody's business here: what is pruned bears a name that we gave.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.platform import backup_copy
from server.platform.backup_marks import BackupMark, last_finished, note_lanes
from server.platform.config import current_settings
from server.platform.db import db, transaction
from server.platform.files import files, sync_folder, write_durably
from server.platform.keys import keyring

DATABASE, FILES, MANIFEST, KEYS, PHOTOS = "database.sqlite3", "files.txt", "manifest.json", "keys", "photos"
OUR_FOLDER = re.compile(r"\d{4}-\d\d-\d\dT\d{6}-[0-9a-f]{6}")
OUR_PHOTO = re.compile(r"[0-9a-f]{64}")
KEPT = 14  # finished backups; photos that only older ones name go with them


@dataclass(frozen=True)
class Manifest:
    """What a finished backup says of itself. Hashes are SHA-256 in hex; times are ms UTC."""

    id: str
    started_at: int
    finished_at: int
    revision: str | None
    database_sha256: str
    files_sha256: str
    files_count: int
    keys: dict[str, str]


@dataclass(frozen=True)
class Witness:
    """What a room does when a backup has finished or was restored.

    ``finished(copy, live, started_at)``: mark in the live database what the copy holds. ``restored(session)``: set right
    the copied database before anybody is let in.
    """

    name: str
    finished: Callable[[Session, Session, int], None] | None = None
    restored: Callable[[Session], object] | None = None


_witnesses: dict[str, Witness] = {}


def register(witness: Witness) -> None:
    """Called by ``app.py``."""
    _witnesses[witness.name] = witness


def witnesses() -> list[Witness]:
    return list(_witnesses.values())


def back_up(destination: Path) -> Path:
    """One whole backup below ``destination``; answers its folder. An error leaves it unfinished, and it never counts."""
    with _one_at_a_time():
        backup_id, started_at, folder = _begin(destination)
        with files().keeping():
            backup_copy.copy_out(db.engines[None], folder / DATABASE)
            keys = _copy_keys(folder / KEYS)
            names = sorted(files().names())
            _copy_photos(names, destination / PHOTOS)
        manifest = _finish(folder, backup_id, started_at, keys, names)
        _note(folder, manifest)
        prune(destination)
    return folder


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Waits for another backup of this installation: its pruning could remove photos that this one has just counted."""
    handle = os.open(current_settings().data_dir / "backup.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _begin(destination: Path) -> tuple[uuid.UUID, int, Path]:
    now = clock.now()
    backup_id = ids.new_id(now)
    stamp = datetime.fromtimestamp(now / 1000, clock.CHINA).strftime("%Y-%m-%dT%H%M%S")
    folder = destination / f"{stamp}-{backup_id.hex[-6:]}"
    folder.mkdir(parents=True, mode=0o700)
    with transaction() as session:
        session.add(BackupMark(id=backup_id, started_at=now, path=str(folder)[-400:]))
    return backup_id, now, folder


def _copy_keys(target: Path) -> dict[str, str]:
    target.mkdir(mode=0o700)
    found = {}
    for key in sorted(p for p in keyring().folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        copy = target / key.name
        shutil.copy2(key, copy)  # with its time: the newest key of a kind is the one that writes
        _sync(copy)
        found[key.name] = hash_of(copy)
    sync_folder(target)
    return found


def _copy_photos(names: Iterable[str], target: Path) -> None:
    for name in names:
        copy = target / name[:2] / name[2:4] / name
        if not copy.exists():
            write_durably(copy, files().path(name).read_bytes())


def _finish(folder: Path, backup_id: uuid.UUID, started_at: int, keys: dict[str, str], names: list[str]) -> Manifest:
    write_durably(folder / FILES, "".join(f"{name}\n" for name in names).encode())
    manifest = Manifest(
        id=str(backup_id),
        started_at=started_at,
        finished_at=clock.now(),
        revision=backup_copy.revision(backup_copy.open_copy(folder / DATABASE)),
        database_sha256=hash_of(folder / DATABASE),
        files_sha256=hash_of(folder / FILES),
        files_count=len(names),
        keys=keys,
    )
    write_durably(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    sync_folder(folder.parent)
    return manifest


def _note(folder: Path, manifest: Manifest) -> None:
    backup_id = uuid.UUID(manifest.id)
    with Session(backup_copy.open_copy(folder / DATABASE)) as copy, transaction() as live:
        live.get_one(BackupMark, backup_id).finished_at = manifest.finished_at
        live.flush()
        note_lanes(copy, live, backup_id)
        for witness in witnesses():
            if witness.finished:
                witness.finished(copy, live, manifest.started_at)


def finished_backups(destination: Path) -> list[Path]:
    """Folders of finished backups, the newest first."""
    if (destination / MANIFEST).is_file():
        return [destination]
    found = [p.parent for p in destination.glob(f"*/{MANIFEST}") if OUR_FOLDER.fullmatch(p.parent.name)]
    return sorted(found, key=lambda folder: read_manifest(folder).started_at, reverse=True)


def read_manifest(folder: Path) -> Manifest:
    return Manifest(**json.loads((folder / MANIFEST).read_bytes()))


def file_names(folder: Path) -> list[str]:
    return (folder / FILES).read_text().split()


def prune(destination: Path, kept: int = KEPT) -> None:
    """Remove old backups, unfinished ones older than the kept, and photos that no kept one names: retention holds here too."""
    backups = finished_backups(destination)
    if len(backups) <= kept:
        return
    oldest_kept = backups[kept - 1].name
    for folder in [p for p in destination.iterdir() if OUR_FOLDER.fullmatch(p.name) and p.name < oldest_kept]:
        (folder / MANIFEST).unlink(missing_ok=True)  # first of all it ceases to count
        shutil.rmtree(folder)
    named = {name for folder in backups[:kept] for name in file_names(folder)}
    for photo in (destination / PHOTOS).glob("??/??/*"):
        if OUR_PHOTO.fullmatch(photo.name) and photo.name not in named:
            photo.unlink()


def nightly(now: int) -> int:
    """The sweeper: one backup a night into ``BACKUP_DIR``, at the hour set (China). 0 when none is due."""
    settings = current_settings()
    if not settings.backup_dir or not is_due(now, settings.backup_hour):
        return 0
    back_up(Path(settings.backup_dir))
    return 1


def is_due(now: int, hour: int) -> bool:
    """Whether the last finished backup began before the latest time of day set for it."""
    wanted = clock.start_of(clock.day_of(now)) + hour * 3_600_000
    wanted -= clock.DAY_MS if wanted > now else 0
    with transaction() as session:
        last = last_finished(session)
    return last is None or last.started_at < wanted


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
