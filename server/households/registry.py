"""What rooms above must let go of before a household is deleted. Filled once by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

Forget = Callable[[Session, UUID], None]

_forgetters: dict[str, Forget] = {}


def before_deletion(room: str, forget: Forget) -> None:
    """``forget(session, household_id)`` unties that room's rows from the household and its plans."""
    _forgetters[room] = forget


def untie(session: Session, household_id: UUID) -> None:
    for forget in _forgetters.values():
        forget(session, household_id)
