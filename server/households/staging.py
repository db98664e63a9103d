"""A sheet of households between its preview and the town's yes (``platform/staged.py``)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from server.platform import staged
from server.platform.staged import KEPT_MS, PREFIX, drop, drop_old

__all__ = ["KEPT_MS", "PREFIX", "drop", "drop_old", "fetch", "keep"]

PLACE = "household_import"


def keep(folder: Path, person_id: UUID, content: bytes) -> str:
    """Seal the file; answers the token that names it."""
    return staged.keep(folder, person_id, content, PLACE)


def fetch(folder: Path, person_id: UUID, token: str) -> bytes:
    """The file again, for whoever brought it. Problem ``import_gone``."""
    return staged.fetch(folder, person_id, token, PLACE)
