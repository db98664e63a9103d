"""Pure rules of staff: the faults of a sheet's rows before anybody is taken on, what posts name, days, gaps (Arts. 4, 7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

FIELDS = ("username", "name", "phone", "role", "place", "from_day")
IN_GRID = ("grid_leader", "full_time_worker", "part_time_worker", "grid_adviser")
IN_MICRO = "micro_grid_leader"
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,29}")
NAME_LONGEST = 40
DAYS_APART = 3 * 366  # a post that began or begins further off is a slip of the pen
DAYS_LATE = 31  # how late an end may be written down
UNITS_OF = {  # role of an office → kinds of its unit
    "village_committee": ("village", "community"),
    "town_government": ("town", "subdistrict", "zone"),
    "department": ("department",),
    "county_authority": ("county", "zone"),
    "system_administrator": ("county", "zone"),
    "security_administrator": ("county", "zone"),
    "auditor": ("county", "zone"),
}
HIRED, APPOINTED, MOVED, ENDED = "hired", "appointed", "moved", "ended"
SUSPENDED, RETURNED, RESIGNED, RETIRED = "suspended", "returned", "resigned", "retired"
LEAVING = (RESIGNED, RETIRED)
NEEDED = ("grid_leader", "full_time_worker")  # whoever lacks in a grid is a gap


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


# -- one person, by forms ----------------------------------------------------------------------------------------------


def fits(role: str, *, in_grid: bool, in_micro: bool, unit_kind: str) -> bool:
    """Whether a post of this role may name that place: a grid, a micro-grid, or a unit of the right kind."""
    if role in IN_GRID:
        return in_grid
    if role == IN_MICRO:
        return in_micro
    return not in_grid and not in_micro and unit_kind in UNITS_OF.get(role, ())


def person_faults(username: str, name: str, phone: str) -> list[str]:
    """Fields of a newcomer that cannot be so."""
    found = [] if USERNAME.fullmatch(username) else ["username"]
    found += [] if 1 <= len(name) <= NAME_LONGEST else ["name"]
    return found + (["phone"] if phone and not PHONE.fullmatch(phone) else [])


def begins(day: date, today: date) -> Verdict:
    """``day_out_of_range`` for a first day further off than three years."""
    return ALLOWED if abs((day - today).days) <= DAYS_APART else Refused("day_out_of_range")


def ends(last_day: date, today: date) -> Verdict:
    """An end is written down at most a month late: what was done since stays done. ``day_out_of_range``."""
    return ALLOWED if -DAYS_LATE <= (last_day - today).days <= DAYS_APART else Refused("day_out_of_range")


def is_suspended(kinds: Iterable[str]) -> bool:
    """``kinds``: of all acts about the person, the oldest first."""
    last = ""
    for kind in kinds:
        last = kind if kind in (SUSPENDED, RETURNED, *LEAVING) else last
    return last == SUSPENDED


def gap(spans: Iterable[tuple[date, date | None]], today: date) -> tuple[date, date | None] | None:
    """The first days from today on that no span covers, half-open; None when somebody is there for good."""
    start = today
    for first, end in sorted(spans, key=lambda span: span[0]):
        if end is not None and end <= start:
            continue
        if first > start:
            return start, first
        if end is None:
            return None
        start = end
    return start, None
