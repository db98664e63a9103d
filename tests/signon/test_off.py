"""Without settings there is no door to another house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import Template
from tests.databases import Databases


@pytest.fixture
def app(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
    with template.app(databases, tmp_path) as app:
        yield app


def test_it_is_off_unless_set_up(app: Flask) -> None:
    client = app.test_client()
    assert "/sign-in/house" not in client.get("/sign-in").text
    assert (
        client.get("/sign-in/house").status_code == client.get("/sign-in/house/back?code=1&state=1").status_code == 404
    )
    assert client.post("/sign-in/house/code", data={"code": "1"}).status_code == 404
