"""The way through the pages of the list's next version, of departments and support, and of the workforce."""

from __future__ import annotations

from playwright.sync_api import expect

from server.kernel import clock
from server.text import text
from server.workforce.staff_rules import FIELDS
from tests.households.sheets import sheet
from tests.journeys.office_case_rounds import CaseRounds, Stops

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF = sheet(
    ("worker", "张三", "", "专职网格员", "330424102000001", "2026-06-01"), ("A", "", "x", "村长", "9", "x"),
    headings=[text(f"staff_import.column.{name}", "zh") for name in FIELDS],
)  # fmt: skip


class ListRounds(CaseRounds):
    """Drawn up, published, read; what departments do; people trained, equipped, insured, praised."""

    def lists(self) -> Stops:
        self.open("/office/matters/list")
        self.send("form[action='/office/matters/list'] button")
        yield "list, a draft begun"
        self.open("/office/matters/list/adjust")
        yield "list, a new matter"
        for name in ("code", "name_zh", "category", "proposed_by", "reason"):
            self.page.locator(f"#{name}").fill("充电桩")
        self.send("[data-testid=adjust-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "list, a new matter with a faulty code"
        self.page.locator("#code").fill("HAZ-21")
        self.page.locator("input[name=departments][value=fire]").check()
        self.send("[data-testid=adjust-form] button")
        expect(self.page.get_by_test_id("adjustment")).to_have_count(1)
        yield "list, one adjustment"
        self.open("/office/matters/list/adjust?code=HAZ-01")
        yield "list, a matter changed"
        self.open("/office/matters/list")
        self.page.locator("#from_day").fill("2030-01-01")
        self.page.locator("#list_document").fill("示1")
        self.page.locator("[data-testid=publish-form] [type=checkbox]").check()
        self.send("[data-testid=publish-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "list, consent lacking"
        self.page.locator("#consent-1").fill("示2")
        self.send("form[action$='/consent'] button")
        self.page.locator("#department").select_option("fire")
        self.send("[data-testid=opinion-form] button")
        yield "list, consented and asked"
        self.page.locator("#from_day").fill(clock.day_of(clock.now() + clock.DAY_MS).isoformat())
        self.page.locator("#list_document").fill("示1")
        self.page.locator("[data-testid=publish-form] [type=checkbox]").check()
        self.send("[data-testid=publish-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "list, published"
        for path in ("/matters", "/matters/versions", "/matters/versions/2", "/matters/difference"):
            self.open(path)
            yield f"public {path}"
        self.open("/office/departments")
        self.send("main form:not([action$='/close']) button")
        yield "departments, fields missing"

    def support(self) -> Stops:
        self.open("/office/matters/support")
        yield "support, at risk"
        self.open("/office/matters/support/HAZ-03")
        yield "support of one matter"
        self.page.locator("#heard_on").fill("2030-01-01")
        for name in ("reason", "withdrawal_document"):
            self.page.locator(f"#{name}").fill("没有经费")
        self.page.locator("[data-testid=withdraw-form] #from_day").fill("2030-01-01")
        self.page.locator("input[name=missing][value=funds]").check()
        self.send("[data-testid=withdraw-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "withdrawal, heard on a day to come"
        self.page.locator("#words").fill("消防通道培训")
        self.send("[data-testid=support-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "support, one on record"

    def workforce(self) -> Stops:
        self.open("/office/training")
        self.page.locator("#title").fill("消防培训")
        self.page.locator("#pass_mark").fill("60")
        self.send("[data-testid=course-form] button")
        yield "training, a course"
        self.page.locator("main .rows .row-link").first.click()
        self.page.locator("#people").fill("worker 80\nnobody 1")
        self.send("[data-testid=attendance-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "course, a faulty line"
        self.page.locator("#people").fill("worker 80\nworker2 40")
        self.send("[data-testid=attendance-form] button")
        expect(self.page.locator("main .rows > li")).to_have_count(2)
        yield "course, who was there"
        self.open("/office/equipment")
        self.page.locator("#username").fill("worker")
        self.page.locator("#thing").fill("反光背心")
        self.send("[data-testid=equipment-form] button")
        expect(self.page.locator("main .rows > li")).to_have_count(1)
        yield "equipment, one thing"
        self.open("/office/covers")
        self.page.locator("#username").fill("worker")
        self.send("[data-testid=cover-form] button")
        self.open("/office/covers?username=worker")
        yield "covers of a worker"
        self.open("/office/commendations")
        self.page.locator("#username").fill("worker")
        self.page.locator("#words").fill("台风天转移老人")
        self.send("[data-testid=proposal-form] button")
        expect(self.page.get_by_test_id("commendation")).to_have_count(1)
        yield "commendations, one"
        self.open("/office/records-of-achievement?username=worker")
        yield "record, consent lacking"
        self.open("/my-record")
        self.send("form[action='/my-record'] button")
        yield "own record, agreed"
        self.open("/office/records-of-achievement?username=county")
        expect(self.page.locator("table.slip")).to_be_visible()
        yield "record, made out"
        self.open("/office/second-factor")
        self.send("form[action='/office/second-factor'] button")
        yield "second factor, to be confirmed"
        self.page.locator("#code").fill("123456")
        self.send("form[action$='/confirm'] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "second factor, a wrong code"

    def staff(self) -> Stops:
        """At the desk of whoever may take on."""
        self.open("/office/staff/import")
        self.page.locator("#file").set_input_files({"name": "staff.xlsx", "mimeType": XLSX, "buffer": STAFF})
        self.send("form[action='/office/staff/import'] button")
        expect(self.page.locator("tbody tr").first).to_be_visible()
        yield "staff from a sheet, faulty"
        self.open("/office/staff")
        expect(self.page.get_by_test_id("posts").locator("li").first).to_be_visible()
        yield "staff and posts"
        self.open("/office/staff?username=worker")
        expect(self.page.get_by_test_id("post").first).to_be_visible()
        for one in self.page.locator("main summary").all():
            one.click()
        yield "one of the staff, every form open"
        self.send("[data-testid=suspend-form] button")
        expect(self.page.get_by_test_id("return-form")).to_be_visible()
        yield "one of the staff, suspended"
        self.send("[data-testid=return-form] button")
        expect(self.page.get_by_test_id("acts").locator("li")).to_have_count(2)
        yield "one of the staff, taken back"
        self.open("/office/staff/new")
        for name, words in (("name", "张三"), ("username", "A b")):
            self.page.locator(f"#{name}").fill(words)
        self.page.locator("#role").select_option("department")
        self.page.locator("#place").select_option(label="dept")
        self.send("[data-testid=hire-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "hire, a faulty account name"
        self.page.locator("#username").fill("zhang-san")
        self.send("[data-testid=hire-form] button")
        expect(self.page.get_by_test_id("reset-code")).to_be_visible()
        yield "hired, the first code"
