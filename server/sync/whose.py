"""To which grids an act belongs: the one that its payload names, else that of its row, else the posts held on its day.

A grid that the person never worked in is not believed: whoever names one by mistake is told to the own office.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import Household, Place
from server.kernel import clock
from server.kernel.ids import parse_id
from server.people.models import Appointment
from server.people.registry import neighbours
from server.platform.db import remember
from server.records.models import Record
from server.sync.models import MutationLog

_GRID_COLUMN = {"record": (Record.id, Record.grid_id), "household": (Household.id, Household.grid_id)}
_GRID_COLUMN["place"] = (Place.id, Place.grid_id)


def grids_of_act(session: Session, act: MutationLog) -> frozenset[UUID]:
    """None at all when the person never held a post in a grid."""
    named = _named(session, act.payload) or _of_row(session, act.object_kind, act.object_id)
    posts = _posts(session, act.person_id)
    if named is not None and any(_grid(session, post) == named for post in posts):
        return frozenset({named})
    return grids_on(session, act.person_id, clock.day_of(act.acted_at))


def grids_on(session: Session, person_id: UUID, day: date) -> frozenset[UUID]:
    """Where the person had posts on the day; after the last of them, where these were; before the first, where it was."""
    posts = _posts(session, person_id)
    on_day = [p for p in posts if p.from_day <= day and (p.to_day is None or p.to_day > day)]
    if not on_day:
        past = [p for p in posts if p.to_day is not None and p.to_day <= day]
        newest = max((p.to_day for p in past if p.to_day), default=None)
        first = min((p.from_day for p in posts), default=None)
        on_day = [p for p in past if p.to_day == newest] or [p for p in posts if p.from_day == first]
    return frozenset(grid for post in on_day if (grid := _grid(session, post)) is not None)


def _posts(session: Session, person_id: UUID) -> Sequence[Appointment]:
    """Posts in a grid or a micro-grid, ever."""
    in_a_grid = sa.or_(Appointment.grid_id.is_not(None), Appointment.micro_grid_id.is_not(None))
    statement = sa.select(Appointment).where(Appointment.person_id == person_id, in_a_grid)
    return remember(session, ("grid posts", person_id), lambda: session.scalars(statement).all())


def _grid(session: Session, post: Appointment) -> UUID | None:
    return post.grid_id or (_of_micro(session, post.micro_grid_id) if post.micro_grid_id else None)


def _of_micro(session: Session, micro_grid_id: UUID) -> UUID | None:
    return remember(
        session, ("grid of micro", micro_grid_id), lambda: neighbours().grid_of_micro(session, micro_grid_id)
    )


def _named(session: Session, payload: str) -> UUID | None:
    """What was refused may be anything: no JSON, or far too long and deep."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    micro = parse_id(told.get("micro_grid_id"))
    return parse_id(told.get("grid_id")) or (_of_micro(session, micro) if micro else None)


def _of_row(session: Session, kind: str | None, object_id: UUID | None) -> UUID | None:
    if kind not in _GRID_COLUMN or object_id is None:
        return None
    key, grid = _GRID_COLUMN[kind]
    return session.scalar(sa.select(grid).where(key == object_id))
