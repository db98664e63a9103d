"""Deliveries from before the ladder: what stood on the call list stands on its last rung, and the checks still hold."""

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


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = worlds.app_on(database_url, tmp_path)
    yield made
    worlds.close(made)


def insert(table: str, **values: object) -> None:
    reflected = sa.Table(table, sa.MetaData(), autoload_with=db.engines[None])
    for column in reflected.columns:
        if str(column.type) in ("CHAR(32)", "UUID"):
            column.type = sa.Uuid()
    with db.engines[None].begin() as connection:
        connection.execute(sa.insert(reflected).values(**values))


def test_a_call_of_before_is_the_last_rung_and_a_wrong_channel_is_still_refused(app: Flask) -> None:
    person, message = new_id(), new_id()
    line = {
        "county_code": "330424", "message_id": message, "person_id": person, "urgent": True, "tries": 0, "made_at": 1,
    }  # fmt: skip
    with app.app_context():
        runner.upgrade("0013")
        insert("person", id=person, county_code="330424", username="a", name=b"x", created_at=1)
        told = {"id": message, "county_code": "330424", "person_id": person, "kind": "task_assigned", "at": 1}
        insert("message", version=1, **told)
        insert("delivery", id=new_id(), channel="push", state="undelivered", reason="push_off", **line)
        insert("delivery", id=new_id(), channel="call", state="call_list", **line)
        runner.upgrade()
        with db.engines[None].connect() as connection:
            rungs = dict(connection.execute(sa.text("SELECT channel, rung FROM delivery")).all())
        assert rungs == {"push": 0, "call": 99}
        refused: list[dict[str, object]] = [
            {"channel": "pigeon", "state": "waiting"},
            {"channel": "sms", "state": "asleep"},
            {"channel": "sms", "state": "undelivered"},
            {"channel": "sms", "state": "waiting", "rung": 99},
        ]
        for wrong in refused:
            with pytest.raises(sa.exc.IntegrityError):
                insert("delivery", id=new_id(), **{"rung": 5, **line, **wrong})
        insert("delivery", id=new_id(), channel="sms", state="waiting", rung=1, **line)
