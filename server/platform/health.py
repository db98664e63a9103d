"""Whether the process answers. It asks the database too, for a server without one serves nobody."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from server.kernel.problems import Problem
from server.platform.db import db


def health() -> dict[str, str]:
    """``{"status": "ok"}``, or Problem ``unavailable``."""
    try:
        with db.engines["read"].connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Problem("unavailable") from error
    return {"status": "ok"}
