"""How heavy the phone app is, compressed with brotli 11 as a server would send it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli

from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
KIB = 1024


def compressed_kib(urls: Iterable[str]) -> float:
    """Sum of the files' brotli sizes, each compressed alone as the browser fetches them."""
    return sum(len(brotli.compress((ROOT / url.lstrip("/")).read_bytes(), quality=11)) for url in urls) / KIB


def figures() -> Iterator[Figure]:
    build = json.loads((ROOT / "static/dist/build.json").read_text("utf-8"))
    yield Figure(
        "first-route JavaScript", compressed_kib([build["boot"]]), "KiB br", 45, compared_with="dexie alone 28.6"
    )
    yield Figure(
        "precache without map", compressed_kib(entry["url"] for entry in build["precache"]), "KiB br", 150,
        compared_with="maplibre alone 241",
    )  # fmt: skip
    yield Figure("fetched when first used: map, score sheets", compressed_kib(build["lazy"]), "KiB br")
