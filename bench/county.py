"""A grid with 10,000 records, and beside it one with households, written straight into the tables, for the benchmarks
of the phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from server.duties.hazards.models import Hazard
from server.households.commands import add_household
from server.households.plans import add_plan
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.matters.queries import matter_in_force
from server.platform import streams
from server.platform.db import transaction
from server.records.models import Record, RecordStep
from tests import world as worlds
from tests.world import COUNTY, World

RECORDS = 10_000
NOTE = "三楼楼道堆放电动自行车两辆和纸箱若干，占用疏散通道，已当面劝导，当事人答应今天搬走"


CONTACTS = ("王建国", "李秀英", "张伟", "沈阿毛", "陆小妹")
VISITED = 20  # every which household has a visit due


def make(url: str, folder: Path, records: int = RECORDS, households: int = 0) -> World:
    """The small county of the tests, so many hazards of the last 60 days in its first grid, and so many households in
    the other, which is worker3's."""
    app: Flask = worlds.app_on(url, folder)
    world = worlds.build(app)
    with app.app_context(), transaction() as session:
        _hazards(session, world, records)
        _households(session, world, households)
    worlds.close(app)
    return world


def _households(session: Session, world: World, count: int) -> None:
    visit, today = matter_in_force(session, COUNTY, "VIS-08", clock.today()), clock.today()
    assert visit is not None
    for number in range(count):
        told = {
            "id": new_id(), "micro_grid_id": world.areas[f"other_micro{number % 2 + 1}"],
            "door": f"永宁路{number // 4 + 1}号{number % 4 + 1}0{number % 3 + 1}室",
            "contact_name": CONTACTS[number % len(CONTACTS)], "contact_phone": f"139{number:08d}",
        }  # fmt: skip
        made = add_household(session, COUNTY, world.areas["other_grid"], told)
        if number % VISITED == 0:
            due = today + timedelta(days=number % 9 - 4)
            session.flush()
            add_plan(session, matter=visit, target=made, due=due, for_role="full_time_worker", every_days=30)


def _hazards(session: Session, world: World, count: int) -> None:
    grid, author, now = world.areas["grid"], world.people["worker"], clock.now()
    stream = stream_keys.grid(grid)
    for number in range(count):
        at = now - number * 60 * clock.DAY_MS // count
        record = Record(
            id=new_id(), county_code=COUNTY, kind="hazard", grid_id=grid, stream=stream, matter_code="HAZ-01",
            data_class="N", author_id=author, acted_at=at, acted_at_held=False, day=clock.day_of(at), received_at=at,
            version=1, state="open", obstructed=False, review_status="waiting", hints=[],
        )  # fmt: skip
        session.add(record)
        session.flush()
        session.add(
            Hazard(
                record_id=record.id,
                severity="general",
                advice=["clear_now"],
                fixed_on_spot=False,
                note=NOTE,
                lng=1_209_150_000,
                lat=305_050_000,
                accuracy_m=15,
                place_source="fix",
                place_words=f"横港路 {number} 号",
            )
        )
        session.add(RecordStep(id=new_id(), record_id=record.id, version=1, at=at, by_person=author, step="saved"))
        streams.put(session, stream, "record", record.id)
        if number % 500 == 499:
            session.flush()
            session.expunge_all()
