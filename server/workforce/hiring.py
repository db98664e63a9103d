"""Staff from a sheet: every row is checked before anybody is taken on; with one fault nobody is (Arts. 4, 7, 19).

Nobody gets a password here: the first sign-in is by a one-time code, as after a forgotten password.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import Grid, MicroGrid
from server.kernel import clock
from server.kernel.problems import Problem, insist
from server.people import commands as people
from server.people.models import Person
from server.people.rules import TABLE, Holder, may
from server.platform.sheet_reader import SheetRow
from server.text import LANGUAGES, text
from server.workforce.staff_rules import IN_GRID, IN_MICRO, StaffRow, check

ACTION = "staff.import"
AT_ONCE = 500


def rows_of(found: Sequence[SheetRow]) -> list[StaffRow]:
    """The rows of a sheet as staff."""
    return [StaffRow(line=row.line, **row.values, faults=row.faults) for row in found]


def checked(session: Session, holder: Holder, rows: Sequence[StaffRow]) -> list[StaffRow]:
    """The rows with all their faults; nothing is written. Problem ``not_allowed``."""
    grids, micro_grids = _places(session, holder)
    names = sorted({row.username for row in rows})
    taken: set[str] = set()
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        taken |= set(session.scalars(sa.select(Person.username).where(Person.username.in_(some))))
    roles = {text(f"role.{role}", lang): role for lang in LANGUAGES for role in (*IN_GRID, IN_MICRO)}
    return check(rows, roles=roles, grids=grids, micro_grids=micro_grids, taken=taken, today=clock.today())


def take_on(session: Session, holder: Holder, rows: Sequence[StaffRow]) -> int:
    """Take on everybody, or nobody. Problems ``import_faulty``, ``not_allowed``. Returns how many."""
    rows = checked(session, holder, rows)
    if any(row.faults for row in rows):
        raise Problem("import_faulty")
    grids, micro_grids = _places(session, holder)
    by_id = {grid.id: grid for grid in grids.values()}
    newcomers = []
    for row in rows:
        micro = micro_grids[row.place] if row.role == IN_MICRO else None
        grid = by_id[micro.grid_id] if micro else grids[row.place]
        newcomers.append(
            people.Newcomer(
                row.username,
                row.name,
                row.phone or None,
                row.role,
                grid.village_id,
                grid.id,
                micro.id if micro else None,
                row.day,
            )
        )
    try:
        people.take_on_many(session, holder.county_code, newcomers)
    except sa.exc.IntegrityError as error:  # an account of the same name was made meanwhile
        raise Problem("import_faulty") from error
    return len(rows)


def _places(session: Session, holder: Holder) -> tuple[dict[str, Grid], dict[str, MicroGrid]]:
    """By code: the open grids and micro-grids below the offices that may take on staff."""
    insist(may(holder, ACTION))
    offices = {post.org_unit_id for post in holder.posts if post.role in TABLE[ACTION].offices}
    grids = areas.grids_under(session, offices)
    micro_grids = areas.micro_grids_of(session, [grid.id for grid in grids])
    return {grid.code: grid for grid in grids}, {micro.code: micro for micro in micro_grids}
