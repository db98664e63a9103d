"""A small county, made by the real commands: one town, one village, two grids, everybody of Art. 7, a care team.

``grid`` has two micro-grids, three planned check points, four households; ``other_grid`` is worker3's and leader2's. The
first household has a weekly care plan (class S) held by ``worker`` and ``leader``; the second an ordinary plan (VIS-08).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from server.app import create_app
from server.areas import commands as areas
from server.households import commands as households
from server.households.plans import add_plan
from server.kernel import clock
from server.kernel.geo import to_units
from server.kernel.ids import new_id
from server.matters import commands as matters
from server.matters.queries import matter_in_force
from server.matters.rules import ReviewFacts
from server.messages.setting import set_ring_rule
from server.people import commands as people
from server.people.queries import holder_of
from server.platform.config import Settings
from server.platform.db import Base, db, transaction

COUNTY = "330424"
PASSWORD = "gridwalk-test"
STARTED = date(2026, 1, 1)
POSTS = (  # username, role, where
    ("worker", "full_time_worker", "grid"),
    ("worker2", "full_time_worker", "grid"),
    ("parttime", "part_time_worker", "grid"),
    ("leader", "grid_leader", "grid"),
    ("adviser", "grid_adviser", "grid"),
    ("worker3", "full_time_worker", "other_grid"),
    ("leader2", "grid_leader", "other_grid"),
    ("micro", "micro_grid_leader", "micro"),
    ("village", "village_committee", "village"),
    ("town", "town_government", "town"),
    ("dept", "department", "dept"),
    ("county", "county_authority", "county"),
    ("city", "city_authority", "city"),
    ("sysadmin", "system_administrator", "county"),
    ("secadmin", "security_administrator", "county"),
    ("auditor", "auditor", "county"),
)


@dataclass
class World:
    """Ids of everything, by short names: units, grids, micro-grids, people, places, households, plans."""

    people: dict[str, UUID] = field(default_factory=dict)
    areas: dict[str, UUID] = field(default_factory=dict)
    places: list[UUID] = field(default_factory=list)
    households: list[UUID] = field(default_factory=list)
    care_plan: UUID | None = None
    plan: UUID | None = None
    team: UUID | None = None


def settings_for(url: str, folder: Path, **more: Any) -> Settings:
    """Quick password hashing, no limits, everything else as shipped."""
    quick = {"argon2_memory_kib": 64, "argon2_rounds": 1, "rate_limits": False, "testing": True, "log_level": "ERROR"}
    return Settings(data_dir=folder, database_url=url, **{**quick, **more})


def app_on(url: str, folder: Path, **more: Any) -> Flask:
    return create_app(settings_for(url, folder, **more))


def build(app: Flask, review: str = "all") -> World:
    """Make the tables and the county; review ``all`` as in the demo, or ``none``, ``sample``."""
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            return _county(session, review)


def _county(session: Session, review: str) -> World:
    world = World()
    matters.seed_reference(session)
    people.ensure_roles(session)
    matters.load_starter_list(session, county_code=COUNTY, from_day=STARTED, is_demo=True, review=ReviewFacts(review))
    matters.set_review_of_patrols(session, None, COUNTY, ReviewFacts(review))
    _areas(session, world)
    _people(session, world)
    set_ring_rule(  # the tests run at night too
        session, holder_of(session, world.people["county"], clock.today()),
        quiet_from=0, quiet_to=0, answer_minutes=5, document_no="测〔2026〕1号",
    )  # fmt: skip
    _grid(session, world)
    return world


def _areas(session: Session, world: World) -> None:
    def unit(name: str, kind: str, parent: str | None) -> None:
        made = areas.add_unit(
            session, kind=kind, name_zh=name, county_code=COUNTY, parent_id=world.areas[parent] if parent else None
        )
        session.flush()
        world.areas[name] = made.id

    for name, kind, parent in (
        ("city", "city", None),
        ("county", "county", "city"),
        ("town", "town", "county"),
        ("village", "village", "town"),
        ("dept", "department", "county"),
    ):
        unit(name, kind, parent)
    for number, name in ((1, "grid"), (2, "other_grid")):
        grid = areas.add_grid(
            session,
            village_id=world.areas["village"],
            code=f"33042410200{number:04d}",
            kind="village",
            name_zh=f"第{number}网格",
        )
        session.flush()
        world.areas[name] = grid.id
        west = 120.90 + 0.01 * number
        areas.set_border(session, grid, [_square(west, 30.50, 0.01)], STARTED)
        for part in (1, 2):
            micro = areas.add_micro_grid(
                session, grid_id=grid.id, code=f"{grid.code}{part:03d}", name_zh=f"微网格{part}"
            )
            session.flush()
            world.areas[f"micro{part}" if number == 1 else f"other_micro{part}"] = micro.id
    world.areas["micro"] = world.areas["micro1"]


def _square(west: float, south: float, size: float) -> list[list[int]]:
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return [[to_units(x), to_units(y)] for x, y in corners]


def _people(session: Session, world: World) -> None:
    hashed = people.hash_of(PASSWORD)
    for username, role, where in POSTS:
        person = people.add_person(
            session,
            county_code=COUNTY,
            username=username,
            name=f"张{username}",
            password_hash=hashed,
            phone="13800000000",
        )
        world.people[username] = person.id
        is_grid, is_micro = where in ("grid", "other_grid"), where == "micro"
        people.appoint(
            session,
            person_id=person.id,
            role=role,
            org_unit_id=world.areas["village" if is_grid or is_micro else where],
            grid_id=world.areas[where] if is_grid else None,
            micro_grid_id=world.areas["micro"] if is_micro else None,
            from_day=STARTED,
        )
    town = holder_of(session, world.people["town"], clock.today())
    team = people.name_team(
        session,
        town,
        grid_id=world.areas["grid"],
        name="照护小组",
        purpose="care",
        members={world.people["worker"]: (STARTED, None), world.people["leader"]: (STARTED, None)},
        reviewer_id=world.people["leader"],
    )
    world.team = team.id


def _grid(session: Session, world: World) -> None:
    for number in range(4):
        household = households.add_household(
            session,
            COUNTY,
            world.areas["grid"],
            {
                "id": new_id(),
                "micro_grid_id": world.areas["micro1" if number < 2 else "micro2"],
                "door": f"横港路{number + 1}号",
                "contact_name": f"李户主{number}",
                "contact_phone": f"1390000000{number}",
            },
        )
        world.households.append(household.id)
    for number in range(3):
        place = households.add_place(
            session,
            COUNTY,
            {
                "id": new_id(),
                "grid_id": world.areas["grid"],
                "kind": "check_point",
                "name": f"检查点{number + 1}",
                "address": "横港路",
                "lng": 120.915,
                "lat": 30.505,
                "radius_m": 50,
                "matters": ["HAZ-01"],
            },
        )
        world.places.append(place.id)
    session.flush()
    households.plan_places(session, world.areas["grid"], set(world.places))
    today = clock.today()
    care = matter_in_force(session, COUNTY, "VIS-01", today)
    ordinary = matter_in_force(session, COUNTY, "VIS-08", today)
    assert care is not None and ordinary is not None
    target = [session.get_one(households.Household, h) for h in world.households[:2]]
    world.care_plan = add_plan(
        session, matter=care, target=target[0], due=today, for_role="full_time_worker", every_days=7, team_id=world.team
    ).id
    world.plan = add_plan(
        session,
        matter=ordinary,
        target=target[1],
        due=today - timedelta(days=1),
        for_role="full_time_worker",
        every_days=30,
    ).id


def close(app: Flask) -> None:
    """Let go of the database so that it can be copied or dropped."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
