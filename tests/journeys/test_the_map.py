"""地图 over tiles: they show, also again without a network; a place picked on them is WGS-84, whatever they are drawn in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.kernel.geo import to_degrees
from tests.journeys.phone import PATIENCE_MS, TAP_GAP_MS, Phone
from tests.journeys.shifted import to_gcj02
from tests.journeys.site import Site, Templates, fill_world
from tests.journeys.steps import PASSWORD, await_first_pull
from tests.journeys.tile_site import TileSource, tile_source

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

HERE = {"latitude": 30.505, "longitude": 120.915, "accuracy": 12}
METRES = 111_320
# where on the earth, by the tiles under it, a point of the screen lies
PLACE_UNDER = """([x, y]) => {
  for (const img of document.querySelectorAll('.leaflet-tile-pane .leaflet-layer:first-child img')) {
    const box = img.getBoundingClientRect();
    if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
    const asked = new URL(img.src).searchParams, n = 2 ** Number(asked.get('TILEMATRIX'));
    const col = Number(asked.get('TILECOL')) + (x - box.left) / box.width;
    const row = Number(asked.get('TILEROW')) + (y - box.top) / box.height;
    return [col / n * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * row / n))) * 180 / Math.PI];
  }
}"""
PAINTED = """() => [...document.querySelectorAll('.leaflet-tile-pane img')]
  .filter(img => img.complete && img.naturalWidth === 256).length"""
BLOCKED = """() => { window.blocked = [];
  document.addEventListener('securitypolicyviolation', (event) => window.blocked.push(event.blockedURI)); }"""
KEPT = """() => caches.open('gridwalk-tiles').then(cache => cache.keys()).then(keys => keys.length)"""


@pytest.fixture
def tiles() -> Iterator[TileSource]:
    with tile_source() as source:
        yield source


@contextmanager
def site_with(templates: Templates, folder: Path, **more: str) -> Iterator[Site]:
    with templates.site("world", fill_world, folder, **more) as site:
        yield site


def worker_at_work(phone: Phone) -> list[str]:
    """Signed in, on a page of the service worker's, a fix at hand; answers what the console says is refused."""
    said: list[str] = []
    phone.page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
    phone.page.context.add_init_script(f"({BLOCKED})()")
    phone.page.context.grant_permissions(["geolocation"])
    phone.page.context.set_geolocation(HERE)  # type: ignore[arg-type]
    phone.sign_in("worker", PASSWORD)
    phone.wait_until_sent()
    phone.await_offline_ready()
    phone.page.reload()
    expect(phone.find("today-map")).to_be_visible()
    await_first_pull(phone)
    return said


def expect_tiles(page: Page, least: int = 4) -> None:
    expect(page.locator("[data-testid=tiles][data-state=there][data-picture=true]")).to_be_visible()
    await_count(page, PAINTED, least)


