"""``flask evaluate`` and ``flask lint-rules``: rule sets tried out without a database, for people who write rules; and the share
of a run that the worker gives to a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from server.evaluation.canonical import canonical
from server.evaluation.lint import lint
from server.evaluation.merit import verify
from server.evaluation.rule_set import Fault, Refused, compiled
from server.evaluation.running import Share
from server.evaluation.schemas import FACTS_BYTES, RULES_BYTES, read_facts, read_rule_set
from server.evaluation.score import score
from server.evaluation.sharing import share_of
from server.evaluation.words import said
from server.platform.keys import keyring
from server.text import LANGUAGES

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
REFUSED = 1
UNSIGNED = "issuer_missing"
LANGUAGE = click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True)


@click.command("evaluate")
@click.option("--rule-set", "rules_path", required=True, type=EXISTING, help="A rule set, as docs/evaluation_rules.md.")
@click.option("--facts", "facts_path", required=True, type=EXISTING, help="Facts, as docs/evaluation_facts.md.")
@LANGUAGE
def evaluate(rules_path: Path, facts_path: Path, lang: str) -> None:
    """Print the sheet of one person and period as JSON (RFC 8785). Exits 1 with what is wrong with either file.

    A draft that lacks a department's reference is scored; one with a forbidden indicator is not.
    """
    try:
        told = read_rule_set(_bytes(rules_path, RULES_BYTES))
        forbidden = [fault for fault in lint(told).refused if not fault.code.startswith(UNSIGNED)]
        if forbidden:
            raise Refused(forbidden)
        sheet = score(read_facts(_bytes(facts_path, FACTS_BYTES)), compiled(told))
    except Refused as refused:
        _tell(refused.faults, lang, err=True)
        sys.exit(REFUSED)
    click.echo(canonical(sheet).decode())


@click.command("score-share", hidden=True)
@click.argument("run_id", type=click.UUID)
@click.argument("number", type=click.IntRange(0))
@click.argument("parts", type=click.IntRange(1))
@click.argument("asked_by", type=int)
@with_appcontext
def score_share(run_id: UUID, number: int, parts: int, asked_by: int) -> None:
    """Make the sheets of one of so many equal shares of a run; the worker starts it, and it ends when the worker does."""
    share_of(run_id, Share(number, parts), asked_by)


@click.command("lint-rules")
@click.argument("path", type=EXISTING)
@LANGUAGE
def lint_rules(path: Path, lang: str) -> None:
    """Exit 0 when the rule set may be published; else print what is refused, and with which paragraph, and exit 1."""
    try:
        report = lint(read_rule_set(_bytes(path, RULES_BYTES)))
    except Refused as refused:
        _tell(refused.faults, lang)
        sys.exit(REFUSED)
    _tell(report.refused, lang)
    _tell(report.warned, lang, mark="?")
    if not report.publishable:
        sys.exit(REFUSED)


def _bytes(path: Path, most: int) -> bytes:
    """The file, or of one that is too large just enough to see that."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _tell(faults: Sequence[Fault], lang: str, mark: str = "✗", err: bool = False) -> None:
    for fault in faults:
        click.echo(f"{mark} {_printable(fault.where) or '-'}: {_printable(said(fault, lang))}", err=err)


def _printable(text: str) -> str:
    """What a file says, without what would steer the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


@click.command("merit-keys")
@with_appcontext
def merit_keys() -> None:
    """Print the public keys that merit badges are checked with, one a line: kid and 64 hexadecimal digits."""
    for kid, raw in keyring().merit_public_keys().items():
        click.echo(f"{kid}:{raw.hex()}")


@click.command("verify-badge")
@click.argument("token")
@click.option("--key", "keys", multiple=True, required=True, help="<kid>:<hex> as merit-keys or /m/keys.json tells it.")
@click.option("--revoked", type=EXISTING, help="/m/keys.json as it was fetched last.")
def verify_badge(token: str, keys: tuple[str, ...], revoked: Path | None) -> None:
    """Check a merit badge without a network or database. Prints what it says; exits 1 when it is forged or revoked."""
    try:
        known = {kid: bytes.fromhex(raw) for kid, raw in (one.split(":", 1) for one in keys)}
        gone = json.loads(revoked.read_text("utf-8"))["revoked"] if revoked else []
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException("a key is <kid>:<hex>, and the list is what /m/keys.json tells") from error
    merit = verify(token.rsplit("/", 1)[-1], known, gone)
    if merit is None:
        click.echo("not a valid merit badge", err=True)
        sys.exit(REFUSED)
    click.echo(json.dumps(merit.__dict__, ensure_ascii=False, indent=1))
