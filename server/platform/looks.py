"""Who looked at what: every opening of a class-S object, from a screen, a photo or the archive, offline looks included.

Rows are only added. ``door`` says where: ``phone`` (noted by the phone, offline too), ``photo``, ``archive``, ``office``.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.kernel import clock, ids
from server.platform.audit import Linked
from server.platform.db import Base
from server.platform.types import Instant


class Look(Linked, Base):
    """One look by one person at one object."""

    __tablename__ = "look"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)
    kind: Mapped[str] = mapped_column(sa.String(30))
    object_id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, index=True)
    at: Mapped[int] = mapped_column(Instant)
    noted_at: Mapped[int] = mapped_column(Instant)
    door: Mapped[str] = mapped_column(sa.String(10))


def note_look(
    session: Session, person_id: uuid.UUID, kind: str, object_id: uuid.UUID, door: str, at: int | None = None
) -> None:
    """Add one look; ``at`` is the time of the look, now unless a phone says otherwise."""
    now = clock.now()
    session.add(
        Look(
            id=ids.new_id(), person_id=person_id, kind=kind, object_id=object_id, at=at or now, noted_at=now, door=door
        )
    )
