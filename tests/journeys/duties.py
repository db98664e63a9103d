"""The six duties by hand: each from the home tab to the saved record, whose id it gives back, in the taps it may take."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.steps import object_on_screen, tap_call

CAMERA_TAPS = 2  # shutter and "use this photo": in the camera, not in the app
NAME, PHONE = "钱甲乙", "13812341234"  # a party of the mediation


def tell_emergency(worker: Phone) -> str:
    """Three taps and the call."""
    with worker.counting(3 + 1, "emergency"):
        worker.tap("tab-log")
        worker.tap("duty-emergencies")
        emergency = object_on_screen(worker)
        assert worker.find("emergency-call-119").get_attribute("href") == "tel:119"
        tap_call(worker, "119")
        worker.tap("save")
    expect(worker.find("record-page", id=emergency, delivery="saved")).to_be_visible()
    return emergency


def patrol_with_a_hazard(phone: Phone, pictures: list[bytes], note: str) -> tuple[str, str]:
    """Three check points; at the second a hazard with its photos. Ids of the patrol and of the hazard."""
    taps = phone.taps
    phone.tap("patrol-start")
    points = phone.find("patrol-checkpoint")
    expect(points.nth(2)).to_be_visible()
    patrol = object_on_screen(phone)
    phone.tap(points.nth(0))
    expect(points.nth(0)).to_have_attribute("data-result", "normal")
    patrol_taps = phone.taps - taps

    taps = phone.taps
    phone.tap("patrol-hazard")
    phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]'))
    hazard = object_on_screen(phone)
    phone.take_photos(pictures)
    assert phone.taps - taps + CAMERA_TAPS + 1 <= 6  # the last one is "save", below
    phone.find("note").fill(note)
    phone.shoot("hazard-in-a-patrol")
    phone.tap("save")

    taps = phone.taps
    expect(points.nth(2)).to_be_visible()
    phone.expect_row(hazard, delivery="saved")
    phone.tap(points.nth(1))
    phone.tap(points.nth(2))
    expect(points.nth(2)).to_have_attribute("data-result", "normal")
    phone.shoot("patrol")
    phone.tap("patrol-finish")
    assert phone.taps - taps + patrol_taps <= 5
    expect(phone.find("patrol-start", state="none")).to_be_visible()
    return patrol, hazard


def make_due_visit(phone: Phone, matter: str, code: str) -> str:
    """The first due visit of a matter, by its name, all well, in three taps."""
    phone.tap("tab-today")
    due = phone.page.locator('[data-testid="visit-due"]', has_text=matter)
    with phone.counting(3, "due visit"):
        phone.tap(due)
        expect(phone.find(f"matter-{code}")).to_be_visible()
        visit = object_on_screen(phone)
        phone.tap("visit-all-well")
        phone.shoot("visit")
        phone.tap("save")
    expect(phone.find("patrol-start")).to_be_visible()
    return visit


def give_information(worker: Phone) -> str:
    """A household is as it is known."""
    with worker.counting(6, "information"):
        worker.tap("tab-log")
        worker.tap("duty-information")
        worker.tap("matter-INFO-01")
        information = object_on_screen(worker)
        worker.tap(worker.find("household-row").first)
        worker.tap("finding-as_known")
        worker.tap("save")
    expect(worker.find("undo").last).to_be_visible()
    return information


def hold_session(worker: Phone) -> str:
    """Publicity before twenty people."""
    with worker.counting(5, "publicity"):
        worker.tap("tab-log")
        worker.tap("duty-publicity")
        worker.tap("matter-PUB-01")
        session = object_on_screen(worker)
        worker.tap("people-add-20")
        worker.tap("save")
    expect(worker.find("undo").last).to_be_visible()
    return session


def settle_by_word(worker: Phone, reviewer: str) -> str:
    """A mediation that two neighbours settle orally; the form is left in the middle and goes on where it stood."""
    worker.tap("tab-log")
    worker.tap("duty-mediations")
    worker.shoot("may it be mediated here")
    worker.tap("fit-go")
    mediation = object_on_screen(worker)
    worker.tap("matter-MED-01")
    expect(worker.find("who-sees")).to_contain_text(reviewer)
    expect(worker.find("photo-input")).to_have_count(0)
    worker.find("party-name-1").fill(NAME)
    worker.find("party-phone-1").fill(PHONE)
    worker.find("party-name-2").fill("孙丙丁")
    worker.find("note").fill("晚上九点后不再放音响")
    worker.page.reload()  # the draft goes on where it stood
    expect(worker.find("party-name-1")).to_have_value(NAME)
    worker.tap("outcome-oral")
    worker.shoot("form")
    worker.tap("check")
    expect(worker.find("mediation-card")).to_contain_text(NAME)
    worker.shoot("check")
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    return mediation


def make_return_visit(worker: Phone, mediation: str, settled_on: date) -> None:
    """A week later, by the phone's clock: the day has come, and what was agreed is kept."""
    worker.page.clock.install(time=(settled_on + timedelta(days=8)).isoformat() + "T09:00:00+08:00")
    worker.page.reload()
    worker.tap("tab-today")
    due = worker.find("revisit-due", id=mediation)
    expect(due).to_be_visible()
    worker.shoot("today, a return visit")
    with worker.counting(3, "return visit"):
        worker.tap(due)
        worker.tap("revisit-kept")
        worker.shoot("return visit")
        worker.tap("save")
    expect(worker.find("record-page")).to_contain_text("做到了")
    worker.shoot("record, return visit made")
