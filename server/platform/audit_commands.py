"""Commands of the auditor's machine room: ``flask verify-chain``, ``flask rotate-keys``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from server.kernel import clock
from server.platform import anchors, chain, rotation
from server.platform.chain import Fault
from server.platform.config import current_settings
from server.platform.db import reading
from server.platform.rotation import RotationBusy


def register(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(verify_chain)
    app.cli.add_command(rotate_keys)


@click.command("verify-chain")
@click.option(
    "--anchors",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Anchors that left the machine, a line each; by itself AUDIT_ANCHOR_FILE.",
)
@with_appcontext
def verify_chain(file: Path | None) -> None:
    """Walk the audit chain and every row of the log; says what does not hold, and ends with 1 if anything does not."""
    set_file, now = current_settings().audit_anchor_file, clock.now()
    place = file or (Path(set_file) if set_file else None)
    outside = _lines(place) if place and place.is_file() else []
    begun = time.perf_counter()
    with reading() as session:
        report = anchors.verify(session, outside, now)
        waiting, late = chain.unlinked(session), chain.unlinked(session, now - anchors.HOUR_MS)
    if place and not outside:
        report.faults.append(Fault("outside", 0, f"no anchor in {place}"))
    if late:
        report.faults.append(Fault("unlinked", 0, f"{late} rows older than an hour"))
    for fault in report.faults:
        click.echo(f"FAULT {fault.kind} {fault.seq} {fault.words}".rstrip())
    took = time.perf_counter() - begun
    click.echo(f"{report.count} entries {report.first}-{report.last}, {len(outside)} outside anchors, {took:.1f} s")
    if waiting:
        click.echo(f"{waiting} rows wait for the worker")
    if report.faults:
        raise SystemExit(1)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [_anchor(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _anchor(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


@click.command("rotate-keys")
@click.option("--resume", is_flag=True, help="Go on with the newest key, without making another one.")
@with_appcontext
def rotate_keys(resume: bool) -> None:
    """Make a new sealing key and seal every sealed column with it, while the server runs. May be stopped and resumed."""
    try:
        done = rotation.rotate(not resume, lambda table, count: click.echo(f"{table} {count}"))
    except RotationBusy as busy:
        raise click.ClickException(str(busy)) from busy
    click.echo(f"{done} rows sealed anew")
    _say_left(rotation.left_to_do().items())


def _say_left(left: Iterable[tuple[str, int]]) -> None:
    for table, count in left:
        click.echo(f"left: {table} {count}")
