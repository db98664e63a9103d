"""``flask units``: the units of a city and a county from a file, before anybody can be appointed in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext

from server.areas.founding import ADDED, CHANGED, THERE, add_units
from server.areas.unit_rules import FIELDS, UnitRow
from server.platform.db import transaction
from server.platform.sheet_reader import plain


@click.command("units")
@click.option("--county-code", required=True, help="Six digits, e.g. 330424.")
@click.option(
    "--file",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"CSV in UTF-8 with the heading {','.join(FIELDS)}; docs/operators.md has an example.",
)
@with_appcontext
def units(county_code: str, path: Path) -> None:
    """Add city, county, zones, departments, towns and villages: all of the file, or none. What is there is not doubled."""
    if not (len(county_code) == 6 and county_code.isascii() and county_code.isdigit()):
        raise click.ClickException("a county code has six digits")
    rows = _rows(path)
    with transaction() as session:
        done, faults = add_units(session, county_code, rows)
    if faults:
        raise click.ClickException(_refusal(faults))
    click.echo(f"{county_code}: {', '.join(f'{done[word]} {word}' for word in (ADDED, CHANGED, THERE))}")


def _rows(path: Path) -> list[UnitRow]:
    """The rows that hold something, with the line on which each ends."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sheet = csv.reader(file)
            heading = [plain(cell) for cell in next(sheet, [])]
            if sorted(heading) != sorted(FIELDS):
                raise click.ClickException(f"the first line names the columns {','.join(FIELDS)}")
            cells = [(sheet.line_num, [plain(cell) for cell in row]) for row in sheet]
    except UnicodeDecodeError as error:
        raise click.ClickException("the file is not UTF-8: save it as CSV UTF-8") from error
    except csv.Error as error:
        raise click.ClickException(f"the file is no CSV: {error}") from error
    found = [(line, row) for line, row in cells if any(row)]
    if odd := [line for line, row in found if len(row) != len(FIELDS)]:
        why = f"{len(FIELDS)} columns are wanted; a name with a comma stands in quotes"
        raise click.ClickException(_refusal((line, why) for line in odd))
    if not found:
        raise click.ClickException("the file has no rows")
    return [UnitRow(line, **dict(zip(heading, row, strict=True))) for line, row in found]


def _refusal(faults: Iterable[tuple[int, str]]) -> str:
    return "\n".join(["nothing is added", *(f"line {line}: {why}" for line, why in faults)])
