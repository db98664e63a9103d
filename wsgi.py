"""What a server program loads: ``granian --interface wsgi wsgi:app``."""

import click

from server.app import create_app
from server.platform.shell import make_ready

app = create_app()
if click.get_current_context(silent=True) is None:  # a command of the installation draws no pages
    make_ready(app)
