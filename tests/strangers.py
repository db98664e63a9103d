"""A second town of the county and a second county beside it: for tests of what must not cross. Added to a small county only
by the tests that ask for it.

``worker_b`` and ``leader_b`` work in the only grid of the second town, ``village_b`` and ``town_b`` sit above it,
``county_b`` in the other county.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from server.areas import commands as areas
from server.households.commands import add_household
from server.kernel.ids import new_id
from server.people import commands as people
from server.platform.db import transaction
from tests.world import COUNTY, PASSWORD, STARTED, World

OTHER_COUNTY = "330481"
PHONES_B = ("worker_b", "leader_b")
DESKS_B = ("village_b", "town_b", "county_b")
_POSTS = (  # username, role, unit, in the grid
    ("worker_b", "full_time_worker", "village_b", True),
    ("leader_b", "grid_leader", "village_b", True),
    ("village_b", "village_committee", "village_b", False),
    ("town_b", "town_government", "town_b", False),
    ("county_b", "county_authority", "county_b", False),
)


def add_strangers(app: Flask, world: World) -> None:
    """Fill in ``world``: people and areas by the names above, ``grid_b``, and a household of it at the end."""
    with app.app_context(), transaction() as session:
        _areas(session, world)
        for username, role, unit, is_grid in _POSTS:
            county = OTHER_COUNTY if username == "county_b" else COUNTY
            grid_id = world.areas["grid_b"] if is_grid else None
            world.people[username] = _person(session, county, username, role, world.areas[unit], grid_id)
        fields: dict[str, Any] = {"id": new_id(), "micro_grid_id": world.areas["micro_b"], "door": "南街9号"}
        fields |= {"contact_name": "赵邻镇", "contact_phone": "13700000009"}
        world.households.append(add_household(session, COUNTY, world.areas["grid_b"], fields).id)


def _areas(session: Session, world: World) -> None:
    for name, kind, parent, county in (
        ("town_b", "town", "county", COUNTY),
        ("village_b", "village", "town_b", COUNTY),
        ("county_b", "county", "city", OTHER_COUNTY),
    ):
        unit = areas.add_unit(
            session, kind=kind, name_zh=f"邻{kind}", county_code=county, parent_id=world.areas[parent]
        )
        session.flush()
        world.areas[name] = unit.id
    village = world.areas["village_b"]
    grid = areas.add_grid(session, village_id=village, code="330424103000001", kind="village", name_zh="邻镇网格")
    session.flush()
    micro = areas.add_micro_grid(session, grid_id=grid.id, code=f"{grid.code}001", name_zh="邻镇微网格")
    session.flush()
    world.areas["grid_b"], world.areas["micro_b"] = grid.id, micro.id


def _person(session: Session, county: str, username: str, role: str, unit: UUID, grid_id: UUID | None) -> UUID:
    person = people.add_person(
        session, county_code=county, username=username, name=f"赵{username}", password_hash=people.hash_of(PASSWORD)
    )
    people.appoint(session, person_id=person.id, role=role, org_unit_id=unit, grid_id=grid_id, from_day=STARTED)
    return person.id
