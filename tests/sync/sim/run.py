"""A run: worlds one after another until so many operations are done, the first violation shrunk and told."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from server.kernel import clock
from tests.databases import Databases, memory, postgres_server
from tests.once import look_for_rings_seldom
from tests.sync.sim import bundles
from tests.sync.sim.bridge import Phones
from tests.sync.sim.bundles import Replacement
from tests.sync.sim.chance import seeded_server
from tests.sync.sim.oracle import Violation
from tests.sync.sim.pictures import tiny_jpegs
from tests.sync.sim.plan import WORLD_OPERATIONS, operations
from tests.sync.sim.service import Service, Template, at
from tests.sync.sim.world import CREW, START, Figures, Op, Simulated

W = TypeVar("W", bound=Simulated)
NOTHING_SPECIAL: Mapping[str, float] = {}


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
    """What several worlds share: the filled county, pictures, and the process of the phones."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        self.folder = folder
        at(START)
        with seeded_server(0):
            self.template = Template.fill(databases, folder / "template")
        self.pictures = tiny_jpegs()
        self._phones: Phones | None = None
        self._worlds = self._builds = 0

    @contextmanager
    def phones(self, faults: Sequence[Replacement] = ()) -> Iterator[None]:
        """Phones with the bundles of the sources as they are, or with faults planted in them."""
        self._builds += 1
        with Phones(bundles.build(self.folder / f"client{self._builds}", faults)) as phones:
            before, self._phones = self._phones, phones
            try:
                yield
            finally:
                self._phones = before

    @contextmanager
    def world(self, seed: int, crew: int = len(CREW), kind: type[W] = Simulated) -> Iterator[W]:  # type: ignore[assignment]
        assert self._phones is not None, "open phones() first"
        self._worlds += 1
        with seeded_server(seed):
            at(START)
            service = Service(self.template, self.folder / f"w{self._worlds}")
            try:
                yield kind(self.template, service, self._phones, seed, self.pictures, crew)
            finally:
                service.close()
                gc.collect()  # an app is a knot of rings; 400 of them would fill the machine

    def replay(self, seed: int, ops: Sequence[Op], crew: int = len(CREW)) -> Violation | None:
        """Perform a list of operations in a fresh world; the violation it meets, if any."""
        with self.world(seed, crew) as world:
            try:
                for op in ops:
                    world.do(op)
            except Violation as violation:
                return violation
        return None


@contextmanager
def laboratory(kind: str = "sqlite") -> Iterator[Laboratory]:
    """Fill the county in memory. ``kind``: ``sqlite`` or ``postgres``."""
    with ExitStack() as stack:
        # durability is proven apart; here the disk only costs time
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gridwalk-sim-", dir=memory())))
        server = stack.enter_context(postgres_server()) if kind == "postgres" else None
        stack.callback(clock.set_source, None)
        lab = Laboratory(folder, Databases(kind, folder, server))
        stack.callback(gc.set_threshold, *gc.get_threshold())
        look_for_rings_seldom()  # apps and tables stay; only what a world makes is looked through
        yield lab


def run(
    lab: Laboratory,
    *,
    seed: int,
    most: int,
    minutes: float = 1e9,
    often: Mapping[str, float] = NOTHING_SPECIAL,
    each_world: int = WORLD_OPERATIONS,
    crew: int = len(CREW),
    tell: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Worlds ``seed``, ``seed + 1``, … until ``most`` operations or ``minutes`` are over, or a promise is broken."""
    report, began = Report(), time.monotonic()
    while report.figures.operations < most and time.monotonic() - began < minutes * 60:
        _one_world(lab, seed + report.worlds, min(each_world, most - report.figures.operations), often, crew, report)
        report.worlds += 1
        report.seconds = time.monotonic() - began
        tell(f"{report.figures.operations} operations, {report.figures.operations / report.seconds:.0f}/s")
        if report.found:
            break
    return report


def _one_world(lab: Laboratory, seed: int, most: int, often: Mapping[str, float], crew: int, report: Report) -> None:
    done: list[Op] = []
    with lab.world(seed, crew) as world:
        try:
            for op in operations(seed, often, [name for name, _ in CREW[:crew]]):
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


def shrink(lab: Laboratory, found: Found, seconds: float = 90.0, crew: int = len(CREW)) -> Found:
    """Leave out what the violation does not need, as long as the same rule breaks."""
    until = time.monotonic() + seconds
    ops, size = list(found.ops), len(found.ops) // 2
    best = found
    while size >= 1 and time.monotonic() < until:
        start, is_shorter = 0, False
        while start < len(ops) - 1 and time.monotonic() < until:
            fewer = ops[:start] + ops[min(start + size, len(ops) - 1) :]
            violation = lab.replay(found.seed, fewer, crew)
            if violation is not None and violation.rule == found.violation.rule:
                ops, best, is_shorter = fewer, Found(found.seed, violation, fewer), True
            else:
                start += size
        size = size // 2 if not is_shorter or size > 1 else 1
        if size == 1 and not is_shorter:
            break
    return best
