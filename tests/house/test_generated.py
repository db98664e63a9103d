"""Generated files are what their generator writes today, byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.house.tree import ROOT

GENERATED = ("docs/openapi.json", "static/src/api/contract.ts")


def stale(kept: Path, fresh: Path) -> list[str]:
    """Generated files that are missing in ``kept`` or differ from those in ``fresh``."""
    return [
        name
        for name in GENERATED
        if not (kept / name).is_file() or (kept / name).read_bytes() != (fresh / name).read_bytes()
    ]


def test_the_contract_is_fresh(tmp_path: Path) -> None:
    subprocess.run([ROOT / "tools/contract.sh", tmp_path], check=True, capture_output=True, timeout=120)
    assert stale(ROOT, tmp_path) == [], "run: make contract"


def test_a_stale_file_is_noticed(tmp_path: Path) -> None:
    for folder in ("kept", "fresh"):
        for name in GENERATED:
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_text(folder if name == GENERATED[0] else "same")
    assert stale(tmp_path / "kept", tmp_path / "fresh") == [GENERATED[0]]
    (tmp_path / "kept" / GENERATED[1]).unlink()
    assert stale(tmp_path / "kept", tmp_path / "fresh") == list(GENERATED)
