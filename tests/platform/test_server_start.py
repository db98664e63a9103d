"""What a server program does before it answers its first request."""

from __future__ import annotations

import subprocess
import sys

from tools.run import ROOT

LOADED = """
import gc, wsgi
print(gc.get_freeze_count() > 100_000, "layouts/office.html" in str(list(wsgi.app.jinja_env.cache.keys())))
"""


def test_pages_are_compiled_and_what_stands_for_the_life_of_the_server_is_not_walked_again() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "True"]
