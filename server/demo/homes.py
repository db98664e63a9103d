"""Households, shops, sites, facilities, check points and the visits due at them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from server.demo.bulk import Bulk
from server.demo.county import DemoCounty, DemoGrid, DemoMicro
from server.demo.names import WORDS, Names
from server.demo.sizes import Size
from server.households.models import Household, Place, VisitPlan
from server.households.pinyin import initials_of
from server.households.queries import door_hash
from server.households.rules import stream_of_plan
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id

DUE_AT_HOME = (-1, 0, 0, 0, 1, 2, 3, 5, 8, 13, 21, 34)  # days from today; three visits are due today
DUE_ELSEWHERE = (0, 4, 11)
EVERY_DAYS = 90
PLANNED_TODAY = 3


class Homes:
    """Fills the grids of one county. ``households`` by grid, for the history."""

    def __init__(self, bulk: Bulk, county: DemoCounty, size: Size, random: Random) -> None:
        self._bulk, self._county, self._size, self._random = bulk, county, size, random
        self._names = Names(random)
        self.households: dict[UUID, list[tuple[UUID, DemoMicro]]] = {}
        self.places: dict[UUID, list[UUID]] = {}

    def fill(self, home: list[DemoGrid]) -> None:
        for grid in self._county.grids:
            is_home = grid in home
            self._households(grid, self._size.households_at_home if is_home else self._size.households_elsewhere)
            self._places(grid, is_home)
            self._plans(grid, DUE_AT_HOME if is_home else DUE_ELSEWHERE)

    def plan_for_micro_leader(self, grid: DemoGrid) -> None:
        """Two ordinary visits for the leader of the grid's first micro-grid."""
        own = [(h, m) for h, m in self.households[grid.id] if m is grid.micros[0]]
        for days, (household, micro) in zip((0, 6), own[-2:], strict=True):
            self._plan(grid, micro, household, "VIS-08", "P", clock.today() + timedelta(days=days), "micro_grid_leader")

    def plan_for_care_team(self, grid: DemoGrid, team_id: UUID) -> None:
        """The team's two households: sensitive visits, one due today."""
        for days, (household, micro) in zip((0, 2), self.households[grid.id][-2:], strict=True):
            due = clock.today() + timedelta(days=days)
            self._plan(grid, micro, household, "VIS-01", "S", due, "full_time_worker", 7, team_id)

    def _households(self, grid: DemoGrid, count: int) -> None:
        made = self.households.setdefault(grid.id, [])
        for number in range(count):
            micro = grid.micros[number % len(grid.micros)]
            order = number // len(grid.micros) + 1
            door = self._names.door(grid.village.name, grid.micros.index(micro) + 1 + 10 * _index(grid), order)
            made.append((self._household(grid, micro, door), micro))

    def _household(self, grid: DemoGrid, micro: DemoMicro, door: str) -> UUID:
        name, found = self._names.person(), new_id()
        self._bulk.add(
            Household, id=found, county_code=self._county.code, grid_id=grid.id, micro_grid_id=micro.id, door=door,
            door_hash=door_hash(micro.id, door), contact_name=name, contact_phone=self._names.phone(),
            initials=initials_of(name), created_at=clock.now(), version=1,
        )  # fmt: skip
        self._bulk.put(stream_keys.micro(micro.id), "household", found)
        return found

    def _places(self, grid: DemoGrid, is_home: bool) -> None:
        checks = WORDS["check_points"] if is_home else self._random.sample(WORDS["check_points"], 3)
        for order, check in enumerate(checks):
            found = self._place(grid, "check_point", check["name"], check["matters"], 60, in_plan=order < PLANNED_TODAY)
            self.places.setdefault(grid.id, []).append(found)
        for _ in range(16 if is_home else 2):
            name = f"{self._names.person()[0]}记{self._names.pick('shops')}"
            self._place(grid, "shop", name, ["HAZ-01", "HAZ-06"], 30)
        for _ in range(2 if is_home else 0):
            self._place(grid, "site", self._names.pick("sites"), ["HAZ-09"], 120)
        for _ in range(4 if is_home else 1):
            self._place(grid, "facility", self._names.pick("facilities"), ["HAZ-10"], 50)

    def _place(
        self, grid: DemoGrid, kind: str, name: str, matters: list[str], radius_m: int, in_plan: bool = False
    ) -> UUID:
        micro, found = self._random.choice(grid.micros), new_id()
        lng, lat = self._county.mesh.inside(micro.cell, self._random.uniform(0.3, 0.7), self._random.uniform(0.3, 0.7))
        self._bulk.add(
            Place, id=found, county_code=self._county.code, grid_id=grid.id, micro_grid_id=micro.id, kind=kind, name=name,
            address=f"{grid.village.name}{self._random.randint(1, 30)}号", lng=lng, lat=lat, radius_m=radius_m,
            matters=matters, in_plan=in_plan, created_at=clock.now(), version=1,
        )  # fmt: skip
        self._bulk.put(stream_keys.grid(grid.id), "place", found)
        return found

    def _plans(self, grid: DemoGrid, due: tuple[int, ...]) -> None:
        for days, (household, micro) in zip(due, self.households[grid.id], strict=False):
            self._plan(grid, micro, household, "VIS-08", "P", clock.today() + timedelta(days=days), "full_time_worker")

    def _plan(
        self,
        grid: DemoGrid,
        micro: DemoMicro,
        household: UUID,
        matter_code: str,
        data_class: str,
        due: date,
        for_role: str,
        every_days: int = EVERY_DAYS,
        team_id: UUID | None = None,
    ) -> None:
        found = new_id()
        self._bulk.add(
            VisitPlan, id=found, county_code=self._county.code, grid_id=grid.id, micro_grid_id=micro.id,
            household_id=household, place_id=None, team_id=team_id, matter_code=matter_code, data_class=data_class,
            every_days=every_days, due=due, last_visit=due - timedelta(days=every_days), for_role=for_role, version=1,
        )  # fmt: skip
        stream = stream_of_plan(
            data_class, grid_id=grid.id, micro_grid_id=micro.id, household_id=household, team_id=team_id
        )
        self._bulk.put(stream, "visit_plan", found)


def _index(grid: DemoGrid) -> int:
    return grid.village.grids.index(grid)
