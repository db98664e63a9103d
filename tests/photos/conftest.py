"""The small app of this room on both databases, and a phone's hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.photos import rules
from server.platform.db import db
from tests.photos.pictures import said, sha256
from tests.photos.tiny import tiny_app

TUS = {"Tus-Resumable": "1.0.0"}
BODY = {"Content-Type": "application/offset+octet-stream"}


class Phone:
    """What a phone does at the doors; ``person`` 1 is Anna, 2 is Bai."""

    def __init__(self, client: FlaskClient, person: int = 1) -> None:
        self.client, self.person = client, {"X-Person": str(person)}

    def create(self, content: bytes, **headers: str) -> Any:
        own = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": said(content), **self.person}
        return self.client.post("/api/v1/uploads", headers={**own, **headers})

    def begin(self, content: bytes) -> str:
        answer = self.create(content)
        assert answer.status_code == 201, answer.data
        return str(answer.headers["Location"])

    def patch(self, path: str, start: int, content: bytes, **headers: str) -> Any:
        own = {**TUS, **BODY, "Upload-Offset": str(start), **self.person}
        return self.client.patch(path, data=content, headers={**own, **headers})

    def head(self, path: str) -> Any:
        return self.client.head(path, headers={**TUS, **self.person})

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers={**TUS, **self.person})

    def send(self, content: bytes) -> str:
        """The whole photo; answers its hash."""
        answer = self.patch(self.begin(content), 0, content)
        assert answer.status_code == 204, answer.data
        return sha256(content)

    def missing(self, *sha256s: str) -> Any:
        return self.client.post(
            "/api/v1/photos/missing", json={"sha256": list(sha256s)}, headers=self.person
        ).get_json()

    def look(self, sha256_: str, size: str = "full") -> Any:
        return self.client.get(f"/api/v1/photos/{sha256_}?size={size}", headers=self.person)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = tiny_app(tmp_path / "data", database_url)
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())


@pytest.fixture
def other(app: Flask) -> Phone:
    return Phone(app.test_client(), person=2)


@pytest.fixture(autouse=True)
def no_namers() -> Iterator[None]:
    """Each test plugs in its own rooms above."""
    before = dict(rules._namers)
    rules._namers.clear()
    yield
    rules._namers.clear()
    rules._namers.update(before)
