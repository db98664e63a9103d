"""The epoch: one life of this database. Phones that meet another one read everything anew and send their kept tail again."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.platform.db import forget, remember
from server.sync.models import Epoch

FIRST = "first"
_NEWEST = sa.select(Epoch).order_by(Epoch.number.desc()).limit(1)


def current(session: Session) -> str:
    """The id of the present epoch; a database that never had one answers ``first``."""
    found = newest(session)
    return found.id if found else FIRST


def newest(session: Session) -> Epoch | None:
    """Asked for several times by every push, and read once."""
    return remember(session, "epoch", lambda: session.scalars(_NEWEST).first())


def begin(session: Session, cause: str) -> str:
    """Begin a new epoch: after a restore, or when a phone knows more than this database."""
    before = newest(session)
    made = Epoch(id=secrets.token_hex(5), number=before.number + 1 if before else 1, began_at=clock.now(), cause=cause)
    session.add(made)
    session.flush()
    forget(session, "epoch")
    return made.id


def began_within(session: Session, milliseconds: int) -> bool:
    """Whether a restore is so recent that phones may still bring what the database has forgotten."""
    found = newest(session)
    return found is not None and clock.now() - found.began_at <= milliseconds
