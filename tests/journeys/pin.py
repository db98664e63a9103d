"""The hands at the lock: six digits, chosen once and typed again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.phone import Phone
from tests.journeys.steps import PASSWORD

PIN = "471903"
WRONG = "908172"


def press(phone: Phone, pin: str, page: Page | None = None) -> None:
    for digit in pin:
        (page or phone.page).get_by_test_id(f"pin-{digit}").tap()


def choose(phone: Phone, pin: str = PIN) -> None:
    """The first sign-in asks for a PIN, twice, before anything else is shown."""
    expect(phone.find("choose-step", step="1")).to_be_visible()
    press(phone, pin)
    expect(phone.find("choose-step", step="2")).to_be_visible()
    press(phone, pin)
    expect(phone.find("choose-pin")).to_have_count(0)


def enter(phone: Phone, username: str = "worker", pin: str = PIN) -> None:
    phone.open()
    sign_in_here(phone, username)
    choose(phone, pin)
    expect(phone.find("person-switch")).to_be_visible()


def sign_in_here(phone: Phone, username: str, password: str = PASSWORD) -> None:
    phone.find("sign-in-name").fill(username)
    phone.find("sign-in-password").fill(password)
    phone.tap("sign-in-submit")


def unlock(phone: Phone, pin: str = PIN) -> None:
    expect(phone.find("lock-screen")).to_be_visible()
    press(phone, pin)
    expect(phone.find("lock-screen")).to_have_count(0)


def let_time_pass(phone: Phone, minutes: float) -> None:
    phone.page.clock.fast_forward(int(minutes * 60_000))
