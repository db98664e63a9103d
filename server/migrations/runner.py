"""Run the migrations of this folder with Alembic, without an ``alembic.ini``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.platform.db import db

HERE = Path(__file__).parent
LOCK = 3_304_240_001  # PostgreSQL advisory lock: two processes must not migrate at once


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(revision: str = "head") -> None:
    """Bring the database of the current app to ``revision``."""
    config = configuration()
    config.attributes["engine"] = db.engines[None]
    command.upgrade(config, revision)


def present_revision() -> str | None:
    """The revision of the database, None when it has none."""
    with db.engines[None].connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision of the code. Alembic raises when there are two heads."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    assert found is not None
    return found


def is_current() -> bool:
    return present_revision() == head()
