"""A grid with 10,000 records, written straight into the tables, for the benchmarks of the phone."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from server.duties.hazards.models import Hazard
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.platform import streams
from server.platform.db import transaction
from server.records.models import Record, RecordStep
from tests import world as worlds
from tests.world import COUNTY, World

RECORDS = 10_000
NOTE = "三楼楼道堆放电动自行车两辆和纸箱若干，占用疏散通道，已当面劝导，当事人答应今天搬走"


def make(url: str, folder: Path, records: int = RECORDS) -> World:
    """The small county of the tests, and so many hazards of the last 60 days in its first grid."""
    app: Flask = worlds.app_on(url, folder)
    world = worlds.build(app)
    with app.app_context(), transaction() as session:
        _hazards(session, world, records)
    worlds.close(app)
    return world


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
