"""Fixtures for rooms that work in the small county of ``world.py``: an app over a copy of it, on both databases.

A room's conftest takes them: ``template, app, world, session, acts = county_fixtures("households")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.kernel import clock
from server.people.queries import holder_of
from server.people.rules import Holder
from server.platform.db import db
from server.platform.streams import entries_after
from tests.builders import Template
from tests.databases import Databases
from tests.world import World


@dataclass(frozen=True)
class Hand:
    """Somebody who acts on what they saw."""

    holder: Holder
    version_seen: int | None = None


class Acts:
    """``acts.by("worker")``: the act of a person of the county, today."""

    def __init__(self, session: Session, world: World) -> None:
        self._session, self._world = session, world

    def holder(self, username: str) -> Holder:
        return holder_of(self._session, self._world.people[username], clock.today())

    def by(self, username: str, version_seen: int | None = None) -> Hand:
        return Hand(self.holder(username), version_seen)


def county_fixtures(label: str) -> tuple[Any, ...]:
    """The fixtures ``template, app, world, session, acts`` under one label of the database templates."""

    @pytest.fixture(scope="session")
    def template(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Template:
        return Template.fill(databases, tmp_path_factory.mktemp(label), label)

    @pytest.fixture
    def app(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
        with template.app(databases, tmp_path) as app:
            yield app

    @pytest.fixture
    def world(template: Template) -> World:
        return deepcopy(template.world)

    @pytest.fixture
    def session(app: Flask) -> Iterator[Session]:
        """A writing session; a test commits when it wants the feed's numbers."""
        with app.app_context():
            yield db.session()

    @pytest.fixture
    def acts(session: Session, world: World) -> Acts:
        return Acts(session, world)

    return template, app, world, session, acts


@contextmanager
def looking(app: Flask) -> Iterator[Session]:
    """A session outside any request, closed before the next one: pages are asked without an app context around them."""
    with app.app_context():
        yield db.session()


def entries(session: Session, stream: str, kind: str) -> dict[UUID, str]:
    """The newest word (``put``, ``gone``, ``moved``) about each object of a kind in a stream, after a commit."""
    session.commit()
    return {e.object_id: e.op for e in entries_after(session, stream, 0, 10_000) if e.kind == kind}
