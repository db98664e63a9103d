"""A desk of the office: a browser of its own, in which somebody has signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Playwright

from tests.browser import launch_options
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD


@contextmanager
def desk_of(playwright: Playwright, site: Site, username: str, path: str) -> Iterator[Page]:
    """At the page ``path``."""
    base = f"http://127.0.0.1:{site.port}"
    with playwright.chromium.launch(**launch_options()) as browser:
        page = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
        page.goto(f"{base}/sign-in")
        page.locator("#username").fill(username)
        page.locator("#password").fill(PASSWORD)
        page.locator("main form button").first.click()
        page.goto(f"{base}{path}")
        yield page
