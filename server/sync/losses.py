"""How much work of a person is known to be lost: what phones said they no longer have, and what they announced and never sent.

For the evaluation room: nobody is marked down for what the platform or a phone has lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.sync.models import Announced, LostRange

NO_WORK = frozenset({"looks.note", "messages.read", "void"})


def known_losses(session: Session, people: Collection[UUID], since: int, until: int) -> Mapping[UUID, int]:
    """Acts lost between two instants (ms UTC), by person: announced ones by when they were made, others by when it was told."""
    found: Counter[UUID] = Counter()
    told = sa.select(LostRange).where(
        LostRange.person_id.in_(people), LostRange.told_at >= since, LostRange.told_at < until
    )
    for lost in session.scalars(told):
        found[lost.person_id] += lost.last - lost.first + 1
    for announced in session.scalars(sa.select(Announced).where(Announced.person_id.in_(people))):
        found[announced.person_id] += sum(
            since <= item["made_at"] < until and item["name"] not in NO_WORK for item in announced.items
        )
    return found
