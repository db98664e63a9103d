"""Who hears at once that something waits at their desk: the unit that has to take it on, then its handler alone.

A message says neither what came nor from whom nor about whom. Nobody who is or could be meant hears of it, and nobody who
works in the grid of whoever is meant, whatever office they hold besides.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from server.feedback import queries, rules
from server.feedback.models import Feedback
from server.kernel import clock
from server.messages.commands import DESK, ring, ring_all
from server.people.queries import holder_of_person


def tell_unit(session: Session, one: Feedback) -> None:
    """Whoever of the unit may take it on, in the transaction in which it came there."""
    session.flush()
    today, grids = clock.today(), _grids_meant(session, one)
    heard = [
        person.id
        for person in queries.handlers_of(session, one)
        if not grids & holder_of_person(session, person, today).grids
    ]
    ring_all(session, heard, DESK, at=clock.now())


def tell_handler(session: Session, one: Feedback, by: UUID) -> None:
    """The named handler, unless they did it themselves."""
    if one.handler_id is not None and one.handler_id != by:
        ring(session, one.handler_id, DESK, at=clock.now())


def _grids_meant(session: Session, one: Feedback) -> frozenset[UUID]:
    """Where whoever is meant works: the grid that was said, and those of the persons named."""
    if one.about == rules.WORK:
        return frozenset()
    said = frozenset({one.grid_id} if one.grid_id else ())
    named = (holder_of_person(session, person, clock.today()).grids for person in queries.meant(session, one))
    return said.union(*named)
