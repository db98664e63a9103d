"""The smallest app that has the photo doors: whoever the request names is signed in. For tests of this room alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from flask import Flask, Response, g, jsonify, request
from flask_login import LoginManager
from marshmallow import ValidationError

import server.areas.models  # noqa: F401  (people names its tables)
from server.kernel.problems import Problem
from server.people.guard import SignedIn
from server.people.models import Person
from server.people.rules import Holder
from server.photos import api
from server.platform.config import Settings
from server.platform.db import Base, db, init_database, transaction
from server.platform.files import init_files
from server.platform.keys import Keyring
from server.platform.uploads import init_uploads

COUNTY = "330424"
ANNA, BAI = UUID(int=1), UUID(int=2)


def tiny_app(data_dir: Path, database_url: str = "", **settings: object) -> Flask:
    """An app with the photo doors and two persons, ``ANNA`` and ``BAI``; header ``X-Person: 1|2`` signs in."""
    chosen = replace(Settings(data_dir=data_dir, database_url=database_url, testing=True), **settings)  # type: ignore[arg-type]
    data_dir.mkdir(parents=True, exist_ok=True)
    app = Flask("tiny")
    app.extensions["keyring"] = Keyring(data_dir / "keys")
    init_database(app, chosen)
    init_files(app, data_dir, app.extensions["keyring"])
    init_uploads(app, data_dir, chosen.upload_max_bytes)
    for blueprint in api.blueprints:
        app.register_blueprint(blueprint)
    app.before_request(_read_or_write)
    manager = LoginManager(app)
    manager.request_loader(_whoever_is_named)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(ValidationError, lambda _e: _problem(Problem("invalid")))
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        _persons()
    return app


def _read_or_write() -> None:
    g.reading = request.method in ("GET", "HEAD")


def _whoever_is_named(_request: object) -> SignedIn:
    holder = Holder(UUID(int=int(request.headers.get("X-Person", "1"))), COUNTY)
    return SignedIn(SimpleNamespace(holder=holder, person_id=holder.person_id))  # type: ignore[arg-type]


def _problem(problem: Problem) -> Response:
    response = jsonify({"code": problem.code, **problem.fields})
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    return response


def _persons() -> None:
    with transaction() as session:
        for number in (ANNA, BAI):
            if session.get(Person, number) is None:
                session.add(Person(id=number, county_code=COUNTY, username=str(number), name="甲", created_at=0))


def served() -> Flask:
    """For a real server program in a process of its own: ``DATA_DIR`` from the environment."""
    return tiny_app(Path(os.environ["DATA_DIR"]), os.environ.get("DATABASE_URL", ""))
