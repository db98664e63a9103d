"""The way through every page that the server draws: the doors, each office's pages with their rows, and their problems.

Yields the name of each page while it is open. Who works at a desk has no JavaScript to wait for.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from server.kernel import clock
from tests.households.sheets import sheet
from tests.journeys.office_badge_rounds import BadgeRounds
from tests.journeys.office_case_rounds import CaseRounds, Stops
from tests.journeys.office_day import call_out, call_taken_in
from tests.journeys.office_grid_rounds import GridRounds
from tests.journeys.office_list_rounds import ListRounds
from tests.journeys.office_privacy_rounds import PrivacyRounds
from tests.journeys.office_voice_rounds import VoiceRounds
from tests.journeys.rounds_scores import evaluation_pages, scored_month

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MICRO = "330424102000001001"
GOOD = sheet((MICRO, "新桥路1号", "王芳", "10512345678"), (MICRO, "新桥路2号", "沈小明", ""))
FAULTY = sheet((MICRO, "新桥路1号", "王芳", "10512345678"), ("999", "", "沈小明", "12"))
PLAIN = ("village", "auditor", "sysadmin", "secadmin")  # their menus, page by page; the others below


class OfficeRounds(BadgeRounds, ListRounds, GridRounds, PrivacyRounds, VoiceRounds, CaseRounds):
    """One desk after another, through every page."""

    def all(self) -> Stops:
        yield from self.at_the_door()
        yield from self.public()
        for username in PLAIN:
            yield from self.menu_of(username)
        yield from self.administrators()
        yield from self.county()
        yield from self.town()
        yield from self.borders()
        yield from self.leader()
        yield from self.auditor()
        yield from self.badges_and_boards()
        yield from self.voices()

    def menu(self) -> list[str]:
        links = self.page.locator(".office-menu a").all()
        return [str(link.get_attribute("href")) for link in links]

    # — the parts —

    def at_the_door(self) -> Stops:
        for language in {next(self.languages), next(self.languages)}:
            self.open(f"/sign-in?lang={language}")
            yield "sign-in"
            self.open(f"/reset?lang={language}")
            yield "new password"
        self.sign_in("town", "not-the-password")
        yield "sign-in, wrong"
        self.open("/reset")
        for name in ("username", "code", "new_password"):
            self.page.locator(f"#{name}").fill("12345678901")
        self.send()
        yield "new password, wrong code"
        self.open("/sign-in?done=reset")
        yield "sign-in, password is new"

    def public(self) -> Stops:
        """What everybody reads."""
        for language in {next(self.languages), next(self.languages)}:
            self.open(f"/matters?lang={language}")
            expect(self.page.locator("main .rows > li").first).to_be_visible()
            yield "the matter list, for everybody"
        yield from self.public_privacy()

    def menu_of(self, username: str) -> Stops:
        self.take_desk(username)
        for path in self.menu():
            if path == "/office" or path not in self.opened:  # the same page for everybody but for its rows
                self.opened.add(path)
                self.open(path)
                yield f"{username} {path}"

    def administrators(self) -> Stops:
        self.take_desk("secadmin")
        self.open("/office/devices/people?username=worker")
        expect(self.page.locator("main .rows > li").first).to_be_visible()
        yield "devices of a worker"
        self.open("/office/devices/people?username=nobody")
        yield "devices of nobody"
        self.open("/office/reset-code")
        self.page.locator("#username").fill("worker")
        self.send()
        expect(self.page.locator("[data-testid=reset-code]")).to_be_visible()
        yield "code for a worker"
        yield from self.drills()
        yield from self.other_systems()
        self.take_desk("sysadmin")
        self.open("/office/channels")
        expect(self.page.locator("main .rows > li")).to_have_count(1)
        self.page.locator("#name").fill("工作群")
        self.page.locator("#address").fill("wecombot://keyofthegroup")
        self.send("form[action='/office/channels'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "channels, an address of another kind"
        self.open("/office/nowhere")
        yield "a page that is not there"
        self.open("/office/matters")
        yield "a page of another office"

    def other_systems(self) -> Stops:
        """A token, a webhook of it and what it was told, and the end of both."""
        self.open("/office/exchange")
        give = "form[action='/office/exchange'] button"
        for name, words in (("name", "公共数据平台"), ("system", "Platform!"), ("document_no", "示〔2026〕40号")):
            self.page.locator(f"#{name}").fill(words)
        self.page.locator("#last_day").fill(clock.today().isoformat())
        self.page.locator("input[name=scopes][value=cases]").check()
        self.send(give)
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "a token, its system misnamed"
        self.page.locator("#system").fill("platform")
        self.send(give)
        expect(self.page.get_by_test_id("secret")).to_contain_text("gwx_")
        yield "a token, shown once"
        self.open("/office/exchange")
        self.page.locator("main .rows .row-link").last.click()
        expect(self.page.locator("tbody tr").first).to_be_visible()
        yield "a token with a webhook and what was sent"
        self.page.locator("#url").fill("https://nowhere.example.com/")
        self.page.locator("input[name=kinds]").first.check()
        self.send("form[action$='/hooks'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "a webhook, a host off the list"
        self.send("form[action$='/end'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "a webhook, stopped"
        self.open("/office/exchange/calls")
        expect(self.page.locator("tbody tr").first).to_be_visible()
        yield "calls of other systems"
        self.open("/office/exchange")
        self.send("form[action$='/revoke'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "tokens, one revoked"
        self.open("/office/exchange/connector")
        yield "the public data platform"
        self.open("/office/sign-on")
        self.page.locator("#username").fill("nobody")
        self.page.locator("#subject").fill("77001")
        self.send("form[action='/office/sign-on'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "bound sign-ins, an account that is not there"
        self.page.locator("#username").fill("town")
        self.send("form[action='/office/sign-on'] button")
        expect(self.page.locator("main .rows > li")).to_have_count(1)
        yield "bound sign-ins"

    def county(self) -> Stops:
        scored = scored_month(self.site)
        yield from self.menu_of("county")
        yield from evaluation_pages(self.page, self.base, scored)
        self.open("/office/refusals")
        expect(self.page.locator("article.panel")).to_have_count(2)
        yield "refusals"
        self.page.locator("[name=words]").first.fill("属于清单")
        self.page.locator("button[value=not_upheld]").first.click()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "refusal, new day missing"
        self.page.locator("[name=words]").first.fill("收罚款是执法部门的事")
        self.page.locator("button[value=upheld]").first.click()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "refusals, one upheld"
        self.open("/office/orders")
        expect(self.page.locator("article.panel")).to_have_count(2)
        yield "orders outside the list"
        self.page.locator("[name=words]").first.fill(" ")
        self.page.locator("button[value=upheld]").first.click()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "order outside the list, words missing"
        self.page.locator("[name=words]").first.fill("罚款由执法部门收")
        self.page.locator("button[value=upheld]").first.click()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "orders outside the list, one upheld"
        yield from self.call_outs()
        yield from self.levels()
        yield from self.temporary()
        yield from self.lists()
        yield from self.support()
        yield from self.workforce()
        yield from self.staff()
        yield from self.messages()
        yield from self.periods()
        self.open("/office/orders/units")
        expect(self.page.locator("tbody tr").first).to_be_visible()
        yield "upheld refusals and orders, by unit"
        self.open("/office/matters")
        self.page.locator("td .row-link").first.click()
        yield "matter"
        self.page.locator("input[name=photo_policy][value=needed]").check()
        self.send()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "matter, reason missing"
        self.page.locator("#reason").fill("街道通知要求留影")
        self.page.locator("#document_no").fill("示例〔2026〕9号")
        self.send()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "matters, saved"
        self.page.locator("td .row-link").first.click()
        yield "matter with a history"
        self.open("/office/matters")
        self.page.locator("input[name=review_mode][value=sample]").check()
        self.send()
        yield "matters, per cent missing"

    def temporary(self) -> Stops:
        self.open("/office/temporary")
        self.page.locator("#county_document").fill("示例〔2026〕30号")
        self.page.locator("#most_days").fill("10")
        self.send("form[action='/office/temporary/document'] button")
        expect(self.page.get_by_test_id("temporary-form")).to_be_visible()
        yield "temporary matters, provided for"
        for name, words in (("name_zh", "寒潮后水管排查"), ("consent_by", "县主管部门"), ("reason", "寒潮预警")):
            self.page.locator(f"#{name}").fill(words)
        self.page.locator("#document_no").fill("示例〔2026〕31号")
        self.page.locator("input[name=departments]").first.check()
        self.page.locator("#last_day").fill("2020-01-01")
        self.send("[data-testid=temporary-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "temporary matter, day that cannot be"
        self.page.locator("#last_day").fill(self.page.locator("#from_day").input_value())
        self.send("[data-testid=temporary-form] button")
        yield "temporary matter, written down"
        self.page.locator("form[action$='/publish'] [type=checkbox]").first.check()
        self.send("form[action$='/publish'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "temporary matter, published"
        self.open("/matters")
        expect(self.page.locator("main .tag")).to_be_visible()
        yield "the matter list, with a temporary one"

    def requests(self) -> Stops:
        """Asked by the department, answered by the town."""
        self.take_desk("dept")
        self.open("/office/requests/new")
        yield "request, to be made"
        for words in ("查看楼道充电", "再查一遍楼道"):
            self.open("/office/requests/new")
            self.page.locator("#matter_code").select_option("HAZ-01")
            self.page.locator("#area_unit").select_option(label="town")
            self.page.locator("#words").fill(words)
            self.page.locator("#figures").fill("楼道充电处数")
            self.send("[data-testid=request-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "requests, asked"
        self.take_desk("town")
        self.open("/office/requests")
        self.page.locator("td .row-link").first.click()
        yield "request, to be answered"
        self.send("button[value=merge]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "request, merged"
        self.open("/office/requests?state=open")
        self.page.locator("td .row-link").first.click()
        self.page.locator("a[href*='request_id=']").click()
        expect(self.page.get_by_test_id("sent-on")).to_be_visible()
        yield "assign, what a department asked for"
        self.page.locator("input[name=to][value=workers]").check()
        self.send("form[action='/office/tasks'][method=post] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        self.open("/office/requests?sort=wanted&state=sent")
        self.page.locator("td .row-link").first.click()
        yield "request, sent on"
        self.open("/office/requests?state=declined")
        yield "requests, none like this"

    def taking_out(self) -> Stops:
        """A list as a file; without a purpose it stays."""
        self.open("/office/tasks")
        form = self.page.get_by_test_id("export-form")
        form.evaluate("form => { form.noValidate = true; }")
        form.locator("button[value=xlsx]").click()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "tasks, no purpose for the file"
        self.page.locator("#purpose").fill("月度例会")
        with self.page.expect_download() as file:
            self.page.get_by_test_id("export-form").locator("button[value=xlsx]").click()
        assert file.value.suggested_filename.endswith(".xlsx")

    def auditor(self) -> Stops:
        self.take_desk("auditor")
        self.open("/office/exports")
        expect(self.page.locator("tbody tr")).to_have_count(1)
        yield "lists taken out as files"
        yield from self.questions()

    def assigning(self) -> Stops:
        self.open("/office/tasks/new")
        yield "assign, where and what"
        self.page.locator("#matter_code").select_option("HAZ-01")
        self.send("form[action='/office/tasks/new'] button")
        expect(self.page.locator("input[name=receiver]").first).to_be_visible()
        yield "assign, who has what"
        self.page.locator("#words").fill("查看楼道")
        self.send("form[action='/office/tasks'][method=post] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "assign, nobody chosen"
        self.page.locator("input[name=to][value=workers]").check()
        self.send("form[action='/office/tasks'][method=post] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "tasks, some given"
        self.page.locator("td .row-link").first.click()
        yield "task at the desk"
        self.page.locator("#due_day").fill("2020-01-01")
        self.page.locator("form[action^='/office/tasks/']").evaluate("form => { form.noValidate = true; }")
        self.page.locator("button[value=set_due]").click()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "task at the desk, day that cannot be"
        self.page.locator("button[value=withdraw]").click()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "task at the desk, withdrawn"

    def call_outs(self) -> Stops:
        self.open("/office/callouts")
        self.page.locator("#org_unit_id").select_option(label="village")
        self.page.locator("#reason").fill("台风登陆")
        self.page.locator("#hours").fill("99")
        self.page.locator("[data-testid=callout-form]").evaluate("form => { form.noValidate = true; }")
        self.send("[data-testid=callout-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "call-outs, too long"
        self.page.locator("#hours").fill("4")
        self.send("[data-testid=callout-form] button")
        yield "call-out, asked back"
        self.page.locator("[data-testid=callout-confirm] button.stop").click()
        expect(self.page.locator("[data-testid=waiting]")).to_be_visible()
        yield "board of a call-out, nobody yet"
        call_out(self.site)
        self.open("/office/callouts")
        yield "call-outs, two open"
        self.page.locator("main .row-link[href^='/office/callouts/']").first.click()
        expect(self.page.locator("[data-testid=need-help]")).to_be_visible()
        yield "board of a call-out, somebody in need"
        board = self.page.url
        self.page.locator("a[href*='/positions/']").click()
        yield "position in a call-out, no case open"
        yield from self.filing()
        self.page.goto(board)
        self.page.locator("td .row-link").first.click()
        yield "board of a call-out, one unit"
        self.page.locator("form[action$='/end'] [type=checkbox]").check()
        self.send("form[action$='/end'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "board of a call-out, ended"

    def filing(self) -> Stops:
        """A position in a case, and out of it."""
        call_taken_in(self.site)
        self.page.reload()
        self.page.locator("#case_id").select_option(index=1)
        self.page.locator("[data-testid=file]").evaluate("form => { form.noValidate = true; }")
        self.send("[data-testid=file] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "position in a call-out, reason missing"
        self.page.locator("#reason").fill("事故调查要用")
        self.send("[data-testid=file] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "position in a call-out, filed in a case"
        self.page.locator("main a[href^='/office/cases/']").click()
        yield "case, a position filed in it"
        self.page.locator("main a[href*='/positions/']").click()
        self.page.locator("[data-testid=take-out] [type=checkbox]").check()
        self.send("[data-testid=take-out] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "position in a call-out, taken out"

    def levels(self) -> Stops:
        self.open("/office/levels")
        self.page.locator("#document_no").fill("示例〔2026〕12号")
        self.page.locator("#amount").fill("many")
        self.send("form[action='/office/levels'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "levels, no number"
        self.page.locator("#document_no").fill("示例〔2026〕12号")
        self.page.locator("#amount").fill("10")
        self.send("form[action='/office/levels'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "levels, one set"

    def messages(self) -> Stops:
        self.open("/office/messages")
        expect(self.page.get_by_test_id("inbox")).to_be_visible()
        yield "inbox, some unread"
        self.send("[data-testid=inbox] form button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "inbox, one read"
        self.send("form[action='/office/messages/all'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        expect(self.page.get_by_test_id("unread")).to_have_count(0)
        yield "inbox, all read"
        self.open("/office/calls")
        expect(self.page.locator("tbody tr")).to_have_count(1)
        yield "whom to ring up"
        self.send("button[name=reached]")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "whom to ring up, nobody left"
        self.open("/office/deliveries")
        expect(self.page.locator("tbody tr").first).to_be_visible()
        yield "messages by cause"
        self.open("/office/figures/records?kind=hazard")
        yield "records behind a figure"
        self.open("/office/ring-rule")
        self.page.locator("#answer_minutes").fill("0")
        self.page.locator("#document_no").fill("示例〔2026〕13号")
        self.send("form[action='/office/ring-rule'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "when messages ring, no minutes"
        self.page.locator("#answer_minutes").fill("8")
        self.send("form[action='/office/ring-rule'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "when messages ring, set"

    def town(self) -> Stops:
        yield from self.menu_of("town")
        yield from self.cases()
        self.take_desk("town")
        for name, content in (("faulty", FAULTY), ("unreadable", b"no sheet"), ("good", GOOD)):
            self.open("/office/households/import")
            self.page.locator("#file").set_input_files([{"name": "a.xlsx", "mimeType": XLSX, "buffer": content}])
            self.send()
            yield f"household import, {name}"
        self.send("form[action$='/confirm'] button")
        yield "household import, taken in"
        self.open("/office/teams")
        grid = self.page.locator("#grid option").first.get_attribute("value")
        self.open(f"/office/teams?grid={grid}")
        expect(self.page.locator("main .panel").first).to_be_visible()
        yield "teams of a grid"
        self.page.locator("#name").fill("一个人的小组")
        self.page.locator("input[name=members]").first.check()
        self.send("form[action='/office/teams'][method=post] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "teams, one member is no team"
        self.open("/office/sealed-file")
        self.page.locator("#file").set_input_files([{"name": "a.gwx", "mimeType": "", "buffer": b"torn"}])
        self.send()
        yield "sealed file, unreadable"
        self.open("/office/outboxes")
        self.send("form[action$='/take-in'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "outboxes, one taken in"
        yield from self.entering()
        self.open("/office/corrections")
        self.page.locator("input[name=answer]").first.check()
        self.page.locator("input[name=words]").first.fill(" ")
        self.send()
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "correction requests, answer missing"
        self.page.locator("input[name=answer][value=corrected]").first.check()
        self.page.locator("input[name=words]").first.fill("号码已改")
        self.send()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "correction requests, one answered"
        yield from self.peoples_requests()
        yield from self.agreed()
        yield from self.requests()
        yield from self.assigning()
        yield from self.taking_out()
        self.open("/office/review")
        expect(self.page.locator("article.panel")).to_have_count(2)
        self.page.locator("button[value=uphold]").click()
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "review, one decided"

    def entering(self) -> Stops:
        for duty in ("hazards", "visits", "publicity"):
            self.open("/office/enter")
            self.page.locator("#duty").select_option(duty)
            self.send()
            expect(self.page.locator("[data-testid=enter-form]")).to_be_visible()
            yield f"enter for a worker, {duty}"
        self.page.locator("#people").fill("many")
        self.page.locator("#note").fill("居民大会")
        self.send("[data-testid=enter-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "enter for a worker, no number"
        self.page.locator("#people").fill("20")
        self.send("[data-testid=enter-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "enter for a worker, entered"

    def leader(self) -> Stops:
        yield from self.menu_of("leader")
        self.open("/office/reset-code")
        self.page.locator("input[name=person_id]").first.check()
        self.send()
        expect(self.page.locator("[data-testid=reset-code]")).to_have_text(re.compile(r"\d"))
        yield "code for one of the grid"
