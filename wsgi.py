"""What a server program loads: ``granian --interface wsgi wsgi:app``."""

import gc

gc.disable()  # half a million objects come to stay; to look for rings among them meanwhile is a sixth of the start

import click
from flask.cli import ScriptInfo

from server.app import create_app
from server.platform.shell import make_ready

app = create_app()
context = click.get_current_context(silent=True)  # a server program may be a command too
if context is None or context.find_object(ScriptInfo) is None:  # a command of the installation draws no pages
    make_ready(app)
gc.enable()
