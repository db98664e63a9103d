"""A county on both databases whose installation pushes to a host of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from flask import Flask

from server.platform import webpush
from tests import push_host
from tests.builders import Template
from tests.databases import Databases
from tests.push_host import PushHost
from tests.world import World


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.fill(databases, tmp_path_factory.mktemp("messages"), "messages")


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setenv("NO_PROXY", "*")
    outside = {"push": webpush.read(push_host.settings()), "channel_hosts": ("127.0.0.1",)}
    with template.app(databases, tmp_path, **outside) as app:
        yield app


@pytest.fixture
def world(template: Template) -> World:
    return deepcopy(template.world)


@pytest.fixture
def host() -> Iterator[PushHost]:
    started = PushHost()
    yield started
    started.close()
