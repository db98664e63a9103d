"""Write the next migration from the difference between the models and a database at the present head.

usage: python -m tools.new_migration "what it does"      then read it, and write its test
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from server.app import create_app
from server.migrations import runner
from server.platform.config import Settings
from server.platform.db import db


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)))
        with app.app_context():
            config = runner.configuration()
            config.attributes["engine"] = db.engines[None]
            numbers = [int(p.name[:4]) for p in (runner.HERE / "versions").glob("[0-9]*.py")]
            if numbers:
                command.upgrade(config, "head")
            number = f"{max(numbers, default=0) + 1:04d}"
            command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "unnamed")
