"""A county on both databases, a fresh copy for each test."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import Template
from tests.databases import Databases
from tests.world import World


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.fill(databases, tmp_path_factory.mktemp("people"), "people")


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
    with template.app(databases, tmp_path) as app:
        yield app


@pytest.fixture
def world(template: Template) -> World:
    return deepcopy(template.world)
