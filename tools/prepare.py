"""Bring the database up to date and, for a demo, fill an empty one; one process, so that a second start is quick.

usage: python -m tools.prepare [demo]
"""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo

from wsgi import app


def flask(*arguments: str) -> None:
    """Run one ``flask`` command in this process; its errors pass through."""
    app.cli.main(list(arguments), prog_name="flask", standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))


if __name__ == "__main__":
    flask("migrate")
    if "demo" in sys.argv[1:]:
        flask("demo", "--if-empty")
