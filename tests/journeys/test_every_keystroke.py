"""Whatever stood on the screen when the page was loaded again is there afterwards: every form, on a slow phone, no pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import object_on_screen, open_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

SLOW = 6  # times slower than this machine
TYPED = "1380000 lou dao 17"
DIGITS = "13812341234"


def slow_down(phone: Phone, times: int) -> None:
    line = phone.page.context.new_cdp_session(phone.page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": times})


def type_and_reload(phone: Phone, field: str, words: str = TYPED) -> None:
    """No pause between the last key and the loading; what the field showed then is what it must show again."""
    target = phone.find(field).first
    target.focus()
    phone.page.keyboard.type(words)
    shown = target.input_value()
    assert shown == words
    phone.page.reload()
    expect(phone.find(field).first).to_have_value(shown)


def forms(phone: Phone) -> Iterator[tuple[str, str]]:
    """Opens one form after the other: its name, and a field to type into."""
    open_hazard(phone)
    yield "hazard", "note"
    yield "hazard", "place-words"
    duty(phone, "visits")
    phone.tap(phone.find("household-row").first)
    yield "visit", "note"
    duty(phone, "emergencies")
    phone.tap("emergency-gas")
    yield "emergency", "note"
    duty(phone, "information")
    phone.tap("matter-more")
    phone.tap("matter-INFO-03")
    yield "information", "business-name"
    yield "information", "note"
    duty(phone, "publicity")
    phone.tap("matter-PUB-01")
    yield "publicity", "note"
    duty(phone, "mediations")
    phone.tap("fit-go")
    phone.tap("matter-MED-01")
    yield "mediation", "party-name-1"
    yield "mediation", "note"
    yield from patrol(phone)
    yield from step(phone)
    yield from relook(phone)


def home(phone: Phone) -> None:
    phone.page.evaluate("() => { location.hash = '#/today'; }")
    expect(phone.find("tab-today")).to_be_visible()


def duty(phone: Phone, name: str) -> None:
    home(phone)
    phone.tap("tab-log")
    phone.tap(f"duty-{name}")


def patrol(phone: Phone) -> Iterator[tuple[str, str]]:
    home(phone)
    phone.tap("patrol-start")
    expect(phone.find("note")).to_be_visible()
    yield "patrol", "note"


def step(phone: Phone) -> Iterator[tuple[str, str]]:
    duty(phone, "mediations")
    phone.tap("fit-go")
    phone.tap("matter-MED-01")
    mediation = object_on_screen(phone)
    phone.find("party-name-1").fill("钱甲乙")
    phone.tap("outcome-open")
    phone.tap("check")
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    phone.page.evaluate("id => { location.hash = `#/record/${id}`; }", mediation)
    phone.tap("mediation-go-on")
    yield "step", "note"


def relook(phone: Phone) -> Iterator[tuple[str, str]]:
    home(phone)
    record = open_hazard(phone)
    phone.find("note").fill("灭火器过期")
    phone.tap("save")
    expect(phone.find("tab-today")).to_be_visible()
    phone.page.evaluate("id => { location.hash = `#/record/${id}`; }", record)
    phone.tap("relook-open")
    yield "relook", "note"


def test_what_was_typed_in_any_form_outlives_a_reload_in_the_same_moment(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    slow_down(worker, SLOW)
    seen = set()
    for form, field in forms(worker):
        type_and_reload(worker, field)
        seen.add(form)
    assert len(seen) == 9


def test_a_household_half_typed_is_there_after_a_reload_and_after_its_sheet_was_shut(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    slow_down(worker, SLOW)
    duty(worker, "visits")
    worker.tap("household-add")
    worker.find("household-door").fill("永宁路88号101室")
    worker.find("household-contact").fill("沈阿毛")
    worker.find("household-phone").focus()
    worker.page.keyboard.type(DIGITS)
    worker.page.reload()
    worker.tap("household-add")
    expect(worker.find("household-door")).to_have_value("永宁路88号101室")
    expect(worker.find("household-contact")).to_have_value("沈阿毛")
    expect(worker.find("household-phone")).to_have_value(DIGITS)
    worker.page.keyboard.press("Escape")
    expect(worker.find("household-door")).to_have_count(0)
    home(worker)
    worker.tap("draft-row")
    worker.tap("household-add")
    expect(worker.find("household-contact")).to_have_value("沈阿毛")
    worker.page.get_by_role("dialog").get_by_role("radio").first.click()
    worker.tap("household-save")
    expect(worker.page.get_by_text("永宁路88号101室")).to_be_visible()
    worker.tap("household-other")
    worker.tap("household-add")
    expect(worker.find("household-door")).to_have_value("")
