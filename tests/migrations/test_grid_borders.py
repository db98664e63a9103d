"""Borders from before drafts: each gets the box around its outline, by which neighbours are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel.ids import new_id
from server.migrations import runner
from server.platform.db import db
from tests import world as worlds
from tests.migrations.test_message_ladder import insert


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = worlds.app_on(database_url, tmp_path)
    yield made
    worlds.close(made)


def test_an_outline_of_before_gets_its_box(app: Flask) -> None:
    with app.app_context():
        runner.upgrade("0017")
        rings = "[[[10,-5],[30,-5],[30,20],[10,-5]],[[12,0],[13,0],[13,1],[12,0]]]"
        insert("border", id=new_id(), county_code="330424", area_id=new_id(), rings=rings, from_day=worlds.STARTED)
        runner.upgrade()
        with db.engines[None].connect() as connection:
            box = connection.execute(sa.text("SELECT west, south, east, north FROM border")).one()
        assert tuple(box) == (10, -5, 30, 20)
