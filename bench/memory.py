"""Memory of the page: 10,000 records and 200 photos that wait, no network, the same round through the app again and again.

After each round the garbage is collected and the heap, the nodes and the open object URLs are read. Flat means that a
later round holds no more than an early one: the figure is the ratio, so the machine does not matter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from bench import county
from bench.figures import Figure
from bench.phone import PAGE, _call, _fill_profile, _phone, _picture, client_script
from tests.faults.server_process import ServerProcess
from tests.journeys.pictures import camera_picture

PHOTOS, PHOTO_BYTES = 200, 300_000
WARM, ROUNDS = 4, 14
COUNT_URLS = """
  const made = URL.createObjectURL.bind(URL), freed = URL.revokeObjectURL.bind(URL);
  window.benchUrls = new Set();
  URL.createObjectURL = (thing) => { const url = made(thing); window.benchUrls.add(url); return url; };
  URL.revokeObjectURL = (url) => { window.benchUrls.delete(url); freed(url); };
"""


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        world = county.make("", Path(folder) / "data")
        server = ServerProcess(Path(folder) / "data", GRIDWALK_DEMO="0")
        server.start()
        try:
            profile = Path(folder) / "profile"
            _fill_profile(playwright, server, profile)
            context = _phone(playwright, profile, offline=False)
            _queue(context, server, str(world.areas["grid"]), Path(folder))
            context.set_offline(True)
            yield from _rounds(context, server)
            context.close()
        finally:
            server.stop()


def _queue(context: BrowserContext, server: ServerProcess, grid: str, folder: Path) -> None:
    picture = folder / "camera.jpg"
    picture.write_bytes(camera_picture(1, datetime(2026, 11, 24, 9, 30)))
    script = client_script(folder)
    context.route("**/bench.html", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    context.route("**/bench.js", lambda route: route.fulfill(path=script, content_type="text/javascript"))
    context.route("**/camera.jpg", lambda route: _picture(route, picture))
    page = context.pages[0]
    page.set_default_timeout(600_000)
    page.goto(f"http://127.0.0.1:{server.port}/bench.html")
    waiting = page.evaluate(_call("queuePhotos"), [grid, PHOTOS, PHOTO_BYTES])
    assert waiting >= PHOTOS, waiting


def _rounds(context: BrowserContext, server: ServerProcess) -> Iterator[Figure]:
    page = context.pages[0]
    page.add_init_script(COUNT_URLS)
    page.goto(f"http://127.0.0.1:{server.port}/app")
    session = context.new_cdp_session(page)
    session.send("Performance.enable")
    seen = []
    for _ in range(ROUNDS):
        _round(page)
        seen.append(_held(page, session))
    early, late = seen[WARM - 1], seen[-1]
    yield Figure("memory: heap after a start and 14 rounds, 10,000 records, 200 photos waiting", late["heap"], "MiB")
    yield Figure("memory: heap of round 14 against round 4", late["heap"] / early["heap"], "×", 1.1)
    yield Figure("memory: nodes of round 14 against round 4", late["nodes"] / early["nodes"], "×", 1.1)
    yield Figure("memory: pictures held open after a round", late["urls"], "", 20)


def _round(page: Page) -> None:
    """Every tab, the whole list of records, and ten records with their pictures."""
    for tab in ("tasks", "log", "me", "records"):
        page.get_by_test_id(f"tab-{tab}").click()
    page.get_by_test_id("record-row").first.wait_for(timeout=60_000)
    for at in range(10):
        page.get_by_test_id("record-row").nth(at).click()
        page.get_by_test_id("record-page").wait_for(timeout=60_000)
        page.wait_for_timeout(150)
        page.get_by_test_id("back").click()
        page.get_by_test_id("record-row").first.wait_for(timeout=60_000)
    page.get_by_test_id("tab-today").click()
    page.wait_for_timeout(300)


def _held(page: Page, session: CDPSession) -> dict[str, Any]:
    session.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    urls = page.evaluate("() => window.benchUrls.size")
    return {"heap": told["JSHeapUsedSize"] / 2**20, "nodes": told["Nodes"], "urls": urls}
