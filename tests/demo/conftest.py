"""A small demo, filled once for each kind of database; the tests only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.demo.commands import fill
from server.platform.db import Base, db, transaction
from tests import world as worlds
from tests.databases import Databases


@pytest.fixture(scope="session")
def demo_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder, url = tmp_path_factory.mktemp("demo"), databases.empty()
    app = worlds.app_on(url, folder, demo=True)
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            fill(session, app.extensions["settings"], "small")
    yield app
    worlds.close(app)
    databases.drop(url)


@pytest.fixture
def session(demo_app: Flask) -> Iterator[Session]:
    with demo_app.app_context():
        yield db.session()
        db.session().rollback()
