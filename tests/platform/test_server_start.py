"""What a server program does before it answers its first request."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.run import ROOT

LOADED = """
import gc, click
from flask.cli import ScriptInfo
with %s:
    import wsgi
print(gc.get_freeze_count() > 100_000, "layouts/office.html" in str(list(wsgi.app.jinja_env.cache.keys())))
print(gc.isenabled())
"""
GRANIAN = "click.Context(click.Command('granian'))"  # its workers inherit its own command
FLASK = "click.Context(click.Command('routes'), obj=ScriptInfo())"


@pytest.mark.parametrize(("program", "is_ready"), [(GRANIAN, "True"), (FLASK, "False")])
def test_pages_are_compiled_and_what_stands_for_the_life_of_a_server_is_not_walked_again(
    program: str, is_ready: str
) -> None:
    command = [sys.executable, "-c", LOADED % program]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == [is_ready, is_ready, "True"]  # the collector rests only while the program comes up
