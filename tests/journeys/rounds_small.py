"""The way through what is said on browsers and phones that lack something: in memory, no worker, mobile data, a Safari tab;
and the switch for reminders in all its states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.crippled import IPHONE, MOBILE_LINK, crippled
from tests.journeys.phone import Phone
from tests.journeys.pictures import camera_picture
from tests.journeys.reminders import pretend, states
from tests.journeys.steps import PASSWORD, log_hazard, open_hazard, records_page

HEIC = (Path(__file__).parent / "gallery.heic").read_bytes()
Screens = Iterator[tuple[str, Phone]]


def small_screens(switch_on: Callable[[str], Phone], language: str) -> Screens:
    yield from in_memory(switch_on("memory"), language)
    yield from on_mobile_data(switch_on("mobile"), language)
    yield from in_a_safari_tab(switch_on("apple"), language)
    yield from asked_for_reminders(switch_on("reminded"), language)


def enter(phone: Phone, language: str) -> None:
    phone.open(f"/app?lang={language}")
    phone.find("sign-in-name").fill("worker")
    phone.find("sign-in-password").fill(PASSWORD)
    phone.tap("sign-in-submit")
    expect(phone.find("visit-due").first).to_be_visible()


def in_memory(phone: Phone, language: str) -> Screens:
    crippled(phone, "database")
    phone.open(f"/app?lang={language}")
    expect(phone.find("plain-memory")).to_be_visible()
    yield "sign-in, nothing can be kept", phone
    enter(phone, language)
    expect(phone.find("plain-memory")).to_be_visible()
    yield "today, nothing can be kept", phone
    open_hazard(phone)
    phone.page.locator('input[type="file"]:not([capture])').first.set_input_files(
        [{"name": "IMG_0001.heic", "mimeType": "image/heic", "buffer": HEIC}]
    )
    expect(phone.page.get_by_role("alert").filter(has_text="HEIC")).to_be_visible()
    yield "hazard, a HEIC refused", phone
    phone.go_offline()
    expect(phone.find("plain-offline")).to_be_visible()
    yield "hazard, nothing can be kept and no network", phone
    phone.find("note").fill("·")
    phone.tap("save")
    records_page(phone)
    yield "records, nothing can be kept", phone


def on_mobile_data(phone: Phone, language: str) -> Screens:
    phone.page.context.add_init_script(MOBILE_LINK)
    crippled(phone, "worker")
    enter(phone, language)
    expect(phone.find("plain-no-start")).to_be_visible()
    phone.tap("tab-me")
    phone.find("wifi-only").get_by_role("switch").check()
    yield "me, does not open offline, photos over Wi-Fi", phone
    record = open_hazard(phone)
    phone.take_photos([camera_picture(1, datetime.now(ZoneInfo("Asia/Shanghai")), 640, 480)])
    phone.tap("save")
    records_page(phone)
    phone.tap("record-row", id=record)
    expect(phone.find("photos-for-wifi")).to_be_visible()
    yield "record, photos wait for Wi-Fi", phone


def in_a_safari_tab(phone: Phone, language: str) -> Screens:
    phone.page.context.add_init_script(IPHONE)
    enter(phone, language)
    phone.await_offline_ready()
    phone.tap("tab-me")
    expect(phone.find("install-apple")).to_be_visible()
    yield "me, install", phone
    open_hazard(phone)
    phone.tap("back")
    phone.go_offline()
    log_hazard(phone, "·")
    expect(phone.find("install-send-first")).to_be_visible()
    yield "today, send first and install then", phone
    phone.tap("tab-me")
    expect(phone.find("install-send-first")).to_be_visible()
    yield "me, send first and install then", phone


def asked_for_reminders(phone: Phone, language: str) -> Screens:
    pretend(phone)
    enter(phone, language)
    phone.await_offline_ready()
    phone.tap("tab-me")
    for state in states(phone):
        yield f"me, reminders {state}", phone
