"""The sweeper of this room: photos that nothing names go, rows first, then bytes that no row names any more."""

from __future__ import annotations

from server.photos import commands
from server.platform.db import transaction
from server.platform.files import files


def forgotten_photos(now: int) -> int:
    """One round; answers the number of files removed. Does nothing while an arrival or a backup keeps the store."""
    with files().removing() as alone:
        if not alone:
            return 0
        with transaction() as session:
            unused = commands.delete_forgotten(session, now)
        for sha256 in unused:  # after the commit: a crash here leaves bytes without a row, never a row without bytes
            files().remove(sha256)
        return len(unused)
