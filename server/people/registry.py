"""What higher rooms tell the people room. Filled once by ``app.py``; the people room knows neither areas nor queues."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Unit:
    """An org unit as people see it; ``kind`` as in ``org_unit.kind``."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True)
class GridPlace:
    """A grid as people see it: its name and the units above it, nearest first."""

    id: UUID
    name: str
    county_code: str
    units: tuple[Unit, ...]


def _first_epoch(_session: Session) -> str:
    return "1"


def _nothing_expected_yet(_session: Session, _device_id: UUID) -> dict[str, int]:
    return {"urgent": 1, "normal": 1}


def _shipped_policy(_session: Session, _county_code: str) -> dict[str, Any]:
    return {"pin": False, "track": "off", "map": None}


def _nobody_counts_on_it(_session: Session, _grid_id: UUID) -> None:
    return None


@dataclass(frozen=True)
class Neighbours:
    """Facts of other rooms.

    ``units_above``: the unit itself and those above it, nearest first · ``micro_grids_of``: ids of the micro-grids of
    these grids, ended ones too · ``grid_of_micro``: where a micro-grid lies · ``grid_place``: a grid or None ·
    ``grids_under``: grids of these units and those below · ``epoch`` and ``expected``: of the queue, before any push 1 and 1 ·
    ``policy``: the small switches that a phone obeys, as shipped unless the county says otherwise · ``posts_changed``: somebody
    came to a grid or leaves it, for whoever counts on who is there.
    """

    units_above: Callable[[Session, UUID], list[Unit]]
    micro_grids_of: Callable[[Session, Iterable[UUID]], list[UUID]]
    grid_of_micro: Callable[[Session, UUID], UUID | None]
    grid_place: Callable[[Session, UUID], GridPlace | None]
    grids_under: Callable[[Session, Iterable[UUID]], list[GridPlace]]
    epoch: Callable[[Session], str] = field(default=_first_epoch)
    expected: Callable[[Session, UUID], dict[str, int]] = field(default=_nothing_expected_yet)
    policy: Callable[[Session, str], dict[str, Any]] = field(default=_shipped_policy)
    posts_changed: Callable[[Session, UUID], None] = field(default=_nobody_counts_on_it)


@dataclass(frozen=True)
class OfficePage:
    """One line of the office's menu: shown to whoever may do ``action`` somewhere. ``count``: how much of it waits for them."""

    path: str
    key: str
    action: str | None
    order: int = 50
    count: Callable[[Session, UUID], int] | None = None


_plugged: list[Neighbours] = []
_pages: dict[str, OfficePage] = {}


def plug(found: Neighbours) -> None:
    _plugged[:] = [found]


def neighbours() -> Neighbours:
    return _plugged[0]


def add_office_page(
    path: str, key: str, action: str | None, order: int = 50, count: Callable[[Session, UUID], int] | None = None
) -> None:
    """A room adds its page to the office's menu; ``key`` names the words, ``<key>.hint`` one line of what it is for."""
    _pages[path] = OfficePage(path, key, action, order, count)


def office_pages() -> list[OfficePage]:
    return sorted(_pages.values(), key=lambda page: (page.order, page.path))
