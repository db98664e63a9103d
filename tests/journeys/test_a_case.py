"""A case of Art. 10 from end to end: the town makes it of a worker's hazard, the fire department leads, the grid helps.

It arrives, suspends, resumes, reports with a photo; the leader verifies on the phone; the town closes. The worker was
offline all along, comes online and sees result and history.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, sent, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NewPhone = Callable[[Site, str], Phone]
UNDO_MS = 5_500
RESULT = "已更换灭火器，通道清空"


def shoot(page: Page, name: str) -> None:
    """``CASE_SHOTS`` names a folder for pictures of the desk."""
    folder = os.environ.get("CASE_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def step(page: Page, name: str, words: str = "") -> None:
    if words:
        page.locator(f"#words-{name}").fill(words)
    page.locator(f"button[name=step][value={name}]").first.click()
    expect(page.get_by_role("status")).to_be_visible()


def test_a_hazard_goes_up_and_its_result_comes_back(
    world_site: Site, new_phone: NewPhone, playwright: Playwright
) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    record = log_hazard(worker, "楼道堆物，灭火器过期")
    sent(worker, world_site, "hazards.report")
    worker.go_offline()
    settle(leader, "leader")
    with desk_of(playwright, world_site, "town", "/office/cases") as page:
        page.get_by_role("link", name="把上报的事转为闭环办理").click()
        expect(page.get_by_text("灭火器过期")).to_be_visible()
        shoot(page, "which")
        page.locator(f'a[href$="record={record}"]').click()
        page.locator("#lead_unit").select_option(label="dept")
        page.locator("[name=grid_helps]").check()
        shoot(page, "new")
        page.get_by_role("button", name="转办").click()
        expect(page.get_by_role("status")).to_be_visible()
        shoot(page, "made")
        case = page.url.partition("?")[0].rpartition("/")[2]
    with desk_of(playwright, world_site, "dept", "/office/cases") as page:
        shoot(page, "list")
        page.locator(f'a[href="/office/cases/{case}"]').click()
        step(page, "arrived")
        step(page, "suspended", "等产权单位来人")
        expect(page.get_by_text("暂停计时").first).to_be_visible()
        step(page, "resumed")
        picture = camera_picture(7, datetime.now(ZoneInfo("Asia/Shanghai")), 1200, 900)
        page.locator("#photo").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture}])
        step(page, "reported", RESULT)
        expect(page.get_by_alt_text("结果照片")).to_be_visible()
        shoot(page, "reported")
    leader.page.reload()
    row = leader.find("message-row").filter(has_text="等您核实")
    leader.tap("tab-me")
    leader.tap(row)
    expect(leader.find("case", state="done_reported")).to_contain_text(RESULT)
    leader.find("case").scroll_into_view_if_needed()
    leader.shoot("a result to verify")
    leader.tap("case-settled")
    expect(leader.find("case", state="verified")).to_be_visible()
    leader.page.wait_for_timeout(UNDO_MS)
    sent(leader, world_site, "cases.verify")
    with desk_of(playwright, world_site, "town", f"/office/cases/{case}") as page:
        step(page, "closed")
        shoot(page, "closed")
    assert worker.find("case").count() == 0
    worker.go_online()
    worker.tap("tab-today")
    expect(worker.find("message-row").first).to_be_visible()
    worker.tap(worker.find("message-row").filter(has_text="有办理结果了"))
    told = worker.find("case", state="closed")
    expect(told).to_contain_text(RESULT)
    expect(told.get_by_alt_text("结果照片")).to_be_visible()
    expect(told.get_by_test_id("case-result")).to_have_text(f"结果：{RESULT}")
    for said in ("转为闭环办理", "到现场", "等产权单位来人", "恢复计时", "核实已办好", "办结"):
        expect(told).to_contain_text(said)
    told.scroll_into_view_if_needed()
    worker.shoot("result and history")
    assert worker.troubles == leader.troubles == []
