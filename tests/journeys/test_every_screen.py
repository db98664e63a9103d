"""Every screen, of phone and office, in both languages, sun and night, normal and 1.4 × text: axe finds nothing, every
text stands out 7:1 from its ground, every target is 48 px, and the Tab key reaches whatever a finger does.

`make test` sees each screen once, in the next look of the cycle; `make prove` sees each in every look.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from werkzeug.routing import Map

from server.app import create_app
from tests.browser import launch_options
from tests.journeys.examiner import (
    LISTENERS,
    OFFICE_LOOKS,
    PHONE_LOOKS,
    Examiner,
    Look,
    declared_routes,
    declared_sheets,
    examine,
    look_of,
)
from tests.journeys.office_day import fill_a_day
from tests.journeys.office_rounds import OfficeRounds
from tests.journeys.phone import Phone
from tests.journeys.pin import PIN, WRONG, press, sign_in_here
from tests.journeys.rounds import IN_THE_GRID, Rounds
from tests.journeys.rounds_bars import trouble_screens
from tests.journeys.rounds_small import small_screens
from tests.journeys.site import Site, Templates, fill_world
from tests.journeys.tile_site import tile_source
from tests.world import settings_for

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1800)]

IN_EVERY_LOOK = [pytest.mark.prove, pytest.mark.timeout(7_200)]
LANGUAGES = pytest.mark.parametrize(
    "languages, every_look",
    [
        pytest.param(("en", "zh"), False, id="sample"),
        pytest.param(("zh",), True, id="in-chinese", marks=IN_EVERY_LOOK),
        pytest.param(("en",), True, id="in-english", marks=IN_EVERY_LOOK),
    ],
)
# doors of the server that draw no page
NO_PAGE = {
    "/": "leads on to another page",
    "/app": "the phone's screens, seen by the other test",
    "/app/<path:screen>": "the same",
    "/healthz": "for monitoring",
    "/metrics": "for monitoring",
    "/openapi.json": "for programs",
    "/open311/v2/discovery.<any(json, xml):form>": "for programs",
    "/open311/v2/services.<any(json, xml):form>": "for programs",
    "/open311/v2/requests.<any(json, xml):form>": "for programs",
    "/open311/v2/requests/<request_id>.<any(json, xml):form>": "for programs",
    "/sw.js": "for the browser",
    "/manifest.webmanifest": "for the browser",
    "/static/<folder>/<path:path>": "files",
    "/office/households/import/sheet.xlsx": "a file",
    "/office/staff/import/sheet.xlsx": "a file",
    "/office/records-of-achievement/<uuid:person_id>.json": "a file",
    "/my-record.json": "a file",
    "/keys/records.json": "for programs",
    "/office/evaluation/facts/sheet.xlsx": "a file",
    "/m/keys.json": "for programs",
    "/office/feedback/<uuid:feedback_id>/picture": "a picture",
    "/feedback/status": "leads on to another page",
    "/sign-in/house": "leads on to the house that signs people in",
    "/sign-in/house/back": "where that house sends them back",
    "/office/grids/<uuid:unit_id>/borders.geojson": "a file",
    "/office/grids/drafts/<uuid:draft_id>/borders.geojson": "a file",
}


def examiner(looks: list[Look], every_look: bool) -> Examiner:
    """``SCREEN_SHOTS`` names a folder for pictures of all that was seen, ``SCREEN_LOOKS`` the looks to see all of it in:
    ``night elder 360x640, sun normal 390x844``."""
    folder, asked = os.environ.get("SCREEN_SHOTS"), os.environ.get("SCREEN_LOOKS")
    if asked:
        looks, every_look = [look_of(words) for words in asked.split(",")], True
    return Examiner(looks, every_look, pictures=Path(folder) if folder else None)


def watched(page: Page) -> Page:
    page.context.add_init_script(LISTENERS)
    page.emulate_media(reduced_motion="reduce")
    return page


@LANGUAGES
def test_every_screen_of_the_phone(
    world_site: Site, new_phone: Callable[[Site, str], Phone], languages: tuple[str, ...], every_look: bool
) -> None:
    phone = new_phone(world_site, "shared")
    watched(phone.page).context.grant_permissions(["geolocation"])
    phone.page.context.set_geolocation(IN_THE_GRID)  # type: ignore[arg-type]
    seen = examiner(PHONE_LOOKS, every_look)
    for name, sheet in Rounds(phone, world_site, languages).all():
        seen.see(phone.page, name, sheet)
    assert not seen.findings, "\n".join(seen.findings)
    assert declared_routes() <= seen.routes
    assert declared_sheets() == set(seen.sheets.values())


@LANGUAGES
def test_the_lock_and_what_stands_before_it(
    pin_site: Site, new_phone: Callable[[Site, str], Phone], languages: tuple[str, ...], every_look: bool
) -> None:
    phone = new_phone(pin_site, "locked")
    watched(phone.page)
    seen = examiner(PHONE_LOOKS, every_look)
    for name in locked_screens(phone, languages[0]):
        seen.see(phone.page, name)
    assert not seen.findings, "\n".join(seen.findings)


@LANGUAGES
def test_the_map_over_tiles(
    sqlite_templates: Templates,
    new_phone: Callable[[Site, str], Phone],
    tmp_path: Path,
    languages: tuple[str, ...],
    every_look: bool,
) -> None:
    with (
        tile_source() as tiles,
        sqlite_templates.site("world", fill_world, tmp_path / "site", **tiles.settings()) as site,
    ):
        phone = new_phone(site, "mapped")
        watched(phone.page).context.grant_permissions(["geolocation"])
        phone.page.context.set_geolocation(IN_THE_GRID)  # type: ignore[arg-type]
        seen = examiner(PHONE_LOOKS, every_look)
        for name in screens_over_tiles(phone, languages[0]):
            seen.see(phone.page, name)
        assert not seen.findings, "\n".join(seen.findings)


def screens_over_tiles(phone: Phone, language: str) -> Iterator[str]:
    phone.open(f"/app?lang={language}")
    sign_in_here(phone, "worker")
    expect(phone.find("person-switch")).to_be_visible()
    for severity in ("major", "general"):
        phone.tap("tab-log")
        phone.tap("duty-hazards")
        phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]').first)
        phone.tap("preset-edit")
        phone.tap(f"severity-{severity}")
        phone.find("place-map").focus()
        for _ in range(9 if severity == "major" else 1):
            phone.page.keyboard.press("ArrowUp")
        phone.page.keyboard.press("ArrowLeft")
        expect(phone.find("place", source="map")).to_be_visible()
        expect(phone.find("tiles", state="there", picture="true")).to_be_visible()
        if severity == "major":
            yield "place of a hazard, over tiles"
        phone.tap("save")
        expect(phone.find("today-map")).to_be_visible()
    phone.tap("today-map")
    expect(phone.find("tiles", state="there", picture="true")).to_be_visible()
    expect(phone.page.locator(".tile-mark[role=button]")).to_have_count(2)
    yield "map over tiles"
    phone.tap("map-own")
    expect(phone.page.locator(".own-dot")).to_be_visible()
    yield "map over tiles, own dot"
    phone.find("tiles").scroll_into_view_if_needed()
    for _ in range(7):
        phone.tap(phone.page.locator(".leaflet-control-zoom-out"))
    yield "map over tiles, far away"


@LANGUAGES
def test_what_is_said_where_a_browser_or_phone_lacks_something(
    world_site: Site, new_phone: Callable[[Site, str], Phone], languages: tuple[str, ...], every_look: bool
) -> None:
    def switch_on(name: str) -> Phone:
        phone = new_phone(world_site, name)
        watched(phone.page)
        return phone

    seen = examiner(PHONE_LOOKS, every_look)
    for name, phone in small_screens(switch_on, languages[0]):
        seen.see(phone.page, name)
    assert not seen.findings, "\n".join(seen.findings)


@LANGUAGES
def test_what_is_said_when_something_is_lost(
    world_site: Site, new_phone: Callable[[Site, str], Phone], languages: tuple[str, ...], every_look: bool
) -> None:
    def switch_on(name: str) -> Phone:
        phone = new_phone(world_site, name)
        watched(phone.page)
        return phone

    seen = examiner(PHONE_LOOKS, every_look)
    for name, phone in trouble_screens(switch_on, languages[0]):
        seen.see(phone.page, name)
    assert not seen.findings, "\n".join(seen.findings)


def locked_screens(phone: Phone, language: str) -> Iterator[str]:
    phone.open(f"/app?lang={language}#/welcome?u=worker&c=00000000")
    expect(phone.find("welcome-password")).to_be_visible()
    phone.tap("welcome-submit")
    yield "first sign-in, password too short"
    phone.tap("welcome-leave")
    sign_in_here(phone, "worker")
    expect(phone.find("choose-pin")).to_be_visible()
    press(phone, "123456")
    yield "choose a PIN, one too simple"
    press(phone, PIN)
    yield "choose a PIN, once more"
    press(phone, PIN)
    expect(phone.find("person-switch")).to_be_visible()
    phone.page.reload()
    expect(phone.find("lock-screen")).to_be_visible()
    yield "locked"
    for left in range(9, 0, -1):
        press(phone, WRONG)
        expect(phone.find("lock-said")).to_contain_text(str(left))
    press(phone, WRONG)
    expect(phone.find("lock-out")).to_be_visible()
    yield "locked, out of tries"


@pytest.fixture
def browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(**launch_options())


@LANGUAGES
def test_every_page_of_the_office(
    world_site: Site, browser: Browser, tmp_path: Path, languages: tuple[str, ...], every_look: bool
) -> None:
    fill_a_day(world_site)
    page = watched(browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai").new_page())
    seen = examiner(OFFICE_LOOKS, every_look)
    for name in OfficeRounds(page, world_site, languages).all():
        seen.see(page, name)
    assert not seen.findings, "\n".join(seen.findings)
    assert pages_of_the_server(tmp_path) <= rules_of(seen.places, tmp_path)


def routes_of_the_server(folder: Path) -> Map:
    return create_app(settings_for("", folder)).url_map


def pages_of_the_server(folder: Path) -> set[str]:
    rules = [rule for rule in routes_of_the_server(folder).iter_rules() if "GET" in (rule.methods or ())]
    return {rule.rule for rule in rules if not rule.rule.startswith("/api/")} - set(NO_PAGE)


def rules_of(places: set[str], folder: Path) -> set[str]:
    """The rules that paths were served by."""
    doors = routes_of_the_server(folder).bind("localhost")
    return {doors.match(place, method="GET", return_rule=True)[0].rule for place in places if doors.test(place, "GET")}


PLANTED = """() => {
  document.documentElement.lang = 'en';
  document.querySelector('main').insertAdjacentHTML('beforeend', `
    <p style="color:#888;background:#fff;padding:8px">grey words</p>
    <button style="width:20px;height:20px;min-height:0;padding:0" aria-label="small"></button>
    <button tabindex="-1" style="min-height:48px">out of the order</button>
    <button style="min-height:48px;outline:none">no ring</button>
    <p>只有中文</p><img src="/static/icons/icon.svg" width="48" height="48">
    <div id="tapped" style="width:60px;height:60px">tap me</div>
    <button id="trap" style="min-height:48px">a trap</button><button style="min-height:48px">behind the trap</button>`);
  document.querySelector('#tapped').addEventListener('click', () => {});
  document.querySelector('#trap').addEventListener('keydown', event => event.preventDefault());
}"""
TOO_WIDE = (
    """() => document.querySelector('main').insertAdjacentHTML('beforeend', '<div style="width:3000px">wide</div>')"""
)
UNDER_A_BAR = """() => document.body.insertAdjacentHTML('beforeend',
  '<div style="position:fixed;inset:0;background:#fff;color:#000">bar</div>')"""


def test_whatever_is_planted_is_found(world_site: Site, browser: Browser) -> None:
    page = watched(browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True).new_page())
    page.goto(f"http://127.0.0.1:{world_site.port}/sign-in?lang=en")
    assert examine(page) == []
    page.evaluate(PLANTED)
    found = examine(page)
    for rule, where in (
        ("axe color-contrast-enhanced", "grey words"),
        ("text below 7:1", "grey words"),
        ("axe image-alt", "icon.svg"),
        ("target below 48 px", "small"),
        ("only for a pointer", "out of the order"),
        ("only for a pointer", "tap me"),
        ("not reached by Tab", "behind the trap"),
        ("focus not seen", "no ring"),
        ("Chinese in an English page", "只有中文"),
    ):
        assert [one for one in found if one["rule"] == rule and where in one["where"]], (rule, found)
    page.evaluate(TOO_WIDE)
    assert "wider than the screen" in {one["rule"] for one in examine(page)}
    page.evaluate(UNDER_A_BAR)
    assert "focus covered" in {one["rule"] for one in examine(page)}


def test_a_screen_that_nobody_walks_to_is_noticed(tmp_path: Path) -> None:
    assert {"today", "log/hazard", "record", "approvals"} <= declared_routes()
    assert "blur_sheet" in declared_sheets()
    assert "/office/matters/<uuid:matter_id>" in pages_of_the_server(tmp_path)
    one = f"/office/matters/{'0' * 8}-0000-7000-8000-{'0' * 12}"
    assert rules_of({one, "/nowhere"}, tmp_path) == {"/office/matters/<uuid:matter_id>"}
