"""Who works where: the accounts of the demo, and invented colleagues who cannot sign in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from server.demo.accounts import ACCOUNTS, PASSWORD, DemoAccount, DemoPost
from server.demo.bulk import Bulk
from server.demo.county import DemoCounty, DemoGrid
from server.demo.names import Names
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.people import commands as people
from server.people.models import Appointment, Person, Team
from server.people.queries import holder_of

SINCE = date(2025, 1, 1)


class Staff:
    """Appoints people of one county. ``people`` maps the demo's user names to person ids."""

    def __init__(self, bulk: Bulk, county: DemoCounty, random: Random) -> None:
        self._bulk, self._county, self._random = bulk, county, random
        self._names = Names(random)
        self._told: set[tuple[UUID, UUID]] = set()
        self.people: dict[str, UUID] = {}
        self.in_post: dict[tuple[UUID, str], list[UUID]] = {}  # (grid, role) → persons

    def appoint_accounts(self, others: Mapping[str, tuple[UUID, str]], home: list[DemoGrid]) -> None:
        """The accounts of ``accounts.py``; the password is hashed once. ``others``: units outside the county by name, each
        with its code."""
        hashed = people.hash_of(PASSWORD)
        for account in ACCOUNTS:
            code = others.get(account.posts[0].unit or "", (None, self._county.code))[1]
            self.people[account.username] = self._person(account.username, account.name, hashed, code)
            for post in account.posts:
                self._appoint_account(account, post, others, home)

    def appoint_invented(self, home: list[DemoGrid]) -> None:
        """A leader, a worker, a part-time worker and half an adviser for every other grid; a leader for each micro-grid."""
        adviser, held_by_account = None, home[0].micros[0] if home else None
        for number, grid in enumerate(self._county.grids):
            if grid not in home:
                adviser = self._invented("a", grid) if adviser is None or number % 2 == 0 else adviser
                self._appoint(adviser, "grid_adviser", grid)
                self._appoint(self._invented("l", grid), "grid_leader", grid)
                self._appoint(self._invented("p", grid), "part_time_worker", grid)
                for extra in range(2 if self._random.random() < 0.07 else 1):
                    self._appoint(self._invented(f"w{extra}", grid), "full_time_worker", grid)
            for micro in grid.micros:
                if micro is not held_by_account:
                    leader = self._person(f"m{micro.code}", self._names.person())
                    self._appoint(leader, "micro_grid_leader", grid, micro.id)

    def _appoint_account(
        self, account: DemoAccount, post: DemoPost, others: Mapping[str, tuple[UUID, str]], home: list[DemoGrid]
    ) -> None:
        person = self.people[account.username]
        if post.grid is not None:
            grid = home[post.grid]
            self._appoint(person, post.role, grid, None if post.micro is None else grid.micros[post.micro].id)
            return
        village = home[0].village
        named = {"village": village.id, "town": village.town.id, "county": self._county.id}
        named |= {name: unit for name, (unit, _code) in others.items()}
        unit = named.get(post.unit or "") or self._county.departments[post.unit or ""]
        self._row(person, post.role, unit)

    def _invented(self, letter: str, grid: DemoGrid) -> UUID:
        return self._person(f"{letter}{grid.code}", self._names.person())

    def _person(self, username: str, name: str, password_hash: str | None = None, county_code: str = "") -> UUID:
        found = new_id()
        self._bulk.add(
            Person, id=found, county_code=county_code or self._county.code, username=username, name=name,
            phone=self._names.phone(), password_hash=password_hash, language=None, created_at=clock.now(),
        )  # fmt: skip
        return found

    def _appoint(self, person: UUID, role: str, grid: DemoGrid, micro_grid_id: UUID | None = None) -> None:
        row = self._row(person, role, grid.village.id, grid.id, micro_grid_id)
        self.in_post.setdefault((grid.id, role), []).append(person)
        if (person, grid.id) not in self._told:  # one row a person in a grid, named by the first appointment there
            self._told.add((person, grid.id))
            self._bulk.put(stream_keys.grid(grid.id), "staff", row)

    def _row(
        self, person: UUID, role: str, unit: UUID, grid_id: UUID | None = None, micro_grid_id: UUID | None = None
    ) -> UUID:
        found = new_id()
        self._bulk.add(
            Appointment, id=found, county_code=self._county.code, person_id=person, role=role, org_unit_id=unit,
            grid_id=grid_id, micro_grid_id=micro_grid_id, from_day=SINCE, to_day=None,
        )  # fmt: skip
        return found


def name_care_team(session: Session, staff: dict[str, UUID], grid: DemoGrid) -> Team:
    """``worker`` and ``leader`` care for two households; the leader reviews."""
    members = {staff["worker"]: (SINCE, None), staff["leader"]: (SINCE, None)}
    actor = holder_of(session, staff["town"], clock.today())
    return people.name_team(
        session, actor, grid_id=grid.id, name="关爱小组", purpose="care", members=members, reviewer_id=staff["leader"]
    )
