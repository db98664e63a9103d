"""A resident complains without a name, it proves unfounded, the leader is heard, the facts are set right and read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import launch_options
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.world import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
WORDS, ANSWER, FACTS = "网格长没有来处理漏水", "已核实，当天已处理。", "10月3日下午已经处理，有记录。"


def shoot(page: Page, name: str, folder: Path) -> None:
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} at {width}"
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)


def desk(browser: Browser, base: str, username: str) -> Page:
    page = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    page.goto(f"{base}/sign-in")
    page.locator("#username").fill(username)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").first.click()
    return page


def test_an_unfounded_complaint_is_clarified(playwright: Playwright, world_site: Site, tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{world_site.port}"
    with playwright.chromium.launch(**launch_options()) as browser:
        resident = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
        resident.goto(f"{base}/feedback")
        shoot(resident, "form", tmp_path)
        resident.locator("input[name=kind][value=complaint]").check()
        resident.locator("#about").select_option("grid_leader")
        resident.locator("#grid_id").select_option(label="第1网格")
        resident.locator("#words").fill(WORDS)
        picture = camera_picture(5, datetime.now(ZoneInfo("Asia/Shanghai")), 900, 1200)
        resident.locator("#photo").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": picture})
        resident.wait_for_timeout(3_500)
        resident.locator("[data-testid=feedback-form] .button").click()
        receipt, secret = (resident.get_by_test_id(name).inner_text() for name in ("receipt", "secret"))
        shoot(resident, "receipt", tmp_path)

        leader = desk(browser, base, "leader")
        leader.goto(f"{base}/office/heard")
        expect(leader.get_by_test_id("clarification")).to_have_count(0)

        town = desk(browser, base, "town")
        town.goto(f"{base}/office/feedback")
        shoot(town, "list", tmp_path)
        town.locator("main .row-link", has_text=receipt).click()
        town.locator("button[value=accept]").click()
        expect(town.get_by_test_id("words")).to_have_text(WORDS)
        assert town.locator(".shot img").evaluate("image => image.naturalWidth") == 900
        town.locator("#person_id").select_option(label="张leader")
        town.locator("button[value=name]").click()
        shoot(town, "handling", tmp_path)
        town.locator("input[name=outcome][value=unfounded]").check()
        town.locator("#answer").fill(ANSWER)
        town.locator("#facts").fill(FACTS)
        town.locator("button[value=settle]").click()

        leader.reload()
        asked = leader.get_by_test_id("clarification")
        expect(asked).to_contain_text(FACTS)
        assert WORDS not in leader.inner_text("body")
        asked.locator("textarea").fill("请在网格群众会上说明")
        shoot(leader, "heard", tmp_path)
        asked.locator(".button").click()

        town.reload()
        town.locator("input[name=form][value=meeting]").check()
        town.locator("input[name=circle]").fill("第1网格居民")
        town.locator("[data-testid=clarify-form] textarea").fill("经查不属实")
        town.locator("button[value=clarify]").click()
        expect(town.get_by_test_id("state")).to_have_text("已办结")
        shoot(town, "clarified", tmp_path)

        resident.goto(f"{base}/feedback/{receipt.replace(' ', '')}")
        resident.locator("#secret").fill(secret)
        resident.locator("main form .button").first.click()
        expect(resident.get_by_test_id("outcome")).to_have_text("不属实")
        expect(resident.get_by_test_id("answer")).to_have_text(ANSWER)
        expect(resident.get_by_test_id("clarified")).to_be_visible()
        shoot(resident, "status", tmp_path)
