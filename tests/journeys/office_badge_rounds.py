"""A desk, and the way through the work badge and the notice board: design, issue, print, check, publish, post."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.office_case_rounds import CaseRounds, Stops
from tests.photos.pictures import jpeg

GRID_CODE = "330424102000001"


class BadgeRounds(CaseRounds):
    """The pages of badges and boards. Begins with the city, which no other round visits."""

    def badges_and_boards(self) -> Stops:
        self.take_desk("city")
        self.open("/office/badges/design")
        for name, words in (("heading_zh", "工作证"), ("heading_en", "Work card"), ("issuer", "市主管部门")):
            self.page.locator(f"#{name}").fill(words)
        self.page.locator("#valid_months").fill("0")
        self.page.locator("#document_no").fill("示〔2026〕5号")
        self.page.locator("input[value=blue]").check()
        self.send("form[action='/office/badges/design'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "work badge design, months wrong"
        self.page.locator("#valid_months").fill("24")
        self.page.locator("input[value=blue]").check()
        self.send("form[action='/office/badges/design'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "work badge design, one"
        yield from self._terms()
        self.take_desk("town")
        yield from self._badges()
        yield from self._boards()
        yield from self._public()

    def _terms(self) -> Stops:
        """Settings of the whole city; the city's own page of refusals."""
        self.open("/office/refusals")
        yield "refusals of the counties' own tasks, none"
        for name, wrong, right in (
            ("office_hours", "12:00-08:30", "09:00-11:30 13:00-17:00"),
            ("near_metres", "-1", "80"),
        ):
            self.open("/office/terms")
            yield f"settings of the city, before {name}"
            self.page.locator(f"main a[href$='/{name}']").click()
            self.page.locator("#document_no").fill("示〔2026〕9号")
            self.page.locator("#value").fill(wrong)
            self.send("main form button")
            expect(self.page.get_by_role("alert")).to_be_visible()
            yield f"{name}, wrong"
            self.page.locator("#value").fill(right)
            self.send("main form button")
            expect(self.page.get_by_role("status")).to_be_visible()
        yield "settings of the city, two changed"
        self.open("/office/terms/closed_household_days")
        yield "days of households that moved away"

    def _badges(self) -> Stops:
        self.open("/office/badges")
        self.page.locator("#grid").select_option(index=1)
        self.send("form[action='/office/badges'] button")
        yield "work badges of a grid, none"
        self.page.locator("main .rows .row-link").first.click()
        yield "work badge, to be issued"
        self.page.locator("#photo").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(width=300, height=400)}
        )
        self.send("form[enctype] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "work badge, consent missing"
        self.page.locator("#photo").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(width=300, height=400)}
        )
        self.page.locator("[name=consent]").check()
        self.send("form[enctype] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "work badge, issued"
        person, check = self.page.url.partition("?")[0], self.page.locator("a[href^='/b/']").get_attribute("href")
        for size in ("cr80", "a6"):
            self.open(str(self.page.locator(f"a[href$='/print/{size}']").get_attribute("href")))
            yield f"work badge, printed as {size}"
            self.page.goto(person)
        self.open("/office/badges/print/a6")
        yield "all work badges, printed"
        self.open(str(check))
        expect(self.page.locator(".check-valid")).to_be_visible()
        yield "check, valid"
        self.open(f"{check}/zzzzz/zzzzzzzz")
        expect(self.page.locator(".check-refresh")).to_be_visible()
        yield "check, to be refreshed"
        self.page.goto(person)
        self.send("form[action$='/renew'] button")
        yield "work badge, renewed"
        self.send("button[value=lost]")
        yield "work badge, lost"
        self.open(str(check))
        expect(self.page.locator(".check-invalid")).to_be_visible()
        yield "check, not valid"

    def _boards(self) -> Stops:
        self.open("/office/boards")
        self.page.locator("#phone").fill("0573-1234567")
        self.send("form[action$='/supervision'] button")
        yield "boards, a telephone set"
        self.page.locator("#words").fill("全镇通知")
        self.send("form[action='/office/boards/notes'] button")
        self.page.locator("main .rows a.row-link").first.click()
        self.page.locator("#words_zh").fill("横港路以东")
        self.send("form[action$='/area'] button")
        self.page.locator("#phone-1").fill("0573-1110001")
        self.send("form[action*='/phones/'] button")
        self.page.locator("#name").fill("村委会门口")
        self.send("form[action$='/places'] button")
        self.page.locator("#words").fill("周六接待居民")
        self.send("form[action$='/notes'] button")
        yield "board of a grid, out of date"
        self.send("form[action$='/confirm'] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "board of a grid, confirmed"
        self.open("/office/boards/print")
        yield "posters of a town"
        self.open("/office/boards/print?only=old")
        yield "posters, none out of date"

    def _public(self) -> Stops:
        """What everybody reads, signed out."""
        self.page.context.clear_cookies()
        for language in {next(self.languages), next(self.languages)}:
            self.open(f"/board/?lang={language}")
            yield "boards, the towns"
            self.page.locator("#words").fill("第1网格")
            self.send("#board-search button")
            expect(self.page.locator("main .rows > li").first).to_be_visible()
            yield "boards, found"
            self.open(f"/board/{GRID_CODE}?lang={language}")
            expect(self.page.locator("main .board-people > li").first).to_be_visible()
            yield "board of a grid, for everybody"
            self.open(f"/board/{GRID_CODE}/print?lang={language}")
            yield "poster"
            self.open(f"/b/nobody?lang={language}")
            yield "check, of nothing"
