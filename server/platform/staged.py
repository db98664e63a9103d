"""An uploaded file between its preview and the yes of whoever brought it: sealed in ``DATA_DIR/tmp``, gone within the hour.

``place`` is bound into the seal: a file that was brought for one purpose is not taken for another.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag

from server.kernel import clock
from server.kernel.problems import Problem
from server.platform.keys import keyring

PREFIX = "import-"
KEPT_MS = 3_600_000
TOKEN_BYTES = 16


def keep(folder: Path, person_id: UUID, content: bytes, place: str) -> str:
    """Seal the file; answers the token that names it."""
    drop_old(folder)
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(TOKEN_BYTES)
    path = folder / f"{PREFIX}{token}"
    path.touch(mode=0o600)
    path.write_bytes(keyring().seal(person_id.bytes + content, place))
    return token


def fetch(folder: Path, person_id: UUID, token: str, place: str) -> bytes:
    """The file again, for whoever brought it. Problem ``import_gone``."""
    path = _path(folder, token)
    if path is None or not path.exists() or _is_old(path):
        raise Problem("import_gone")
    try:
        clear = keyring().open(path.read_bytes(), place)
    except InvalidTag as error:
        raise Problem("import_gone") from error
    if clear[:16] != person_id.bytes:
        raise Problem("import_gone")
    return clear[16:]


def drop(folder: Path, token: str) -> None:
    path = _path(folder, token)
    if path is not None:
        path.unlink(missing_ok=True)


def drop_old(folder: Path) -> int:
    """Files that nobody confirmed in time; answers how many."""
    old = [path for path in folder.glob(f"{PREFIX}*") if _is_old(path)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _path(folder: Path, token: str) -> Path | None:
    is_token = len(token) == 2 * TOKEN_BYTES and not set(token) - set("0123456789abcdef")
    return folder / f"{PREFIX}{token}" if is_token else None


def _is_old(path: Path) -> bool:
    return clock.now() - path.stat().st_mtime * 1000 > KEPT_MS
