"""Signing in and resetting a password: use cases of several short transactions, shared by the JSON and the HTML door.

Why several. A failed try must stay noted although the door answers with a problem, and argon2 takes a tenth of a second
that no other writer should wait for. So: note the try and commit; judge the password outside any transaction; begin the
session and forget the tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.models import Person
from server.people.rules import OFFICE, session_kind
from server.platform import audit
from server.platform.config import Settings
from server.platform.db import transaction
from server.platform.passwords import passwords


@dataclass(frozen=True)
class Credentials:
    """What somebody typed, and from where."""

    username: str
    password: str
    address: str
    device_id: UUID | None = None
    code: str = ""  # of the second factor, where the person has one and sits at a desk


def sign_in(typed: Credentials, settings: Settings, *, kind: str | None = None) -> str:
    """The token of a new session. Problems ``wrong_credentials``, ``account_locked``; ``no_longer_in_post``,
    ``second_factor_needed``, ``second_factor_wrong`` at a desk."""
    person = _person_who_knows_the_password(typed, settings)
    _insist_on_the_second_factor(person, typed.code, kind)
    with transaction() as session:
        commands.forget_tries(session, typed.username, typed.address)
        if kind == "office" and not queries.holder_of_person(session, person, clock.today()).is_in_post:
            raise Problem("no_longer_in_post")
        if person.password_hash and passwords().is_outdated(person.password_hash):
            queries.person(session, person.id).password_hash = passwords().hash(typed.password)
        audit.note(session, "sign_in", county_code=person.county_code, person_id=person.id)
        return commands.begin_session(session, person, device_id=typed.device_id, kind=kind)


def _person_who_knows_the_password(typed: Credentials, settings: Settings) -> Person:
    tries, minutes = settings.sign_in_tries, settings.sign_in_lock_minutes
    with transaction() as session:
        try_id = commands.begin_try(session, typed.username, typed.address, tries, minutes)
    with transaction() as session:
        is_beyond = commands.is_beyond(session, try_id, tries, minutes)
        person = queries.person_named(session, typed.username)
    if is_beyond:
        raise commands.locked(minutes * 60_000)
    if not passwords().matches(person.password_hash if person else None, typed.password) or person is None:
        with transaction() as session:  # for an unknown account too: the time taken must not tell them apart
            code, whose = (person.county_code, person.id) if person else ("", None)
            audit.note(session, "sign_in_refused", county_code=code, person_id=whose)
        raise Problem("wrong_credentials")
    return person


def _insist_on_the_second_factor(person: Person, code: str, kind: str | None) -> None:
    """A desk's session of whoever confirmed one. The try stays counted until the code was right."""
    with transaction() as session:
        if not commands.factor_in_force(session, person.id):
            return
        roles = frozenset(p.role for p in queries.holder_of_person(session, person, clock.today()).posts)
        if (kind or session_kind(roles)) != OFFICE:
            return  # a phone's session opens no desk
        if not code:
            raise Problem("second_factor_needed")
        is_right = commands.try_code(session, person.id, code)
    if not is_right:
        raise Problem("second_factor_wrong")


def reset_password(username: str, code: str, new_password: str) -> None:
    """Set a new password by a one-time code. Problems ``password_too_short``, ``reset_code_wrong``."""
    password_hash = commands.hash_of(new_password)
    with transaction() as session:
        person_id = commands.note_code_try(session, username, code)
    if person_id is None:
        raise Problem("reset_code_wrong")
    with transaction() as session:
        commands.use_code(session, person_id, password_hash)
