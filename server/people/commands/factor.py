"""The second factor of desks: a code that a phone's authenticator makes from a shared secret (RFC 6238).

Six digits, thirty seconds, SHA-1, as every authenticator knows them. A code opens one session: the step that was used, and
those before it, are refused. Ten wrong codes in a row shut the factor until the security administrator takes it away.
"""

from __future__ import annotations

import base64
import os
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.commands.signing import end_sessions
from server.people.models import Person, SecondFactor
from server.people.rules import Holder, Thing, may

SECRET_BYTES, DIGITS = 20, 6
ISSUER = "Gridwalk"


def factor_in_force(session: Session, person_id: UUID) -> bool:
    """Whether this person confirmed a second factor."""
    found = session.get(SecondFactor, person_id)
    return found is not None and found.confirmed_at is not None


def begin_factor(session: Session, person_id: UUID) -> None:
    """A new secret that counts once a code of it was typed. Problem ``second_factor_there``: one counts already."""
    session.get(Person, person_id, with_for_update={"key_share": True})
    found = session.get(SecondFactor, person_id)
    if found is not None and found.confirmed_at is not None:
        raise Problem("second_factor_there")
    secret = base64.b32encode(os.urandom(SECRET_BYTES)).decode()
    if found is None:
        session.add(SecondFactor(person_id=person_id, secret=secret, wrong=0, last_step=0))
    else:
        found.secret = secret


def confirm_factor(session: Session, person_id: UUID, code: str) -> bool:
    """From now on it counts. False for a wrong code; Problem ``not_found`` where none was begun."""
    found = _locked(session, person_id)
    if found is None or found.confirmed_at is not None:
        raise Problem("not_found")
    if not _matches(found, code):
        return False
    found.confirmed_at = clock.now()
    return True


def try_code(session: Session, person_id: UUID, code: str) -> bool:
    """Whether the code is right and was not used; counts wrong ones. Commit whatever comes of it."""
    found = _locked(session, person_id)
    if found is None or found.wrong >= rules.MOST_WRONG_CODES:
        return False
    is_right = _matches(found, code)
    found.wrong = 0 if is_right else found.wrong + 1
    return is_right


def remove_factor(session: Session, person_id: UUID) -> None:
    found = session.get(SecondFactor, person_id)
    if found is not None:
        session.delete(found)


def take_factor_away(session: Session, actor: Holder, person_id: UUID) -> None:
    """Of somebody who lost the authenticator: by the security administrator of the county, never of one's own.

    Every session of the person ends. ``not_found``, ``not_allowed``.
    """
    target = queries.person(session, person_id)
    insist(may(actor, "second_factor.reset"))
    if target.county_code != actor.county_code:
        raise Problem("not_found")
    insist(may(actor, "second_factor.reset", Thing(county_code=target.county_code)))
    if actor.person_id == person_id:
        raise Problem("not_allowed")
    remove_factor(session, person_id)
    end_sessions(session, person_id)


def address_of(factor: SecondFactor, username: str) -> str:
    """What an authenticator reads from the QR picture."""
    return _totp(factor).get_provisioning_uri(username, ISSUER)


def _locked(session: Session, person_id: UUID) -> SecondFactor | None:
    return session.get(SecondFactor, person_id, with_for_update=True, populate_existing=True)


def _matches(factor: SecondFactor, code: str) -> bool:
    """This step's code, the one before or the one after: clocks differ. A used step is refused."""
    now = clock.now() // 1000
    for step in rules.steps_around(now):
        if step <= factor.last_step:
            continue
        try:
            _totp(factor).verify(code.encode(), step * rules.CODE_SECONDS)
        except (InvalidToken, UnicodeEncodeError):
            continue
        factor.last_step = step
        return True
    return False


def _totp(factor: SecondFactor) -> TOTP:
    return TOTP(base64.b32decode(factor.secret), DIGITS, SHA1(), rules.CODE_SECONDS)
