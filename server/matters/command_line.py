"""``flask matter-list``: admit a list in a county (Art. 8). ``flask gas-number``: whom its phones call for gas.

``flask patrol-track``: whether a worker may have their own way drawn on their own phone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from server.kernel.problems import Problem
from server.matters import commands, starter
from server.matters.models import Matter
from server.platform.db import transaction


@click.command("matter-list")
@click.option("--county-code", required=True, help="Six digits, e.g. 330424.")
@click.option("--from", "from_day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day in force.")
@click.option("--document-no", required=True, help="Number of the document that adopts the list.")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=starter.SHIPPED,
    help="CSV with the columns of the shipped example, which is taken when nothing is named.",
)
@with_appcontext
def matter_list(county_code: str, from_day: datetime, document_no: str, path: Path) -> None:
    """Admit a matter list in a county that has none yet. The shipped list is an example: replace its figures."""
    with transaction() as session:
        if session.scalar(sa.select(Matter.id).where(Matter.county_code == county_code).limit(1)) is not None:
            raise click.ClickException(f"{county_code} has a matter list already")
        commands.seed_policies(session)
        try:
            entries = commands.load_starter_list(
                session,
                county_code=county_code,
                from_day=from_day.date(),
                document_no=document_no,
                is_demo=path == starter.SHIPPED,
                path=path,
            )
        except KeyError as error:
            raise click.ClickException(f"unknown column, duty or department: {error}") from error
    click.echo(f"{county_code}: {len(entries)}")


@click.command("gas-number")
@click.option("--county-code", required=True, help="Six digits, e.g. 330424.")
@click.option(
    "--number", required=True, help='The county\'s gas repair service, e.g. "0573-12345678"; "" takes it away.'
)
@click.option("--document-no", help="Number of the document that names it.")
@with_appcontext
def gas_number(county_code: str, number: str, document_no: str | None) -> None:
    """Set the number that the gas button of an emergency dials. Phones learn it with their next pull."""
    with transaction() as session:
        try:
            commands.set_gas_number(session, None, county_code, number, document_no)
        except Problem as problem:
            raise click.ClickException("a number has 3 to 20 digits, spaces and hyphens") from problem
    click.echo(f"{county_code}: {number}")


@click.command("patrol-track")
@click.argument("value", type=click.Choice(["off", "on_phone"]))
@click.option("--document-no", help="Number of the document that provides for it.")
@with_appcontext
def patrol_track(value: str, document_no: str | None) -> None:
    """Set whether a worker may have the way of a patrol drawn, on their own phone alone. Phones hear of it in an hour."""
    with transaction() as session:
        commands.set_policy(session, None, "track", value, document_no)
    click.echo(value)
