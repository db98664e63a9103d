"""The small county on both databases, with a supervision telephone of the town."""

from __future__ import annotations

import pytest
from flask import Flask

from server.badges.commands import set_supervision_phone
from tests.builders import writing
from tests.county import county_fixtures
from tests.world import STARTED, World

template, app, world, session, acts = county_fixtures("boards")
NUMBER = "0573-7654321"


@pytest.fixture
def told(app: Flask, world: World) -> Flask:
    with writing(app) as session:
        set_supervision_phone(session, None, world.areas["town"], NUMBER, STARTED)
    return app
