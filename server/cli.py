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
from server.areas.models import OrgUnit
from server.demo import command_line
from server.evaluation.command_line import evaluate, lint_rules, merit_keys, score_share, verify_badge
from server.kernel import clock
from server.matters.command_line import gas_number, matter_list, patrol_track
from server.matters.commands import add_new_policies
from server.migrations.runner import upgrade
from server.people import commands as people
from server.people import queries
from server.people.rules import LEAST_PASSWORD, Post, administrators_apart
from server.platform import webpush
from server.platform.db import Base, db, transaction
from server.platform.webpush import PushSettings
from server.privacy.command_line import retention
from server.text import text

GENERATED_BYTES = 12


def register(app: Flask) -> None:
    """All commands of all rooms."""
    app.cli.add_command(first_admin)
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
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input; else one is made and shown."
)
@with_appcontext
def first_admin(
    username: str, name: str, county_code: str, county_name: str, security: bool, audit: bool, password_stdin: bool
) -> None:
    """Make the first person who may sign in. System, security and audit administrator are three people."""
    password = sys.stdin.readline().strip() if password_stdin else ""
    generated = "" if password_stdin else secrets.token_urlsafe(GENERATED_BYTES)
    if password_stdin and len(password) < LEAST_PASSWORD:
        raise click.ClickException(f"a password has at least {LEAST_PASSWORD} characters")
    if security and audit:
        raise click.ClickException(text("problem.administrators_apart.detail", "en"))
    role = "security_administrator" if security else "auditor" if audit else "system_administrator"
    with transaction() as session:
        there = queries.person_named(session, username)
        if there is not None:
            _insist_apart(session, there.id, role)
            raise click.ClickException(f"{username} is there already")
        people.ensure_roles(session)
        county = session.scalars(
            sa.select(OrgUnit).where(OrgUnit.county_code == county_code, OrgUnit.kind == "county")
        ).one_or_none()
        county = county or areas.add_unit(session, kind="county", name_zh=county_name, county_code=county_code)
        session.flush()
        person = people.add_person(
            session,
            county_code=county_code,
            username=username,
            name=name,
            password_hash=people.hash_of(password or generated),
        )
        people.appoint(session, person_id=person.id, role=role, org_unit_id=county.id, from_day=clock.today())
    click.echo(f"{username}: {role}")
    if generated:
        click.echo(f"password: {generated}")


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
