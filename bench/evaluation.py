"""What a month of a whole city takes to score, on both databases, and how twelve months grow.

7,000 workers with 114 records each (800,000), in a grid each, or as many as EVALUATION_WORKERS says; the suggested rule set;
the very rounds of the worker process, its two processes with it, every sheet sealed, kept and told to its phone. A month is
told by the clock, so nothing else should run on the machine; the seconds of all processors, the database's too, stand beside.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure
from bench.filling import filling
from server.areas.models import Grid, OrgUnit
from server.duties.hazards.models import Hazard, Relook
from server.duties.mediations.models import Mediation
from server.duties.visits.models import Visit
from server.evaluation import commands, running, sharing
from server.evaluation.pages import DEFAULT
from server.evaluation.rules import Period, period_of
from server.households.models import VisitPlan
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.models import Appointment, Person
from server.people.queries import holder_of
from server.platform.db import Base, db, transaction
from server.records.models import Record
from server.tasks.models import Task, TaskStep
from tests import world as worlds
from tests.databases import DURABLE, postgres_server
from tests.world import COUNTY, World

Rows = dict[type[Base], list[dict[str, Any]]]
TABLES = (Record, Visit, Hazard, Relook, Mediation, Task, TaskStep)
WORKERS = int(os.environ.get("EVALUATION_WORKERS", "7000"))
GROWN = int(os.environ.get("EVALUATION_GROWN", "350"))  # workers of the curve of twelve months
MONTHS = (1, 3, 6, 12)
LIMIT_S = 30
VISITS = 62
KINDS = (("visit", VISITS), ("patrol", 32), ("hazard", 14), ("information", 4), ("publicity", 1), ("mediation", 1))
TASKS, GRIDS_OF_VILLAGE = 20, 7
FIRST = date(2025, 1, 1)
LAST_MONTH = period_of("month", date(2025, 12, 1))
ON = {"is_on": True, "document_no": "示例", "run_after_days": 0, "objection_days": 5, "answer_days": 5}


def figures() -> Iterator[Figure]:
    least = _memory_of_two_batches()
    yield from _on("SQLite", "", lambda: 0, least)
    with postgres_server(DURABLE) as server:
        yield from _on("PostgreSQL", server.url(server.create()), lambda: _of_server(server.process.pid), least)
    yield from _curve()


def _on(kind: str, url: str, elsewhere: Callable[[], float], least: float) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app, world, people = _city(url, Path(folder), WORKERS)
        records = _month(app, world, people, LAST_MONTH)
        there = elsewhere()
        spent = _score(app, world, LAST_MONTH)
        there = elsewhere() - there
        worlds.close(app)
    about = f"{spent.sheets} workers, {records} records, {spent.processor + there:.1f} s of processor, {there:.1f} the server's"
    yield Figure(f"a month scored, {kind}", spent.by_clock, "s", LIMIT_S, compared_with=about)
    about = f"a process with {spent.sheets // sharing.PROCESSES} people against one with {running.BATCH}"
    yield Figure(f"memory of scoring a month, {kind}", _most_memory() - least, "MiB more", 64, compared_with=about)


def _memory_of_two_batches() -> float:
    with tempfile.TemporaryDirectory() as folder:
        app, world, people = _city("", Path(folder), sharing.PROCESSES * running.BATCH)
        _month(app, world, people, LAST_MONTH)
        _score(app, world, LAST_MONTH)
        worlds.close(app)
    return _most_memory()


def _of_server(postmaster: int) -> float:
    """Seconds of processor of a PostgreSQL so far, connections that have ended included."""
    found = sum(_stat(Path(f"/proc/{postmaster}"))[13:15])
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has ended meanwhile
            told = _stat(folder)
            if told[1] == postmaster:
                found += sum(told[11:13])
    return found / os.sysconf("SC_CLK_TCK")


def _stat(folder: Path) -> list[int]:
    """Numbers of a process: its parent at 1, its ticks at 11 and 12, those of its ended children at 13 and 14."""
    return [0, *map(int, (folder / "stat").read_text().rpartition(")")[2].split()[1:])]


def _most_memory() -> float:
    """Of the largest process that this one has waited for, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _curve() -> Iterator[Figure]:
    """A year, month after month: each takes what the first took."""
    with tempfile.TemporaryDirectory() as folder:
        app, world, people = _city("", Path(folder), GROWN)
        spent, months = 0.0, [period_of("month", date(2025, month, 1)) for month in range(1, 13)]
        for number, month in enumerate(months, 1):
            _month(app, world, people, month)
            spent += _score(app, world, month).processor
            if number in MONTHS:
                yield Figure(f"{number} months scored, {GROWN} workers", spent, "s of processor")
        worlds.close(app)