def await_count(page: Page, script: str, least: int) -> None:
    """Asked from outside: a waiting script inside the page is what the page's policy forbids."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while page.evaluate(script) < least:
        assert time.monotonic() < until, f"less than {least}: {script}"
        page.wait_for_timeout(100)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1]) * METRES


def place_of(phone: Phone) -> tuple[float, float]:
    place = phone.find("place")
    return float(place.get_attribute("data-lng") or 0), float(place.get_attribute("data-lat") or 0)


def tip_of_pin(phone: Phone) -> tuple[float, float]:
    box = phone.page.locator(".tile-pin").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * 45 / 60


def place_under(phone: Phone, spot: tuple[float, float]) -> tuple[float, float]:
    found: Any = phone.page.evaluate(PLACE_UNDER, list(spot))
    assert found, "no tile lies there"
    return found[0], found[1]


def open_hazard_form(phone: Phone) -> None:
    phone.tap("tab-log")
    phone.tap("duty-hazards")
    phone.tap(phone.page.locator('[data-testid^="matter-HAZ"]').first)
    phone.tap("place-locate")
    expect(phone.find("place", source="fix")).to_be_visible()
    phone.find("place-map").scroll_into_view_if_needed()
    expect_tiles(phone.page)
    phone.page.wait_for_timeout(300)


def test_the_map_shows_tiles_and_shows_them_again_without_a_network(
    sqlite_templates: Templates, tiles: TileSource, new_phone: Callable[[Site, str], Phone], tmp_path: Path
) -> None:
    with site_with(sqlite_templates, tmp_path / "site", **tiles.settings()) as site:
        phone = new_phone(site, "worker")
        said = worker_at_work(phone)
        assert tiles.asked == []  # nothing is loaded before somebody looks
        phone.tap("today-map")
        expect_tiles(phone.page)
        assert {layer for layer, *_ in tiles.asked} == {"vec", "cva"} and tiles.without_key == 0
        assert tiles.heard == {f"{phone.link.url}/"}  # the site's address, no page
        expect(phone.page.get_by_text("底图：示例地图 审图号 示例1号")).to_be_visible()
        phone.shoot("map-online")
        looked_at = set(tiles.asked)
        await_count(phone.page, KEPT, len(looked_at))

        phone.tap("map-own")
        expect(phone.page.locator(".tiles .own-dot")).to_be_visible()
        expect(phone.find("map-own-words")).to_contain_text("12")
        phone.shoot("own-dot")
        phone.page.wait_for_timeout(TAP_GAP_MS)  # twice at once on this button is a slip of the finger
        phone.tap("map-own-hide")
        expect(phone.page.locator(".own-dot")).to_have_count(0)

        before = len(tiles.asked)
        phone.go_offline()
        phone.page.reload()
        expect_tiles(phone.page)
        phone.shoot("map-offline")
        assert len(tiles.asked) == before
        for _ in range(3):
            phone.tap(phone.page.locator(".leaflet-control-zoom-out"))
        expect(phone.find("tiles", picture="false")).to_be_visible()  # never looked at; the outlines are there
        assert phone.page.locator("path.ground").count() >= 1
        phone.shoot("map-offline-unseen")
        phone.tap("back")
        expect(phone.find("today-map")).to_be_visible()
        assert said == [] and phone.page.evaluate("() => window.blocked") == []
        assert phone.troubles == []

        phone.go_online()
        phone.wait_until_sent()
        phone.tap("tab-me")
        phone.tap("remove-person")
        with phone.page.expect_event("load"):  # the page loads anew when the tiles are gone
            phone.tap("remove-confirm")
        expect(phone.find("sign-in-name")).to_be_visible()
        assert phone.page.evaluate("() => caches.has('gridwalk-tiles')") is False


@pytest.mark.parametrize("shifted", [False, True], ids=["wgs84", "gcj02"])
def test_a_place_picked_on_the_tiles_is_wgs84(
    sqlite_templates: Templates,
    tiles: TileSource,
    new_phone: Callable[[Site, str], Phone],
    tmp_path: Path,
    shifted: bool,
) -> None:
    def on_tiles(at: tuple[float, float]) -> tuple[float, float]:
        return to_gcj02(*at) if shifted else at

    with site_with(sqlite_templates, tmp_path / "site", **tiles.settings(MAP_GCJ02="1" if shifted else "0")) as site:
        phone = new_phone(site, "worker")
        said = worker_at_work(phone)
        open_hazard_form(phone)
        fix = place_of(phone)
        assert metres(fix, (HERE["longitude"], HERE["latitude"])) < 1
        pixel = pixel_of(phone)
        assert metres(place_under(phone, tip_of_pin(phone)), on_tiles(fix)) < 2 * pixel
        phone.shoot("fix")

        x, y = tip_of_pin(phone)
        spot = (x - 60, y + 40)
        phone.page.touchscreen.tap(*spot)
        expect(phone.find("place", source="map")).to_be_visible()
        picked = place_of(phone)
        assert metres(place_under(phone, spot), on_tiles(picked)) < 2 * pixel
        assert 20 * pixel < metres(picked, fix) < 100 * pixel
        phone.find("place-map").focus()
        phone.page.keyboard.press("ArrowUp")
        expect(phone.find("place")).not_to_have_attribute("data-lat", str(picked[1]))
        assert 9 < metres(place_of(phone), picked) < 11
        chosen = place_of(phone)
        phone.shoot("picked")
        phone.tap("save")
        expect(phone.find("today-map")).to_be_visible()
        phone.wait_until_sent()
        (stored,) = site.query("SELECT lng, lat FROM hazard WHERE place_source = 'map'")
        assert metres((to_degrees(stored["lng"]), to_degrees(stored["lat"])), chosen) < 0.1
        assert said == [] and phone.page.evaluate("() => window.blocked") == []


def pixel_of(phone: Phone) -> float:
    """Metres to a pixel of the screen."""
    x, y = tip_of_pin(phone)
    return metres(place_under(phone, (x, y)), place_under(phone, (x + 50, y))) / 50


def test_without_a_source_the_outline_stays_and_nothing_is_loaded(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    phone = new_phone(world_site, "worker")
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    worker_at_work(phone)
    phone.tap("today-map")
    expect(phone.page.locator("svg.map")).to_be_visible()
    phone.tap("map-own")
    expect(phone.page.locator("svg.map .own-dot")).to_be_visible()
    assert phone.find("tiles").count() == 0
    assert [url for url in asked if not url.startswith(phone.link.url) and not url.startswith("blob:")] == []
    with_map = phone.page.evaluate("() => caches.has('gridwalk-lazy')")
    assert with_map is False


def test_the_first_look_at_a_map_may_be_without_a_network(
    sqlite_templates: Templates, tiles: TileSource, new_phone: Callable[[Site, str], Phone], tmp_path: Path
) -> None:
    with site_with(sqlite_templates, tmp_path / "site", **tiles.settings()) as site:
        phone = new_phone(site, "worker")
        worker_at_work(phone)
        phone.go_offline()
        phone.tap("today-map")
        expect(phone.find("tiles", state="missing")).to_be_visible()
        expect(phone.page.locator("svg.map")).to_be_visible()
        phone.tap("map-as-list")
        expect(phone.find("map-point").first).to_be_visible()
