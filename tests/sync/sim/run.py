"""A run: worlds one after another until so many operations are done, the first violation shrunk and told."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.kernel import clock
from tests.databases import Databases, postgres_server
from tests.sync.sim import bundles
from tests.sync.sim.bridge import Phones
from tests.sync.sim.bundles import Replacement
from tests.sync.sim.chance import seeded_server
from tests.sync.sim.oracle import Violation
from tests.sync.sim.pictures import tiny_jpegs
from tests.sync.sim.plan import WORLD_OPERATIONS, operations
from tests.sync.sim.service import Service, Template, at
from tests.sync.sim.world import START, Figures, Op, Simulated

MEMORY = Path("/dev/shm")  # durability is proven apart; here the disk only costs time


@dataclass
class Found:
    """A violation with what leads to it."""

    seed: int
    violation: Violation
    ops: list[Op]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {self.violation}", f"{len(self.ops)} operations:"]
        return "\n".join([*lines, *(f"  {op}" for op in self.ops[-80:])])


@dataclass
class Report:
    """What was done; ``digest`` is the same for the same seeds."""

    figures: Figures = field(default_factory=Figures)
    worlds: int = 0
    seconds: float = 0.0
    digest: str = ""
    found: Found | None = None


class Laboratory:
    """Everything that several worlds share: bundles, the phones' process, the filled county, pictures."""

    def __init__(self, folder: Path, phones: Phones, databases: Databases) -> None:
        self.folder, self.phones = folder, phones
        at(START)
        self.template = Template.fill(databases, folder / "template")
        self.pictures = tiny_jpegs()
        self._worlds = 0

    @contextmanager
    def world(self, seed: int) -> Iterator[Simulated]:
        self._worlds += 1
        with seeded_server(seed):
            at(START)
            service = Service(self.template, self.folder / f"w{self._worlds}")
            try:
                yield Simulated(self.template, service, self.phones, seed, self.pictures)
            finally:
                service.close()

    def replay(self, seed: int, ops: Sequence[Op]) -> Violation | None:
        """Perform a list of operations in a fresh world; the violation it meets, if any."""
        with self.world(seed) as world:
            try:
                for op in ops:
                    world.do(op)
            except Violation as violation:
                return violation
        return None


@contextmanager
def laboratory(faults: Sequence[Replacement] = (), kind: str = "sqlite") -> Iterator[Laboratory]:
    """Build the bundles, fill the county, start the phones. ``kind``: ``sqlite`` or ``postgres``."""
    with ExitStack() as stack:
        place = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gridwalk-sim-", dir=place)))
        server = stack.enter_context(postgres_server()) if kind == "postgres" else None
        phones = stack.enter_context(Phones(bundles.build(folder / "client", faults)))
        stack.callback(clock.set_source, None)
        yield Laboratory(folder, phones, Databases(kind, folder, server))


def run(
    lab: Laboratory,
    *,
    seed: int,
    most: int,
    minutes: float = 1e9,
    rare: float = 1.0,
    each_world: int = WORLD_OPERATIONS,
    tell: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Worlds ``seed``, ``seed + 1``, … until ``most`` operations or ``minutes`` are over, or a promise is broken."""
    report, began = Report(), time.monotonic()
    while report.figures.operations < most and time.monotonic() - began < minutes * 60:
        _one_world(lab, seed + report.worlds, min(each_world, most - report.figures.operations), rare, report)
        report.worlds += 1
        report.seconds = time.monotonic() - began
        tell(f"{report.figures.operations} operations, {report.figures.operations / report.seconds:.0f}/s")
        if report.found:
            break
    return report


def _one_world(lab: Laboratory, seed: int, most: int, rare: float, report: Report) -> None:
    done: list[Op] = []
    with lab.world(seed) as world:
        try:
            for op in operations(seed, rare):
                done.append(op)
                world.do(op)
                if world.figures.operations >= most and op["k"] == "quiet":
                    break
        except Violation as violation:
            report.found = Found(seed, violation, done)
        report.digest = (report.digest + world.seen.hexdigest())[-64:]
        _add(report.figures, world.figures)


def _add(total: Figures, more: Figures) -> None:
    total.operations += more.operations
    total.acts += more.acts
    total.requests += more.requests
    total.quiet_points += more.quiet_points
    for kind, count in more.kinds.items():
        total.kinds[kind] = total.kinds.get(kind, 0) + count


def shrink(lab: Laboratory, found: Found, seconds: float = 90.0) -> Found:
    """Leave out what the violation does not need, as long as the same rule breaks."""
    until = time.monotonic() + seconds
    ops, size = list(found.ops), len(found.ops) // 2
    best = found
    while size >= 1 and time.monotonic() < until:
        start, is_shorter = 0, False
        while start < len(ops) - 1 and time.monotonic() < until:
            fewer = ops[:start] + ops[min(start + size, len(ops) - 1) :]
            violation = lab.replay(found.seed, fewer)
            if violation is not None and violation.rule == found.violation.rule:
                ops, best, is_shorter = fewer, Found(found.seed, violation, fewer), True
            else:
                start += size
        size = size // 2 if not is_shorter or size > 1 else 1
        if size == 1 and not is_shorter:
            break
    return best
