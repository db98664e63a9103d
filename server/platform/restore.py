"""``flask restore DIR``: begin again from the newest finished backup, in an empty ``DATA_DIR`` and database.

Order: everything is verified before anything is written; keys and photos come first; the database last and at once (a
rename, or one transaction). The copied database is set right before it is in place: it learns that it lies in a backup, and
a new epoch begins, so that no phone takes it for the one it knew.
"""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from server.platform import backup, backup_copy
from server.platform.backup import DATABASE, FILES, KEYS, PHOTOS, Manifest, hash_of
from server.platform.backup_marks import BackupMark, note_lanes
from server.platform.config import current_settings
from server.platform.db import Base, db
from server.platform.files import files, init_files, sync_folder, write_durably
from server.platform.keys import Keyring, keyring


class RestoreRefused(Exception):
    """Nothing was written; the message says why, for the operator."""


def restore(source: Path) -> Manifest:
    """Bring back the newest finished backup below ``source``. Raises ``RestoreRefused``."""
    folder = _newest(source)
    manifest = backup.read_manifest(folder)
    _verify(folder, manifest)
    _must_be_empty()
    if not current_settings().is_sqlite:
        _must_fit(folder)
    _bring_keys(folder)
    _bring_photos(folder)
    if current_settings().is_sqlite:
        _bring_sqlite(folder, manifest)
    else:
        _bring_postgres(folder, manifest)
    return manifest


def _newest(source: Path) -> Path:
    found = backup.finished_backups(source)
    if not found:
        raise RestoreRefused(f"no finished backup in {source}")
    return found[0]


def _photos_of(folder: Path) -> Path:
    return folder.parent / PHOTOS


def _verify(folder: Path, manifest: Manifest) -> None:
    if hash_of(folder / DATABASE) != manifest.database_sha256 or hash_of(folder / FILES) != manifest.files_sha256:
        raise RestoreRefused("the backup was changed after it was made")
    for name, sha256 in manifest.keys.items():
        if not (folder / KEYS / name).is_file() or hash_of(folder / KEYS / name) != sha256:
            raise RestoreRefused(f"key {name} is missing or changed")
    missing = [n for n in backup.file_names(folder) if not _copy_of(folder, n).is_file()]
    if missing:
        raise RestoreRefused(f"{len(missing)} photos of the backup are missing")
    backup_copy.check(folder / DATABASE)


def _copy_of(folder: Path, name: str) -> Path:
    return _photos_of(folder) / name[:2] / name[2:4] / name


def _must_be_empty() -> None:
    if next(files().names(), None) is not None:
        raise RestoreRefused("DATA_DIR already holds photos")
    engine = db.engines[None]
    people = Base.metadata.tables["person"]
    if sa.inspect(engine).has_table(people.name):
        with engine.connect() as connection:
            if connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one():
                raise RestoreRefused("the database already holds people")


def _must_fit(folder: Path) -> None:
    """Tables are made by this program: the copy must have the same columns (a SQLite file is migrated afterwards instead)."""
    found = sa.inspect(backup_copy.open_copy(folder / DATABASE))
    for table in Base.metadata.sorted_tables:
        if not found.has_table(table.name) or {c["name"] for c in found.get_columns(table.name)} != set(
            table.columns.keys()
        ):
            raise RestoreRefused(
                f"another version made this backup (table {table.name}): restore with that one, then upgrade"
            )


def _bring_keys(folder: Path) -> None:
    """Replace the keys that were made a moment ago for the empty folder: nothing is sealed with them."""
    target = keyring().folder
    for fresh in target.iterdir():
        fresh.unlink()
    for key in (folder / KEYS).iterdir():
        shutil.copy2(key, target / key.name)
        os.chmod(target / key.name, 0o600)
    sync_folder(target)
    ring = Keyring(target)
    current_app.extensions["keyring"] = ring
    init_files(current_app, current_settings().data_dir, ring)


def _bring_photos(folder: Path) -> None:
    for name in backup.file_names(folder):
        write_durably(files().path(name), _copy_of(folder, name).read_bytes())


def _bring_sqlite(folder: Path, manifest: Manifest) -> None:
    place = Path(db.engines[None].url.database or "")
    beside = place.with_name(place.name + ".restoring")
    shutil.copyfile(folder / DATABASE, beside)
    copy = backup_copy.open_copy(beside)
    with Session(copy) as session, session.begin():
        _set_right(session, manifest)
    for engine in db.engines.values():
        engine.dispose()
    for leftover in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        leftover.unlink(missing_ok=True)
    with beside.open("rb+") as file:
        os.fsync(file.fileno())
    beside.rename(place)
    sync_folder(place.parent)


def _bring_postgres(folder: Path, manifest: Manifest) -> None:
    with db.engines[None].begin() as connection:
        backup_copy.copy_in(folder / DATABASE, connection)
        with Session(connection, join_transaction_mode="rollback_only") as session:
            _set_right(session, manifest)
            session.flush()


def _set_right(session: Session, manifest: Manifest) -> None:
    mark = session.get_one(BackupMark, uuid.UUID(manifest.id))
    mark.finished_at = manifest.finished_at
    session.flush()
    note_lanes(session, session, mark.id)
    for witness in backup.witnesses():
        if witness.finished:
            witness.finished(session, session, manifest.started_at)
        if witness.restored:
            witness.restored(session)
