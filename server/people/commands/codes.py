"""One-time codes for a forgotten password."""

from __future__ import annotations

import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people import queries, rules
from server.people.commands.signing import end_sessions
from server.people.models import Person, ResetCode
from server.people.rules import Holder
from server.platform.keys import keyring


def show_reset_code(session: Session, actor: Holder, person_id: UUID) -> str:
    """Eight digits, good once for 15 minutes; an older code of the person is void. Problems ``not_found``, ``not_allowed``."""
    target = queries.holder_of(session, person_id, clock.today())
    insist(rules.may_show_reset_code(actor, target))
    return _new_code(session, actor, person_id)


def show_first_code(session: Session, actor: Holder, person: Person) -> str:
    """A code for somebody who has never signed in; the caller has judged that ``actor`` takes them on. ``not_allowed``
    once there is a password: then it is a forgotten one."""
    if person.password_hash is not None:
        raise Problem("not_allowed")
    return _new_code(session, actor, person.id)


def _new_code(session: Session, actor: Holder, person_id: UUID) -> str:
    session.execute(
        sa.update(ResetCode)
        .where(ResetCode.person_id == person_id, ResetCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    code = f"{secrets.randbelow(10**8):08d}"
    session.add(
        ResetCode(
            id=new_id(),
            person_id=person_id,
            code_hash=_code_hash(person_id, code),
            shown_by=actor.person_id,
            expires_at=clock.now() + rules.RESET_MINUTES * rules.MINUTE_MS,
        )
    )
    return code


def note_code_try(session: Session, username: str, code: str) -> UUID | None:
    """Judge a code and count the try. The person whose code it is, or None; the caller commits either way."""
    person = queries.person_named(session, username)
    if person is None:
        return None
    statement = (
        sa.select(ResetCode)
        .where(ResetCode.person_id == person.id, ResetCode.used_at.is_(None), ResetCode.expires_at > clock.now())
        .with_for_update()
    )
    row = session.scalars(statement.order_by(ResetCode.expires_at.desc()).limit(1)).one_or_none()
    if row is None or row.tries >= rules.RESET_TRIES:
        return None
    row.tries += 1
    return person.id if secrets.compare_digest(bytes(row.code_hash), _code_hash(person.id, code)) else None


def use_code(session: Session, person_id: UUID, password_hash: str) -> None:
    """Set the new password, void the code, end every session. Problem ``reset_code_wrong`` when it was used meanwhile."""
    used = session.execute(
        sa.update(ResetCode)
        .where(ResetCode.person_id == person_id, ResetCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if used.rowcount == 0:  # type: ignore[attr-defined]
        raise Problem("reset_code_wrong")
    queries.person(session, person_id).password_hash = password_hash
    end_sessions(session, person_id)


def _code_hash(person_id: UUID, code: str) -> bytes:
    return keyring().blind(f"{person_id}\0{code}", "reset_code")
