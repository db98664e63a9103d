"""Steps of drafts for tests: a town at work on the two grids of the small county, and a zone beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas import commands, drafting
from server.areas.applying import apply_due
from server.areas.models import BorderDraft, Grid
from server.kernel import clock
from server.kernel.geo import to_units
from server.people import commands as people
from server.people.queries import holder_of
from server.people.rules import Holder
from tests.builders import DAY
from tests.world import COUNTY, STARTED, World

NUMBER = "测网〔2026〕1号"
ZONE_DISTRICT = "330402"


def units(points: Sequence[tuple[float, float]]) -> list[list[int]]:
    return [[to_units(x), to_units(y)] for x, y in points]


def square(west: float, south: float, size: float = 0.01) -> list[list[int]]:
    return units([(west, south), (west + size, south), (west + size, south + size), (west, south + size)])


def told(kind: str, world: World, **more: Any) -> dict[str, Any]:
    """What a step is told, with defaults: the first grid, the village, points put on a border within five metres."""
    first: dict[str, Any] = {"area_id": str(world.areas["grid"]), "snap_m": "5", "points": []}
    if kind == "draw":
        first = {
            "parent_id": str(world.areas["village"]), "level": "grid", "name": "新网格", "special": False,
            "trim": False, "snap_m": "5", "points": [],
        }  # fmt: skip
    if kind == "split":
        first["name"] = "分出的网格"
    return {**first, **more}


class Desk:
    """Somebody who draws: one draft at a time, its version kept."""

    def __init__(self, session: Session, world: World, by: Holder, unit: UUID, in_days: int = 1) -> None:
        self.session, self.world, self.by = session, world, by
        self.day = clock.today() + timedelta(days=in_days)
        self.draft: BorderDraft = drafting.begin(session, by, unit, self.day)

    def step(self, kind: str, **more: Any) -> BorderDraft:
        values = told(kind, self.world, **more)
        return drafting.take_step(self.session, self.by, self.draft.id, self.draft.version, kind, values)

    def issue(self, day: date | None = None, number: str = NUMBER) -> BorderDraft:
        return drafting.issue(
            self.session, self.by, self.draft.id, self.draft.version, document_no=number, effect_day=day or self.day
        )


def town_desk(session: Session, world: World, in_days: int = 1) -> Desk:
    by = holder_of(session, world.people["town"], clock.today())
    return Desk(session, world, by, world.areas["town"], in_days)


def into_force(session: Session, hands: Any, days: int = 1) -> int:
    """Turn the clock and let the worker work; how many changes came into force."""
    hands.forward(days * DAY)
    done = 0
    while apply_due(session, clock.now()):
        done += 1
    session.commit()
    return done


def add_zone(session: Session, world: World) -> None:
    """A development zone that runs a subdistrict whose codes lie under a district (Art. 25): ``zone``, ``zone_village``."""
    zone = commands.add_unit(
        session, kind="zone", name_zh="经开区管委会", county_code=ZONE_DISTRICT, parent_id=world.areas["city"]
    )
    session.flush()
    street = commands.add_unit(
        session, kind="subdistrict", name_zh="塘汇街道", county_code=ZONE_DISTRICT, parent_id=zone.id,
        division_code="330411005",
    )  # fmt: skip
    session.flush()
    village = commands.add_unit(
        session, kind="community", name_zh="长纤社区", county_code=ZONE_DISTRICT, parent_id=street.id,
        division_code="330411005006",
    )  # fmt: skip
    session.flush()
    world.areas |= {"zone": zone.id, "zone_village": village.id}
    for username, county, unit in (("zone", ZONE_DISTRICT, zone.id),):
        person = people.add_person(
            session, county_code=county, username=username, name="钱管委",
            password_hash=people.hash_of("gridwalk-test"),
        )  # fmt: skip
        people.appoint(session, person_id=person.id, role="town_government", org_unit_id=unit, from_day=STARTED)
        world.people[username] = person.id


def grids(session: Session) -> dict[str, Grid]:
    """Grids of the county by name."""
    return {grid.name_zh: grid for grid in session.query(Grid).filter_by(county_code=COUNTY)}
