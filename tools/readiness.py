"""Whether a database needs no preparation, told in milliseconds, without importing the application (2 s).

Only for SQLite in ``DATA_DIR``; whenever anything is in doubt the answer is no, and the real commands decide.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

REVISION = re.compile(r"^(down_)?revision\b[^=]*=\s*['\"](\w+)['\"]", re.MULTILINE)


def head(versions: Path) -> str | None:
    """The one revision that no other follows; None when there is not exactly one."""
    made: set[str] = set()
    followed: set[str] = set()
    for file in versions.glob("*.py"):
        for is_earlier, revision in REVISION.findall(file.read_text("utf-8")):
            (followed if is_earlier else made).add(revision)
    heads = made - followed
    return heads.pop() if len(heads) == 1 else None


def is_ready(env: Mapping[str, str], versions: Path) -> bool:
    """The database has the newest migration and, for a demo, somebody in it."""
    file = Path(env["DATA_DIR"]) / "gridwalk.sqlite3"
    newest = head(versions)
    if env.get("DATABASE_URL") or newest is None or not file.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            has_newest = connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
            has_people = connection.execute("SELECT 1 FROM person LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
    return has_newest and (has_people or env.get("GRIDWALK_DEMO") != "1")
