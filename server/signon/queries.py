"""Reads of sign-in through another house."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.people.models import Person
from server.platform.keys import keyring
from server.signon.models import SignOnBinding


def hash_of(subject: str) -> bytes:
    return keyring().blind(subject, "sign_on.subject")


def bound_to(session: Session, subject: str) -> Person | None:
    """Whose account belongs to this name at the other house."""
    statement = sa.select(Person).join(SignOnBinding, SignOnBinding.person_id == Person.id)
    return session.scalar(statement.where(SignOnBinding.subject_hash == hash_of(subject)))


def bindings(session: Session, county_code: str) -> Sequence[tuple[SignOnBinding, Person]]:
    """The county's, in the order of their accounts."""
    statement = (
        sa.select(SignOnBinding, Person)
        .join(Person, Person.id == SignOnBinding.person_id)
        .where(SignOnBinding.county_code == county_code)
        .order_by(Person.username)
    )
    return [(binding, person) for binding, person in session.execute(statement)]


def binding_of(session: Session, county_code: str, person_id: UUID) -> SignOnBinding | None:
    found = session.get(SignOnBinding, person_id)
    return found if found is not None and found.county_code == county_code else None
