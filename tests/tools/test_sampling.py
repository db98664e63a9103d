"""The sample of `make test`: the same for a commit, another with each, nothing left out for ever (decision 0031)."""

from __future__ import annotations

from tests.sampling import is_taken

ROAD = "tests/journeys/test_the_road_of_a_record.py::test_a_record_goes[{}]"
SERVER = "tests/sync/test_push.py::test_number_{}[{}]"
COMMITS = [f"{number:040x}" for number in range(160)]


def test_whatever_is_quick_is_always_taken() -> None:
    assert all(is_taken(SERVER.format(1, "sqlite"), {"database_kind": "sqlite"}, commit) for commit in COMMITS)
    assert all(is_taken("tests/house/test_text.py::test_words", {}, commit) for commit in COMMITS)


def test_the_core_and_what_is_about_the_database_is_always_taken() -> None:
    for nodeid in (ROAD.format("sqlite"), ROAD.format("postgres"), "tests/sync/test_races.py::test_two[postgres]"):
        assert all(is_taken(nodeid, {"database_kind": "postgres"}, commit) for commit in COMMITS)


def test_a_twentieth_of_the_journeys_comes() -> None:
    nodeids = [f"tests/journeys/test_it.py::test_number_{number}" for number in range(300)]
    taken = [sum(is_taken(one, {}, commit) for one in nodeids) for commit in COMMITS]
    assert 13.5 < sum(taken) / len(taken) < 16.5
    assert all(3 < one < 32 for one in taken)


def test_a_fifteenth_of_the_second_database_comes_and_nobody_never() -> None:
    nodeids = [SERVER.format(number, "postgres") for number in range(300)]
    taken = [{one for one in nodeids if is_taken(one, {"database_kind": "postgres"}, commit)} for commit in COMMITS]
    assert 18 < sum(map(len, taken)) / len(taken) < 22
    assert all(6 < len(one) < 40 for one in taken)
    assert set().union(*taken) == set(nodeids)
