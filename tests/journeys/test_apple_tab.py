"""A Safari tab keeps its data apart from the app on the home screen: what is unsent leaves first, then the app is installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.crippled import IPHONE
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_with_something_unsent_the_hint_says_send_first(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(IPHONE)
    settle(worker)
    expect(worker.find("install-apple")).to_be_visible()
    worker.go_offline()
    log_hazard(worker, "还没送出")
    for tab in ("today", "me"):
        worker.tap(f"tab-{tab}")
        hint = worker.find("install-send-first")
        expect(hint).to_contain_text("先发送，再放到桌面")
        expect(hint).to_contain_text("1 条没送出")
        expect(worker.find("install-apple")).to_have_count(0)
        hint.scroll_into_view_if_needed()
        worker.shoot(tab)
    worker.go_online()
    worker.wait_until_sent()
    expect(worker.find("install-send-first")).to_have_count(0)
    expect(worker.find("install-apple")).to_contain_text("添加到主屏幕")
