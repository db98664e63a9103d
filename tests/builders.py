"""What tests build with defaults: a browser that signs in and keeps its CSRF token, a clock turned by hand, posts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from server.kernel import clock
from server.kernel.ids import new_id
from server.people import commands as people
from server.platform.db import transaction
from tests import world as worlds
from tests.databases import Databases
from tests.world import PASSWORD, STARTED, World

HIDDEN = re.compile(r'name="csrf_token" value="([^"]+)"')
MINUTE, DAY = 60_000, 86_400_000


@dataclass
class Template:
    """A filled county that each test copies; the databases of one label are filled once a session."""

    label: str
    folder: Path
    world: World

    @staticmethod
    def fill(databases: Databases, folder: Path, label: str) -> Template:
        made: list[World] = []

        def build(url: str) -> None:
            app = worlds.app_on(url, folder)
            made.append(worlds.build(app))
            worlds.close(app)

        databases.drop(databases.copy_of(label, build))
        return Template(label, folder, made[0])

    @contextmanager
    def app(self, databases: Databases, folder: Path, **settings: Any) -> Iterator[Flask]:
        """An app over a copy of its own; ``settings`` as in ``Settings``."""
        shutil.copytree(self.folder / "keys", folder / "keys")
        url = databases.copy_of(self.label, lambda _url: None)
        app = worlds.app_on(url, folder, **settings)
        try:
            yield app
        finally:
            worlds.close(app)
            databases.drop(url)


@dataclass
class Browser:
    """One browser: a cookie jar, the CSRF token of the last answer, an address."""

    app: Flask
    address: str = "10.0.0.1"
    csrf: str = ""
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """A JSON call with the CSRF token that the last answer gave."""
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        sent = {"json": body} if body is not None else {}
        answer: TestResponse = self.client.open(
            path, method=method, headers=headers, environ_base={"REMOTE_ADDR": self.address}, **sent, **more
        )
        if answer.data and answer.is_json and isinstance(answer.json, dict):
            self.csrf = answer.json.get("csrf_token", self.csrf)
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def sign_in(self, username: str, password: str = PASSWORD, device_id: UUID | None = None) -> TestResponse:
        typed = {"username": username, "password": password, "device_id": str(device_id) if device_id else None}
        return self.call("POST", "/api/v1/session", typed)

    def register(self, device_id: UUID | None = None) -> UUID:
        device_id = device_id or new_id()
        answer = self.call(
            "POST", "/api/v1/devices", {"device_id": str(device_id), "label": "phone", "platform": "test"}
        )
        assert answer.status_code == 200, answer.text
        return device_id

    def sign_in_at_desk(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.form("/sign-in", username=username, password=password)

    def form(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with the hidden token of a page that shows one."""
        token = HIDDEN.search(self.client.get("/office/devices").text)
        data = {**fields, **({"csrf_token": token.group(1)} if token else {})}
        answer: TestResponse = self.client.post(path, data=data, environ_base={"REMOTE_ADDR": self.address})
        return answer


def signed_in(app: Flask, username: str) -> Browser:
    """A browser in which somebody has signed in at the phone's door."""
    browser = Browser(app)
    answer = browser.sign_in(username)
    assert answer.status_code == 200, answer.text
    return browser


def at_desk(app: Flask, username: str) -> Browser:
    """A browser in which somebody has signed in by the office's form."""
    browser = Browser(app)
    answer = browser.sign_in_at_desk(username)
    assert answer.status_code == 303, answer.text
    browser.get("/api/v1/session")
    return browser


@contextmanager
def writing(app: Flask) -> Iterator[Any]:
    """One transaction of the office, outside any request."""
    with app.app_context(), transaction() as session:
        yield session


class Hands:
    """A clock turned by hand; starts at the real now."""

    def __init__(self) -> None:
        self.now = clock.now()
        clock.set_source(lambda: self.now)

    def forward(self, milliseconds: int) -> None:
        self.now += milliseconds


def add_person(session: Any, username: str, **posts: Any) -> UUID:
    """A person of the county with the test password and, if named, one post: ``role``, ``org_unit_id``, …"""
    person = people.add_person(
        session,
        county_code=worlds.COUNTY,
        username=username,
        name=f"张{username}",
        password_hash=people.hash_of(PASSWORD),
    )
    if posts:
        people.appoint(session, person_id=person.id, **{"from_day": STARTED, **posts})
    return person.id


def yesterday() -> date:
    return clock.day_of(clock.now() - DAY)


def code_of(answer: TestResponse) -> str:
    """The code of a problem."""
    assert answer.content_type == "application/problem+json", answer.text
    return str(answer.json["code"])
