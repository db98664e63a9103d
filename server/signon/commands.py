"""Writes of sign-in through another house: bindings, and tries that are good once."""

from __future__ import annotations

import hashlib
import os
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.queries import person_named
from server.people.rules import Holder
from server.platform.keys import b64
from server.signon import queries
from server.signon.models import SignOnBinding, SignOnTry
from server.signon.rules import TRY_MS

FORGOTTEN_MS = clock.DAY_MS


def bind(session: Session, by: Holder, username: str, subject: str) -> SignOnBinding:
    """Problems ``not_found`` for whoever is not of the county, ``not_allowed`` for oneself, ``subject_bound``."""
    person = person_named(session, username)
    if person is None or person.county_code != by.county_code:
        raise Problem("not_found")
    if person.id == by.person_id:
        raise Problem("not_allowed")
    subject_hash = queries.hash_of(subject)
    is_taken = sa.or_(SignOnBinding.subject_hash == subject_hash, SignOnBinding.person_id == person.id)
    if session.scalar(sa.select(SignOnBinding).where(is_taken).limit(1)) is not None:
        raise Problem("subject_bound")
    made = SignOnBinding(
        person_id=person.id,
        county_code=person.county_code,
        subject=subject,
        subject_hash=subject_hash,
        bound_at=clock.now(),
        bound_by=by.person_id,
    )
    session.add(made)
    session.flush()
    return made


def unbind(session: Session, by: Holder, person_id: UUID) -> None:
    """Problem ``not_found``."""
    found = queries.binding_of(session, by.county_code, person_id)
    if found is None:
        raise Problem("not_found")
    session.delete(found)


def begin(session: Session) -> tuple[str, SignOnTry]:
    """A new try and its state, which only the browser keeps; tries of yesterday are forgotten."""
    session.execute(sa.delete(SignOnTry).where(SignOnTry.made_at < clock.now() - FORGOTTEN_MS))
    state = b64(os.urandom(32))
    made = SignOnTry(
        state_hash=_hash(state), nonce=b64(os.urandom(24)), verifier=b64(os.urandom(32)), made_at=clock.now()
    )
    session.add(made)
    session.flush()
    return state, made


def use(session: Session, state: str) -> SignOnTry:
    """The try of this state, from now on used. Problem ``sign_on_refused``: unknown, used or too old."""
    young = SignOnTry.made_at > clock.now() - TRY_MS
    mine = sa.and_(SignOnTry.state_hash == _hash(state), SignOnTry.used_at.is_(None), young)
    if session.execute(sa.update(SignOnTry).where(mine).values(used_at=clock.now())).rowcount != 1:  # type: ignore[attr-defined]
        raise Problem("sign_on_refused")
    return session.get_one(SignOnTry, _hash(state))


def wait_for_code(session: Session, state: str, person_id: UUID) -> None:
    session.get_one(SignOnTry, _hash(state)).person_id = person_id


def waiting(session: Session, state: str) -> UUID:
    """Who was vouched for and still owes the second factor. Problem ``sign_on_refused``."""
    found = session.get(SignOnTry, _hash(state), with_for_update=True)
    if found is None or found.person_id is None or found.made_at <= clock.now() - TRY_MS:
        raise Problem("sign_on_refused")
    return found.person_id


def end_waiting(session: Session, state: str) -> None:
    """The code was right: once is enough."""
    session.get_one(SignOnTry, _hash(state)).person_id = None


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "replace")).digest()
