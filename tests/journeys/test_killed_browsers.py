"""The browser dies by SIGKILL again and again while records are saved and sent: what the screen called saved arrives, once.

A short loop runs with every test; twenty deaths in ``make prove``.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.receipts import verify
from tests.journeys.site import Site
from tests.journeys.steps import open_hazard, plain, records_page, settle

pytestmark = [pytest.mark.journey]

SHORT, LONG = 3, 20
LEAST_S, MOST_S = 0.3, 9.0  # a life: from the first row on the screen to the kill; time for a record or two
DEAF_EVERY = 3  # of so many lives one is without a network
SAFE = {"saved", "sending", "delivered"}


@pytest.mark.parametrize(
    "deaths",
    [
        pytest.param(SHORT, marks=pytest.mark.timeout(300)),
        pytest.param(LONG, marks=[pytest.mark.prove, pytest.mark.timeout(1200)]),
    ],
)
def test_whatever_the_screen_called_saved_arrives_once_with_its_photo(
    deaths: int, world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.await_cookie_kept()
    begun: set[str] = set()
    shown: set[str] = set()
    chance = random.Random(deaths)
    for life in range(deaths):
        is_deaf = life % DEAF_EVERY == DEAF_EVERY - 1
        worker.go_offline() if is_deaf else worker.go_online()
        live_until_killed(worker, chance, begun, shown)
        worker.start(offline=is_deaf)
        worker.open()
        expect(worker.find("patrol-start")).to_be_visible()

    worker.go_online()
    if shown:
        records_page(worker)
        shown |= {record for record, (delivery, _) in worker.rows().items() if delivery in SAFE}
    worker.wait_until_sent()
    kept = worker.kept("worker")
    assert len(shown) >= deaths, "too little was saved for the test to mean anything"
    assert_none_lost_none_doubled(world_site, begun, shown)
    assert_no_photo_missing(world_site, kept)
    assert_receipts(worker, kept)


def live_until_killed(phone: Phone, chance: random.Random, begun: set[str], shown: set[str]) -> None:
    """Save one record after the other until the kill comes; ``shown`` gets what the screen had called saved by then."""
    pictures = [camera_picture(chance.randrange(10**9), datetime.now(ZoneInfo("Asia/Shanghai")), 1600, 1200)]
    struck = threading.Event()  # before the kill itself, which the browser may feel sooner than the thread ends

    def strike() -> None:
        struck.set()
        phone.strike()

    killer = threading.Timer(chance.uniform(LEAST_S, MOST_S), strike)
    killer.start()
    try:
        while True:
            record = open_hazard(phone)
            begun.add(record)
            phone.find("note").fill(f"第 {len(begun)} 条")
            if chance.random() < 0.5:
                phone.take_photos(pictures)
                pictures = [
                    camera_picture(chance.randrange(10**9), datetime.now(ZoneInfo("Asia/Shanghai")), 1600, 1200)
                ]
            phone.tap("save")
            records_page(phone)
            phone.expect_row(record)
            shown |= {row for row, (delivery, _) in phone.rows().items() if delivery in SAFE}
    except (Error, AssertionError):
        if not struck.is_set():
            raise  # not the kill: a real trouble
    finally:
        killer.join()
        phone.kill()


def assert_none_lost_none_doubled(site: Site, begun: set[str], shown: set[str]) -> None:
    records = [plain(row["id"]) for row in site.query("SELECT id FROM record")]
    assert len(records) == len(set(records))
    assert set(records) <= {plain(record) for record in begun}
    assert {plain(record) for record in shown} <= set(records), "saved by the screen, not on the server"
    applied = site.query("SELECT object_id FROM mutation_log WHERE name = 'hazards.report' AND outcome = 'applied'")
    assert sorted(plain(row["object_id"]) for row in applied) == sorted(records)


def assert_no_photo_missing(site: Site, kept: list[dict[str, object]]) -> None:
    """Every photo that a record names is held by the server, and is the record's."""
    named = {
        (plain(payload["id"]), photo["sha256"])
        for payload in (
            json.loads(str(mutation["payload"])) for mutation in kept if mutation["name"] == "hazards.report"
        )
        for photo in payload.get("photos", [])
    }
    held = site.query("SELECT r.record_id, r.sha256 FROM record_photo r JOIN photo p ON p.sha256 = r.sha256")
    assert {(plain(row["record_id"]), row["sha256"]) for row in held} == named


def assert_receipts(phone: Phone, kept: list[dict[str, object]]) -> None:
    keys = phone.receipt_keys()
    for mutation in kept:
        verify(mutation, keys)
