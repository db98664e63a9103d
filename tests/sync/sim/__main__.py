"""``python -m tests.sync.sim --operations N --seed S --minutes M``: a long run; ends with 1 when a promise was broken."""

from __future__ import annotations

import argparse
import os
import sys

from tests.sync.sim.run import laboratory, run, shrink


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.sim", description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rare", type=float, default=1.0, help="makes losses, clones and restores so many times likelier")
    parser.add_argument("--shrink", type=float, default=90.0, help="seconds to spend on a shorter list of operations")
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    tell = (lambda _line: None) if given.quiet else (lambda line: print(line, flush=True))
    with laboratory(given.database) as lab, lab.phones():
        report = run(lab, seed=given.seed, most=given.operations, minutes=given.minutes, rare=given.rare, tell=tell)
        figures = report.figures
        print(
            f"{figures.operations} operations in {report.worlds} worlds, {figures.acts} saved, {figures.requests} requests, "
            f"{figures.quiet_points} quiet points, {report.seconds:.0f} s, seed {given.seed}, digest {report.digest[:16]}"
        )
        print(dict(sorted(figures.kinds.items())))
        if report.found is None:
            print("0 violations")
            return 0
        print(report.found.violation)
        print(shrink(lab, report.found, given.shrink) if given.shrink else report.found)
        return 1


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, "-m", "tests.sync.sim", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
