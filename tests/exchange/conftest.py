"""A county on both databases that other systems may fetch from, and whose webhooks may go to the tests' own host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import Template
from tests.county import county_fixtures
from tests.databases import Databases
from tests.exchange.receiver import Receiver

template, _app, world, session, acts = county_fixtures("exchange")


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setenv("NO_PROXY", "*")
    with template.app(databases, tmp_path, hook_hosts=("127.0.0.1",)) as app:
        yield app


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    started = Receiver()
    yield started
    started.close()
