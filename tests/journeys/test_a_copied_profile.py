"""A copied browser profile shows no name, address, note or photo in clear: searched for a thousand markers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from server.households import commands as households
from server.kernel.ids import new_id
from server.platform.db import transaction
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.search import patterns_of, search
from tests.journeys.site import Site, Templates
from tests.journeys.steps import PASSWORD, log_hazard, object_on_screen, open_hazard, records_page, settle
from tests.world import COUNTY, World, app_on, build, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HOUSEHOLDS = 330
CHANCE = random.Random(9)
DOORS = [f"{CHANCE.randrange(10**9):09d}弄" for _ in range(HOUSEHOLDS)]
NAMES = ["".join(chr(CHANCE.randrange(0x4E00, 0x9FA0)) for _ in range(6)) for _ in range(HOUSEHOLDS)]
PHONES = [f"1{CHANCE.randrange(10**10):010d}" for _ in range(HOUSEHOLDS)]
NOTES = ["".join(chr(CHANCE.randrange(0x4E00, 0x9FA0)) for _ in range(12)) for _ in range(6)]
SAVED, BEGUN, UNSENT = NOTES[:4], NOTES[4], NOTES[5]
COMMENT = f"{CHANCE.randbytes(12).hex()}"
PLANTED = f"{CHANCE.randbytes(12).hex()}"
PERSON = "张worker"
PLANT = """async (words) => {
  const answer = (r) => new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
  const names = (await indexedDB.databases()).map((one) => one.name).filter((name) => /^gridwalk-[0-9a-f]{8}-/.test(name));
  const database = await answer(indexedDB.open(names[0]));
  await answer(database.transaction('meta', 'readwrite').objectStore('meta').put({ name: 'planted', words }));
  database.close();
}"""


def fill_marked(url: str, data_dir: Path) -> None:
    app = app_on(url, data_dir)
    world = build(app)
    with app.app_context(), transaction() as session:
        for door, name, phone in zip(DOORS, NAMES, PHONES, strict=True):
            households.add_household(session, COUNTY, world.areas["grid"], _household(world, door, name, phone))
    close(app)


def _household(world: World, door: str, name: str, phone: str) -> dict[str, object]:
    where = world.areas["micro1"]
    return {"id": new_id(), "micro_grid_id": where, "door": door, "contact_name": name, "contact_phone": phone}


def test_a_thousand_markers_are_nowhere_in_the_profile_and_a_planted_one_is_found(
    sqlite_templates: Templates, new_phone: Callable[[Site, str], Phone], tmp_path: Path
) -> None:
    with sqlite_templates.site("marked", fill_marked, tmp_path / "site") as site:
        worker = new_phone(site, "worker")
        photo_bytes: list[bytes] = []
        worker.link.veto = lambda method, path, body: bool(method == "PATCH" and photo_bytes.append(body))
        settle(worker)
        all_households_are_here(worker)
        for note in SAVED:
            log_hazard(worker, note)
        hazard_with_photo(worker)
        worker.wait_until_sent()
        worker.go_offline()
        log_hazard(worker, UNSENT)
        leave_a_draft(worker)
        read_a_record(worker)
        worker.page.evaluate(PLANT, PLANTED)
        worker.close()

        secrets = [*DOORS, *NAMES, *PHONES, *NOTES, COMMENT, PERSON, PASSWORD]
        patterns = patterns_of(secrets) | photo_patterns(photo_bytes)
        assert len(set(patterns.values())) >= 1_000
        assert search(worker.profile, patterns) == {}
        assert set(search(worker.profile, patterns_of([PLANTED]))) == {PLANTED}
        assert search(worker.profile / "Default/Cache", {b"/api/v1/sync/pull": "a pull in the HTTP cache"}) == {}


def all_households_are_here(phone: Phone) -> None:
    """The last of them can be found without a network, so they are in the phone's database."""
    phone.tap("tab-log")
    phone.tap("duty-visits")
    phone.find("household-search").fill(DOORS[-1])
    expect(phone.page.get_by_text(NAMES[-1]).first).to_be_visible()
    phone.shoot("search")
    phone.tap("back")


def hazard_with_photo(phone: Phone) -> None:
    taken = datetime.now(ZoneInfo("Asia/Shanghai"))
    open_hazard(phone)
    phone.take_photos([camera_picture(5, taken, comment=COMMENT.encode())])
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()


def leave_a_draft(phone: Phone) -> None:
    open_hazard(phone)
    phone.find("note").fill(BEGUN)
    draft = object_on_screen(phone)
    phone.tap("back")
    phone.tap("tab-today")
    phone.tap("draft-row", id=draft)
    expect(phone.find("note")).to_have_value(BEGUN)


def read_a_record(phone: Phone) -> None:
    """Screens with words on them, a form among them, are what the browser might remember by itself."""
    phone.tap("back")
    records_page(phone)
    phone.tap(phone.find("record-row").first)
    expect(phone.page.get_by_text(UNSENT)).to_be_visible()
    phone.page.reload()
    expect(phone.page.get_by_text(UNSENT)).to_be_visible()


def photo_patterns(photo_bytes: list[bytes]) -> dict[bytes, str]:
    """Pieces out of the middle of what was uploaded: the very bytes that lie on the phone, sealed."""
    whole = b"".join(photo_bytes)
    assert len(whole) > 50_000
    return {whole[at : at + 32]: f"photo at {at}" for at in range(len(whole) // 2, len(whole) - 64, len(whole) // 20)}
