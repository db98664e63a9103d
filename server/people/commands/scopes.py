"""Scopes: what a person might see and do, by number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.people import queries
from server.people.models import Person, ScopeSnapshot
from server.people.rules import Holder
from server.people.scopes import holder_to_json
from server.platform.db import aside, is_reading


def current_scope(session: Session, person_id: UUID, now: int, holder: Holder | None = None) -> ScopeSnapshot:
    """The scope of now, with a new number when posts, teams or streams changed since the last one.

    ``holder``: the person as the guard read it at the door. It is enough where nothing had changed by then; a change is read
    once more, since the office may have gone on. On a reading session the new number is written in a short transaction of
    its own.
    """
    newest = queries.newest_scope(session, person_id)
    if holder is not None and newest is not None and _content(newest) == _of_holder(session, holder):
        return newest
    content = _of_holder(session, queries.holder_of(session, person_id, clock.day_of(now)))
    if newest is not None and _content(newest) == content:
        return newest
    if not is_reading(session):
        return _next_scope(session, person_id, content, now)
    with aside() as writing:
        return _next_scope(writing, person_id, content, now)


def _next_scope(session: Session, person_id: UUID, content: tuple[Any, Any], now: int) -> ScopeSnapshot:
    session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update())  # one writer a person
    newest = queries.newest_scope(session, person_id)
    if newest is not None and _content(newest) == content:
        return newest
    if newest is not None:
        newest.to_at = now
    row = ScopeSnapshot(
        person_id=person_id,
        version=newest.version + 1 if newest else 1,
        holder=content[0],
        streams=content[1],
        from_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _of_holder(session: Session, holder: Holder) -> tuple[Any, Any]:
    return holder_to_json(holder), list(queries.streams_held(session, holder))


def _content(snapshot: ScopeSnapshot) -> tuple[Any, Any]:
    return snapshot.holder, snapshot.streams
