"""What rooms above must let go of before a household is deleted, and whose hold keeps one. Filled once by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy.orm import Session

Forget = Callable[[Session, UUID], None]
Held = Callable[[Session, Collection[UUID]], set[UUID]]

_forgetters: dict[str, Forget] = {}
_holds: list[Held] = []


def before_deletion(room: str, forget: Forget) -> None:
    """``forget(session, household_id)`` unties that room's rows from the household and its plans."""
    _forgetters[room] = forget


def untie(session: Session, household_id: UUID) -> None:
    for forget in _forgetters.values():
        forget(session, household_id)


def plug_holds(held: Held) -> None:
    """``held(session, ids)`` answers those that a legal hold names."""
    _holds[:] = [held]


def held_of(session: Session, household_ids: Collection[UUID]) -> set[UUID]:
    return set().union(*(held(session, household_ids) for held in _holds)) if household_ids else set()
