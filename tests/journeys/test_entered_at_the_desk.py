"""A worker's paper is entered by the village at its desk; one tap on the phone makes it the worker's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_a_visit_from_paper_is_confirmed_with_one_tap(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    with desk_of(worker.playwright, world_site, "village", "/office/enter") as page:
        page.locator("#grid").select_option(label="village · 第1网格")
        page.locator("#duty").select_option("visits")
        page.locator("main form button").first.click()
        page.locator("#person_id").select_option(label="张worker")
        page.locator("#matter_code").select_option("VIS-08")
        page.locator("#note").fill("横港路3号，一切正常")
        page.locator("[data-testid=enter-form] button").click()
        expect(page.get_by_role("status")).to_be_visible()
    settle(worker)
    row = worker.find("confirm-row")
    expect(row).to_contain_text("张village")
    worker.shoot("to confirm")
    with worker.counting(1, "confirming"):
        worker.tap("confirm-mine")
    expect(row).to_have_count(0)
    sent(worker, world_site, "records.confirm")
    rows = world_site.query("SELECT confirmation, entered_by IS NOT NULL AS by_other FROM record")
    assert [(row["confirmation"], bool(row["by_other"])) for row in rows] == [("confirmed", True)]
