"""A new list: drawn up and published in the office, its difference read by everybody, on the phone from its day of effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from server.kernel import clock
from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NEW, NAME, GONE = "HAZ-21", "充电桩安全隐患", "HAZ-09"


def draw_up(page: Page) -> None:
    """One matter admitted, one withdrawn; consented to, the departments asked."""
    page.locator("form[action='/office/matters/list'] button").click()
    page.locator("a[href='/office/matters/list/adjust']").click()
    for name, words in (("code", NEW), ("name_zh", NAME), ("category", "消防"), ("proposed_by", "消防救援")):
        page.locator(f"#{name}").fill(words)
    page.locator("#reason").fill("新建充电桩多")
    page.locator("input[name=duty][value=hazards]").check()
    page.locator("input[name=departments][value=fire]").check()
    page.locator("[data-testid=adjust-form] button").click()
    page.locator("#withdraw-code").select_option(GONE)
    page.locator("#proposed_by").fill("建设")
    page.locator("#reason").fill("由工地自查")
    page.locator("form[action$='/withdraw'] button").click()
    expect(page.get_by_test_id("adjustment")).to_have_count(2)
    for _ in range(2):
        page.locator("input[name=consent_document]").first.fill("示〔2026〕41号")
        page.locator("form[action$='/consent'] button").first.click()
    for department, answer in (("fire", "agrees"), ("construction", ""), ("enforcement", "")):
        page.locator("#department").select_option(department)
        page.locator(f"input[name=answer][value='{answer}']").check()
        if answer:
            page.locator("#answered_on").fill(clock.today().isoformat())
        page.locator("[data-testid=opinion-form] button").click()


def hazards_on(worker: Phone) -> None:
    """The form of a hazard with the whole list open."""
    worker.tap("tab-log")
    worker.tap("duty-hazards")
    worker.tap("matter-more")


def test_published_today_and_on_the_phone_from_its_day(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    tomorrow = clock.today() + timedelta(days=1)
    with desk_of(worker.playwright, world_site, "county", "/office/matters/list") as page:
        draw_up(page)
        page.locator("#from_day").fill(tomorrow.isoformat())
        page.locator("#list_document").fill("示〔2026〕42号")
        expect(page.locator("[data-testid=publish-form] input:invalid")).to_have_count(1)  # asked once: the tick
        page.locator("[data-testid=publish-form] [type=checkbox]").check()
        page.locator("[data-testid=publish-form] button").click()
        expect(page.get_by_role("status")).to_be_visible()
        page.goto(f"http://127.0.0.1:{world_site.port}/matters")
        expect(page.locator("main")).not_to_contain_text(NAME)
        page.locator("a[href*='/matters/difference']").click()
        expect(page.locator("main")).to_contain_text(f"{NEW} {NAME}")
        expect(page.locator("main")).to_contain_text(GONE)

    worker.page.reload()
    worker.wait_until_sent()
    hazards_on(worker)
    expect(worker.find(f"matter-{GONE}")).to_be_visible()
    expect(worker.find(f"matter-{NEW}")).to_have_count(0)
    worker.go_offline()
    worker.page.clock.install(time=f"{tomorrow.isoformat()}T08:00:00+08:00")
    worker.page.reload()  # the form begun yesterday is still there
    worker.tap("matter-more")
    expect(worker.find(f"matter-{NEW}")).to_contain_text(NAME)
    expect(worker.find(f"matter-{GONE}")).to_have_count(0)
    worker.shoot("the new list, without a network")
