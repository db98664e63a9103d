"""Pure decisions about photos: what may be taken in, how long it stays, and what the rooms above tell about their objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.people.rules import Holder

WAIT_FOR_RECORD_MS = 30 * clock.DAY_MS  # a photo that no record names
LONGEST_SIDE = 1600
THUMB_SIDE = 320
JPEG_QUALITY = 85
MOST_PIXELS = 50_000_000  # a 48-megapixel camera, no more
MOST_PIXELS_WHOLE = 5_000_000  # of formats that unpack whole (a phone's screen has 4.6): a JPEG unpacks at a fraction
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_ASKED = 500


@dataclass(frozen=True)
class Namer:
    """What a room that names photos answers about its objects. The first argument is always the database session.

    ``arrived``: a photo that these objects name is held now, so their rows have changed. ``may_see`` and ``is_sensitive``
    are asked before a picture is shown; a look at a sensitive object is noted.
    """

    arrived: Callable[[Any, Sequence[UUID]], None]
    may_see: Callable[[Any, Holder, UUID], bool]
    is_sensitive: Callable[[Any, UUID], bool]


_namers: dict[str, Namer] = {}


def register(kind: str, namer: Namer) -> None:
    """Called by ``app.py`` for each kind of object that may name photos."""
    _namers[kind] = namer


def namer_of(kind: str) -> Namer | None:
    return _namers.get(kind)


def is_forgotten(waits_since: int, now: int) -> bool:
    """Whether a photo that nothing names has waited long enough to be deleted."""
    return waits_since + WAIT_FOR_RECORD_MS <= now
