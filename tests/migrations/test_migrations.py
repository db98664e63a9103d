"""Migrations: one head, equal to the models, on both databases; going up again changes nothing."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask

from server.migrations import runner
from server.platform.db import Base, db
from tests import world as worlds

ARCHIVE_INDEX = "ix_record_stream_record_acted_at_record_id"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = worlds.app_on(database_url, tmp_path)
    yield made
    worlds.close(made)


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        runner.upgrade()
        with db.engines[None].connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
        assert runner.is_current()


def test_a_second_run_changes_nothing(app: Flask) -> None:
    with app.app_context():
        runner.upgrade()
        runner.upgrade()
        assert runner.present_revision() == runner.head()


def test_a_filled_database_of_each_earlier_revision_comes_up_whole(app: Flask) -> None:
    """The county is built at the newest revision; rows of every table survive another run, and their keys hold."""
    with app.app_context():
        runner.upgrade()
    worlds.build(app)
    with app.app_context():
        before = _counts()
        runner.upgrade()
        assert _counts() == before
        assert sum(before.values()) > 300
        if db.engines[None].dialect.name == "sqlite":
            with db.engines[None].connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


def test_a_database_of_the_first_version_gets_the_index_of_the_archive(app: Flask) -> None:
    with app.app_context():
        runner.upgrade("0001")
        assert not runner.is_current() and ARCHIVE_INDEX not in _indexes()
        runner.upgrade()
        assert runner.is_current() and ARCHIVE_INDEX in _indexes()


def test_a_case_may_be_in_doubt_and_at_l0_after_its_migration(app: Flask) -> None:
    """What a comparison with the models does not see: the checks of a table that was rebuilt."""
    with app.app_context():
        runner.upgrade()
        found = {
            check["name"]: check["sqltext"]
            for table in ("case_file", "case_level")
            for check in sa.inspect(db.engines[None]).get_check_constraints(table)
        }
    for name, said in (
        ("ck_case_file_state", "contested"),
        ("ck_case_file_level", "L0"),
        ("ck_case_file_source", "12345"),
        ("ck_case_file_of_a_record", "record_id"),
        ("ck_case_level_level", "whistle"),
    ):
        assert said in found[name], name


def test_badges_that_are_out_get_a_token_for_paper_and_one_open_badge_stays_the_rule() -> None:
    step = importlib.import_module("server.migrations.versions.0029_badge_tokens")
    with sa.create_engine("sqlite://").begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE badge (id INTEGER PRIMARY KEY, person_id INT, token TEXT, ended_at INT)"
        )
        connection.exec_driver_sql("CREATE UNIQUE INDEX uq_badge_open ON badge (person_id) WHERE ended_at IS NULL")
        connection.exec_driver_sql("INSERT INTO badge VALUES (1, 7, 'a', 1), (2, 7, 'b', NULL)")
        with Operations.context(MigrationContext.configure(connection)):
            step.upgrade()
        rows = connection.exec_driver_sql("SELECT token, print_token, told_at FROM badge ORDER BY id").all()
        assert [(row.token, row.told_at) for row in rows] == [("a", 0), ("b", 0)]
        assert len({row.print_token for row in rows}) == 2 and {len(row.print_token) for row in rows} == {22}
        connection.exec_driver_sql("INSERT INTO badge VALUES (3, 7, 'c', 1, 'x', 0)")
        for twin in ("(4, 7, 'd', NULL, 'y', 0)", "(4, 8, 'd', NULL, 'x', 0)", "(4, 8, 'd', NULL, NULL, 0)"):
            with pytest.raises(sa.exc.IntegrityError):
                connection.exec_driver_sql(f"INSERT INTO badge VALUES {twin}")


def test_every_constraint_has_a_name_and_none_deletes_children() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, table.name
        for key in table.foreign_keys:
            assert key.ondelete is None, key


def _indexes() -> set[str | None]:
    return {index["name"] for index in sa.inspect(db.engines[None]).get_indexes("record")}


def _counts() -> dict[str, int]:
    with db.engines[None].connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }
