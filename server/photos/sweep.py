"""The sweepers of this room: photos that nothing names go, rows first, then bytes that no row names any more."""

from __future__ import annotations

from server.photos import commands
from server.platform.db import reading, transaction
from server.platform.files import files
from server.platform.logs import log


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


def stray_files(_now: int) -> int:
    """Files that no row names: what a crash left between the two steps. One pass is all, so it answers 0."""
    with files().removing() as alone:
        if alone:
            names = list(files().names())
            with reading() as session:  # no writer waits for it: nothing arrives while the store is held alone
                strays = commands.unused(session, names)
            for sha256 in strays:
                files().remove(sha256)
            if strays:
                log().info("stray_files_removed", count=len(strays))
    return 0
