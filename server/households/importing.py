"""The import of a sheet: every row is checked before any is kept; with one fault nothing is kept (Art. 6: the town's)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.areas.models import MicroGrid
from server.households import queries
from server.households.commands import add_household
from server.households.rules import ImportRow, check_rows, same_door
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.people.rules import Holder, may


def micro_grids_of_town(session: Session, holder: Holder) -> dict[str, MicroGrid]:
    """By code: the open micro-grids under the towns that the person acts for. Problem ``not_allowed``."""
    insist(may(holder, "household.import"))
    grids = areas.grids_under(session, holder.office_units("town_government"))
    return {m.code: m for m in areas.micro_grids_of(session, [g.id for g in grids])}


def named_micro_grids(session: Session, holder: Holder) -> list[tuple[str, str]]:
    """(code, name with its grid's) of the micro-grids that the town may fill."""
    micro_grids = micro_grids_of_town(session, holder)
    grids = {g.id: g.name_zh for g in areas.grids_under(session, holder.office_units("town_government"))}
    return [(code, f"{grids[m.grid_id]} {m.name_zh}") for code, m in micro_grids.items()]


def checked(session: Session, holder: Holder, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """The rows with all their faults; nothing is written."""
    micro_grids = micro_grids_of_town(session, holder)
    hashes = {
        (row.micro_grid, same_door(row.door)): queries.door_hash(micro_grids[row.micro_grid].id, row.door)
        for row in rows
        if row.micro_grid in micro_grids and row.door
    }
    known = queries.known_doors(session, hashes.values())
    return check_rows(rows, micro_grids.keys(), {place for place, hashed in hashes.items() if hashed in known})


def take_in(session: Session, holder: Holder, rows: Sequence[ImportRow]) -> int:
    """Keep all rows, or none. Problem ``import_faulty``. Returns how many."""
    rows = checked(session, holder, rows)
    if any(row.faults for row in rows):
        raise Problem("import_faulty")
    micro_grids = micro_grids_of_town(session, holder)
    for row in rows:
        micro = micro_grids[row.micro_grid]
        told = {"id": new_id(), "micro_grid_id": micro.id, "door": row.door, "contact_name": row.contact_name,
                "contact_phone": row.contact_phone}  # fmt: skip
        add_household(session, micro.county_code, micro.grid_id, told)
    return len(rows)
