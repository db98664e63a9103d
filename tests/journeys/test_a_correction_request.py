"""What is kept of a person is wrong: asked offline in 我的数据, answered by the town at its desk, read on the phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_asked_offline_answered_at_the_desk_and_read_on_the_phone(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    log_hazard(worker, "楼道堆物")
    worker.wait_until_sent()
    worker.go_offline()
    worker.tap("tab-me")
    worker.tap("me-data")
    with worker.counting(4, "correction request"):
        worker.tap("correction-ask")
        worker.tap("correction-record")
        worker.tap(worker.page.locator('[data-testid="correction-sheet"] [data-testid="correction-record"]').last)
        worker.find("correction-words").fill("日期写错了，应当是昨天")
        worker.shoot("sheet")
        worker.tap("correction-send")
    row = worker.find("correction-row", state="asked", delivery="saved")
    expect(row).to_contain_text("日期写错了")
    worker.page.reload()
    expect(row).to_be_visible()
    worker.shoot("asked, not sent")
    worker.go_online()
    sent(worker, world_site, "corrections.ask")
    expect(worker.find("correction-row", delivery="delivered")).to_be_visible()

    answer(world_site, worker)
    worker.page.reload()
    answered = worker.find("correction-row", state="answered")
    expect(answered).to_contain_text("不予更正")
    expect(answered).to_contain_text("与照片时间一致")
    worker.shoot("answered")
    worker.tap("back")
    worker.tap("tab-today")
    expect(worker.find("message-row")).to_contain_text("更正申请已有答复")


def answer(site: Site, worker: Phone) -> None:
    with desk_of(worker.playwright, site, "town", "/office/corrections") as page:
        expect(page.locator("article.panel")).to_contain_text("张worker")
        page.locator("input[name=answer][value=refused]").check()
        page.locator("input[name=words]").fill("与照片时间一致")
        page.locator("article.panel button").click()
        expect(page.get_by_role("status")).to_be_visible()
