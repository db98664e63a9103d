"""A month of work in two villages, told through the real commands, so that every rule, history row and feed entry is real.

Each grid's days are walked in order with the clock set to them: a patrol, hazards, visits, then the leader's review of the
day before. The last working day is left waiting, one record stands returned and one return is disputed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.approvals import commands as approvals
from server.demo import pictures
from server.demo.county import DemoCounty, DemoGrid
from server.demo.homes import Homes
from server.demo.names import WORDS
from server.demo.staff import Staff
from server.duties.emergencies import commands as emergencies
from server.duties.emergencies.schemas import EmergencyReport
from server.duties.hazards import commands as hazards
from server.duties.hazards.schemas import HazardReport, RelookTold
from server.duties.information import commands as information
from server.duties.information.rules import FINDINGS, has_room_for
from server.duties.information.schemas import InformationReport
from server.duties.mediations import commands as mediations
from server.duties.mediations.schemas import MediationReport
from server.duties.publicity import commands as publicity
from server.duties.publicity.schemas import PublicityReport
from server.duties.visits import commands as visits
from server.duties.visits.schemas import VisitReport
from server.kernel import clock
from server.kernel.geo import to_degrees
from server.kernel.ids import new_id
from server.matters.queries import matter_in_force
from server.matters.rules import MatterFacts
from server.messages.models import Message
from server.patrols import commands as patrols
from server.patrols.schemas import PatrolReport
from server.people.queries import holder_of
from server.people.rules import Holder
from server.platform.workdays import is_working_day
from server.records import commands as records
from server.records.models import Record
from server.records.rules import Act

MINUTE = 60_000
PICTURED_DAYS = 12
RETURNED, DISPUTED = 0.06, 0.01
INFORMATION, PUBLICITY = 0.4, 0.2  # of the working days of a grid
SCHEMAS = {
    "patrol": PatrolReport(),
    "hazard": HazardReport(),
    "visit": VisitReport(),
    "information": InformationReport(),
    "publicity": PublicityReport(),
    "emergency": EmergencyReport(),
    "mediation": MediationReport(),
    "relook": RelookTold(),
}
COMMANDS = {
    "patrol": patrols.report,
    "hazard": hazards.report,
    "visit": visits.report,
    "information": information.report,
    "publicity": publicity.report,
    "emergency": emergencies.report,
    "mediation": mediations.report,
}
CALLED = {"EMG-02": "119", "EMG-04": "120"}


@dataclass
class Pending:
    """Records of a grid that nobody has reviewed yet, and hazards to look back at."""

    to_review: list[Record] = field(default_factory=list)
    to_relook: list[tuple[date, UUID]] = field(default_factory=list)


class History:
    """Walks the days of some grids of one county."""

    def __init__(self, session: Session, county: DemoCounty, staff: Staff, homes: Homes, random: Random) -> None:
        self._session, self._county, self._staff, self._homes, self._random = session, county, staff, homes, random
        self._holders: dict[UUID, Holder] = {}
        self._pictured: tuple[set[UUID], date] = set(), date.max

    def tell(self, grids: list[DemoGrid], days: int, today: date, with_pictures: list[DemoGrid]) -> int:
        """Everything from ``days`` before today up to yesterday. Returns the number of records.

        Hazards of the last days in the grids ``with_pictures`` carry one.
        """
        self._pictured = {grid.id for grid in with_pictures}, today - timedelta(days=min(days, PICTURED_DAYS))
        count = 0
        with clock_given_back():
            for grid in grids:
                pending = Pending()
                for day in (today - timedelta(days=back) for back in range(days, 0, -1)):
                    if is_working_day(day):
                        count += self._working_day(grid, day, pending)
        self._read_old_messages(clock.start_of(today - timedelta(days=1)))
        return count

    def emergencies(self, grids: list[DemoGrid], days: int, today: date) -> None:
        """Each grid had a few, with more said of them two hours later. Of yesterday's the leader has not read yet."""
        with clock_given_back():
            for order, grid in enumerate(grids):
                for back, (code, words) in zip(range(1 + order, days, 9), WORDS["emergencies"], strict=False):
                    day = today - timedelta(days=back)
                    worker = self._random.choice(self._staff.in_post[grid.id, "full_time_worker"])
                    at = clock.start_of(day) + (15 * 60 - 3) * MINUTE
                    calls = [{"number": CALLED[code], "at": at}] if code in CALLED else []
                    told = {**envelope_of(grid), "matter_code": code, "calls": calls}
                    found = self._report(worker, day, 15 * 60, "emergency", told)
                    added = {"note": words, "place_words": f"{grid.village.name}{self._random.randint(1, 30)}号旁"}
                    records.correct(self._session, self._act(worker, day, 17 * 60, found.version), found.id, added)
        self._read_old_messages(clock.start_of(today - timedelta(days=1)))

    def care_visits(self, grid: DemoGrid, days: int, today: date) -> None:
        """The care team's weekly visits, seen by nobody else."""
        worker = self._staff.people["worker"]
        with clock_given_back():
            for back in range(days - days % 7, 0, -7):
                for household, _ in self._homes.households[grid.id][-2:]:
                    day = today - timedelta(days=back)
                    found = self._report(worker, day, 10 * 60, "visit", self._visit(grid, "VIS-01", household))
                    self._decide("approve", self._staff.people["leader"], day, found)

    def micro_visits(self, grid: DemoGrid, days: int, today: date) -> None:
        """What the leader of the grid's first micro-grid tells now and then: it stays in that micro-grid."""
        own = [household for household, micro in self._homes.households[grid.id] if micro is grid.micros[0]][:-3]
        with clock_given_back():
            for day in (today - timedelta(days=back) for back in range(days, 0, -3)):
                told = {**self._visit(grid, "VIS-08", self._random.choice(own)), "mode": "door"}
                found = self._report(self._staff.people["micro"], day, 17 * 60, "visit", told)
                if day < today - timedelta(days=3):
                    self._decide("approve", self._staff.people["leader"], day, found, minute=19 * 60)

    def _working_day(self, grid: DemoGrid, day: date, pending: Pending) -> int:
        workers = self._staff.in_post[grid.id, "full_time_worker"]
        self._review(grid, day, pending)
        self._relook(grid, day, pending)
        made = [self._report(self._random.choice(workers), day, 8 * 60 + 40, "patrol", self._patrol(grid, day))]
        for _ in range(self._random.choice((0, 1, 1, 1, 2))):
            code = self._random.choice(sorted(WORDS["hazards"]))
            matter = matter_in_force(self._session, self._county.code, code, day)
            assert matter is not None
            worker = self._random.choice(workers)
            told = self._hazard(grid, day, matter, made[0].id)
            found = self._report(worker, day, 9 * 60 + 30, "hazard", {**told, **self._pictures(grid, day, worker)})
            made.append(found)
            pending.to_relook.append((day + timedelta(days=matter.relook_days or 3), found.id))
        households = self._homes.households[grid.id][len(self._homes.households[grid.id]) // 2 : -2]
        for _ in range(self._random.choice((1, 1, 2, 2, 3))):
            household = self._random.choice(households)[0]
            told = self._visit(grid, "VIS-08", household)
            made.append(self._report(self._random.choice(workers), day, 14 * 60 + 20, "visit", told))
        if self._random.random() < INFORMATION:
            told = self._information(grid, self._random.choice(households)[0])
            made.append(self._report(self._random.choice(workers), day, 10 * 60, "information", told))
        if self._random.random() < PUBLICITY:
            made.append(self._report(self._random.choice(workers), day, 18 * 60, "publicity", self._publicity(grid)))
        pending.to_review += made
        return len(made)

    # -- what was told -------------------------------------------------------------------------------------------------

    def _patrol(self, grid: DemoGrid, day: date) -> dict[str, Any]:
        checks = []
        for order, place in enumerate(self._homes.places[grid.id][:3]):
            inside = self._random.choice(("inside", "inside", "inside", "unknown"))
            at = clock.start_of(day) + (8 * 60 + 10 + 9 * order) * MINUTE
            fix = {"accuracy_m": self._random.randint(6, 40), "inside": inside}
            result = "not_reached" if self._random.random() < 0.04 else "normal"
            checks.append({"place_id": str(place), "result": result, "at": at, "fix": fix})
        return {**envelope_of(grid), "checks": checks, "note": self._random.choice(WORDS["patrols"])}

    def _hazard(self, grid: DemoGrid, day: date, matter: MatterFacts, patrol_id: UUID) -> dict[str, Any]:
        micro = self._random.choice(grid.micros)
        across, up = self._random.uniform(0.3, 0.7), self._random.uniform(0.3, 0.7)
        lng, lat = self._county.mesh.inside(micro.cell, across, up)
        is_fixed = self._random.random() < 0.45
        spot = {
            "lng": to_degrees(lng),
            "lat": to_degrees(lat),
            "accuracy_m": self._random.randint(5, 30),
            "source": "fix",
        }
        later = {
            "advised_fix_by": day_after(day, matter.fix_days),
            "relook_on": day_after(day, matter.relook_days or 3),
        }
        return {
            **envelope_of(grid),
            **({} if is_fixed else later),
            "matter_code": matter.code,
            "severity": "major" if self._random.random() < 0.06 else "general",
            "advice": list(matter.advice[: self._random.randint(1, 2)]),
            "fixed_on_spot": is_fixed,
            "note": self._random.choice(WORDS["hazards"][matter.code]),
            "place": spot,
            "place_words": f"{grid.village.name}{self._random.randint(1, 30)}号旁",
            "patrol_id": str(patrol_id) if self._random.random() < 0.6 else None,
            "photo_gap": "dark" if self._random.random() < 0.05 else None,
        }

    def _pictures(self, grid: DemoGrid, day: date, worker: UUID) -> dict[str, Any]:
        grids, since = self._pictured
        if grid.id not in grids or day < since or self._random.random() < 0.2:
            return {}
        sha256 = pictures.send(self._session, self._county.code, worker, pictures.draw(self._random))
        taken_at = clock.start_of(day) + (9 * 60 + 25) * MINUTE
        return {"photos": [{"sha256": sha256, "role": "scene", "taken_at": taken_at}], "photo_gap": None}

    def _visit(self, grid: DemoGrid, matter_code: str, household: UUID) -> dict[str, Any]:
        all_well = self._random.random() < 0.8
        return {
            **envelope_of(grid),
            "matter_code": matter_code,
            "household_id": str(household),
            "mode": self._random.choice(("door", "door", "door", "phone", "street")),
            "all_well": all_well,
            "ticks": [] if all_well else ["phone_ok", "gas_ok", "fire_ok"],
            "needs": [] if all_well else [self._random.choice(("repair", "policy", "errand", "talk"))],
            "note": "" if all_well else self._random.choice(WORDS["visits"]),
        }

    def _information(self, grid: DemoGrid, household: UUID) -> dict[str, Any]:
        code = self._random.choice(sorted(WORDS["information"]))
        room = has_room_for(code)
        told: dict[str, Any] = {"matter_code": code, **self._random.choice(WORDS["information"][code])}
        if "household_id" in room:
            told["household_id"] = str(household)
        if "finding" in room:
            told["finding"] = self._random.choice(FINDINGS[code])
        return {**envelope_of(grid), **told}

    def _publicity(self, grid: DemoGrid) -> dict[str, Any]:
        code = self._random.choice(sorted(WORDS["publicity"]))
        households = self._random.randint(0, 40)
        return {
            **envelope_of(grid),
            "matter_code": code,
            "people": self._random.randint(8, 30) + households,
            "households": households,
            "note": self._random.choice(WORDS["publicity"][code]),
        }

    # -- and what became of it -----------------------------------------------------------------------------------------

    def _review(self, grid: DemoGrid, day: date, pending: Pending) -> None:
        """The leader goes through what was told before this day."""
        leader = self._staff.in_post[grid.id, "grid_leader"][0]
        for found in pending.to_review:
            draw = self._random.random()
            if draw >= RETURNED:
                self._decide("approve", leader, day, found)
                continue
            words = self._random.choice(WORDS["return_words"])
            self._decide("return", leader, day, found, reason="unclear", words=words)
            if draw < DISPUTED:
                self._decide("dispute", found.author_id, day, found, words=WORDS["dispute_words"])
            elif draw < RETURNED - DISPUTED:
                act = self._act(found.author_id, day, 11 * 60, found.version)
                records.correct(self._session, act, found.id, {"note": WORDS["corrected_note"]})
                self._decide("approve", leader, day, found, minute=16 * 60)
        pending.to_review.clear()

    def _relook(self, grid: DemoGrid, day: date, pending: Pending) -> None:
        due = [(on, hazard) for on, hazard in pending.to_relook if on <= day]
        pending.to_relook = [row for row in pending.to_relook if row[0] > day]
        for _, hazard in due:
            outcome = self._random.choice(("fixed", "fixed", "fixed", "fixed", "not_fixed"))
            told = SCHEMAS["relook"].load({"id": str(new_id()), "hazard_id": str(hazard), "outcome": outcome})
            worker = self._random.choice(self._staff.in_post[grid.id, "full_time_worker"])
            hazards.relook(self._session, self._act(worker, day, 15 * 60 + 30), told)

    def _decide(
        self, step: str, person: UUID, day: date, found: Record, minute: int = 9 * 60, reason: str = "", words: str = ""
    ) -> None:
        act = self._act(person, day, minute + (1 if step == "dispute" else 0), found.version)
        if step == "approve":
            approvals.approve(self._session, act, found.id)
        elif step == "return":
            approvals.send_back(self._session, act, found.id, reason, words)
        else:
            approvals.dispute(self._session, act, found.id, words)

    def _report(self, person: UUID, day: date, minute: int, kind: str, told: Mapping[str, Any]) -> Record:
        act = self._act(person, day, minute + self._random.randint(0, 80))
        return COMMANDS[kind](self._session, act, SCHEMAS[kind].load(dict(told)))

    def _act(self, person: UUID, day: date, minute: int, version_seen: int | None = None) -> Act:
        """At ``minute`` of the day; the server heard of it some minutes later."""
        at = clock.start_of(day) + minute * MINUTE
        heard = at + self._random.randint(1, 40) * MINUTE
        clock.set_source(lambda: heard)
        if person not in self._holders:
            self._holders[person] = holder_of(self._session, person, day)
        return Act(holder=self._holders[person], acted_at=at, acted_at_held=False, now=heard, version_seen=version_seen)

    def _read_old_messages(self, before: int) -> None:
        old = sa.update(Message).where(Message.at < before, Message.read_at.is_(None))
        self._session.execute(old.values(read_at=Message.at, version=Message.version + 1))


@contextmanager
def clock_given_back() -> Iterator[None]:
    try:
        yield
    finally:
        clock.set_source(None)


def envelope_of(grid: DemoGrid) -> dict[str, Any]:
    return {"id": str(new_id()), "grid_id": str(grid.id)}


def day_after(day: date, later: int | None) -> str | None:
    return (day + timedelta(days=later)).isoformat() if later else None
