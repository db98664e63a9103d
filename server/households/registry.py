"""What rooms above must let go of before a household is deleted. Filled once by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

Forget = Callable[[Session, UUID], None]
Held = Callable[[Session], set[UUID]]

_forgetters: dict[str, Forget] = {}
_holds: list[Held] = []


def before_deletion(room: str, forget: Forget) -> None:
    """``forget(session, household_id)`` unties that room's rows from the household and its plans."""
    _forgetters[room] = forget


def keep_back(held: Held) -> None:
    """``held(session)`` says which households a legal hold keeps from deletion."""
    _holds[:] = [held]


def held_back(session: Session) -> set[UUID]:
    return set().union(*(held(session) for held in _holds))


def untie(session: Session, household_id: UUID) -> None:
    for forget in _forgetters.values():
        forget(session, household_id)
