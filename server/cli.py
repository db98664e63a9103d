"""Commands of the installation: ``flask --app wsgi <command>``. A room adds its own in ``register``."""

from __future__ import annotations

import json
import secrets
import sys
from uuid import UUID

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from server.areas import commands as areas
from server.areas import queries as area_queries
from server.areas.command_line import units
from server.areas.models import OrgUnit
from server.demo import command_line
from server.evaluation.command_line import evaluate, lint_rules, merit_keys, score_share, verify_badge
from server.kernel import clock
from server.matters.command_line import gas_number, matter_list, patrol_track
from server.matters.commands import add_new_policies
from server.migrations.runner import upgrade
from server.people import commands as people
from server.people import queries
from server.people.rules import ADMINISTRATORS, LEAST_PASSWORD, Post, administrators_apart
from server.platform import webpush
from server.platform.db import Base, db, transaction
from server.platform.webpush import PushSettings
from server.privacy.command_line import retention
from server.text import text
from server.workforce.staff_rules import NAME_LONGEST, UNITS_OF, person_faults

GENERATED_BYTES = 12
OFFICES = {  # role → kinds of its unit: who begins on the command line, the administrators apart
    **{role: kinds for role, kinds in UNITS_OF.items() if role not in ADMINISTRATORS},
    "city_authority": ("city",),
}
OF_PERSON = {
    "username": "3 to 60 small letters, digits, dots, underscores and hyphens, a letter or digit first",
    "name": f"1 to {NAME_LONGEST} characters",
}
PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else one is made and shown."
)


def register(app: Flask) -> None:
    """All commands of all rooms."""
    app.cli.add_command(first_admin)
    app.cli.add_command(first_office)
    app.cli.add_command(units)
    app.cli.add_command(end_sessions)
    app.cli.add_command(vapid_keys)
    app.cli.add_command(make_tables)
    app.cli.add_command(migrate)
    app.cli.add_command(export_contract)
    app.cli.add_command(matter_list)
    app.cli.add_command(gas_number)
    app.cli.add_command(patrol_track)
    app.cli.add_command(evaluate)
    app.cli.add_command(lint_rules)
    app.cli.add_command(score_share)
    app.cli.add_command(merit_keys)
    app.cli.add_command(verify_badge)
    app.cli.add_command(retention)
    app.cli.add_command(command_line.demo)
    app.cli.add_command(command_line.demo_accounts)


@click.command("end-sessions")
@with_appcontext
def end_sessions() -> None:
    """End every session: after a restore (it revives those ended since the backup) or a leak. Unsent work stays."""
    with transaction() as session:
        click.echo(f"{people.end_all_sessions(session)} sessions ended")


@click.command("vapid-keys")
def vapid_keys() -> None:
    """Print a new pair of keys for Web Push, as lines of the environment. A second pair silences every phone of the first."""
    settings = PushSettings(webpush.new_private_key())
    click.echo(f"VAPID_PRIVATE_KEY={settings.private_key}")
    click.echo(f"# public, told to the phones by the server itself: {settings.public_key}")


