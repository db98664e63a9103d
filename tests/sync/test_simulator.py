"""The simulator, its short part: seeded runs break no promise, repeat exactly, and each planted fault is caught.

The long part is ``python -m tests.sync.sim --operations N --seed S`` (``make prove``).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync.sim import faults
from tests.sync.sim.faults import Fault
from tests.sync.sim.oracle import Violation
from tests.sync.sim.plan import LOSSES
from tests.sync.sim.run import Laboratory, laboratory, run, shrink

NO_LOSSES = dict.fromkeys(LOSSES, 0.0)
CAUGHT = (  # fault, how many phones, what happens more often
    (faults.LOST_RECEIPT, 2, NO_LOSSES),
    (faults.SKIPPED_ENTRY, 2, NO_LOSSES),
    (faults.DOUBLE_APPLY, 2, NO_LOSSES),
    (faults.ANOTHERS_QUEUE, 2, {**NO_LOSSES, "switch": 12, "sign": 4}),
    (faults.HOLE_AFTER_UNDO, 3, {**NO_LOSSES, "undo": 6}),
    (faults.REVOKED_STAYS, 4, {**NO_LOSSES, "office": 8}),
    (faults.PHOTO_NOT_SENT, 2, NO_LOSSES),
)
WITHIN = 3_000  # operations, in worlds of 500: where and when a fault shows moves with every change of the sources


@pytest.fixture(scope="module")
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        yield made


def test_seeded_worlds_break_no_promise_and_a_seed_repeats_them_exactly(lab: Laboratory) -> None:
    with lab.phones():
        first = run(lab, seed=41, most=150, crew=3)
        assert first.found is None, str(first.found)
        again = run(lab, seed=41, most=150, crew=3)
        other = run(lab, seed=42, most=400, often=dict.fromkeys(LOSSES, 6.0))
    assert first.digest == again.digest and first.figures == again.figures
    assert other.found is None, str(other.found)
    assert other.digest != first.digest


@pytest.mark.parametrize(("fault", "crew", "often"), CAUGHT, ids=[c[0].name for c in CAUGHT])
def test_a_planted_fault_is_caught(lab: Laboratory, fault: Fault, crew: int, often: dict[str, float]) -> None:
    with lab.phones(fault.client), fault.in_server():
        report = run(lab, seed=1, most=WITHIN, each_world=500, crew=crew, often=often)
    assert report.found is not None, f"not noticed in {report.figures.operations} operations: {fault.name}"
    assert report.found.violation.rule in fault.rules, str(report.found)


def test_what_leads_to_a_violation_is_shortened(lab: Laboratory) -> None:
    fault = faults.SKIPPED_ENTRY
    with lab.phones(), fault.in_server():
        report = run(lab, seed=1, most=300, crew=2, often=NO_LOSSES)
        assert report.found is not None
        shorter = shrink(lab, report.found, seconds=4, crew=2)
        assert isinstance(lab.replay(1, shorter.ops, crew=2), Violation)
    assert len(shorter.ops) < len(report.found.ops)
