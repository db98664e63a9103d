"""The first person of an installation, made on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.platform.db import Base, db
from tests import world as worlds
from tests.builders import Browser, at_desk, code_of

NAMED = ["first-admin", "--name", "汤宇轩", "--county-code", "330424", "--county-name", "海盐县"]


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = worlds.app_on(database_url, tmp_path)
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
    yield app
    worlds.close(app)


def test_the_first_administrator_signs_in_with_the_password_shown(empty: Flask) -> None:
    answer = empty.test_cli_runner().invoke(args=NAMED)
    assert answer.exit_code == 0, answer.output
    password = answer.output.split("password: ")[1].strip()
    assert len(password) >= 16
    browser = Browser(empty)
    assert browser.sign_in("sysadmin", password).json["roles"][0]["role"] == "system_administrator"
    assert browser.sign_in_at_desk("sysadmin", password).status_code == 303


def test_two_administrators_share_one_county(empty: Flask) -> None:
    runner = empty.test_cli_runner()
    given = [*NAMED, "--security", "--username", "secadmin", "--password-stdin"]
    assert runner.invoke(args=NAMED).exit_code == 0
    assert runner.invoke(args=given, input="gridwalk-test\n").exit_code == 0
    assert at_desk(empty, "secadmin").get("/office/reset-code").status_code == 200
    again = runner.invoke(args=NAMED)
    assert again.exit_code != 0 and "already" in again.output


def test_a_short_password_makes_nobody(empty: Flask) -> None:
    answer = empty.test_cli_runner().invoke(args=[*NAMED, "--password-stdin"], input="short\n")
    assert answer.exit_code != 0
    assert code_of(Browser(empty).sign_in("sysadmin", "short")) == "wrong_credentials"
