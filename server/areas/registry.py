"""What rooms above do when borders come into force, and how many households they know. Filled once by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Ground:
    """A grid or micro-grid of today and its rings in 1e-7 degree."""

    grid_id: UUID
    micro_grid_id: UUID | None
    rings: list[list[list[int]]]


@dataclass(frozen=True)
class Moved:
    """What a change of borders did on its day.

    ``micros``: a micro-grid that ended → the grid and micro-grid in its place · ``grids``: one that was merged → the one
    that took it in · ``cut``: grids of which a part went to another · ``grounds``: where what has a position lies now.
    """

    day: date
    micros: Mapping[UUID, tuple[UUID, UUID]]
    grids: Mapping[UUID, UUID]
    cut: frozenset[UUID]
    grounds: tuple[Ground, ...]


Follow = Callable[[Session, Moved], None]
Count = Callable[[Session, Collection[UUID]], dict[UUID, int]]

_followers: dict[str, Follow] = {}
_counters: list[Count] = []


def when_borders_move(room: str, follow: Follow) -> None:
    """``follow(session, moved)`` takes that room's rows along, in the transaction in which the borders come into force."""
    _followers[room] = follow


def follow_all(session: Session, moved: Moved) -> None:
    for follow in _followers.values():
        follow(session, moved)


def count_households_by(count: Count) -> None:
    """``count(session, micro_grid_ids)``: households known in each."""
    _counters[:] = [count]


def households_in(session: Session, micro_grid_ids: Collection[UUID]) -> dict[UUID, int]:
    return _counters[0](session, micro_grid_ids) if _counters and micro_grid_ids else {}
