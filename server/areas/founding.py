"""The units of a city and a county from a list: all rows are checked before one is added; with one fault none is.

Departments are units of the county like the rest: a case is given to any of them (``cases.queries.handling_units``). The
fifteen of Art. 3 that matters name are rows of their own, and nothing links the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas import commands, queries
from server.areas.models import OrgUnit
from server.areas.rules import tier_of
from server.areas.unit_rules import Fault, Placed, UnitRow, place
from server.kernel import stream_keys
from server.platform import streams

ADDED, CHANGED, THERE = "added", "changed", "there already"


def add_units(session: Session, county_code: str, rows: Sequence[UnitRow]) -> tuple[Counter[str], list[Fault]]:
    """How many units were added, changed or there already; or the faults, and nothing is written.

    Of a unit that is there, telephone and English name become those of the row, a lacking code or parent is added.
    """
    there = {unit.id: unit for unit in session.scalars(_in_question(county_code, rows))}
    placed, faults = place(rows, list(there.values()), county_code)
    if faults:
        return Counter(), faults
    added = [_add(session, county_code, one) for one in placed if not one.is_there]
    session.flush()  # a county that is there may be put below a city that is not
    done = Counter([*added, *(_change(session, there[one.id], one) for one in placed if one.is_there)])
    session.flush()
    _put_below_city(session)
    return done, []


def _in_question(county_code: str, rows: Sequence[UnitRow]) -> sa.Select[OrgUnit]:
    """The county's units, the city, and whoever has one of the codes, in another county too."""
    codes = {row.division_code for row in rows if row.division_code}
    here = sa.or_(OrgUnit.county_code == county_code, OrgUnit.kind == "city", OrgUnit.division_code.in_(codes))
    return sa.select(OrgUnit).where(here).order_by(OrgUnit.id)


def _add(session: Session, county_code: str, one: Placed) -> str:
    commands.add_unit(
        session, unit_id=one.id, kind=one.kind, name_zh=one.name_zh, name_en=one.row.name_en or None,
        county_code=one.row.division_code if one.kind == "city" else county_code,
        parent_id=one.parent_id, division_code=one.division_code, phone=one.row.phone or None,
    )  # fmt: skip
    return ADDED


def _change(session: Session, unit: OrgUnit, one: Placed) -> str:
    wanted = {
        "name_en": one.row.name_en or unit.name_en,
        "phone": one.row.phone or unit.phone,
        "division_code": one.division_code,
        "parent_id": one.parent_id,
    }
    if all(getattr(unit, name) == value for name, value in wanted.items()):
        return THERE
    for name, value in wanted.items():
        setattr(unit, name, value)
    unit.version += 1
    if tier_of(unit.kind):
        streams.put(session, stream_keys.area(unit.id), "org_unit", unit.id)
    return CHANGED


def _put_below_city(session: Session) -> None:
    """Counties that were there before their city, and that no list named since."""
    city = queries.city(session)
    if city is not None:
        lone = sa.update(OrgUnit).where(OrgUnit.kind.in_(("county", "zone")), OrgUnit.parent_id.is_(None))
        session.execute(lone.values(parent_id=city.id))
