"""The way through what only trouble brings up: lines about lost, cleared and unkept data, and a page that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Locator, Route, expect

from tests.journeys.crippled import crippled
from tests.journeys.phone import Phone
from tests.journeys.steps import PASSWORD, log_hazard, open_hazard

PUSH = "**/api/v1/sync/push"
ASKED_FOR_LOST = {"code": "gap", "status": 409, "expected": {"normal": 0}}  # a number that was never given
NO_DATES = "() => { Date.prototype.toISOString = () => { throw new Error('planted'); }; }"
Screens = Iterator[tuple[str, Phone]]


def trouble_screens(switch_on: Callable[[str], Phone], language: str) -> Screens:
    yield from lost_and_cleared(switch_on("cleared"), language)
    yield from not_kept(switch_on("loose"), language)
    yield from fails(switch_on("failing"), language)


def enter(phone: Phone, language: str) -> None:
    phone.open(f"/app?lang={language}")
    phone.find("sign-in-name").fill("worker")
    phone.find("sign-in-password").fill(PASSWORD)
    phone.tap("sign-in-submit")
    expect(phone.find("visit-due").first).to_be_visible()


def bar(phone: Phone, tone: str) -> Locator:
    return phone.page.locator(f"main > .note-line.{tone}")


def lost_and_cleared(phone: Phone, language: str) -> Screens:
    """The server misses what the phone no longer has; then the browser clears what is left, under the open page."""
    crippled(phone, "worker")  # what passes through one cannot be answered for it
    enter(phone, language)
    phone.wait_until_sent()
    answers = iter([ASKED_FOR_LOST])

    def once_and_then_no_line(route: Route) -> None:
        answer = next(answers, None)
        if answer:
            route.fulfill(status=409, json=answer)
        else:
            route.abort()

    phone.page.route(PUSH, once_and_then_no_line)
    log_hazard(phone, "·")
    expect(bar(phone, "stop")).to_have_count(1)
    yield "today, records lost from the phone", phone
    browser = phone.page.context.new_cdp_session(phone.page)
    browser.send("Storage.clearDataForOrigin", {"origin": phone.link.url, "storageTypes": "indexeddb"})
    expect(bar(phone, "stop")).to_have_count(2)
    yield "today, data cleared by the browser", phone


def not_kept(phone: Phone, language: str) -> Screens:
    crippled(phone)
    enter(phone, language)
    open_hazard(phone)
    phone.page.evaluate("() => window.take('storage')")
    phone.find("note").fill("·")
    expect(phone.find("plain-loose")).to_be_visible()
    yield "hazard, a draft that is not kept", phone


def fails(phone: Phone, language: str) -> Screens:
    enter(phone, language)
    phone.tap("tab-tasks")
    phone.page.evaluate(NO_DATES)
    phone.tap("tab-today")
    expect(bar(phone, "stop")).to_be_visible()
    yield "today, the page failed", phone
