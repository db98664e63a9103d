"""What a phone sent, word for word, is forgotten with what it was about, or when its own time is over; what was not taken
goes by a figure of its own, with the pictures that wait in quarantine, and cannot be taken in from then on.

Id, hash, outcome and number stay: the same message sent again is known, and receipts hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.photos.commands import let_go
from server.privacy.keeping import Due, Keeping, mark, not_yet
from server.sync.applying import QUARANTINE
from server.sync.models import MutationLog

NAME, UNTAKEN_NAME = "sent_words", "untaken_words"
UNTAKEN = ("refused", "conflict", "deferred")
EMPTY = "{}"


def forget_words(session: Session, object_ids: Sequence[UUID]) -> None:
    """The words of everything that was ever sent about these objects."""
    applied = sa.and_(MutationLog.outcome == "applied", MutationLog.object_id.in_(object_ids))
    session.execute(sa.update(MutationLog).where(applied).values(payload=EMPTY))


def _due(name: str, *which: Any) -> Callable[[Session, str, int, UUID, int], list[Due]]:
    """Messages that came before, each once. A hold names the message, or what it was about."""

    def due(session: Session, county_code: str, cutoff: int, after: UUID, most: int) -> list[Due]:
        statement = (
            sa.select(MutationLog.id, MutationLog.object_id)
            .where(MutationLog.county_code == county_code, MutationLog.received_at <= cutoff, MutationLog.id > after)
            .where(*which, not_yet(name, MutationLog.id))
            .order_by(MutationLog.id)
            .limit(most)
        )
        return [Due(one, frozenset({one, about or one})) for one, about in session.execute(statement)]

    return due


def _forget(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(sa.update(MutationLog).where(MutationLog.id.in_(ids)).values(payload=EMPTY))
    mark(session, NAME, ids)


def _forget_untaken(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(sa.update(MutationLog).where(MutationLog.id.in_(ids)).values(payload=EMPTY))
    let_go(session, QUARANTINE, ids)
    mark(session, UNTAKEN_NAME, ids)


SENT_WORDS = Keeping(NAME, _due(NAME, MutationLog.outcome == "applied"), _forget)
UNTAKEN_WORDS = Keeping(
    UNTAKEN_NAME,
    _due(UNTAKEN_NAME, MutationLog.outcome.in_(UNTAKEN), MutationLog.taken_in_at.is_(None)),
    _forget_untaken,
)
