"""How Alembic runs a migration here.

SQLite rebuilds a table to change it, and a rebuild with foreign keys on would delete the children (tried). So foreign
keys go off before BEGIN, all is checked before COMMIT, and they come on again after.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

import server.models_all  # noqa: F401  autogenerate compares with every table
from server.migrations.runner import LOCK
from server.platform.db import Base
from server.platform.types import Instant, Json, Sealed


def migrate(engine: sa.Engine) -> None:
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                context.configure(
                    connection=connection,
                    target_metadata=Base.metadata,
                    render_as_batch=True,
                    compare_type=True,
                    render_item=_plain_types,
                    transactional_ddl=False,
                )
                context.run_migrations()
                if is_sqlite:
                    _check_foreign_keys(connection)
        finally:
            if is_sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration must not change when a column type of ours does: it names what the database sees."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Json):
        return "sa.Text()"
    return False


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = sorted({row[0] for row in broken})
        raise RuntimeError(f"the migration would leave rows without their parents in {tables}")


migrate(context.config.attributes["engine"])
