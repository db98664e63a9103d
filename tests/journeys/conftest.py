"""Fixtures of the journeys: a running installation, phones that are switched off afterwards, and their screenshots."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.databases import Databases
from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.site import Site, Templates, fill_demo, fill_world

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """One a module: two at a time in one process get into each other's way."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def templates(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(databases, tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder = tmp_path_factory.mktemp("sqlite-templates")
    return Templates(Databases("sqlite", folder, None), folder)


@pytest.fixture
def demo_site(templates: Templates, tmp_path: Path) -> Iterator[Site]:
    """The demo, on SQLite and on PostgreSQL."""
    with templates.site("demo", fill_demo, tmp_path / "site") as site:
        yield site


@pytest.fixture
def world_site(sqlite_templates: Templates, tmp_path: Path) -> Iterator[Site]:
    """The small county on SQLite, for journeys whose subject is the phone."""
    with sqlite_templates.site("world", fill_world, tmp_path / "site") as site:
        yield site


@pytest.fixture
def pin_site(sqlite_templates: Templates, tmp_path: Path) -> Iterator[Site]:
    """The small county as a real installation has it: phones ask for a PIN."""
    with sqlite_templates.site("world", fill_world, tmp_path / "site", PIN_LOCK="1") as site:
        yield site


@pytest.fixture
def new_phone(
    playwright: Playwright, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[Site, str], Phone]]:
    """``new_phone(site, "worker")``: a phone that was never used, switched on."""
    folder = os.environ.get("JOURNEY_SHOTS")
    shots = Path(folder) if folder else tmp_path / "shots"
    story = re.sub(r"[^\w]+", "-", request.node.name.removeprefix("test_"))
    made: list[Phone] = []

    def switch_on(site: Site, name: str) -> Phone:
        phone = Phone(playwright, tmp_path / f"profile-{name}", site.line(), shots / story / name)
        made.append(phone)
        phone.start()
        return phone

    yield switch_on
    for phone in made:
        if request.node.stash.get(FAILED, False):
            print(phone.last_words())
        phone.shoot_last()
        phone.close()
    troubles = [f"{phone.profile.name}: {trouble}" for phone in made for trouble in phone.troubles]
    assert not troubles, troubles