def _city(url: str, folder: Path, count: int) -> tuple[Flask, World, list[tuple[UUID, UUID]]]:
    """The small county of the tests with so many workers more, a grid each: (person, grid)."""
    app = worlds.app_on(url, folder / "data")
    world = worlds.build(app)
    with app.app_context(), transaction() as session:
        people = _people(session, world, count)
        by = holder_of(session, world.people["county"], clock.today())
        commands.set_evaluation(session, by, ON)
        body = DEFAULT.read_text("utf-8").replace('"valid_from": "2026-01-01"', '"valid_from": "2025-01-01"')
        draft = commands.save_draft(session, by, body)
        commands.publish(session, by, draft.id, draft.version)
    _plans(app, world, people)
    return app, world, people


def _people(session: Session, world: World, count: int) -> list[tuple[UUID, UUID]]:
    villages: list[Any] = []
    grids: list[Any] = []
    persons: list[Any] = []
    posts: list[Any] = []
    for number in range(count):
        if number % GRIDS_OF_VILLAGE == 0:
            villages.append(
                {"id": new_id(), "county_code": COUNTY, "parent_id": world.areas["town"], "kind": "village",
                 "name_zh": f"村{number}", "version": 1}
            )  # fmt: skip
        village, person, grid = villages[-1]["id"], new_id(), new_id()
        grids.append(
            {"id": grid, "county_code": COUNTY, "code": f"3304249{number:08d}", "village_id": village, "kind": "village",
             "name_zh": f"网格{number}", "created_at": 0, "version": 1}
        )  # fmt: skip
        persons.append(
            {"id": person, "county_code": COUNTY, "username": f"w{number}", "name": f"张{number}", "created_at": 0}
        )
        posts.append(
            {"id": new_id(), "county_code": COUNTY, "person_id": person, "role": "full_time_worker",
             "org_unit_id": village, "grid_id": grid, "from_day": FIRST}
        )  # fmt: skip
    for table, rows in ((OrgUnit, villages), (Grid, grids), (Person, persons), (Appointment, posts)):
        _insert(session, table, rows)
    return [(person["id"], grid["id"]) for person, grid in zip(persons, grids, strict=True)]


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 5000):
        session.execute(sa.insert(table), rows[start : start + 5000])


def _month(app: Flask, world: World, people: list[tuple[UUID, UUID]], month: Period) -> int:
    """Everybody's records and tasks of a month; a tenth is reviewed, hazards all. Answers how many records."""
    random, count = Random(month.label), 0
    with filling(app) as filler:
        for start in range(0, len(people), 200):
            rows: Rows = {table: [] for table in TABLES}
            for person, grid in people[start : start + 200]:
                count += _of_one(rows, random, person, grid, month)
                _tasks(rows, random, world, person, grid, month)
            filler.add(rows)
    return count


def _of_one(rows: Rows, random: Random, person: UUID, grid: UUID, month: Period) -> int:
    days, count, stream = _days(month), 0, f"grid:{grid}"
    author, in_grid, records, chance = person.hex, grid.hex, rows[Record], random.random
    for kind, number in KINDS:
        for at_number in range(number):
            day, morning, later = days[int(chance() * len(days))]
            reviewed = kind == "hazard" or chance() < 0.1
            review = ("approved" if chance() < 0.9 else "returned") if reviewed else "none"
            at = morning + int(8 + chance() * 10) * 3_600_000
            key = new_id().hex
            records.append(
                {"id": key, "county_code": COUNTY, "kind": kind, "grid_id": in_grid, "stream": stream,
                 "matter_code": "VIS-08", "data_class": "N", "author_id": author, "acted_at": at, "acted_at_held": False,
                 "day": day, "received_at": at, "version": 1, "state": "closed", "obstructed": False,
                 "review_status": review, "hints": ()}
            )  # fmt: skip
            if kind == "visit":
                rows[Visit].append(
                    {"record_id": key, "plan_id": _plan(author, at_number), "mode": "door", "all_well": True, "ticks": (),
                     "needs": (), "note": "", "next_on": later}
                )  # fmt: skip
            elif kind == "hazard":
                relook = at + int(1 + chance() * 4) * clock.DAY_MS if chance() < 0.9 else None
                _hazard(rows, key, author, _days(month, 3)[int(day[-2:]) - 1][2], relook)
            elif kind == "mediation":
                rows[Mediation].append({"record_id": key, "unsuited": (), "parties": (), "outcome": "oral", "note": ""})
            count += 1
    return count


