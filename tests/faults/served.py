"""The real app for a server process of the fault tests; ``PLANT=synchronous_off`` breaks durability on purpose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from server.platform.db import db
from tests.world import app_on


def served() -> Flask:
    """On ``DATA_DIR`` and ``DATABASE_URL`` of the environment."""
    threads = int(os.environ.get("WEB_THREADS", "8"))
    app = app_on(os.environ.get("DATABASE_URL", ""), Path(os.environ["DATA_DIR"]), web_threads=threads)
    if os.environ.get("PLANT") == "synchronous_off":
        with app.app_context():

            @event.listens_for(db.engines[None], "connect")
            def _off(connection: Any, _record: Any) -> None:
                connection.execute("PRAGMA synchronous=OFF")

    return app
