"""Run the benchmarks and write ``bench/results.json``.

usage: python -m bench [name …]    only these modules; the other results are kept as they were
Ends with 1 when a figure misses its limit.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path

import bench
from bench.figures import Figure

RESULTS = Path(__file__).parent / "results.json"
NOT_BENCHMARKS = {"__main__", "figures"}


def benchmarks() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(
        name
        for name in found
        if name not in NOT_BENCHMARKS and hasattr(importlib.import_module(f"bench.{name}"), "figures")
    )


def run(name: str) -> list[Figure]:
    print(f"── {name}", flush=True)
    started = time.monotonic()
    figures = list(importlib.import_module(f"bench.{name}").figures())
    for figure in figures:
        verdict = "   " if figure.limit is None else ("ok " if figure.is_kept else "RED")
        limit = "" if figure.limit is None else f"  ({'≥' if figure.at_least else '≤'} {figure.limit:g})"
        print(f"{verdict} {figure.value:12.3f} {figure.unit:<8} {figure.name}{limit}", flush=True)
    print(f"   {time.monotonic() - started:.1f} s")
    return figures


def main(names: list[str]) -> int:
    figures = [figure for name in names or benchmarks() for figure in run(name)]
    kept = json.loads(RESULTS.read_text("utf-8")) if names and RESULTS.exists() else {}
    rows = kept | {figure.name: figure.as_row() for figure in figures}
    RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    missed = [figure.name for figure in figures if not figure.is_kept]
    print(f"{len(figures)} figures, {len(missed)} missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
