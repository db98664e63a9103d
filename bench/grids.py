"""How long an edit of borders takes among the 540 grids and 2,860 micro-grids of a county, as the office's form sends it,
and how long the page of the town takes. On both databases.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bench.figures import Figure
from server.areas.models import Border, BorderDraft, Grid
from server.demo.bulk import Bulk
from server.demo.county import DemoCounty, DemoTown, make_city, make_county
from server.demo.sizes import HOME_COUNTY, HOME_TOWN, SIZES
from server.kernel import clock
from server.kernel.geo import to_degrees
from server.people import commands as people
from server.platform.db import Base, db, transaction
from server.platform.shell import make_ready
from tests import world as worlds
from tests.builders import at_desk
from tests.databases import FAST, postgres_server

LIMIT_MS, ROUNDS = 300, 6


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _on("SQLite", "", Path(folder))
    with tempfile.TemporaryDirectory() as folder, postgres_server(FAST) as server:
        yield from _on("PostgreSQL", server.url(server.create()), Path(folder))


def _on(kind: str, url: str, folder: Path) -> Iterator[Figure]:
    app = worlds.app_on(url, folder)
    try:
        with app.app_context():
            Base.metadata.create_all(db.engines[None])
            with transaction() as session:
                town = _county(session)
        make_ready(app)  # as the server does when it starts
        editor = Editor(app, town)
        for act in editor.acts().values():
            editor.timed(act)  # statements are made once in the life of a server
        took = {name: [editor.timed(act) for _ in range(ROUNDS)] for name, act in editor.acts().items()}
        for name, times in took.items():
            yield Figure(f"border edit among 540 grids, {name}, {kind}", statistics.median(times), "ms")
        yield Figure(
            f"border edit among 540 grids, slowest of all, {kind}", max(map(max, took.values())), "ms", LIMIT_MS
        )
        pages = [editor.timed(lambda: editor.desk.get(editor.path)) for _ in range(ROUNDS)]
        yield Figure(f"page of a draft of borders, {kind}", statistics.median(pages), "ms")
    finally:
        worlds.close(app)


def _county(session: Session) -> DemoTown:
    """The county of the demo without its people, and one official of its home town."""
    people.ensure_roles(session)
    bulk = Bulk(session)
    county: DemoCounty = make_county(bulk, make_city(bulk), HOME_COUNTY, SIZES["county"], Random(HOME_COUNTY))
    bulk.write()
    bulk.begin_streams()
    town = next(one for one in county.towns if one.code == HOME_TOWN)
    official = people.add_person(
        session, county_code=HOME_COUNTY, username="town", name="镇", password_hash=people.hash_of(worlds.PASSWORD)
    )
    people.appoint(session, person_id=official.id, role="town_government", org_unit_id=town.id, from_day=worlds.STARTED)
    assert session.scalar(sa.select(sa.func.count()).select_from(Grid)) == sum(len(v.grids) for v in _villages(county))
    return town


def _villages(county: DemoCounty) -> list[Any]:
    return [village for town in county.towns for village in town.villages]


class Editor:
    """An official at a desk, with a draft. Each edit is taken back at once, so that the next meets the same borders."""

    def __init__(self, app: Flask, town: DemoTown) -> None:
        self.app, self.town, self.desk = app, town, at_desk(app, "town")
        self.desk.get("/api/v1/session")
        day = clock.today().isoformat()
        answer = self.desk.call("POST", f"/office/grids/{town.id}/drafts", data={"effect_day": day})
        assert answer.status_code == 303, answer.status_code
        self.path = answer.headers["Location"]
        with app.app_context():
            session = db.session()
            first = town.villages[0]
            self.grid, self.next = first.grids[0], first.grids[1]
            rings = session.scalars(sa.select(Border.rings).where(Border.area_id == self.grid.id)).one()
            self.east_of_all = max(session.scalars(sa.select(Border.east)))
            session.close()
        self.ring = rings[0]

    def acts(self) -> dict[str, Callable[[], Any]]:
        xs, ys = [p[0] for p in self.ring], [p[1] for p in self.ring]
        middle = (min(ys) + max(ys)) / 2
        line = [(min(xs) - 50, middle), (max(xs) + 50, middle + 777)]
        park = self._square((min(xs) + max(xs)) / 2, middle, 5_000)
        outside = self._square(self.east_of_all + 9_000, middle, 9_000)
        village = str(self.town.villages[0].id)
        grid = str(self.grid.id)
        return {
            "a split": lambda: self._step("split", area_id=grid, name="分", points=line),
            "a merge": lambda: self._step("merge", area_id=grid, area_ids=str(self.next.id)),
            "a special area": lambda: self._step("draw", parent_id=village, name="园", special="yes", points=park),
            "a grid beside all others": lambda: self._step("draw", parent_id=village, name="外", points=outside),
            "an overlap refused": lambda: self._step("draw", 422, parent_id=village, name="叠", points=park),
        }

    def timed(self, act: Callable[[], Any]) -> float:
        begun = time.perf_counter()
        act()
        took = (time.perf_counter() - begun) * 1000
        self._take_back()
        return took

    def _square(self, x: float, y: float, size: float) -> list[tuple[float, float]]:
        return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]

    def _step(self, kind: str, status: int = 303, **told: Any) -> None:
        points = told.pop("points", [])
        text = "\n".join(f"{to_degrees(round(x))}, {to_degrees(round(y))}" for x, y in points)
        data = {"step": kind, "version": self._version(), "points": text, "snap_m": "0.5", **told}
        answer = self.desk.call("POST", f"{self.path}/steps", data=data)
        assert answer.status_code == status, (kind, answer.status_code, answer.text[-3000:])

    def _take_back(self) -> None:
        data = {"decision": "take_back", "version": self._version()}
        self.desk.call("POST", f"{self.path}/decide", data=data)

    def _version(self) -> str:
        with self.app.app_context():
            session = db.session()
            found = session.scalars(sa.select(BorderDraft.version)).one()
            session.close()
        return str(found)
