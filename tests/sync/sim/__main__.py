"""``python -m tests.sync.sim --operations N --seed S --minutes M``: a long run; ends with 1 when a promise was broken.

Several processes share the operations; each has worlds of its own: process number i begins at seed S + i · 1 000 000.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.once import compile_once
from tests.sync.sim.plan import LOSSES
from tests.sync.sim.run import laboratory, run, shrink

SEEDS_APART = 1_000_000


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.sim", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument(
        "--rare", type=float, default=1.0, help="makes losses, clones and restores so many times likelier"
    )
    parser.add_argument("--shrink", type=float, default=90.0, help="seconds to spend on a shorter list of operations")
    return parser.parse_args()


def main(given: argparse.Namespace) -> int:
    compile_once()
    often = dict.fromkeys(LOSSES, given.rare)
    with laboratory(given.database) as lab, lab.phones():
        report = run(
            lab,
            seed=given.seed,
            most=given.operations,
            minutes=given.minutes,
            often=often,
            tell=lambda line: print(f"[{given.seed}] {line}", flush=True),
        )
        figures = report.figures
        print(
            f"[{given.seed}] {figures.operations} operations in {report.worlds} worlds: {figures.acts} saved, "
            f"{figures.requests} requests, {figures.quiet_points} quiet points, {report.seconds:.0f} s, "
            f"digest {report.digest[:16]}"
        )
        print(f"[{given.seed}] {dict(sorted(figures.kinds.items()))}")
        if report.found is None:
            print(f"[{given.seed}] 0 violations", flush=True)
            return 0
        print(f"[{given.seed}] VIOLATION {report.found.violation}", flush=True)
        print(shrink(lab, report.found, given.shrink) if given.shrink else report.found, flush=True)
        return 1


def several(given: argparse.Namespace) -> int:
    """The same run in several processes; 1 when any of them found something."""
    share = -(-given.operations // given.processes)
    command = [sys.executable, "-m", "tests.sync.sim", "--operations", str(share), "--minutes", str(given.minutes),
               "--rare", str(given.rare), "--shrink", str(given.shrink), "--database", given.database]  # fmt: skip
    started = [
        subprocess.Popen([*command, "--seed", str(given.seed + number * SEEDS_APART)])
        for number in range(given.processes)
    ]
    return max(process.wait() for process in started)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets of text must be the same in every run
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.sync.sim", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    chosen = parsed()
    sys.exit(several(chosen) if chosen.processes > 1 else main(chosen))
