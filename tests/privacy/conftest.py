"""A county on both databases, a fresh copy for each test."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from flask import Flask

from server.kernel import clock
from server.people.queries import holder_of
from server.privacy import figures
from tests.builders import Template, writing
from tests.databases import Databases
from tests.world import World


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.fill(databases, tmp_path_factory.mktemp("privacy"), "privacy")


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
    with template.app(databases, tmp_path) as app:
        yield app


@pytest.fixture
def world(template: Template) -> World:
    return deepcopy(template.world)


def set_figure(app: Flask, world: World, name: str, value: int) -> None:
    """The county sets a figure from today on."""
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        told = {"document_no": "示〔2026〕41号", "from_day": clock.today()}
        figures.set_figure(session, county, name=name, value=value, **told)
