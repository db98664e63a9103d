"""Pure decisions about boards: how an outline is drawn, how a search finds a grid, when a poster is out of date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from math import cos, radians
from typing import Any

from server.kernel.geo import SCALE, Position, contains

Ring = Sequence[Sequence[int]]

SIDE = 300  # of the drawing, in its own units
EDGE = 8
CORNERS = 400  # more than a poster shows
MOST_FOUND = 20
SHORTEST = 2  # characters of a word that says something
BETWEEN = re.compile(r"[\s,;:()/\u3000-\u303f\uff00-\uff0f\uff1a-\uff20]+")
ENDING = 2  # characters at most that people leave out: the word for village, community or town


def outline_path(rings: Sequence[Ring]) -> str:
    """An SVG path within ``SIDE`` × ``SIDE``, north up, degrees of longitude shortened as they are there; "" for none."""
    points = [point for ring in rings for point in ring]
    if len(points) < 3:
        return ""
    squeeze = cos(radians(sum(y for _, y in points) / len(points) / SCALE))
    xs, ys = [x * squeeze for x, _ in points], [float(y) for _, y in points]
    scale = (SIDE - 2 * EDGE) / (max(max(xs) - min(xs), max(ys) - min(ys)) or 1)
    left = (SIDE - (max(xs) - min(xs)) * scale) / 2
    top = (SIDE - (max(ys) - min(ys)) * scale) / 2

    def drawn(x: float, y: float) -> str:
        return f"{left + (x * squeeze - min(xs)) * scale:.1f} {top + (max(ys) - y) * scale:.1f}"

    return "".join("M" + "L".join(drawn(x, y) for x, y in _thinned(ring)) + "z" for ring in rings)


def _thinned(ring: Ring) -> list[Sequence[int]]:
    step = len(ring) // CORNERS + 1
    return [point for at, point in enumerate(ring[:-1]) if at % step == 0]


def holds(rings: Sequence[Ring], point: Position) -> bool:
    """Whether the outline, less its holes, holds the point."""
    outer, *holes = rings
    there = Position(point.lng * SCALE, point.lat * SCALE)
    return contains(outer, there) and not any(contains(hole, there) for hole in holes)


def score(asked: str, names: Iterable[str]) -> int:
    """How well an address speaks of a place that is called by these names: the letters that they share; 0 for not at all.

    A name found in the address counts ("…村 3组12号" names its village), and so does a part of a name that was typed.
    """
    address = "".join(BETWEEN.split(asked)).lower()
    typed = [word.lower() for word in BETWEEN.split(asked) if len(word) >= SHORTEST]
    total = 0
    for name in {part for whole in names for part in _parts(whole)}:
        if name in address:
            total += 2 * len(name)
        else:
            total += max((len(word) for word in typed if word in name), default=0)
    return total


def _parts(whole: str) -> list[str]:
    """The names in a sentence, and each without the last characters that say what it is."""
    parts = [part.lower() for part in BETWEEN.split(whole)]
    return [part[: len(part) - cut] for part in parts for cut in range(ENDING + 1) if len(part) - cut >= SHORTEST]


def mark_of(content: Mapping[str, Any]) -> str:
    """The fingerprint of what a poster says."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def needs_update(confirmed_mark: str | None, mark: str) -> bool:
    """A poster is out of date until somebody confirms that the one of today hangs there."""
    return confirmed_mark != mark
