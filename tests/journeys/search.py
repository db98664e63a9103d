"""Searching a copied profile for many words at once, byte by byte, in every encoding a browser writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
KEY_BYTES = 8  # each pattern is looked up by its first eight bytes


def patterns_of(words: Iterable[str]) -> dict[bytes, str]:
    """Every spelling in bytes of every word, at least eight bytes long."""
    return {word.encode(encoding): word for word in words for encoding in ENCODINGS}


def search(folder: Path, patterns: Mapping[bytes, str]) -> dict[str, set[str]]:
    """Word → files below ``folder`` whose raw bytes contain it."""
    assert all(len(pattern) >= KEY_BYTES for pattern in patterns)
    by_key: dict[int, list[bytes]] = {}
    for pattern in patterns:
        by_key.setdefault(int.from_bytes(pattern[:KEY_BYTES], "little"), []).append(pattern)
    keys = np.array(sorted(by_key), dtype=np.uint64)
    found: dict[str, set[str]] = {}
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            for at, key in _hits(content, keys):
                for pattern in by_key[key]:
                    if content.startswith(pattern, at):
                        found.setdefault(patterns[pattern], set()).add(str(file.relative_to(folder)))
    return found


def _hits(content: bytes, keys: np.ndarray) -> Iterable[tuple[int, int]]:
    for offset in range(KEY_BYTES):
        count = (len(content) - offset) // KEY_BYTES
        if count <= 0:
            continue
        windows = np.frombuffer(content, dtype="<u8", count=count, offset=offset)
        for index in np.flatnonzero(np.isin(windows, keys)):
            yield int(index) * KEY_BYTES + offset, int(windows[index])