@click.command("first-admin")
@click.option("--username", default="sysadmin", show_default=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--county-code", required=True, help="Six digits, e.g. 330424.")
@click.option("--county-name", required=True, help="Used when the county is not there yet.")
@click.option("--security", is_flag=True, help="The security administrator instead of the system administrator.")
@click.option("--audit", is_flag=True, help="The audit administrator instead of the system administrator.")
@PASSWORD_STDIN
@with_appcontext
def first_admin(
    username: str, name: str, county_code: str, county_name: str, security: bool, audit: bool, password_stdin: bool
) -> None:
    """Make the first person who may sign in. System, security and audit administrator are three people."""
    password = _password(password_stdin)
    if security and audit:
        raise click.ClickException(text("problem.administrators_apart.detail", "en"))
    role = "security_administrator" if security else "auditor" if audit else "system_administrator"
    with transaction() as session:
        there = queries.person_named(session, username)
        if there is not None:
            _insist_apart(session, there.id, role)
            raise click.ClickException(f"{username} is there already")
        county = session.scalars(
            sa.select(OrgUnit).where(OrgUnit.county_code == county_code, OrgUnit.kind == "county")
        ).one_or_none()
        if county is None:
            city = area_queries.city(session)
            county = areas.add_unit(
                session, kind="county", name_zh=county_name, county_code=county_code, division_code=county_code,
                parent_id=city.id if city else None,
            )  # fmt: skip
            session.flush()
        _take_on(session, username, name, password, role, county)
    _say_made(username, role, county, password_stdin, password)


@click.command("first-office")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, help=f"One of {', '.join(OFFICES)}.")
@click.option("--unit", "called", required=True, help="Division code or Chinese name of the unit.")
@click.option("--county-code", help="Six digits; where units of two counties have the same name.")
@PASSWORD_STDIN
@with_appcontext
def first_office(
    username: str, name: str, role: str, called: str, county_code: str | None, password_stdin: bool
) -> None:
    """Make the first person of an office: the county's competent department, and the city's, whom no other office appoints."""
    if role in ADMINISTRATORS:
        raise click.ClickException("the three administrators are made by first-admin")
    if role not in OFFICES:
        raise click.ClickException(f"role: one of {', '.join(OFFICES)}")
    if wrong := person_faults(username, name, ""):
        raise click.ClickException(f"{wrong[0]} cannot be so: {OF_PERSON[wrong[0]]}")
    password = _password(password_stdin)
    with transaction() as session:
        if queries.person_named(session, username) is not None:
            raise click.ClickException(f"{username} is there already")
        unit = _unit_called(session, called, county_code)
        if unit.kind not in OFFICES[role]:
            raise click.ClickException(
                f"{role} belongs to a {' or '.join(OFFICES[role])}; {unit.name_zh} is a {unit.kind}"
            )
        _take_on(session, username, name, password, role, unit)
    _say_made(username, role, unit, password_stdin, password)


def _password(from_stdin: bool) -> str:
    """The one typed, or a new one."""
    password = sys.stdin.readline().strip() if from_stdin else secrets.token_urlsafe(GENERATED_BYTES)
    if len(password) < LEAST_PASSWORD:
        raise click.ClickException(f"a password has at least {LEAST_PASSWORD} characters")
    return password


def _unit_called(session: Session, called: str, county_code: str | None) -> OrgUnit:
    found = area_queries.units_called(session, called, county_code)
    if not found:
        raise click.ClickException(f"no unit is called {called}: flask units makes them")
    if len(found) > 1:
        raise click.ClickException(f"several units are called {called}: name the division code, or --county-code")
    return found[0]


def _take_on(session: Session, username: str, name: str, password: str, role: str, unit: OrgUnit) -> None:
    people.ensure_roles(session)
    person = people.add_person(
        session,
        county_code=unit.county_code,
        username=username,
        name=name,
        password_hash=people.hash_of(password),
    )
    people.appoint(session, person_id=person.id, role=role, org_unit_id=unit.id, from_day=clock.today())


def _say_made(username: str, role: str, unit: OrgUnit, from_stdin: bool, password: str) -> None:
    click.echo(f"{username}: {role}, {unit.name_zh}")
    if not from_stdin:
        click.echo(f"password: {password}")


def _insist_apart(session: Session, person_id: UUID, role: str) -> None:
    """An account that is another of the three administrators already: the reason is said, not only that it is there."""
    held = queries.holder_of(session, person_id, clock.today()).posts
    if not administrators_apart(held, Post(role, person_id, from_day=clock.today())):
        raise click.ClickException(text("problem.administrators_apart.detail", "en"))


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration; settings that came since the installation get their shipped value."""
    upgrade()
    with transaction() as session:
        add_new_policies(session)


@click.command("export-contract")
@with_appcontext
def export_contract() -> None:
    """The contract of the JSON doors as OpenAPI 3.1, for ``tools/contract.sh`` and for other people's programs."""
    (api,) = current_app.extensions["flask-smorest"]["apis"].values()
    click.echo(json.dumps(api["ext_obj"].spec.to_dict(), ensure_ascii=False, indent=1, sort_keys=True))


@click.command("make-tables")
@with_appcontext
def make_tables() -> None:
    """Make every table in an empty database, without migrations: for trials."""
    Base.metadata.create_all(db.engines[None])
