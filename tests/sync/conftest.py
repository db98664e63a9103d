"""A county and an app on both databases, copied from a template for each test."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import world as worlds
from tests.databases import Databases
from tests.world import World


@pytest.fixture(scope="session")
def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The filled database, its keys and its ids, made once for each kind of database."""
    folder = tmp_path_factory.mktemp("template")
    made: dict[str, Any] = {"folder": folder}

    def fill(url: str) -> None:
        app = worlds.app_on(url, folder)
        made["world"] = pickle.dumps(worlds.build(app))
        worlds.close(app)

    databases.drop(databases.copy_of("world", fill))
    return made


@pytest.fixture
def app(databases: Databases, template: dict[str, Any], tmp_path: Path) -> Iterator[Flask]:
    """An app of this test's own."""
    shutil.copytree(template["folder"] / "keys", tmp_path / "keys")
    url = databases.copy_of("world", lambda _url: None)
    made = worlds.app_on(url, tmp_path)
    yield made
    worlds.close(made)
    databases.drop(url)


@pytest.fixture
def world(template: dict[str, Any]) -> World:
    found: World = pickle.loads(template["world"])
    return found
