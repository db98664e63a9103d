"""The way through every screen of the phone app, as people meet them on one shared phone: worker, leader, adviser, town.

Each part yields ``(name of the screen, source file of the sheet over it or None)`` while that screen is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import cycle
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, object_on_screen

Stops = Iterator[tuple[str, str | None]]
IN_THE_GRID = {"latitude": 30.505, "longitude": 120.915}
PHOTO_POLICY = """UPDATE matter SET photo_policy = :policy, photo_reason = '街道通知', photo_document = '示例1号'
  WHERE code = :code"""
NOWHERE = "00000000-0000-7000-8000-000000000000"
USUAL, OTHER_EASY, NEEDED, FORBIDDEN, RETIRED = "HAZ-02", "HAZ-12", "HAZ-09", "HAZ-10", "HAZ-13"


class Rounds:
    """One phone, walked through. ``languages`` are taken in turn, one for each person who signs in."""

    def __init__(self, phone: Phone, site: Site, languages: tuple[str, ...]) -> None:
        self.phone = phone
        self.site = site
        self.languages = cycle(languages)
        self.hazard = self.visit = ""
        for policy, code in (("needed", NEEDED), ("forbidden", FORBIDDEN)):
            self.write(PHOTO_POLICY, policy=policy, code=code)

    def all(self) -> Stops:
        yield from self.at_the_door()
        yield from self.first_day()
        yield from self.hazard_form()
        yield from self.visit_form()
        yield from self.patrol()
        yield from self.in_a_cellar()
        yield from self.delivered()
        yield from self.leader()
        yield from self.worker_again()
        yield from self.adviser_and_office()

    # — hands —

    def write(self, statement: str, **values: str) -> None:
        """Straight into the server's database: what an office decided in between."""
        with self.site.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def go(self, path: str) -> None:
        self.phone.page.evaluate("path => { location.hash = path; }", f"#/{path}")
        expect(self.phone.page.locator("main [aria-busy=true]")).to_have_count(0)

    def await_tab(self, tab: str) -> None:
        expect(self.phone.page.locator(f"[data-testid=tab-{tab}][aria-current=page]")).to_be_visible()

    def close_sheet(self) -> None:
        self.phone.page.keyboard.press("Escape")
        expect(self.phone.page.locator("dialog[open]")).to_have_count(0)

    def sign_in(self, username: str) -> None:
        phone = self.phone
        if phone.page.locator(f"html[lang^={next(self.languages)}]").count() == 0:
            phone.tap("language-switch")
        phone.find("sign-in-name").fill(username)
        phone.find("sign-in-password").fill(PASSWORD)
        phone.tap("sign-in-submit")
        expect(phone.find("person-switch")).to_be_visible()
        phone.wait_until_sent()

    def change_person(self, username: str) -> None:
        self.go("me")
        self.phone.tap("person-switch")
        self.phone.tap("person-other")
        self.sign_in(username)

    def choose(self, code: str) -> None:
        """The hazard form with this matter, out of all matters."""
        self.go("log")
        self.phone.tap("duty-hazards")
        more = self.phone.find("matter-more")
        expect(more).to_be_visible()
        self.phone.tap(more)
        self.phone.tap(f"matter-{code}")
        expect(self.phone.find("note")).to_be_visible()

    def log_hazard(self, code: str) -> str:
        self.choose(code)
        record = object_on_screen(self.phone)
        self.phone.find("note").fill("楼道里堆了纸箱，已告知户主")
        self.phone.tap("save")
        expect(self.phone.find("patrol-start")).to_be_visible()
        return record

    # — the parts —

    def at_the_door(self) -> Stops:
        phone = self.phone
        phone.open()
        expect(phone.find("sign-in-name")).to_be_visible()
        yield "sign-in", None
        phone.tap("sign-in-submit")
        expect(phone.page.get_by_role("alert")).to_be_visible()
        yield "sign-in, something missing", None
        phone.tap("reset-open")
        phone.tap("reset-submit")
        yield "new password", "reset_sheet"
        self.close_sheet()
        self.go("notice")
        yield "what is collected, before sign-in", None
        self.go("sign-in")
        phone.tap("large-text-no")

    def first_day(self) -> Stops:
        phone = self.phone
        self.sign_in("worker")
        phone.await_offline_ready()
        expect(phone.find("visit-due").first).to_be_visible()
        yield "today, first time", None
        phone.tap("notice-ok")
        phone.tap("person-switch")
        yield "whose phone", "person_sheet"
        self.close_sheet()
        phone.tap("sync-chip")
        yield "outbox, empty", "outbox_sheet"
        self.close_sheet()
        for tab in ("tasks", "log", "records"):
            phone.tap(f"tab-{tab}")
            self.await_tab(tab)
            yield f"{tab}, nothing yet", None
        phone.tap("tab-me")
        phone.tap("remove-person")
        yield "me, asked whether to remove", None
        self.go("fixes")
        yield "own fixes, none", None
        self.go("notice")
        yield "what is collected", None
        for path in ("record", "correct", "edit"):
            self.go(f"{path}/{NOWHERE}")
            expect(phone.page.locator(".empty")).to_be_visible()
            yield f"{path} of something that is not here", None

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

    def in_a_cellar(self) -> Stops:
        """Without a network: what waits, and what the server will refuse."""
        phone = self.phone
        phone.wait_until_sent()
        phone.go_offline()
        for code in (USUAL, OTHER_EASY, RETIRED):
            self.log_hazard(code)
        phone.tap("sync-chip")
        expect(phone.find("outbox-row").first).to_be_visible()
        yield "outbox, offline", "outbox_sheet"
        self.close_sheet()
        self.go("records")
        expect(phone.find("record-row", delivery="saved").first).to_be_visible()
        yield "records, unsent", None
        self.go("me")
        yield "me, unsent", None
        self.write("UPDATE matter SET to_day = '2026-01-02' WHERE code = :code", code=RETIRED)
        phone.go_online()
        phone.find("sync-chip").first.and_(phone.page.locator('[data-refused="1"]')).wait_for()
        self.go("today")
        row = phone.find("record-row", delivery="refused").first
        expect(row).to_be_visible()
        yield "today, one refused", None
        phone.tap(row)
        expect(phone.find("record-edit")).to_be_visible()
        yield "record, refused", None
        phone.tap("record-edit")
        expect(phone.find("save")).to_be_visible()
        yield "refused record, open again", None
        self.go("today")
        phone.tap("sync-chip")
        phone.tap("outbox-dismiss")
        yield "outbox, one refused", "outbox_sheet"
        phone.tap("outbox-dismiss-sure")
        self.close_sheet()
        phone.wait_until_sent()

    def delivered(self) -> Stops:
        phone = self.phone
        self.go("records")
        expect(phone.find("record-row", delivery="delivered").first).to_be_visible()
        yield "records", None
        for name, record in (("hazard", self.hazard), ("visit", self.visit)):
            self.go(f"record/{record}")
            expect(phone.find("record-page", delivery="delivered")).to_be_visible()
            yield f"record of a {name}", None
        self.go(f"record/{self.hazard}")
        phone.tap("relook-open")
        phone.tap("save")
        yield "re-look, outcome missing", None
        phone.tap("sync-chip")
        phone.tap(phone.page.locator("dialog summary"))
        yield "outbox, delivered", "outbox_sheet"
        self.close_sheet()

    def leader(self) -> Stops:
        phone = self.phone
        self.change_person("leader")
        for _ in range(20):
            expect(phone.find("approval-card").first).to_be_visible()
            front = phone.find("approval-card").first.get_attribute("data-id")
            if front == self.hazard:
                break
            phone.tap("approval-later")
            expect(phone.find("approval-card", id=str(front))).to_have_count(0)
        phone.expect_photos(1)
        yield "approvals", None
        phone.tap("batch")
        yield "approve several", "batch_sheet"
        self.close_sheet()
        phone.tap("return")
        phone.tap("return-confirm")
        yield "return, reason missing", "return_sheet"
        phone.tap("return-reason-1")
        phone.tap("return-confirm")
        expect(phone.find("approval-card", id=self.hazard)).to_have_count(0)
        yield "approvals, undo offered", None
        phone.tap("tab-map")
        phone.tap("map-as-map")
        yield "map", None
        phone.tap("map-as-list")
        yield "map as a list", None
        for tab in ("dispatch", "team", "me"):
            phone.tap(f"tab-{tab}")
            self.await_tab(tab)
            yield f"leader's {tab}", None
        phone.wait_until_sent()
        self.go("approvals")
        while phone.find("approval-card").count():
            front = phone.find("approval-card").first.get_attribute("data-id")
            phone.tap("approve")
            expect(phone.find("approval-card", id=str(front))).to_have_count(0)
        yield "approvals, all done", None
        phone.wait_until_sent()

    def worker_again(self) -> Stops:
        """Back to the first person, whose session in the browser is another's by now."""
        phone = self.phone
        self.go("me")
        phone.tap("person-switch")
        yield "whose phone, two people", "person_sheet"
        phone.tap("person-row", username="worker")
        expect(phone.find("sign-in-again")).to_be_visible()
        self.go("today")
        yield "today, signed out", None
        phone.tap("sign-in-again")
        expect(phone.find("sign-in-name")).to_have_value("worker")
        yield "sign-in, people known here", None
        self.sign_in("worker")
        phone.tap(phone.find("record-row", review="returned").first)
        expect(phone.find("correct")).to_be_visible()
        yield "record, returned", None
        phone.tap("correct")
        expect(phone.find("draft-drop")).to_be_visible()
        yield "correction of a hazard", None
        self.go(f"record/{self.hazard}")
        phone.tap("dispute")
        yield "dispute", "dispute_sheet"
        phone.tap("dispute-confirm")
        expect(phone.page.locator("dialog[open]")).to_have_count(0)
        yield "record, disputed", None
        phone.wait_until_sent()

    def adviser_and_office(self) -> Stops:
        phone = self.phone
        self.change_person("adviser")
        phone.tap("rule")
        yield "a dispute to decide", "rule_sheet"
        self.close_sheet()
        self.change_person("micro")
        yield "today of a micro-grid leader", None
        self.change_person("town")
        yield "an office account on the phone", None
