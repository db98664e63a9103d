"""How long a month of a county takes to open among the figures: 540 grids, as many full-time workers, 60,000 records of the
month and as many of the one before, 3,000 cases, 6,000 re-looks. The page as the browser asks for it, on both databases.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure
from server.analytics.rules import Month, months_back
from server.cases.models import CaseFile, CaseStep
from server.demo.bulk import Bulk
from server.demo.county import DemoGrid, make_city, make_county
from server.demo.sizes import HOME_COUNTY, SIZES
from server.duties.hazards.models import Hazard, Relook
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.matters import commands as matters
from server.matters.rules import ReviewFacts
from server.people import commands as people
from server.people.models import Appointment, Person
from server.platform.db import Base, db, transaction
from server.records.models import Record
from tests import world as worlds
from tests.builders import Browser, at_desk
from tests.databases import FAST, postgres_server

RECORDS, CASES, RELOOKS = 60_000, 3_000, 6_000
LIMIT_MS, ROUNDS = 1000, 5
KINDS = (("patrol", ""), ("visit", "VIS-08"), ("hazard", "HAZ-01"), ("information", "INFO-01"), ("publicity", "PUB-01"))
PAGES = {
    "a month of a county opens": "/office/figures?month={month}",
    "the records behind a duty of it": "/office/figures/records?month={month}&kind=hazard",
}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _on("SQLite", "", Path(folder))
    with tempfile.TemporaryDirectory() as folder, postgres_server(FAST) as server:
        yield from _on("PostgreSQL", server.url(server.create()), Path(folder))


def _on(kind: str, url: str, folder: Path) -> Iterator[Figure]:
    app = worlds.app_on(url, folder)
    month = months_back(clock.today(), 2)[1]
    try:
        _fill(app, month)
        desk = at_desk(app, "county")
        for name, path in PAGES.items():
            took = [_open(desk, path.format(month=month)) for _ in range(1 + ROUNDS)][1:]  # templates are made once
            clocked, worked = (statistics.median(times) for times in zip(*took, strict=True))
            yield Figure(f"figures: {name}, {kind}", clocked, "ms", LIMIT_MS)
            yield Figure(f"figures: {name}, processor of the server program, {kind}", worked, "ms")
    finally:
        worlds.close(app)


def _open(desk: Browser, path: str) -> tuple[float, float]:
    """Milliseconds by the clock, and of this process' processor."""
    begun, worked = time.perf_counter(), time.process_time()
    answer = desk.get(path)
    took = (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000
    assert answer.status_code == 200 and str(answer.text).count("<tr") > 10, answer.status_code
    return took


def _fill(app: Flask, month: Month) -> None:
    with app.app_context():
        Base.metadata.create_all(db.engines[None])
        with transaction() as session:
            matters.seed_reference(session)
            people.ensure_roles(session)
            matters.load_starter_list(
                session, county_code=HOME_COUNTY, from_day=worlds.STARTED, is_demo=True, review=ReviewFacts("none")
            )
            bulk = Bulk(session)
            county = make_county(bulk, make_city(bulk), HOME_COUNTY, SIZES["county"], Random(HOME_COUNTY))
            bulk.write()
            bulk.begin_streams()
            villages = [village for town in county.towns for village in town.villages]
            workers = [(grid, _worker(bulk, grid, village.id)) for village in villages for grid in village.grids]
            bulk.write()
            _official(session, county.id)
        rows = [(months_back(month.first, 2)[1], False), (month, True)]
        for one, is_shown in rows:
            with transaction() as session:
                bulk = Bulk(session)
                _month(bulk, workers, one, Random(str(one)), has_more=is_shown)
                bulk.write()


def _official(session: Session, county_id: UUID) -> None:
    official = people.add_person(
        session, county_code=HOME_COUNTY, username="county", name="县", password_hash=people.hash_of(worlds.PASSWORD)
    )
    people.appoint(
        session, person_id=official.id, role="county_authority", org_unit_id=county_id, from_day=worlds.STARTED
    )


def _worker(bulk: Bulk, grid: DemoGrid, village: UUID) -> UUID:
    one = new_id()
    bulk.add(Person, id=one, county_code=HOME_COUNTY, username=str(one), name="网格员", created_at=clock.now())
    bulk.add(
        Appointment, id=new_id(), county_code=HOME_COUNTY, person_id=one, role="full_time_worker", org_unit_id=village,
        grid_id=grid.id, from_day=worlds.STARTED,
    )  # fmt: skip
    return one


def _month(bulk: Bulk, workers: list[Any], month: Month, chance: Random, *, has_more: bool) -> None:
    for number in range(RECORDS):
        grid, worker = chance.choice(workers)
        kind, matter = KINDS[number % len(KINDS)]
        day = month.first + timedelta(days=chance.randrange(month.days))
        at = clock.start_of(day) + chance.randrange(8, 18) * 3_600_000
        record, stream = new_id(at), stream_keys.grid(grid.id)
        bulk.add(
            Record, id=record, county_code=HOME_COUNTY, kind=kind, grid_id=grid.id, stream=stream, matter_code=matter or None,
            data_class="N", author_id=worker, acted_at=at, acted_at_held=False, day=day, received_at=at, version=1,
            state="open", review_status="none", obstructed=False, hints=[],
        )  # fmt: skip
        if kind == "hazard":
            has_relook = has_more and number < RELOOKS * len(KINDS)
            bulk.add(
                Hazard, record_id=record, severity="general", advice=[], fixed_on_spot=False, note="", place_source="none",
                place_words="", relook_on=min(day + timedelta(days=3), month.last) if has_relook else None,
            )  # fmt: skip
            if has_relook and number % 2:
                bulk.add(
                    Relook, id=new_id(), hazard_id=record, by_person=worker, at=at + 3 * clock.DAY_MS, outcome="fixed",
                    note="", photos=[],
                )  # fmt: skip
        if has_more and number < CASES:
            _case(bulk, grid.id, at, number)


def _case(bulk: Bulk, grid_id: UUID, at: int, number: int) -> None:
    case, is_over = new_id(at), number % 3 > 0
    bulk.add(
        CaseFile, id=case, county_code=HOME_COUNTY, grid_id=grid_id, source="telephone", external_ref=f"t{number}",
        matter_code="HAZ-01", level=("L2", "L3", "L4")[number % 3], unit="working_days", amount=5, opened_at=at, term_from=at,
        state="closed" if is_over else "assigned", due_at=None if is_over else at + 5 * clock.DAY_MS, version=4,
        place_words="横港路", told_words="占用通道",
    )  # fmt: skip
    steps = ["accepted", "assigned", "in_progress", *(["reported", "closed"] if is_over else [])]
    for version, step in enumerate(steps):
        bulk.add(CaseStep, id=new_id(), case_id=case, version=version, at=at + version * 3_600_000, step=step)
