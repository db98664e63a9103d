"""The way through the pages of feedback, findings and holds: the public form, its receipt, the handler's desk, the hearing."""

from __future__ import annotations

from playwright.sync_api import expect

from server.kernel import clock
from tests.journeys.office_case_rounds import Desk, Stops

LEAST_MS = 3_500  # a form that comes back sooner is asked for once more


class VoiceRounds(Desk):
    """What people say, from the form to the clarification."""

    def voices(self) -> Stops:
        yield from self.said()
        yield from self.handled()
        yield from self.found()

    def said(self) -> Stops:
        """By somebody without an account."""
        self.page.context.clear_cookies()
        for language in {next(self.languages), next(self.languages)}:
            self.open(f"/feedback?lang={language}")
            yield "say something, for everybody"
        self.page.reload()  # it was looked at for longer than a hasty hand takes
        self.page.locator("input[name=kind][value=complaint]").check()
        self.page.locator("#about").select_option("grid_leader")
        self.page.locator("#grid_id").select_option(index=1)
        self.page.locator("#words").fill("没有来处理漏水")
        self.page.locator("#name").fill("来访人")
        self.send("[data-testid=feedback-form] .button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "say something, too quickly sent"
        self.page.wait_for_timeout(LEAST_MS)
        self.send("[data-testid=feedback-form] .button")
        secret = self.page.get_by_test_id("secret").inner_text()
        yield "said, the receipt"
        self.page.locator("main .button").first.click()
        yield "how it stands, asking for the secret"
        self.page.locator("#secret").fill("123 456 789 012")
        self.send("main form .button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "how it stands, wrong secret"
        self.page.locator("#secret").fill(secret)
        self.send("main form .button")
        expect(self.page.get_by_test_id("status")).to_be_visible()
        yield "how it stands"

    def handled(self) -> Stops:
        self.take_desk("town")
        self.open("/office/feedback")
        yield "feedback, one waits"
        self.page.locator("main .rows .row-link").first.click()
        one = self.page.url
        yield "feedback, to be accepted"
        self.send("button[value=accept]")
        expect(self.page.get_by_role("status")).to_be_visible()
        self.send("[data-testid=reveal]")
        expect(self.page.get_by_test_id("complainant")).to_be_visible()
        yield "feedback, who complained"
        self.page.goto(one)
        self.page.locator("#person_id").select_option(label="张leader")
        self.send("button[value=name]")
        yield "feedback, the person meant named"
        self.page.locator("input[name=outcome][value=unfounded]").check()
        self.page.locator("#answer").fill("已核实，当天已处理。")
        self.send("button[value=settle]")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "feedback, the facts missing"
        self.page.locator("input[name=outcome][value=unfounded]").check()
        self.page.locator("#facts").fill("当天下午已经处理。")
        self.send("button[value=settle]")
        yield "feedback, to be clarified"
        self.open("/office/feedback/new")
        yield "feedback, to be taken down"
        self.page.locator("main .row-link").first.click()
        self.page.locator("input[name=channel][value=counter]").check()
        self.page.locator("input[name=kind][value=suggestion]").check()
        self.page.locator("#about").select_option("work")
        self.page.locator("#words").fill("希望晚上也能来")
        self.send("[data-testid=taken-form] .button")
        yield "feedback, taken down"

    def found(self) -> Stops:
        """A finding, a hearing, a hold."""
        self.open("/office/findings/new?username=nobody")
        yield "finding, of nobody"
        self.open("/office/findings/new?username=leader")
        yield "finding, to be opened"
        self.page.locator("input[name=ground][value='4']").check()
        self.page.locator("#happened_on").fill(clock.today().isoformat())
        self.page.locator("#words").fill("态度不好")
        self.send("[data-testid=finding-form] .button")
        yield "finding, opened"
        self.page.locator("#evidence-words").fill("录音")
        self.send("[data-testid=evidence-form] .button")
        yield "finding, with evidence"
        self.open("/office/findings")
        yield "findings"
        self.take_desk("leader")
        self.open("/office/heard")
        expect(self.page.get_by_test_id("clarification")).to_be_visible()
        yield "asked about oneself"
        self.open("/office/voice")
        yield "say something, as staff"
        self.page.locator("input[name=kind][value=suggestion]").check()
        self.page.locator("#about").select_option("work")
        self.page.locator("#words").fill("照片要得太多")
        self.send("[data-testid=voice-form] .button")
        yield "said, as staff"
        self.take_desk("county")
        self.open("/office/feedback/days")
        self.page.locator("#accept_days").fill("0")
        self.page.locator("#document_no").fill("示例〔2026〕40号")
        self.send("[data-testid=days-form] .button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "days of feedback, none"
        self.page.locator("#accept_days").fill("3")
        self.send("[data-testid=days-form] .button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "days of feedback, set"
        self.open("/office/holds")
        self.page.locator("#object_id").fill("nothing")
        self.page.locator("#reason").fill("诉讼")
        self.page.locator("#document_no").fill("法1号")
        self.send("[data-testid=hold-form] .button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "holds, of nothing"
