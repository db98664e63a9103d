"""``flask demo`` and ``flask demo-accounts``. Only for ``GRIDWALK_DEMO=1``."""

from __future__ import annotations

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from server.demo.accounts import ACCOUNTS, PASSWORD
from server.demo.sizes import SIZES
from server.platform.config import Settings
from server.platform.db import transaction


@click.command("demo")
@click.option("--size", type=click.Choice(list(SIZES)), default="county", show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing, without an error, when there is somebody already.")
@with_appcontext
def demo(size: str, if_empty: bool) -> None:
    """Fill an empty database with a county of invented people."""
    from server.demo import commands  # a tenth of what a server program would load, for this command alone

    settings: Settings = current_app.extensions["settings"]
    began = time.monotonic()
    try:
        with transaction() as session:
            if if_empty and not commands.is_empty(session):
                return
            commands.fill(session, settings, size, click.echo)
    except commands.DemoRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"demo: {size}, {time.monotonic() - began:.0f} s")


@click.command("demo-accounts")
def demo_accounts() -> None:
    """The user names of the demo and their password."""
    for account in ACCOUNTS:
        click.echo(f"{account.username:<10} {account.name}  {', '.join(p.role for p in account.posts)}")
    click.echo(f"password: {PASSWORD}")
