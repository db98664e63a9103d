"""The way through the pages of people's data: questions of the auditor, retention, requests, consents, incidents."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.office_case_rounds import Desk, Stops


class PrivacyRounds(Desk):
    """The pages of people's data."""

    def public_privacy(self) -> Stops:
        for language in {next(self.languages), next(self.languages)}:
            self.open(f"/privacy?lang={language}")
            expect(self.page.locator("main article dl").first).to_be_visible()
            yield "what is kept of people, for everybody"

    def questions(self) -> Stops:
        """As the auditor."""
        self.open("/office/audit")
        self.page.locator("#by-subject").fill("nobody")
        self.send("form[action$='/by'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "audit, a question about nobody"
        self.page.locator("#by-subject").fill("town")
        self.send("form[action$='/by'] button")
        expect(self.page.locator("main tbody tr").first).to_be_visible()
        yield "audit, what a user saw and did"

    def periods(self) -> Stops:
        """As the county."""
        self.open("/office/retention")
        self.page.locator("#value").fill("3")
        self.page.locator("#document_no").fill("示例〔2026〕41号")
        self.send("form[action='/office/retention'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "retention, a figure out of bounds"
        self.page.locator("#value").fill("365")
        self.send("form[action='/office/retention'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        self.send("form[action$='/dry-run'] button")
        yield "retention, dry run"

    def peoples_requests(self) -> Stops:
        """As the town."""
        self.open("/office/data-requests")
        for name, words in (("asker_name", "王芳"), ("words", "想看留了什么"), ("door", "没有这个门牌")):
            self.page.locator(f"#{name}").fill(words)
        self.send("form[action='/office/data-requests'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "data requests, door unknown"
        self.page.locator("#door").fill("横港路1号")
        self.send("form[action='/office/data-requests'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "data requests, one taken down"
        self.page.locator("main .row-link[href^='/office/data-requests/']").first.click()
        expect(self.page.locator("h1")).to_contain_text("王芳")
        yield "data request"
        self.page.locator("main a[href$='/copy']").click()
        expect(self.page.locator("main dl")).to_contain_text("横港路1号")
        yield "data request, what is kept"

    def agreed(self) -> Stops:
        """As the town, for a record that waits for review."""
        self.open("/office/consents")
        self.page.locator("#object_id").fill("no number")
        self.page.locator("#given_by").fill("王芳")
        self.page.locator("#words").fill("同意照片用于说明隐患")
        self.send("form[action='/office/consents'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "consents, no such record"

    def drills(self) -> Stops:
        """As the security administrator."""
        self.open("/office/incidents")
        self.page.locator("[name=kind][value=drill]").check()
        self.page.locator("#title").fill("演练：手机遗失")
        self.page.locator("#found_time").fill("00:00")
        self.send("form[action='/office/incidents'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "incidents, a drill"
        self.page.locator("article select").select_option("closed")
        self.page.locator("article [name=words]").fill("还没有复盘")
        self.send("article form button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "incidents, steps lacking"
