"""Pure decisions about areas: what is in force on a day, and which tier of the country a unit stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from server.kernel.geo import SCALE

Ring = Sequence[Sequence[int]]

TIERS = {  # how the phone speaks of a unit: it knows three tiers
    "village": "village",
    "community": "village",
    "town": "town",
    "subdistrict": "town",
    "county": "county",
    "zone": "county",
}


class Dated(Protocol):
    """Anything with half-open days: ``from_day`` counts, ``to_day`` does not."""

    @property
    def from_day(self) -> date: ...
    @property
    def to_day(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


def is_valid_on(dated: Dated, day: date) -> bool:
    return dated.from_day <= day and (dated.to_day is None or day < dated.to_day)


def in_force(dated: Iterable[D], day: date) -> D | None:
    """The latest of those valid on the day, or None."""
    valid = [d for d in dated if is_valid_on(d, day)]
    return max(valid, key=lambda d: d.from_day, default=None)


def tier_of(kind: str) -> str | None:
    """``village``, ``town`` or ``county``; None for a city or a department, which no phone lists."""
    return TIERS.get(kind)


def outline_in_degrees(rings: Sequence[Ring]) -> list[list[list[float]]]:
    """Rings of 1e-7 degree as rings of ``[lng, lat]`` in degrees, closed as they are kept."""
    return [[[x / SCALE, y / SCALE] for x, y in ring] for ring in rings]


def is_ring(ring: Ring) -> bool:
    """Closed, with at least three corners, within the world."""
    corners = {tuple(p) for p in ring}
    within = all(len(p) == 2 and abs(p[0]) <= 180 * SCALE and abs(p[1]) <= 90 * SCALE for p in ring)
    return len(corners) >= 3 and within and tuple(ring[0]) == tuple(ring[-1])


def box_of(rings: Sequence[Ring]) -> dict[str, int]:
    """The box around rings in 1e-7 degree: ``west``, ``south``, ``east``, ``north``."""
    xs = [p[0] for ring in rings for p in ring]
    ys = [p[1] for ring in rings for p in ring]
    return {"west": min(xs), "south": min(ys), "east": max(xs), "north": max(ys)}
