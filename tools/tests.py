"""Run the checks and the tests, each step timed, all of them even when one is red.

usage: python -m tools.tests check|test|prove [PART …]
``test`` = checks, client tests, server and browser tests, of the long ones a sample (decision 0031). ``prove`` = all, with
the long suites: hours on two cores, so it has parts (``checks client tests long scripts simulator``) that can be run on
different days; what each said last is kept in ``docs/proof/PART.txt`` with its commit. In ``test``, a few red tests are
asked once more, alone; what is green then is told as UNSTEADY (decision 0022). ``prove`` asks nobody twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
NODE = ROOT / "node_modules/.bin"
PROOF = ROOT / "docs/proof"


@dataclass(frozen=True)
class Step:
    """One command; ``name`` is what the summary says, ``part`` the part of the proof it belongs to."""

    name: str
    command: tuple[str, ...]
    part: str = "checks"


def python(name: str, *arguments: str, part: str = "checks") -> Step:
    return Step(name, (str(BIN / arguments[0]), *arguments[1:]), part)


def node(name: str, *arguments: str, part: str = "checks") -> Step:
    return Step(name, (str(NODE / arguments[0]), *arguments[1:]), part)


CHECKS = (
    python("ruff", "ruff", "check", "--quiet", "--output-format", "concise", "."),
    python("ruff format", "ruff", "format", "--check", "--quiet", "."),
    python("mypy", "mypy", "--no-error-summary"),
    python("import rules (server)", "lint-imports", "--no-logo", "--cache-dir", ".make/importlinter"),
    node("types (client)", "tsc", "-p", "tsconfig.json"),
    node("types (engine without a page)", "tsc", "-p", "tsconfig.engine.json"),
    node("types (client tests)", "tsc", "-p", "tsconfig.tests.json"),
    node("import rules (client)", "depcruise", "--config", ".dependency-cruiser.cjs", "static/src", "service_worker"),
)
CLIENT = node("client tests", "vitest", "run", part="client")
SEED = ("--seed", time.strftime("%Y%m%d"))  # other worlds each day; a run says its seeds, so it can be had again
SIMULATOR = python(
    "simulator",
    "python",
    "-m",
    "tests.sync.sim",
    "--operations",
    "1000000",
    "--processes",
    "2",
    *SEED,
    part="simulator",
)
SCRIPTS = python(
    "scripts of conflict",
    "python",
    "-m",
    "tests.sync.sim.scripts",
    "--scripts",
    "10000",
    "--processes",
    "2",
    *SEED,
    part="scripts",
)


BROWSER_AND_SERVER = "server and browser tests"


def pytest(*arguments: str, name: str = BROWSER_AND_SERVER, part: str = "tests") -> Step:
    return python(
        name,
        "pytest",
        "-q",
        "-n",
        workers(),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",  # the slow ones first (tests/sampling.py)
        "--durations",
        "40",
        *arguments,
        part=part,
    )


def workers() -> str:
    """Test processes: ``TEST_WORKERS``, else one more than cores, since a journey mostly waits for its browser; at most four."""
    return os.environ.get("TEST_WORKERS") or str(min(4, 1 + (os.cpu_count() or 1)))


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)


def sample() -> tuple[str, ...]:
    """Of the long tests another part with each commit (tests/sampling.py); all with ``TEST_SAMPLE=all`` or without git."""
    asked = git("rev-parse", "HEAD")
    if os.environ.get("TEST_SAMPLE") == "all" or asked.returncode != 0:
        return ()
    return ("--sample", asked.stdout.strip())


def steps(purpose: str) -> tuple[Step, ...]:
    if purpose == "check":
        return CHECKS
    if purpose == "test":
        return (*CHECKS, CLIENT, pytest("-m", "not prove", *sample()))
    wandering = ("--timeout", "14400", "--hypothesis-profile", "wandering")
    return (
        *CHECKS,
        CLIENT,
        pytest("-m", "not prove", *wandering),
        # each test is named as it ends: hours may be cut short
        pytest("-vv", "-m", "prove", *wandering, name="long variants", part="long"),
        SCRIPTS,
        SIMULATOR,
    )


SECOND_ASKING = python(
    "the red ones once more, alone",
    "pytest",
    "-q",
    "-m",
    "not prove",
    "--last-failed",
    "--last-failed-no-failures",
    "none",
)
LAST_FAILED = ROOT / ".make/pytest/v/cache/lastfailed"
AT_MOST_UNSTEADY = 5


def red_tests() -> list[str]:
    """Names of the tests that were red in the last run."""
    return sorted(json.loads(LAST_FAILED.read_text("utf-8"))) if LAST_FAILED.exists() else []


def asked_again(step: Step) -> list[str]:
    """Of a red step of ``test``: the tests that are green when they run alone; empty when one is still red."""
    red = red_tests()
    if step.name != BROWSER_AND_SERVER or not 1 <= len(red) <= AT_MOST_UNSTEADY:
        return []
    return red if run(SECOND_ASKING, None)[0] else []


def run(step: Step, log: Path | None, live: bool = True) -> tuple[bool, float]:
    """Run one step, tell its output as it comes or (``live`` false) when it ends; returns (is_green, seconds)."""

    def tell(words: str) -> None:
        print(words, end="", flush=True)
        if log:
            with log.open("a") as kept:
                kept.write(words.replace(str(ROOT), "."))

    waiting = [f"── {step.name}\n"]
    say = waiting.append
    if live:
        tell(waiting.pop())
        say = tell
    started = time.monotonic()
    environment = {**os.environ, "PATH": f"{BIN}:{NODE}:{os.environ['PATH']}", "NO_COLOR": "1"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    try:
        with subprocess.Popen(step.command, cwd=ROOT, env=environment, **pipes) as process:
            assert process.stdout is not None
            for line in process.stdout:
                say(line)
    finally:
        if waiting:
            tell("".join(waiting))
    return process.returncode == 0, time.monotonic() - started


def run_all(steps: Sequence[Step], logs: Mapping[str, Path]) -> Iterator[tuple[Step, bool, float]]:
    """Each step with whether it was green and its seconds: the checks, of one core each, side by side, then the others."""
    checks = [step for step in steps if step in CHECKS]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        ran = pool.map(lambda step: run(step, logs.get(step.part), live=False), checks)
        try:
            yield from ((step, *result) for step, result in zip(checks, ran, strict=True))
        finally:
            pool.shutdown(cancel_futures=True)
    for step in steps:
        if step not in CHECKS:
            yield step, *run(step, logs.get(step.part))


def said(step: Step, green: bool, seconds: float) -> str:
    return f"{'ok ' if green else 'RED'} {seconds:7.1f} s  {step.name}"


def proof_of(part: str) -> Path:
    """The file of a part of the proof, begun anew with the commit, the day and the machine."""
    log = PROOF / f"{part}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    commit = git("rev-parse", "--short=12", "HEAD").stdout.strip() or "no commit"
    changed = " and changes" if git("diff", "--quiet", "HEAD", "--", ".", ":!docs/proof").returncode else ""
    log.write_text(f"{commit}{changed} · {time.strftime('%Y-%m-%d')} · {os.cpu_count()} cores\n")
    return log


def main(purpose: str, parts: Sequence[str] = ()) -> int:
    chosen = [step for step in steps(purpose) if not parts or step.part in parts]
    if unknown := set(parts) - {step.part for step in chosen}:
        print(f"no such part: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    logs = {part: proof_of(part) for part in {step.part for step in chosen}} if purpose == "prove" else {}
    LAST_FAILED.unlink(missing_ok=True)
    results, unsteady = [], []
    for step, green, seconds in run_all(chosen, logs):
        if not green and purpose == "test" and (again := asked_again(step)):
            green, unsteady = True, again
        results.append((step, green, seconds))
        if step.part in logs:
            with logs[step.part].open("a") as kept:
                kept.write(said(step, green, seconds) + "\n")
    summary = [said(*result) for result in results]
    summary += [f"UNSTEADY (red, then green alone): {name}" for name in unsteady]
    print("\n".join(["── summary", *summary]))
    return 0 if all(green for _, green, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test", sys.argv[2:]))
