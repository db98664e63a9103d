"""Site data cleared after seven records were announced and before they were sent: what is left is said, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, log_hazard, records_page, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SEVEN = 7
UNKNOWN = "此后是否还记过别的，无法知道"


def carries_records(method: str, path: str, body: bytes) -> bool:
    """Only what announces passes: a push with mutations and every upload die on the way."""
    if path.startswith("/api/v1/uploads"):
        return True
    return path.startswith("/api/v1/sync/push") and bool(json.loads(body)["mutations"])


def test_seven_announced_records_of_a_wiped_phone_stand_by_kind_and_time_on_both_phones(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.link.veto = carries_records
    for number in range(SEVEN):
        log_hazard(worker, f"第{number + 1}条")
    await_announcement(world_site, worker)
    records_page(worker)
    expect(worker.find("announced")).to_have_count(0)  # they lie here: nothing is missing yet
    worker.shoot("before")

    wipe(worker)
    worker.link.veto = None
    worker.sign_in("worker", PASSWORD)
    records_page(worker)
    assert_seven(worker)
    assert not worker.rows()

    leader = new_phone(world_site, "leader")
    settle(leader, "leader")
    leader.tap("tab-team")
    assert_seven(leader)
    assert world_site.query("SELECT count(*) AS n FROM record")[0]["n"] == 0


def await_announcement(site: Site, phone: Phone) -> None:
    for _ in range(600):
        told = site.query("SELECT items FROM announced")
        if told and len(json.loads(told[0]["items"])) == SEVEN:
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(f"the seven were never announced: {told}, {phone.link.seen[-20:]}")


def wipe(phone: Phone) -> None:
    """ "Clear site data", as a cleaner app or a helpful relative does it."""
    session = phone.page.context.new_cdp_session(phone.page)
    phone.page.goto("about:blank")
    session.send("Storage.clearDataForOrigin", {"origin": phone.link.url, "storageTypes": "all"})
    phone.page.context.clear_cookies()


def assert_seven(phone: Phone) -> None:
    card = phone.find("announced", count=str(SEVEN))
    expect(card).to_be_visible()
    items = card.locator('[data-testid="announced-item"]')
    expect(items).to_have_count(SEVEN)
    for item in items.all():
        expect(item).to_contain_text("隐患排查")
        expect(item).to_contain_text(":")  # the time of day
    expect(card).to_contain_text(UNKNOWN)
    phone.shoot("announced")
