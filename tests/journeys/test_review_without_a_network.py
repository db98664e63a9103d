"""没有网也能审: the leader's phone has the photos of what waits for it; and what has left the phone is read online."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import IS_PAINTED, Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import approve, bring_up, open_hazard, put_away, records_page, settle, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
THUMBS = """async () => {
  const { name } = (await indexedDB.databases()).find(({ name }) => /^gridwalk-[0-9a-f]{8}-/.test(name));
  const told = (ask) => new Promise((done) => { ask.onsuccess = () => done(ask.result); });
  const db = await told(indexedDB.open(name));
  const keys = await told(db.transaction('photos').objectStore('photos').getAllKeys());
  db.close();
  return keys.filter((key) => key.startsWith('thumb/')).length;
}"""


def picture(seed: int) -> bytes:
    return camera_picture(seed, datetime.now(ZoneInfo("Asia/Shanghai")), 1200, 900)


def painted(phone: Phone, selector: str) -> None:
    image = phone.page.locator(selector).first
    image.scroll_into_view_if_needed()
    until(phone, lambda: bool(image.evaluate(IS_PAINTED)), f"no picture: {selector}")


def test_a_card_has_its_photos_without_a_network(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    record = open_hazard(worker)
    worker.take_photos([picture(1)])
    worker.find("note").fill("楼道堆物")
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.page.evaluate("id => { location.hash = `#/record/${id}`; }", record)
    worker.tap("relook-open")
    worker.tap("relook-not_fixed")
    worker.take_photos([picture(2)])
    worker.tap("save")
    expect(worker.find("record-page")).to_contain_text("回头看 · 还没整改")
    painted(worker, '[data-testid="photo-open"] img')
    worker.wait_until_sent()
    worker.shoot("the look back with its photo")

    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    until(leader, lambda: leader.page.evaluate(THUMBS) == 2, "the small pictures never came")
    leader.go_offline()
    leader.page.reload()
    bring_up(leader, record)
    leader.expect_photos(1)
    painted(leader, '.steps [data-testid="photo-open"] img')
    leader.shoot("the card without a network")
    leader.tap(leader.page.locator('figure [data-testid="photo-open"]'))
    expect(leader.find("photo-sheet")).to_be_visible()
    painted(leader, '[data-testid="photo-sheet"] img')
    leader.shoot("the photo opened")
    leader.page.keyboard.press("Escape")
    approve(leader, record)
    leader.go_online()
    until(leader, lambda: leader.page.evaluate(THUMBS) == 0, "a picture outlived the decision")

    put_away(world_site, record)
    worker.page.reload()
    records_page(worker)
    expect(worker.find("record-row", id=record)).to_have_count(0)
    worker.go_offline()
    worker.tap("older-read")
    expect(worker.find("older")).to_contain_text("看更早的记录要有网络")
    worker.shoot("older ones need a network")
    worker.go_online()
    worker.page.wait_for_timeout(500)
    worker.tap("older-read")
    worker.tap("older-row", id=record)
    expect(worker.find("older-sheet")).to_contain_text("楼道堆物")
    painted(worker, '[data-testid="older-sheet"] figure img')
    worker.shoot("an older record")
