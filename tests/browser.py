"""Where the browser of the journeys is and how it is started, also as root and without a network of its own."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",  # root has no user namespace to sandbox in; only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: Any = {"width": 390, "height": 844}


@cache
def executable() -> str:
    """Path of Chromium: ``CHROMIUM``, else the first known name on PATH. ``make test`` installs one when it can."""
    for candidate in (os.environ.get("CHROMIUM", ""), *NAMES):
        found = shutil.which(candidate) if candidate else None
        if found:
            return found
    raise RuntimeError("no Chromium found: apt-get install chromium, or set CHROMIUM")


def launch_options(*more: str) -> dict[str, Any]:
    """Keyword arguments for ``chromium.launch`` and ``launch_persistent_context``."""
    return {"executable_path": executable(), "headless": True, "args": [*ARGUMENTS, *more]}
