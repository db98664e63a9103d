"""The forms and everything that can stand in them: hazard, visit, emergency, information, publicity, mediation, patrol."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.pictures import camera_picture
from tests.journeys.rounds_hands import FORBIDDEN, NEEDED, USUAL, Hands, Stops
from tests.journeys.steps import object_on_screen, tap_call


class Forms(Hands):
    """Each part leaves a record behind that later parts look at."""

    def hazard_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-hazards")
        expect(phone.find("matter-more")).to_be_visible()
        phone.tap("save")
        yield "hazard, matter missing", None
        for code in (FORBIDDEN, NEEDED, USUAL):
            self.choose(code)
            if code != USUAL:
                yield f"hazard, photo {'needed' if code == NEEDED else 'forbidden'}", None
        phone.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 1200, 900)])
        phone.tap(phone.page.locator(".photos .photo"))
        yield "photo", "blur_sheet"
        self.close_sheet()
        phone.tap("preset-edit")
        phone.tap("severity-major")
        phone.tap("obstructed")
        phone.tap("place-locate")
        expect(phone.find("place", source="fix")).to_be_visible()
        phone.tap("draft-drop")
        yield "hazard, everything open", None
        self.hazard = object_on_screen(phone)
        phone.find("note").fill("楼道里堆了纸箱，已告知户主")
        phone.tap("save")
        expect(phone.find("patrol-start")).to_be_visible()
        yield "today, drafts and a toast", None

    def visit_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-visits")
        expect(phone.find("household-row").first).to_be_visible()
        phone.tap("save")
        yield "visit, household missing", None
        phone.find("household-search").fill("没有这一户")
        expect(phone.find("household-row")).to_have_count(0)
        yield "visit, no household found", None
        phone.tap("household-add")
        phone.tap("household-save")
        yield "new household", "household_sheet"
        self.close_sheet()
        phone.find("household-search").fill("")
        phone.tap("household-row")
        phone.tap("household-change")
        phone.tap("household-close")
        yield "household, asked whether to close", "household_sheet"
        self.close_sheet()
        phone.tap("visit-all-well")
        expect(phone.find("matter-change")).to_be_visible()
        yield "visit, filled in", None
        self.visit = object_on_screen(phone)
        phone.tap("save")
        expect(phone.find("patrol-start")).to_be_visible()

    def emergency_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-emergencies")
        expect(phone.find("emergency-call-119")).to_be_visible()
        yield "emergency, nothing yet", None
        phone.tap("emergency-gas")
        tap_call(phone, "119")
        expect(phone.find("emergency-leave-first")).to_be_visible()
        yield "emergency, a smell of gas and a call", None
        self.emergency = object_on_screen(phone)
        phone.tap("save")
        expect(phone.find("undo")).to_be_visible()
        yield "emergency told, undo offered", None
        phone.tap("emergency-add")  # comes when there is nothing left to take back
        expect(phone.find("note")).to_be_visible()
        yield "addition to an emergency", None
        phone.find("note").fill("楼道里已经没有人，门窗打开了")
        phone.tap("save")
        expect(phone.find("record-page")).to_be_visible()
        phone.wait_until_sent()
        yield "record of an emergency", None
        self.go("today")

    def information_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-information")
        phone.tap("matter-more")
        phone.tap("save")
        yield "information, matter missing", None
        for code, shown in (("INFO-04", "household-row"), ("INFO-03", "business-name"), ("INFO-07", "place-words")):
            phone.tap(f"matter-{code}")
            expect(phone.find(shown).first).to_be_visible()
            phone.tap("save")
            yield f"information, {code}, something missing", None
            phone.tap("matter-change")
        phone.tap("matter-INFO-06")
        phone.find("note").fill("希望小区门口装路灯")
        phone.page.get_by_role("switch").check()
        phone.tap("household-row")
        yield "information, a request that wants an answer", None
        phone.tap("matter-change")
        phone.tap("matter-INFO-01")
        phone.tap("finding-contact_changed")
        yield "information, filled in", None
        self.information = object_on_screen(phone)
        phone.tap("save")
        expect(phone.find("undo")).to_be_visible()

    def publicity_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-publicity")
        expect(phone.find("matter-PUB-01")).to_be_visible()
        phone.tap("save")
        yield "publicity, matter missing", None
        phone.tap("matter-PUB-01")
        phone.tap("save")
        yield "publicity, nobody reached", None
        phone.tap("people-add-20")
        phone.find("households").fill("7")
        yield "publicity, filled in", None
        self.publicity = object_on_screen(phone)
        phone.tap("save")
        expect(phone.find("undo")).to_be_visible()
        phone.tap("undo")
        expect(phone.find("households")).to_have_value("7")
        phone.tap("save")
        yield "publicity saved, undo offered", None

    def mediation_form(self) -> Stops:
        phone = self.phone
        self.go("log")
        phone.tap("duty-mediations")
        expect(phone.find("fit-go")).to_be_visible()
        yield "mediation, may it be mediated", None
        phone.tap("unsuited-violence")
        yield "mediation, not here: violence", None
        phone.tap("fit-go")
        phone.tap("matter-MED-02")
        yield "mediation, a referral", None
        phone.tap("fit-again")
        phone.tap("unsuited-violence")
        phone.tap("fit-go")
        phone.tap("matter-change")
        phone.tap("matter-MED-01")
        phone.tap("check")
        yield "mediation, parties missing", None
        phone.find("party-name-1").fill("钱甲乙")
        phone.find("party-phone-1").fill("13812341234")
        phone.tap("party-add")
        phone.find("note").fill("晚上九点后不再放音响")
        phone.tap("outcome-oral")
        yield "mediation, filled in", None
        phone.tap("outcome-open")
        self.mediation = object_on_screen(phone)
        phone.tap("check")
        expect(phone.find("save")).to_be_visible()
        yield "mediation, to be checked", None
        phone.tap("save")
        expect(phone.find("patrol-start")).to_be_visible()

    def patrol(self) -> Stops:
        phone = self.phone
        phone.tap("patrol-start")
        points = phone.find("patrol-checkpoint")
        expect(points.nth(2)).to_be_visible()
        phone.tap("patrol-finish")
        yield "patrol, just begun", None
        phone.tap(points.nth(0))
        phone.tap(phone.find("check-not-reached").first)
        phone.tap(phone.find("check-hazard").first)
        phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]'))
        phone.tap("save")
        expect(phone.find("record-row").first).to_be_visible()
        yield "patrol, with all three results and a hazard", None
        self.go("today")
        yield "today, a patrol runs", None
        phone.tap("patrol-start")
        phone.tap("patrol-finish")
        expect(phone.find("patrol-start")).to_be_visible()
        yield "patrol finished, undo offered", None
        self.go("fixes")
        expect(phone.page.locator("main .row").first).to_be_visible()
        yield "own fixes", None
