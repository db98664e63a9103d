"""How long a month of a whole city takes to score, on both databases, and how twelve months grow.

7,000 workers with 114 records each (800,000), in a grid each, or as many as EVALUATION_WORKERS says; the suggested rule set;
the very commands of the worker process, with every sheet sealed, kept and told to its phone.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure
from server.areas.models import Grid, OrgUnit
from server.duties.hazards.models import Hazard, Relook
from server.duties.mediations.models import Mediation
from server.duties.visits.models import Visit
from server.evaluation import commands, running
from server.evaluation.models import EvaluationRun
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
WORKERS = int(os.environ.get("EVALUATION_WORKERS", "7000"))
GROWN = int(os.environ.get("EVALUATION_GROWN", "350"))  # workers of the curve of twelve months
MONTHS = (1, 3, 6, 12)
LIMIT_S, MIB = 30, 1024
KINDS = (("visit", 62), ("patrol", 32), ("hazard", 14), ("information", 4), ("publicity", 1), ("mediation", 1))
TASKS, GRIDS_OF_VILLAGE = 20, 7
FIRST = date(2025, 1, 1)
LAST_MONTH = period_of("month", date(2025, 12, 1))
ON = {"is_on": True, "document_no": "示例", "run_after_days": 0, "objection_days": 5, "answer_days": 5}


def figures() -> Iterator[Figure]:
    yield from _on("SQLite", "")
    with postgres_server(DURABLE) as server:
        yield from _on("PostgreSQL", server.url(server.create()))
    yield from _curve()


def _on(kind: str, url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app, world, people = _city(url, Path(folder), WORKERS)
        records = _month(app, world, people, LAST_MONTH)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
        took, sheets = _score(app, world, LAST_MONTH)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB - before
        worlds.close(app)
    about = f"{sheets} workers, {records} records"
    yield Figure(f"a month scored, {kind}", took, "s", LIMIT_S, compared_with=about)
    yield Figure(f"memory of scoring a month, {kind}", grown, "MiB more", 256, compared_with=about)


def _curve() -> Iterator[Figure]:
    """A year, month after month: each takes what the first took."""
    with tempfile.TemporaryDirectory() as folder:
        app, world, people = _city("", Path(folder), GROWN)
        spent, months = 0.0, [period_of("month", date(2025, month, 1)) for month in range(1, 13)]
        for number, month in enumerate(months, 1):
            _month(app, world, people, month)
            spent += _score(app, world, month)[0]
            if number in MONTHS:
                yield Figure(f"{number} months scored, {GROWN} workers", spent, "s")
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
    for start in range(0, len(people), 200):
        with app.app_context(), transaction() as session:
            rows: Rows = {}
            for person, grid in people[start : start + 200]:
                count += _of_one(rows, random, world, person, grid, month)
                _tasks(rows, random, world, person, grid, month)
            for table, told in rows.items():
                _insert(session, table, told)
    return count


def _of_one(rows: Rows, random: Random, world: World, person: UUID, grid: UUID, month: Period) -> int:
    days, count = (month.to_day - month.from_day).days, 0
    for kind, number in KINDS:
        for _ in range(number):
            day = month.from_day + timedelta(days=random.randrange(days))
            reviewed = kind == "hazard" or random.random() < 0.1
            review = random.choice(("approved",) * 9 + ("returned",)) if reviewed else "none"
            at = clock.start_of(day) + random.randrange(8, 18) * 3_600_000
            key = new_id()
            rows.setdefault(Record, []).append(
                {"id": key, "county_code": COUNTY, "kind": kind, "grid_id": grid, "stream": f"grid:{grid}",
                 "matter_code": "VIS-08", "data_class": "N", "author_id": person, "acted_at": at, "acted_at_held": False,
                 "day": day, "received_at": at, "version": 1, "state": "closed", "obstructed": False,
                 "review_status": review, "hints": []}
            )  # fmt: skip
            _body(rows, random, world, kind, key, (person, grid, day, at))
            count += 1
    return count


def _body(rows: Rows, random: Random, world: World, kind: str, key: UUID, told: tuple[UUID, UUID, date, int]) -> None:
    person, grid, day, at = told
    if kind == "visit":
        plan = new_id()
        rows.setdefault(VisitPlan, []).append(
            {"id": plan, "county_code": COUNTY, "grid_id": grid, "place_id": world.places[0], "matter_code": "VIS-08",
             "data_class": "N", "due": day + timedelta(days=30), "last_visit": day, "for_role": "full_time_worker",
             "version": 1}
        )  # fmt: skip
        rows.setdefault(Visit, []).append(
            {"record_id": key, "plan_id": plan, "mode": "door", "all_well": True, "ticks": [], "needs": [], "note": "",
             "next_on": day + timedelta(days=30)}
        )  # fmt: skip
    if kind == "hazard":
        rows.setdefault(Hazard, []).append(
            {"record_id": key, "severity": "general", "advice": [], "fixed_on_spot": False, "note": "",
             "relook_on": day + timedelta(days=3), "place_source": "none", "place_words": ""}
        )  # fmt: skip
        if random.random() < 0.9:
            rows.setdefault(Relook, []).append(
                {"id": new_id(), "hazard_id": key, "by_person": person, "at": at + random.randrange(1, 5) * clock.DAY_MS,
                 "outcome": "fixed", "note": "", "photos": []}
            )  # fmt: skip
    if kind == "mediation":
        rows.setdefault(Mediation, []).append(
            {"record_id": key, "unsuited": [], "parties": [], "outcome": "oral", "note": ""}
        )


def _tasks(rows: Rows, random: Random, world: World, person: UUID, grid: UUID, month: Period) -> None:
    for _ in range(TASKS):
        due, key = month.from_day + timedelta(days=random.randrange(28)), new_id()
        at = clock.start_of(due) - 3 * clock.DAY_MS
        rows.setdefault(Task, []).append(
            {"id": key, "county_code": COUNTY, "grid_id": grid, "stream": f"grid:{grid}", "person_id": person,
             "assigned_by": world.people["leader"], "assigned_unit": world.areas["village"], "assigned_at": at,
             "matter_code": "HAZ-01", "words": "查看", "due_day": due, "state": "done", "version": 2}
        )  # fmt: skip
        rows.setdefault(TaskStep, []).append(
            {
                "id": new_id(),
                "task_id": key,
                "version": 2,
                "at": at + random.randrange(5) * clock.DAY_MS,
                "step": "done",
            }
        )


def _score(app: Flask, world: World, month: Period) -> tuple[float, int]:
    """As the worker process does; seconds, and how many sheets."""
    with app.app_context():
        db.session.remove()
        with transaction() as session:
            by = holder_of(session, world.people["county"], clock.today())
            issued = session.scalars(sa.select(running.RuleSet.id)).one()
            run = running.run_at_will(session, by, issued, month.from_day).id
        sheets, began = 0, time.monotonic()
        while True:
            with transaction() as session:
                made = running.compute_batch(session, session.get_one(EvaluationRun, run))
                if not made:
                    session.get_one(EvaluationRun, run).state = "open"
                    return time.monotonic() - began, sheets
            sheets += made
            db.session.remove()
