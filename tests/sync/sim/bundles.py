"""The shipped client rooms, built for Node by the project's own build tool; a fault is planted in their source text."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("store", "sync")


@dataclass(frozen=True)
class Replacement:
    """One planted fault in a source file; ``old`` must be there exactly once, or the fault has gone stale."""

    file: str
    old: str
    new: str


def build(folder: Path, faults: Sequence[Replacement] = ()) -> Path:
    """Build store.mjs and sync.mjs below ``folder`` from the sources as they are, with faults if named."""
    for room in ROOMS:
        shutil.copytree(ROOT / "static/src" / room, folder / "static/src" / room)
    for fault in faults:
        file = folder / "static/src" / fault.file
        source = file.read_text()
        if source.count(fault.old) != 1:
            raise ValueError(f"{fault.file} no longer holds the text of the planted fault: {fault.old!r}")
        file.write_text(source.replace(fault.old, fault.new))
    environment = {**os.environ, "GRIDWALK_BUILD": str(folder)}
    command = ["node", str(ROOT / "tools/build_client.mjs"), "engine"]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    return folder / "build/client"
