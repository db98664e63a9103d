"""Signing in through another house: a use case of several short transactions, none of them open while the house is asked."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import commands as people
from server.people import queries as people_queries
from server.people.models import Person
from server.platform import audit
from server.platform.config import Settings
from server.platform.db import reading, transaction
from server.signon import commands, queries
from server.signon.houses import house_of

BACK = "/sign-in/house/back"


def way_there(settings: Settings) -> tuple[str, str]:
    """The state that the browser keeps, and the address to go to. Problems ``sign_on_silent``, ``sign_on_refused``."""
    with transaction() as session:
        state, made = commands.begin(session)
        nonce, verifier = made.nonce, made.verifier
    house = house_of(settings.sign_on)
    return state, house.way(back=_back(settings), state=state, nonce=nonce, verifier=verifier)


def come_back(settings: Settings, state: str, code: str) -> str | None:
    """The token of a desk's session; None when the person's second factor is still to come.

    Problems ``sign_on_refused``, ``sign_on_silent``, ``sign_on_unbound``, ``no_longer_in_post``.
    """
    with transaction() as session:
        tried = commands.use(session, state)
        nonce, verifier = tried.nonce, tried.verifier
    house = house_of(settings.sign_on)
    subject = house.subject(code, back=_back(settings), nonce=nonce, verifier=verifier)
    with reading() as session:
        person = queries.bound_to(session, subject)
    if person is None:
        _note_refused(None)
        raise Problem("sign_on_unbound")
    with transaction() as session:
        if not people.factor_in_force(session, person.id):
            return _begin_session(session, person.id)
        commands.wait_for_code(session, state, person.id)
    return None


def take_code(state: str, code: str) -> str:
    """The token of a desk's session. Problems ``second_factor_wrong``, ``sign_on_refused``, ``no_longer_in_post``."""
    with transaction() as session:
        person_id = commands.waiting(session, state)
        is_right = people.try_code(session, person_id, code)
        if is_right:
            commands.end_waiting(session, state)
            return _begin_session(session, person_id)
    _note_refused(person_id)
    raise Problem("second_factor_wrong")


def _begin_session(session: Session, person_id: UUID) -> str:
    person = people_queries.person(session, person_id)
    if not people_queries.holder_of_person(session, person, clock.today()).is_in_post:
        raise Problem("no_longer_in_post")
    audit.note(session, "sign_in_house", county_code=person.county_code, person_id=person.id)
    return people.begin_session(session, person, device_id=None, kind="office")


def _note_refused(person_id: UUID | None) -> None:
    with transaction() as session:
        person = session.get(Person, person_id) if person_id else None
        code = person.county_code if person else ""
        audit.note(session, "sign_in_refused", county_code=code, person_id=person_id)


def _back(settings: Settings) -> str:
    return settings.base_url.rstrip("/") + BACK
