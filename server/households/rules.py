"""Pure decisions about households, places and visit plans: streams, due days, what an imported row may be."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from server.kernel import stream_keys
from server.kernel.outcome import ALLOWED, Refused, Verdict
from server.people.rules import Holder

CLOSE_REASONS = ("moved_out", "duplicate")
CHECK_POINT = "check_point"
PLACE_KINDS = ("shop", "site", "facility", CHECK_POINT)
MOST_PLANNED, MOST_MATTERS = 100, 60  # check points in the plan of a grid, matters looked at in one place
VISITORS = ("full_time_worker", "part_time_worker", "grid_leader", "micro_grid_leader")
LONGEST_RHYTHM, FARTHEST_VISIT = 366, 1_100  # days
DOOR_LONGEST, NAME_LONGEST, PHONE_LONGEST = 120, 40, 30
PHONE = re.compile(r"[0-9+() -]{3,30}")
SPACES = re.compile(r"\s+")


class Actor(Protocol):
    """Who acts and what version they saw; the road's ``Act`` is one."""

    @property
    def holder(self) -> Holder: ...
    @property
    def version_seen(self) -> int | None: ...


@dataclass(frozen=True)
class ByHand:
    """Somebody at an office page, or set-up itself."""

    holder: Holder
    version_seen: int | None = None


def stream_of_plan(
    data_class: str, *, grid_id: UUID, micro_grid_id: UUID | None, household_id: UUID | None, team_id: UUID | None
) -> str:
    """Class S: its team's stream. A household's plan: its micro-grid's. A place's: its grid's.

    ValueError: class S without a team.
    """
    if data_class == "S":
        if team_id is None:
            raise ValueError("a plan of a class-S matter needs a team")
        return stream_keys.team(team_id)
    if household_id is not None and micro_grid_id is not None:
        return stream_keys.micro(micro_grid_id)
    return stream_keys.grid(grid_id)


def next_due(visited_on: date, every_days: int | None, next_on: date | None) -> date | None:
    """The day that the worker named if it lies ahead, never later than the plan's rhythm; None: the plan is done."""
    rhythm = visited_on + timedelta(days=every_days) if every_days else None
    if next_on is None or next_on <= visited_on:
        return rhythm
    return min(next_on, rhythm) if rhythm else next_on


def may_be_planned(kind: str, matters: Collection[str], others: int) -> Verdict:
    """A check point that names what is looked at there; ``others``: how many the grid's plan has beside it."""
    if kind != CHECK_POINT or not matters:
        return Refused("check_point_unfit", {"fields": ["in_plan"]})
    return ALLOWED if others < MOST_PLANNED else Refused("patrol_plan_full")


def visit_may_be_planned(due: date, today: date, for_role: str, *, in_grid_stream: bool) -> Verdict:
    """Not in the past, not years ahead; a micro-grid's leader hears of no plan that the whole grid's stream carries."""
    if not 0 <= (due - today).days <= FARTHEST_VISIT:
        return Refused("day_out_of_range", {"fields": ["due"]})
    if for_role == "micro_grid_leader" and in_grid_stream:
        return Refused("invalid", {"fields": ["for_role"]})
    return ALLOWED


def same_door(door: str) -> str:
    """The form in which two doors are compared: no spaces, capitals as small letters."""
    return SPACES.sub("", door).casefold()


def delete_before(today: date, days: int) -> date:
    """Households closed before or on this day are deleted."""
    return today - timedelta(days=days)


@dataclass(frozen=True)
class ImportRow:
    """One row of an imported sheet. ``line`` as the sheet counts; ``faults`` found while reading (``formula`` …)."""

    line: int
    micro_grid: str
    door: str
    contact_name: str
    contact_phone: str
    faults: tuple[str, ...] = ()


def check_rows(
    rows: Sequence[ImportRow], micro_grids: Collection[str], known: Collection[tuple[str, str]]
) -> list[ImportRow]:
    """The rows with their faults: codes whose words stand in ``server/text``.

    ``micro_grids``: codes that the importing town may fill; ``known``: (micro-grid code, ``same_door``) already kept.
    """
    seen: set[tuple[str, str]] = set()
    checked = []
    for row in rows:
        place = (row.micro_grid, same_door(row.door))
        faults = [*row.faults, *_faults(row)]
        if row.micro_grid and row.micro_grid not in micro_grids:
            faults.append("micro_grid_unknown")
        if row.door and place in seen:
            faults.append("twice_in_file")
        if row.door and place in known:
            faults.append("already_there")
        seen.add(place)
        checked.append(replace(row, faults=tuple(dict.fromkeys(faults))))
    return checked


def _faults(row: ImportRow) -> list[str]:
    faults = []
    if not row.micro_grid:
        faults.append("micro_grid_missing")
    if not row.door:
        faults.append("door_missing")
    if len(row.door) > DOOR_LONGEST:
        faults.append("door_too_long")
    if not row.contact_name:
        faults.append("name_missing")
    if len(row.contact_name) > NAME_LONGEST:
        faults.append("name_too_long")
    if row.contact_phone and not PHONE.fullmatch(row.contact_phone):
        faults.append("phone_unreadable")
    return faults
