"""Whoever has no tab for tasks finds in Me what was given to them, and what became of an order outside the list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
UNDO_MS = 5_500
ORDER = "去收停车罚款"
PIECES = "async () => (await (await caches.open('gridwalk-pieces')).keys()).map(({ url }) => new URL(url).pathname)"


def test_an_adviser_does_a_task_and_reads_the_answer_to_an_order(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    leader, adviser = new_phone(world_site, "leader"), new_phone(world_site, "adviser")
    settle(leader, "leader")
    leader.tap("tab-dispatch")
    leader.tap(leader.find("dispatch-matter").locator('[data-testid^="matter-HAZ"]'))
    leader.find("dispatch-words").fill("请看一下幼儿园门口的电线")
    leader.tap(leader.find("dispatch-person").filter(has_text=re.compile("张adviser手")))
    leader.tap("dispatch-send")
    sent(leader, world_site, "tasks.assign")

    settle(adviser, "adviser")
    expect(adviser.find("messages-others", count="1")).to_be_visible()
    adviser.shoot("approvals, a message")
    adviser.go_offline()
    adviser.page.reload()  # the leader's screens are a piece that this phone keeps
    expect(adviser.find("approvals-left")).to_be_visible()
    adviser.tap("messages-others")
    expect(adviser.find("message-row")).to_have_count(1)
    adviser.tap("tab-me")
    adviser.tap(adviser.find("task-row", state="open"))
    adviser.tap("task-accept")
    expect(adviser.find("task-page", state="accepted")).to_be_visible()
    adviser.tap("tab-me")
    adviser.find("outside-open").scroll_into_view_if_needed()
    adviser.tap("outside-open")
    adviser.find("outside-giver").fill("某主任口头通知")
    adviser.find("outside-words").fill(ORDER)
    adviser.tap("outside-ground-2")
    expect(adviser.find("outside-row", delivery="saved", ruling="waiting")).to_contain_text(ORDER)
    expect(adviser.find("task-row", state="accepted")).to_be_visible()
    adviser.shoot("me")
    adviser.page.wait_for_timeout(UNDO_MS)
    adviser.go_online()
    sent(adviser, world_site, "orders.report")

    with desk_of(adviser.playwright, world_site, "county", "/office/orders") as page:
        page.locator("article.panel input[name=words]").fill("罚款由执法部门收")
        page.locator("article.panel button[value=upheld]").click()
        expect(page.get_by_role("status")).to_be_visible()
    adviser.page.reload()
    answered = adviser.find("outside-row", ruling="upheld")
    expect(answered).to_contain_text("罚款由执法部门收")
    answered.scroll_into_view_if_needed()
    adviser.shoot("answered")
    assert leader.troubles == adviser.troubles == []


def test_a_worker_does_not_keep_the_screens_of_a_leader(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("tab-me")
    worker.page.wait_for_timeout(3_000)  # by now all that is fetched beforehand is there
    assert "/wanted/leader" not in worker.page.evaluate(PIECES)
