"""Whoever reads sees one moment of the database, on both kinds: what moves meanwhile is not seen half."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from server.kernel.ids import new_id
from server.people.models import Person
from server.platform.db import reading
from tests.builders import add_person, writing
from tests.world import World


def test_a_reader_does_not_see_what_is_committed_meanwhile(app: Flask, world: World) -> None:
    with app.app_context(), reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(Person))
        with writing(app) as other:
            add_person(other, f"late_{new_id()}"[:20])
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == before
    with app.app_context(), reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Person)) == before + 1
