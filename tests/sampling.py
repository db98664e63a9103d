"""Which tests `make test` takes: all that are quick, and of the long ones another part with each commit (decision 0031).

Drawn by the commit's name, so a commit always gets the same ones. `make prove`, and pytest by hand, take all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

JOURNEYS = "tests/journeys/"
JOURNEYS_ONE_IN, POSTGRES_ONE_IN = 20, 15
ALWAYS = (  # the core of the product, each time
    "tests/journeys/test_the_road_of_a_record.py",
    "tests/journeys/engines/",
)
WHERE_THE_DATABASE_MATTERS = (
    "tests/migrations/",
    "tests/test_databases.py",
    "tests/messages/test_call_out.py",
    "tests/messages/test_meanwhile.py",
    "tests/sync/test_races.py",
    "tests/sync/test_two_desks_at_once.py",
)


def is_taken(nodeid: str, parameters: Mapping[str, Any], commit: str) -> bool:
    """Whether this commit's sample holds the test. ``parameters``: those of the test, ``database_kind`` among them."""
    if nodeid.startswith((*ALWAYS, *WHERE_THE_DATABASE_MATTERS)):
        return True
    if nodeid.startswith(JOURNEYS):
        return _drawn(nodeid, commit, JOURNEYS_ONE_IN)
    if parameters.get("database_kind") == "postgres":
        return _drawn(nodeid, commit, POSTGRES_ONE_IN)
    return True


def is_slow(nodeid: str) -> bool:
    """Whether it begins first: what a run ends with is short then, and no test process waits for another's last journey."""
    return nodeid.startswith((JOURNEYS, "tests/faults/"))


def _drawn(nodeid: str, commit: str, one_in: int) -> bool:
    return crc32(f"{commit} {nodeid}".encode()) % one_in == 0
