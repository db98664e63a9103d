"""The core of a day in three engines: sign in, no network, log with a photo, reload, deliver, exactly once.

The first two engines are Debian's WebKitGTK and Firefox ESR; the third, Chromium, has the whole day in ``tests/journeys``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.engines import firefox, webkit
from tests.journeys.engines.hand import Engine, Hand, selector
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ENGINES: dict[str, tuple[Callable[[Path], Engine], Callable[[], str | None]]] = {
    "webkit": (webkit.WebKit, webkit.missing),
    "firefox": (firefox.Firefox, firefox.missing),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    start, missing = ENGINES[request.param]
    package = missing()
    assert package is None, f"this engine is not on the machine: apt-get install {package}"
    started = start(tmp_path / "profile")
    yield started
    started.shoot(tmp_path / "shots" / f"{request.param}-end.png")
    started.close()


def test_a_record_with_a_photo_survives_the_dead_zone_and_a_reload(world_site: Site, engine: Engine) -> None:
    line, hand = world_site.line(), Hand(engine)
    engine.open(f"{line.url}/app")
    hand.fill("sign-in-name", "worker")
    hand.fill("sign-in-password", "gridwalk-test")
    hand.tap("sign-in-submit")
    hand.see(selector("person-switch"))
    engine.run("await navigator.serviceWorker.ready")
    hand.see(selector("sync-chip", waiting="0"))
    hand.see(selector("visit-due"))
    line.cut()
    hand.tap("tab-log")
    hand.tap("duty-hazards")
    hand.tap_css('[data-testid^="matter-HAZ"]')
    hand.take_photo(camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai"))))
    hand.fill("note", "三楼楼道电线裸露")
    hand.tap("save")
    hand.tap("tab-records")
    hand.see(selector("record-row", delivery="saved"))
    engine.open(f"{line.url}/app")
    hand.tap("tab-records")
    hand.see(selector("record-row", delivery="saved"))
    assert world_site.query("SELECT id FROM record WHERE kind = 'hazard'") == []
    line.mend()
    hand.see(selector("record-row", delivery="delivered"), patience=120)
    hand.see(selector("sync-chip", waiting="0"))
    rows = world_site.query(
        "SELECT name, count(*) AS times FROM mutation_log WHERE name = 'hazards.report' GROUP BY name"
    )
    assert [row["times"] for row in rows] == [1]
    assert len(world_site.query("SELECT sha256 FROM photo")) == 1
