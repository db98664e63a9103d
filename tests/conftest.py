"""Fixtures for every suite: databases of both kinds, and no way out to the network.

A test that takes ``database_url`` (empty) or ``databases`` (templates) runs twice, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import settings

from server.kernel import clock
from tests.databases import Databases, PostgresServer, postgres_server
from tests.once import compile_once, look_for_rings_seldom
from tests.sampling import is_slow, is_taken

KINDS = ("sqlite", "postgres")

# the sample of `make test` is the same every time; `make prove` draws anew (--hypothesis-profile wandering)
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("wandering", print_blob=True)
settings.load_profile("repeatable")
compile_once()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sample", metavar="COMMIT", help="take this commit's sample of the long tests (tests/sampling.py)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda one: not is_slow(one.nodeid))
    if not (commit := config.getoption("--sample")):
        return
    taken = [is_taken(one.nodeid, getattr(one, "callspec", NoParameters).params, commit) for one in items]
    config.hook.pytest_deselected(items=[one for one, is_in in zip(items, taken, strict=True) if not is_in])
    items[:] = [one for one, is_in in zip(items, taken, strict=True) if is_in]


def pytest_collection_finish() -> None:
    look_for_rings_seldom()


class NoParameters:
    params: Mapping[str, Any] = {}


class NetworkForbidden(AssertionError):
    """A test tried to leave the machine."""


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a socket of the file system
    if address[0] in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def clock_given_back() -> Iterator[None]:
    """A clock that a test turned by hand would be a wrong day for every later test of its process."""
    yield
    clock.set_source(None)


@pytest.fixture(autouse=True, scope="session")
def network_off() -> Iterator[None]:
    """Every connection beyond loopback is an error, so that no test depends on the world."""
    patch = pytest.MonkeyPatch()

    def guard(name: str) -> None:
        real = getattr(socket.socket, name)

        def checked(self: socket.socket, address: Any, *rest: Any) -> Any:
            if not _is_loopback(address):
                raise NetworkForbidden(f"connection to {address!r} from a test")
            return real(self, address, *rest)

        patch.setattr(socket.socket, name, checked)

    guard("connect")
    guard("connect_ex")
    yield
    patch.undo()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole session, without fsync: durability has suites of its own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then ``postgres``: whoever asks for it, directly or not, runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def databases(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    """Makes databases of the kind in question; the PostgreSQL server starts only when it is needed."""
    server = request.getfixturevalue("postgres") if database_kind == "postgres" else None
    return Databases(database_kind, tmp_path_factory.mktemp(database_kind), server)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """``DATABASE_URL`` of an empty database of this test's own."""
    url = databases.empty()
    yield url
    databases.drop(url)
