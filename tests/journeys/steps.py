"""What several journeys do in the app, in the words of whoever does it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.phone import Phone

PASSWORD = "gridwalk-test"  # of tests.world


def object_on_screen(phone: Phone) -> str:
    """Id of the record whose form is open."""
    return phone.page.url.rpartition("/")[2].partition("?")[0]


def settle(phone: Phone, username: str = "worker", password: str = PASSWORD) -> None:
    """Signed in, everything pulled, ready for a day without a network."""
    phone.sign_in(username, password)
    phone.await_offline_ready()
    phone.wait_until_sent()
    await_first_pull(phone)


def await_first_pull(phone: Phone) -> None:
    """What a day's work needs is on the phone: cards for a leader; due visits and matters for a worker."""
    if phone.find("tab-team").count():
        expect(phone.find("approvals-left")).to_be_visible()
        return
    expect(phone.find("visit-due").first).to_be_visible()
    phone.tap("tab-log")
    phone.tap("duty-hazards")
    expect(phone.page.locator('[data-testid^="matter-HAZ"]').first).to_be_visible()
    phone.tap("back")
    phone.tap("tab-today")


NO_DIALLER = """() => document.addEventListener('click', event => {
  if (event.target.closest('a[href^="tel:"]')) event.preventDefault();
})"""


def tap_call(phone: Phone, number: str) -> None:
    """A call button of the emergency form. Here is no dialler, and the browser would ask for one."""
    phone.page.evaluate(NO_DIALLER)
    phone.tap(f"emergency-call-{number}")


def open_hazard(phone: Phone) -> str:
    """From the home tab to the form of a hazard, its first usual matter chosen. Returns the record's id."""
    phone.tap("tab-log")
    phone.tap("duty-hazards")
    phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]'))
    expect(phone.find("note")).to_be_visible()
    return object_on_screen(phone)


def log_hazard(phone: Phone, note: str) -> str:
    """A hazard without a photo, saved. Returns its id."""
    record = open_hazard(phone)
    phone.find("note").fill(note)
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    return record


def records_page(phone: Phone) -> None:
    """The list of own records, all loaded."""
    phone.tap("tab-records")
    expect(phone.find("records-all")).to_be_visible()
