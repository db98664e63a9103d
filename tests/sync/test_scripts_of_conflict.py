"""Two or three devices edit and decide one record without a network: a sample of the scripts, and faults they must catch.

The long part is ``python -m tests.sync.sim.scripts --scripts 10000`` (``make prove``).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync.sim import faults
from tests.sync.sim.faults import Fault
from tests.sync.sim.run import Laboratory, laboratory
from tests.sync.sim.scripts import Tally, run_scripts

WITHIN = 120  # scripts


@pytest.fixture(scope="module")
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        yield made


def test_no_edit_and_no_decision_disappears_and_all_agree_in_the_end(lab: Laboratory) -> None:
    tally = Tally()
    with lab.phones():
        assert run_scripts(lab, 1, 40, tally) is None
    assert tally.outcomes["conflict"] > 10 and tally.outcomes["applied"] > 60
    assert len(tally.orders) > 15


@pytest.mark.parametrize(
    "fault", [faults.DECISION_MERGES, faults.LAST_WINS, faults.CONFLICT_IS_HUSHED], ids=lambda fault: fault.name
)
def test_a_planted_fault_is_caught(lab: Laboratory, fault: Fault) -> None:
    with lab.phones(fault.client), fault.in_server():
        found = run_scripts(lab, 1, WITHIN, Tally())
    assert found is not None, f"not noticed in {WITHIN} scripts: {fault.name}"
    assert found.rule in fault.rules, str(found)