@cache
def _days(month: Period, more: int = 30) -> list[tuple[str, int, str]]:
    """Each day of the month but the last, when it begins, and the day so many days later."""
    found = [month.from_day + timedelta(days=number) for number in range((month.to_day - month.from_day).days)]
    return [(day.isoformat(), clock.start_of(day), (day + timedelta(days=more)).isoformat()) for day in found]


def _plan(author: str, number: int) -> str:
    """The id of a person's plan of that number."""
    return f"{author[:-2]}{number:02x}"


def _plans(app: Flask, world: World, people: list[tuple[UUID, UUID]]) -> None:
    """As many plans a person as visits a month: each is visited every month."""
    with filling(app) as filler:
        for start in range(0, len(people), 200):
            rows = [
                {"id": _plan(person.hex, number), "county_code": COUNTY, "grid_id": grid.hex, "place_id": world.places[0].hex,
                 "matter_code": "VIS-08", "data_class": "N", "due": FIRST.isoformat(), "for_role": "full_time_worker",
                 "version": 1}
                for person, grid in people[start : start + 200]
                for number in range(VISITS)
            ]  # fmt: skip
            filler.add({VisitPlan: rows})


def _hazard(rows: Rows, key: str, author: str, relook_on: str, looked_at: int | None) -> None:
    rows[Hazard].append(
        {"record_id": key, "severity": "general", "advice": (), "fixed_on_spot": False, "note": "",
         "relook_on": relook_on, "place_source": "none", "place_words": ""}
    )  # fmt: skip
    if looked_at is not None:
        rows[Relook].append(
            {"id": new_id().hex, "hazard_id": key, "by_person": author, "at": looked_at, "outcome": "fixed", "note": "",
             "photos": ()}
        )  # fmt: skip


def _tasks(rows: Rows, random: Random, world: World, person: UUID, grid: UUID, month: Period) -> None:
    days = _days(month)
    for _ in range(TASKS):
        due, morning, _later = days[int(random.random() * 28)]
        at, key = morning - 3 * clock.DAY_MS, new_id().hex
        rows[Task].append(
            {"id": key, "county_code": COUNTY, "grid_id": grid.hex, "stream": f"grid:{grid}", "person_id": person.hex,
             "assigned_by": world.people["leader"].hex, "assigned_unit": world.areas["village"].hex, "assigned_at": at,
             "matter_code": "HAZ-01", "words": "查看", "due_day": due, "state": "done", "version": 2}
        )  # fmt: skip
        done = at + int(random.random() * 5) * clock.DAY_MS
        rows[TaskStep].append({"id": new_id().hex, "task_id": key, "version": 2, "at": done, "step": "done"})


@dataclass
class Spent:
    """Seconds of this process and of those it started, and by the clock."""

    processor: float
    by_clock: float
    sheets: int


def _score(app: Flask, world: World, month: Period) -> Spent:
    """As the worker process does."""
    with app.app_context():
        db.session.remove()
        with transaction() as session:
            by = holder_of(session, world.people["county"], clock.today())
            issued = session.scalars(sa.select(running.RuleSet.id)).one()
            running.run_at_will(session, by, issued, month.from_day)
        sheets, spent, began = 0, _processor(), time.monotonic()
        while made := sharing.round_(clock.now()):
            sheets += made
            db.session.remove()
        return Spent(_processor() - spent, time.monotonic() - began, sheets - 1)  # the last round ends the run


def _processor() -> float:
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + told.ru_utime + told.ru_stime
