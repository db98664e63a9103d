"""Emergency mode: the county calls a town, a worker answers without a network, the board fills, help reaches the leader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.rounds import IN_THE_GRID
from tests.journeys.site import Site
from tests.journeys.steps import settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]
REASON = "台风登陆，请报平安"


def count(page: Page, name: str, number: int) -> None:
    expect(page.locator(f"[data-count={name}]")).to_have_text(str(number))


def test_called_answered_in_a_cellar_helped_and_ended(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    settle(leader, "leader")
    worker.page.context.grant_permissions(["geolocation"])
    worker.page.context.set_geolocation(IN_THE_GRID)  # type: ignore[arg-type]
    expect(worker.find("callout-strip")).to_have_count(0)

    with desk_of(worker.playwright, world_site, "county", "/office/callouts") as page:
        page.locator("#org_unit_id").select_option(label="town")
        page.locator("#reason").fill(REASON)
        page.locator("[data-testid=callout-form] button").click()
        page.locator("[data-testid=callout-confirm] button.stop").click()
        count(page, "called", 10)
        count(page, "waiting", 10)

        worker.page.reload()
        strip = worker.find("callout-strip", answer="none")
        expect(strip).to_contain_text(REASON)
        for tab in ("tasks", "log", "records", "me", "today"):
            worker.tap(f"tab-{tab}")
            expect(strip).to_be_visible()
        worker.go_offline()
        with worker.counting(2, "asking for help"):
            worker.tap("callout-strip")
            worker.tap("callout-need_help")
        expect(worker.find("callout-mine", kind="need_help", delivery="saved")).to_be_visible()
        worker.shoot("asked for help without a network")
        worker.tap("callout-place")
        expect(worker.page.get_by_text("位置已保存")).to_be_visible()
        worker.page.reload()
        expect(worker.find("callout-strip", answer="need_help")).to_be_visible()
        count(page, "need_help", 0)
        worker.go_online()
        worker.wait_until_sent()

        count(page, "need_help", 1)
        count(page, "waiting", 9)
        in_need = page.locator("[data-testid=need-help] li")
        expect(in_need).to_contain_text("张worker")
        expect(in_need.locator("a[href^='tel:']")).to_be_visible()
        expect(in_need.locator("a[href*='/positions/']")).to_be_visible()
        page.screenshot(path=worker.shots / "board.png")

        leader.page.reload()
        expect(leader.find("alarm-row", kind="callout_help")).to_contain_text("需要帮助")
        leader.shoot("somebody needs help")
        leader.go_offline()
        leader.tap(leader.find("alarm-row", kind="callout_help"))
        helped = leader.find("callout-help-list")
        expect(helped).to_contain_text("张worker")
        expect(helped.locator("a[href^='tel:']")).to_be_visible()
        expect(helped.locator("a[href^='geo:']")).to_be_visible()
        expect(leader.find("callout-waiting-list").locator("li")).to_have_count(4)
        leader.find("callout-board").scroll_into_view_if_needed()
        leader.shoot("own grids without a network")
        leader.go_online()
        leader.tap("callout-safe")
        expect(leader.find("callout-mine", kind="safe", delivery="delivered")).to_be_visible()
        count(page, "safe", 1)
        leader.tap("callout-close")
        expect(leader.find("alarm-row")).to_have_count(0)
        expect(leader.find("approvals-left")).to_be_visible()
        assert world_site.query("SELECT count(*) AS n FROM message WHERE kind = 'callout_help'")[0]["n"] == 2

        page.locator("form[action$='/end'] [type=checkbox]").check()
        page.locator("form[action$='/end'] button").click()
        expect(page.get_by_role("status")).to_be_visible()
    expect(worker.find("callout-strip")).to_have_count(0)
