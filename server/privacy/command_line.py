"""``flask retention``: what the worker does once a day, by hand or as a dry run."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from server.areas.queries import counties
from server.kernel import clock
from server.platform.db import reading
from server.privacy import retention as forgetting


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what is due by county and class, and delete nothing.")
@with_appcontext
def retention(dry_run: bool) -> None:
    """Delete what has been kept for as long as the counties' documents say; what a legal hold names stays."""
    now = clock.now()
    if not dry_run:
        click.echo(f"{forgetting.run(now)} things forgotten")
        return
    with reading() as session:
        for code in sorted({unit.county_code for unit in counties(session)}):
            for name, trial in forgetting.try_out(session, code, now).items():
                said = f"{trial.due}{'+' if trial.has_more else ''} due, {trial.held} held"
                click.echo(f"{code} {name}: {said if trial.is_set else 'no figure is set'}")
