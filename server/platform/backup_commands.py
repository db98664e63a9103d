"""Commands of the machine room: ``flask backup``, ``restore``, ``backup-state``, ``worker``."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from server.kernel import clock
from server.platform import backup, jobs
from server.platform.backup_marks import last_finished
from server.platform.config import current_settings
from server.platform.db import reading
from server.platform.restore import RestoreRefused
from server.platform.restore import restore as bring_back
from server.text import text


def register(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (back_up, restore, backup_state, worker):
        app.cli.add_command(command)


@click.command("backup")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def back_up(directory: Path) -> None:
    """Copy database, keys and photos into DIRECTORY; only a finished backup counts."""
    click.echo(backup.back_up(directory))


@click.command("restore")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore(directory: Path) -> None:
    """Begin again from the newest finished backup in DIRECTORY; DATA_DIR and database must be empty."""
    try:
        manifest = bring_back(directory)
    except RestoreRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{clock.as_text(manifest.started_at)} {manifest.files_count}")


@click.command("backup-state")
@with_appcontext
def backup_state() -> None:
    """When the last backup finished, or 没有备份."""
    with reading() as session:
        last = last_finished(session)
    if last is None or last.finished_at is None:
        click.echo(f"{text('backup.none', 'zh')} {text('backup.none', 'en')}")
    else:
        click.echo(f"{clock.as_text(last.finished_at)} {last.path}")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Wake the sweepers until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    sys.exit(jobs.serve(app, current_settings().data_dir))
