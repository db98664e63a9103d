"""Pure checks of a sheet of staff: every fault of every row, before anybody is taken on (Arts. 4, 7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FIELDS = ("username", "name", "phone", "role", "place", "from_day")
IN_GRID = ("grid_leader", "full_time_worker", "part_time_worker", "grid_adviser")
IN_MICRO = "micro_grid_leader"
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,29}")
NAME_LONGEST = 40
DAYS_APART = 3 * 366  # a post that began or begins further off is a slip of the pen


@dataclass(frozen=True)
class StaffRow:
    """One row of the sheet. ``role`` is its code once it was understood; ``faults`` are codes with words."""

    line: int
    username: str
    name: str
    phone: str
    role: str
    place: str
    from_day: str
    faults: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        return date.fromisoformat(self.from_day)


def check(
    rows: Sequence[StaffRow],
    *,
    roles: Mapping[str, str],
    grids: Collection[str],
    micro_grids: Collection[str],
    taken: Collection[str],
    today: date,
) -> list[StaffRow]:
    """The rows with their faults. ``roles``: word of a role → code; ``grids``, ``micro_grids``: codes below the office;
    ``taken``: account names that somebody has."""
    often = Counter(row.username for row in rows)
    checked = []
    for row in rows:
        role = roles.get(row.role, "")
        faults = [*row.faults, *_of_person(row, often[row.username], taken), *_of_day(row, today)]
        if not role:
            faults.append("role_unknown")
        elif row.place not in (micro_grids if role == IN_MICRO else grids):
            faults.append("place_unknown")
        named = {name: getattr(row, name) for name in FIELDS}
        checked.append(StaffRow(row.line, **{**named, "role": role or row.role}, faults=tuple(dict.fromkeys(faults))))
    return checked


def _of_person(row: StaffRow, times: int, taken: Collection[str]) -> list[str]:
    faults = []
    if not USERNAME.fullmatch(row.username):
        faults.append("username_bad")
    elif times > 1:
        faults.append("username_twice")
    elif row.username in taken:
        faults.append("username_taken")
    if not 1 <= len(row.name) <= NAME_LONGEST:
        faults.append("name_bad")
    if row.phone and not PHONE.fullmatch(row.phone):
        faults.append("phone_bad")
    return faults


def _of_day(row: StaffRow, today: date) -> list[str]:
    try:
        day = row.day
    except ValueError:
        return ["day_bad"]
    return [] if abs(day - today) <= timedelta(days=DAYS_APART) else ["day_bad"]
