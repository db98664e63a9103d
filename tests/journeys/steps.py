"""What several journeys do in the app, in the words of whoever does it."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import expect

from server.kernel import clock
from server.people.commands import appoint
from server.people.models import Appointment, Person
from server.platform.db import transaction
from server.records.commands import archive_finished
from server.records.models import Record
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.world import app_on, close

PASSWORD = "gridwalk-test"  # of tests.world
SENT_S = 60


def object_on_screen(phone: Phone) -> str:
    """Id of the record whose form is open."""
    return phone.page.url.rpartition("/")[2].partition("?")[0]


def settle(phone: Phone, username: str = "worker", password: str = PASSWORD) -> None:
    """Signed in, everything pulled, ready for a day without a network."""
    phone.sign_in(username, password)
    phone.await_offline_ready()
    phone.wait_until_sent()
    await_first_pull(phone)
    if phone.find("tab-team").count():
        phone.await_piece("leader")


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


def bring_up(leader: Phone, record: str) -> None:
    """Other cards are waiting too: put them off until this one is in front."""
    leader.tap("tab-approvals")
    front = leader.find("approval-card").first
    expect(front).to_be_visible()
    for _ in range(60):
        if front.get_attribute("data-id") == record:
            return
        passed = front.get_attribute("data-id")
        leader.tap("approval-later")
        expect(leader.find("approval-card", id=str(passed))).to_have_count(0)
    raise AssertionError(f"record {record} never came up for review")


def approve(leader: Phone, record: str) -> None:
    bring_up(leader, record)
    with leader.counting(1, "approve"):
        leader.tap("approve")
    expect(leader.find("approval-card", id=record)).to_have_count(0)


def hand_back(leader: Phone, words: str = "") -> None:
    """The card in front is returned for its first reason."""
    record = leader.find("approval-card").first.get_attribute("data-id")
    with leader.counting(3, "return"):
        leader.tap("return")
        leader.tap("return-reason-1")
        leader.find("return-words").fill(words)
        leader.shoot("return")
        leader.tap("return-confirm")
    expect(leader.find("approval-card", id=str(record))).to_have_count(0)


def until(phone: Phone, is_there: Callable[[], bool], what: str) -> None:
    """The server's tables are looked at until they say so."""
    last = time.monotonic() + SENT_S
    while not is_there():
        assert time.monotonic() < last, what
        phone.page.wait_for_timeout(200)


def sent(phone: Phone, site: Site, name: str, times: int = 1) -> None:
    """The seconds of undo are over and the server has done it."""
    asked = "SELECT count(*) AS n FROM mutation_log WHERE name = :name AND outcome = 'applied'"
    until(phone, lambda: bool(site.query(asked, name=name)[0]["n"] >= times), f"{name} never came")
    phone.wait_until_sent()


def lead_second_grid(site: Site) -> None:
    """The town appoints the leader to the other grid as well."""
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        ids = {p.username: p.id for p in session.scalars(sa.select(Person))}
        there = session.scalars(sa.select(Appointment).where(Appointment.person_id == ids["leader2"])).one()
        appoint(
            session,
            person_id=ids["leader"],
            role="grid_leader",
            org_unit_id=there.org_unit_id,
            grid_id=there.grid_id,
            from_day=clock.today(),
        )
    close(app)


def put_away(site: Site, record: str) -> None:
    """As if it had been closed for more than 92 days."""
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Record).where(Record.id == UUID(record)).values(state="closed", finished_at=1))
        session.flush()
        assert archive_finished(session, 2) == 1
    close(app)


def person_id(site: Site, username: str) -> str:
    """As the phone writes it."""
    text = plain(site.query("SELECT id FROM person WHERE username = :username", username=username)[0]["id"])
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def plain(value: object) -> str:
    """An id of either database and of a phone, to be compared."""
    return str(value).replace("-", "")
