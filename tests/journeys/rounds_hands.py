"""The hands on the phone that is walked through every screen, and what each of its parts needs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import sqlalchemy as sa
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, object_on_screen

Stops = Iterator[tuple[str, str | None]]  # name of a screen, source file of the sheet over it
PHOTO_POLICY = """UPDATE matter SET photo_policy = :policy, photo_reason = '街道通知', photo_document = '示例1号'
  WHERE code = :code"""
USUAL, NEEDED, FORBIDDEN, RETIRED = "HAZ-02", "HAZ-09", "HAZ-10", "HAZ-13"


class Hands:
    """``languages`` are taken in turn, one for each person who signs in; the records are reported on the way."""

    def __init__(self, phone: Phone, site: Site, languages: tuple[str, ...]) -> None:
        self.phone = phone
        self.site = site
        self.languages = cycle(languages)
        self.hazard = self.visit = self.emergency = self.information = self.publicity = self.mediation = ""
        for policy, code in (("needed", NEEDED), ("forbidden", FORBIDDEN)):
            self.write(PHOTO_POLICY, policy=policy, code=code)

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
