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
TICKS = Path("/proc/stat")
STOLEN = 7  # the place of "steal" among the ticks of a line, see proc_stat(5)


def benchmarks() -> list[str]:
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(
        name
        for name in found
        if name not in NOT_BENCHMARKS and hasattr(importlib.import_module(f"bench.{name}"), "figures")
    )


def run(name: str) -> list[Figure]:
    print(f"── {name}", flush=True)
    started, before = time.monotonic(), ticks()
    figures = list(importlib.import_module(f"bench.{name}").figures())
    for figure in figures:
        verdict = "   " if figure.limit is None else ("ok " if figure.is_kept else "RED")
        limit = "" if figure.limit is None else f"  ({'≥' if figure.at_least else '≤'} {figure.limit:g})"
        print(f"{verdict} {figure.value:12.3f} {figure.unit:<8} {figure.name}{limit}", flush=True)
    print(f"   {time.monotonic() - started:.1f} s{taken(before, ticks())}")
    return figures


def ticks() -> list[int]:
    """What the processors have done since the machine came up, in ticks; nothing where the system does not tell."""
    return [int(one) for one in TICKS.read_text().splitlines()[0].split()[1:]] if TICKS.exists() else []


def taken(before: list[int], after: list[int]) -> str:
    """How much of a shared host's processor others took meanwhile: at a few per cent a save takes twice as long."""
    spent = [now - then for then, now in zip(before, after, strict=True)]
    return f", {spent[STOLEN] / sum(spent):.1%} of the processor taken by other machines" if sum(spent) else ""


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
