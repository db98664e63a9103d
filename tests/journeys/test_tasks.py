"""Tasks: a leader assigns from the phone; the worker accepts, does, hands back, and refuses offline in two taps (Art. 12);
the competent department of the county rules on its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser import launch_options
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, log_hazard, sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NewPhone = Callable[[Site, str], Phone]
UNDO_MS = 5_500


def assign(leader: Phone, words: str) -> None:
    leader.tap("tab-dispatch")
    leader.tap(leader.find("dispatch-matter").locator('[data-testid^="matter-HAZ"]'))
    leader.find("dispatch-words").fill(words)
    leader.tap(leader.find("dispatch-person").filter(has_text=re.compile("张worker手")))
    leader.tap(leader.find("dispatch-due").nth(2))
    leader.tap("dispatch-send")


def heard(phone: Phone) -> None:
    """Read anew: what the other side has done is here."""
    phone.page.reload()
    expect(phone.find("sync-chip").first).to_be_visible()


def test_a_task_is_assigned_accepted_and_finished_with_the_record_that_proves_it(
    world_site: Site, new_phone: NewPhone
) -> None:
    leader, worker = new_phone(world_site, "leader"), new_phone(world_site, "worker")
    settle(leader, "leader")
    leader.tap("tab-dispatch")
    leader.tap("dispatch-send")
    expect(leader.page.locator(".toast")).to_contain_text("请选事项")
    for lacking in ("请选事项", "请选人"):
        expect(leader.find("dispatch-form").get_by_text(lacking)).to_be_visible()
    leader.shoot("what is missing")
    assign(leader, "请看一下幼儿园门口的电线")
    expect(leader.find("task-row", state="open")).to_be_visible()
    leader.shoot("assigned")
    sent(leader, world_site, "tasks.assign")
    settle(worker)
    worker.tap("tab-today")
    row = worker.find("task-row", state="open")
    expect(row).to_contain_text("幼儿园门口")
    expect(worker.find("message-row")).to_be_visible()
    worker.shoot("today")
    worker.go_offline()
    worker.tap(row)
    worker.tap("task-accept")
    expect(worker.find("task-page", state="accepted")).to_be_visible()
    worker.shoot("accepted")
    worker.tap("tab-today")
    record = log_hazard(worker, "电线已请电工包好")
    worker.tap("tab-tasks")
    worker.tap(worker.find("task-row"))
    worker.tap("task-finish")
    worker.shoot("which record")
    worker.tap("finish-record", id=record)
    expect(worker.find("task-page", state="done")).to_be_visible()
    worker.page.wait_for_timeout(UNDO_MS)
    worker.go_online()
    sent(worker, world_site, "tasks.finish")
    leader.tap("tab-me")
    heard(leader)
    expect(leader.find("message-row").first).to_be_visible()
    assert world_site.query("SELECT state, done_record_id FROM task")[0]["state"] == "done"


def test_a_refusal_takes_two_taps_offline_and_the_county_rules(
    world_site: Site, new_phone: NewPhone, playwright: Playwright
) -> None:
    leader, worker = new_phone(world_site, "leader"), new_phone(world_site, "worker")
    settle(leader, "leader")
    assign(leader, "去收一下停车罚款")
    sent(leader, world_site, "tasks.assign")
    settle(worker)
    worker.tap("tab-tasks")
    worker.tap(worker.find("task-row"))
    worker.go_offline()
    with worker.counting(2, "a refusal on the open task"):
        worker.tap("task-refuse")
        worker.shoot("grounds")
        worker.tap("refuse-ground-2")
    worker.find("refuse-words").fill("收罚款要由执法人员做")
    worker.tap("refuse-confirm")
    expect(worker.find("refusal-said", ground="2", ruling="waiting")).to_be_visible()
    worker.shoot("refused")
    worker.page.wait_for_timeout(UNDO_MS)
    worker.go_online()
    sent(worker, world_site, "refusals.say")
    heard(leader)
    leader.tap("tab-dispatch")
    expect(leader.find("task-row", state="refused").locator("[data-ruling=waiting]")).to_contain_text("等主管部门裁定")
    leader.shoot("refused, waits for the ruling")
    assert "执法人员" not in leader.page.inner_text("body")
    browser = playwright.chromium.launch(**launch_options())
    rule_at_desk(browser, world_site)
    browser.close()
    heard(worker)
    worker.tap("tab-tasks")
    worker.tap(worker.find("task-row", state="refused"))
    expect(worker.find("refusal-said", ruling="upheld")).to_contain_text("行政处罚")
    worker.shoot("upheld")
    heard(leader)
    expect(leader.find("task-row", state="refused").locator("[data-ruling=upheld]")).to_contain_text("拒绝成立")


def rule_at_desk(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page.goto(f"http://127.0.0.1:{site.port}/sign-in?next=/office/refusals")
    page.locator("[name=username]").fill("county")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_text("收罚款要由执法人员做")).to_be_visible()
    page.get_by_label("答复（本人和交办人都看得到）").fill("收罚款是执法部门的事")
    page.get_by_role("button", name="拒绝成立", exact=True).click()
    expect(page.get_by_role("status")).to_be_visible()
    page.close()


def test_a_task_that_cannot_be_done_goes_back_and_a_withdrawn_one_keeps_what_was_done(
    world_site: Site, new_phone: NewPhone
) -> None:
    leader, worker = new_phone(world_site, "leader"), new_phone(world_site, "worker")
    settle(leader, "leader")
    assign(leader, "看看工地围挡")
    sent(leader, world_site, "tasks.assign")
    settle(worker)
    worker.tap("tab-tasks")
    worker.tap(worker.find("task-row"))
    worker.tap("task-hand-back")
    worker.tap("hand-back-unsafe")
    expect(worker.find("task-page", state="handed_back")).to_be_visible()
    sent(worker, world_site, "tasks.hand_back")
    heard(leader)
    leader.tap("tab-dispatch")
    leader.tap(leader.find("task-row", state="handed_back"))
    leader.tap("task-set-due")
    leader.tap("day-3")
    sent(leader, world_site, "tasks.set_due")
    heard(worker)
    expect(worker.find("task-page", state="open")).to_be_visible()
    worker.go_offline()
    leader.tap("task-withdraw")
    sent(leader, world_site, "tasks.withdraw")
    worker.tap("task-accept")
    worker.tap("back")
    worker.tap("tab-today")
    record = log_hazard(worker, "围挡已经看过")
    worker.tap("tab-tasks")
    worker.tap(worker.find("task-row"))
    worker.tap("task-finish")
    worker.tap("finish-record", id=record)
    worker.page.wait_for_timeout(UNDO_MS)
    worker.go_online()
    sent(worker, world_site, "tasks.finish")
    expect(worker.find("task-page", state="withdrawn")).to_be_visible()
    expect(worker.find("task-proof")).to_be_visible()
    worker.shoot("withdrawn, work kept")
