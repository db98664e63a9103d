"""A desk, and the way through the pages of cases: made, handed on, called, ordered, in doubt, of a call without a record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from playwright.sync_api import Page, expect

from server.kernel import clock
from tests.journeys.site import Site
from tests.world import PASSWORD

Stops = Iterator[str]


class Desk:
    """Somebody at a desk. ``languages`` are taken in turn, one for each person who signs in."""

    def __init__(self, page: Page, site: Site, languages: tuple[str, ...]) -> None:
        self.page = page
        self.site = site
        self.base = f"http://127.0.0.1:{site.port}"
        self.languages = cycle(languages)
        self.opened: set[str] = set()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")

    def send(self, selector: str = "main form button") -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        self.page.context.clear_cookies()
        self.open("/sign-in")
        self.page.locator("#username").fill(username)
        self.page.locator("#password").fill(password)
        self.send()

    def take_desk(self, username: str) -> None:
        """Signed in, in the next language."""
        self.sign_in(username)
        self.open("/office")
        if not self.page.locator(f"html[lang^={next(self.languages)}]").count():
            self.send("form[action='/language'] button")


class CaseRounds(Desk):
    """The pages of cases."""

    def cases(self) -> Stops:
        """Made by the town, worked on by the department."""
        self.open("/office/cases/new")
        yield "cases, of which hazard"
        self.page.locator("main .row-link[href*='record=']").first.click()
        yield "case, to be made"
        self.page.locator("#lead_unit").select_option(label="dept")
        self.page.locator("[name=grid_helps]").check()
        self.send("form[action^='/office/cases/new'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case, made"
        self.open("/office/cases")
        yield "cases, one"
        self.open("/office/cases?state=closed")
        yield "cases, none like this"
        self.open("/office/cases?overdue=yes&sort=level&matter_code=HAZ-01")
        yield "cases, none overdue"
        yield from self.calls()
        self.open("/office/cases?lead_unit=&state=assigned")
        self.page.locator("td .row-link").first.click()
        case = self.page.url
        self.page.locator("#words-whistled").fill("看现场")
        self.page.locator("#unit-whistled").select_option(index=1)
        self.send("button[value=whistled]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case, a department called"
        self.page.locator("main ol .row-link").last.click()
        yield "slip of a hand-over"
        self.take_desk("dept")
        self.open("/office/cases")
        self.page.locator(f"a[href='{case.partition('?')[0].removeprefix(self.base)}']").click()
        yield "case, to the unit in the lead"
        yield from self.ordered()
        yield from self.in_doubt(self.page.url.partition("?")[0])
        self.page.locator("#words-suspended").fill("等产权单位来人")
        self.send("button[value=suspended]")
        yield "case, suspended"
        self.send("button[value=resumed]")
        self.page.locator("#photo").set_input_files([{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"torn"}])
        self.page.locator("#words-reported").fill("已换灭火器")
        self.send("button[value=reported]")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "case, a photo that is none"
        self.page.locator("#words-reported").fill("已换灭火器")
        self.send("button[value=reported]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case, result reported"

    def calls(self) -> Stops:
        """What no record stands behind: refused, taken in, on its page."""
        self.open("/office/cases/take-in")
        yield "take in a call"
        self.page.locator("input[name=about][value=staff]").check()
        self.page.locator("#matter_code").select_option("HAZ-06")
        self.page.locator("#told_words").fill("小区有燃气味")
        self.send("form[action='/office/cases/take-in'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "take in a call, a complaint about staff"
        self.page.locator("input[name=about][value=matter]").check()
        self.page.locator("input[name=source][value='12345']").check()
        self.page.locator("#external_ref").fill("JX-2026-001")
        self.send("form[action='/office/cases/take-in'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case of a call"
        self.page.locator("#words-handed_up").fill("要县里协调")
        self.send("button[value=handed_up]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case of a call, handed up"

    def ordered(self) -> Stops:
        self.page.locator("#order_no").fill("示例责改〔2026〕5号")
        self.page.locator("#ordered_rectify_by").fill("2020-01-01")
        self.send("button[value=ordered]")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "case, an order of yesterday"
        self.page.locator("#order_no").fill("示例责改〔2026〕5号")
        self.page.locator("#ordered_rectify_by").fill(clock.today().isoformat())
        self.send("button[value=ordered]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case, an order to check"
        self.send("button[value=order_met]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "case, an order checked"

    def in_doubt(self, case: str) -> Stops:
        """Said not to be its duty by the department, decided by the county; the department has it again."""
        self.page.locator("#words-not_ours").fill("属于村级自治事项")
        self.send("button[value=not_ours]")
        yield "case, its duty in doubt"
        self.take_desk("county")
        self.open("/office/cases/duties")
        self.page.locator("article .row-link").first.click()
        self.page.locator("#words-duty").fill("职责清单写明了")
        yield "case, its duty to be decided"
        self.send("button[value=duty_stays]")
        expect(self.page.get_by_role("status")).to_be_visible()
        self.open("/office/cases/duties")
        expect(self.page.locator("article.panel")).to_have_count(1)
        yield "proposals about duty"
        self.take_desk("dept")
        self.page.goto(case)
