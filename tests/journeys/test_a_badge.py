"""The work badge (Art. 11): issued, shown by the minute without a network, checked by anybody without a script and by a
colleague's phone without a network, revoked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Playwright, expect

from server.badges import commands as badges
from server.kernel import clock
from server.people.models import Person
from server.people.queries import holder_of
from server.platform.db import db, transaction
from tests.browser import launch_options
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import settle
from tests.photos.pictures import jpeg
from tests.world import STARTED, app_on, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NewPhone = Callable[[Site, str], Phone]
DESIGN = {
    "heading_zh": "网格化服务管理工作证", "heading_en": "Grid service work badge", "issuer": "测试市", "tone": "blue",
    "valid_months": 24, "from_day": STARTED, "document_no": "测〔2026〕5号",
}  # fmt: skip


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Of anybody who scans a badge."""
    started = playwright.chromium.launch(**launch_options())
    yield started
    started.close()


def at_the_office(site: Site, badge: UUID | None = None) -> UUID:
    """Issues a badge to ``worker``, or revokes this one."""
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        people = {person.username: person.id for person in db.session.query(Person)}
        town = holder_of(session, people["town"], clock.today())
        if badge is not None:
            badges.end(session, town, badge, "revoked")
        else:
            badges.set_design(session, None, DESIGN)
            portrait = badges.portrait_of(jpeg(width=300, height=400))
            badge = badges.issue(session, town, people["worker"], portrait, True).id
    close(app)
    return badge


def words_of(phone: Phone, shape: str) -> str:
    """What the code on the screen says, once it says something of this shape."""
    qr = phone.find("badge-qr")
    expect(qr).to_have_attribute("data-words", re.compile(shape), timeout=30_000)
    return str(qr.get_attribute("data-words"))


def checked(browser: Browser, site: Site, words: str) -> str:
    """The word that somebody reads who scans it with any phone: no script, no session."""
    page = browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844}
    ).new_page()
    page.goto(f"http://127.0.0.1:{site.port}{urlsplit(words).path}")
    said = str(page.locator(".check-word").inner_text())
    page.context.close()
    return said.strip()


def judged(phone: Phone, words: str, answer: str) -> None:
    """A colleague's phone opens what its camera has read."""
    phone.page.evaluate("hash => { location.hash = hash; }", "#/me")
    phone.page.evaluate("hash => { location.hash = hash; }", f"#{words.partition('#')[2]}")
    expect(phone.find("badge-verdict", answer=answer)).to_be_visible()


def heard(phone: Phone) -> None:
    phone.go_online()
    with phone.page.expect_response(lambda answer: "/sync/pull" in answer.url and answer.ok):
        phone.page.reload()
    phone.wait_until_sent()
    phone.page.wait_for_timeout(1000)  # what came is laid down


def test_a_badge_is_shown_checked_twice_and_revoked(world_site: Site, new_phone: NewPhone, browser: Browser) -> None:
    badge = at_the_office(world_site)
    worker, colleague = new_phone(world_site, "worker"), new_phone(world_site, "worker2")
    settle(worker)
    settle(colleague, "worker2")
    worker.tap("tab-me")
    worker.tap("me-badge")
    expect(worker.find("badge-status", status="valid")).to_be_visible()
    words_of(worker, r"/b/[\w-]{22}/[0-9a-z]+/[\w-]{8}$")
    worker.go_offline()
    worker.page.reload()
    public = words_of(worker, r"/b/[\w-]{22}/[0-9a-z]+/[\w-]{8}$")
    worker.shoot("badge, offline")
    assert checked(browser, world_site, public) == "有效"
    worker.tap("badge-colleague")
    signed = words_of(worker, r"#/me/check/")
    worker.shoot("badge, for a colleague")
    colleague.go_offline()
    judged(colleague, signed, "valid")
    expect(colleague.find("badge-verdict")).to_contain_text("张worker")
    colleague.shoot("a colleague, checked offline")
    at_the_office(world_site, badge)
    assert checked(browser, world_site, public).startswith("无效")
    judged(colleague, signed, "valid")  # as of its last contact, and it says so
    heard(colleague)
    colleague.go_offline()
    judged(colleague, signed, "invalid")
    colleague.shoot("a colleague, revoked")
    heard(worker)
    expect(worker.find("badge-status", status="none")).to_be_visible()
