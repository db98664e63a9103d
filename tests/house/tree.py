"""The files of this repository as the guards see them: path → text, without what is built or installed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT_ENDINGS = {
    ".py", ".ts", ".tsx", ".mjs", ".cjs", ".js", ".css", ".html", ".json", ".md", ".toml", ".in", ".txt", ".sh", ".svg",
    ".ini", ".cfg", ".webmanifest", ".yml", ".yaml", "",
}  # fmt: skip
Files = Mapping[str, str]


@cache
def files() -> Files:
    """Every own file, tracked or about to be, with its text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = [ROOT / name for name in sorted(set(listed)) if name]
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in paths
        if path.is_file() and path.suffix in TEXT_ENDINGS
    }


def within(tree: Files, *folders: str, endings: tuple[str, ...] = ("",)) -> Files:
    """The part of ``tree`` under ``folders`` whose names end so."""
    return {
        name: text
        for name, text in tree.items()
        if name.startswith(tuple(f"{folder}/" for folder in folders)) and name.endswith(endings)
    }
