"""What higher rooms tell the matters room about a matter that leaves the list. Filled once by ``app.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Follower:
    """``people``: whom open work under the matter of the county concerns · ``end``: ends that work, on the day of effect.

    ``end`` gets that day where what was due before it stays due (an urgent temporary matter that is over), else None.
    """

    people: Callable[[Session, str, str], set[UUID]]
    end: Callable[[Session, str, str, date | None], None]


_followers: dict[str, Follower] = {}


def follow(name: str, follower: Follower) -> None:
    _followers[name] = follower


def followers() -> list[Follower]:
    return list(_followers.values())
