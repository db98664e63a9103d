"""Tries and sessions."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.people import queries, rules
from server.people.commands.subscriptions import forget_silent
from server.people.models import Device, Person, ResetCode, SignIn, SignInFailure
from server.platform import csrf
from server.platform.keys import b64, keyring


def begin_try(session: Session, username: str, address: str, tries: int, lock_minutes: int) -> UUID:
    """Note a try as failed before it is judged, so that many at once cannot slip through. Problem ``account_locked``.

    Counted by keyed hashes of account and address, whether or not the account exists.
    """
    account, place = _blind_pair(username, address)
    until = rules.locked_until(_failures(session, account, place, tries), tries, lock_minutes)
    now = clock.now()
    if until is not None and now < until:
        raise locked(until - now)
    row = SignInFailure(id=new_id(), account=account, address=place, at=now)
    session.add(row)
    return row.id


def is_beyond(session: Session, try_id: UUID, tries: int, lock_minutes: int) -> bool:
    """Whether more tries than allowed were under way at once before this one."""
    row = session.get(SignInFailure, try_id)
    if row is None:
        return False
    statement = sa.select(sa.func.count()).where(
        SignInFailure.account == row.account,
        SignInFailure.address == row.address,
        SignInFailure.at > row.at - lock_minutes * rules.MINUTE_MS,
        sa.or_(SignInFailure.at < row.at, sa.and_(SignInFailure.at == row.at, SignInFailure.id < row.id)),
    )
    return session.scalar(statement) >= tries  # type: ignore[operator]


def forget_tries(session: Session, username: str, address: str) -> None:
    """A right password clears the account for this address."""
    account, place = _blind_pair(username, address)
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account == account, SignInFailure.address == place))


def forget_old_tries(session: Session, before: int) -> int:
    """Failures older than ``before`` (ms) serve nothing any more."""
    return session.execute(sa.delete(SignInFailure).where(SignInFailure.at < before)).rowcount  # type: ignore[attr-defined]


def forget_ended(session: Session, before: int, phone_days: int) -> int:
    """Sessions that ended or rested too long, and reset codes that expired, before ``before`` (ms): they open nothing."""
    gone = (
        sa.delete(SignIn).where(SignIn.ended_at < before),
        sa.delete(SignIn).where(SignIn.last_used_at < before - phone_days * clock.DAY_MS),
        sa.delete(ResetCode).where(ResetCode.expires_at < before),
    )
    return sum(session.execute(statement).rowcount for statement in gone)  # type: ignore[attr-defined]


def end_all_sessions(session: Session) -> int:
    """Everybody signs in anew; what phones hold waits for it. For after a restore, or a leak."""
    statement = sa.update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=clock.now())
    ended: int = session.execute(statement).rowcount  # type: ignore[attr-defined]
    forget_silent(session)
    return ended


def locked(for_ms: int) -> Problem:
    seconds = max(1, -(-for_ms // 1000))
    return Problem("account_locked", headers={"Retry-After": str(seconds)}, retry_after=seconds)


def _failures(session: Session, account: bytes, address: bytes, most: int) -> list[int]:
    statement = sa.select(SignInFailure.at).where(SignInFailure.account == account, SignInFailure.address == address)
    return list(session.scalars(statement.order_by(SignInFailure.at.desc()).limit(most)))


def _blind_pair(username: str, address: str) -> tuple[bytes, bytes]:
    return keyring().blind(username, "sign_in.account"), keyring().blind(address, "sign_in.address")


def begin_session(session: Session, person: Person, *, device_id: UUID | None, kind: str | None = None) -> str:
    """A session row; returns the token, of which only the hash is kept.

    On a revoked device the session is restricted: it may push, upload and pull. A device of another person is not
    taken over, the phone will be told when it registers.
    """
    holder = queries.holder_of_person(session, person, clock.today())
    device = session.get(Device, device_id) if device_id else None
    if device is not None and device.person_id != person.id:
        device = None
    return _keep(
        session,
        csrf=csrf.new_secret(),
        person_id=person.id,
        device_id=device.id if device else None,
        kind=kind or rules.session_kind(frozenset(p.role for p in holder.posts)),
        restricted=device is not None and device.revoked_at is not None,
    )


def double_session(session: Session, here: queries.OpenSession) -> str:
    """A second token for the same person, device and rights, under the same CSRF secret; returns the token."""
    return _keep(
        session,
        csrf=here.secret,
        person_id=here.person_id,
        device_id=here.device_id,
        kind=here.kind,
        restricted=here.restricted,
    )


def _keep(session: Session, **of: Any) -> str:
    """The row of a session that begins now; returns its token."""
    now, token = clock.now(), b64(secrets.token_bytes(32))
    session.add(SignIn(id=new_id(), token_hash=queries.token_hash(token), created_at=now, last_used_at=now, **of))
    session.flush()
    return token


def touch_session(session: Session, sign_in_id: UUID, now: int) -> None:
    session.execute(
        sa.update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_used_at < now).values(last_used_at=now)
    )


def end_session(session: Session, sign_in_id: UUID) -> None:
    is_open = sa.and_(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_open).values(ended_at=clock.now()))
    forget_silent(session, session.scalar(sa.select(SignIn.person_id).where(SignIn.id == sign_in_id)))


def end_sessions(session: Session, person_id: UUID) -> None:
    is_open = sa.and_(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    session.execute(sa.update(SignIn).where(is_open).values(ended_at=clock.now()))
    forget_silent(session, person_id)
