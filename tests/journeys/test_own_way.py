"""The way of a patrol, drawn for the worker alone: by their own switch, gone at a tap, and no request knows of it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.examiner import LISTENERS, PHONE_LOOKS, Examiner
from tests.journeys.phone import Phone
from tests.journeys.site import ROOT, Site, environment
from tests.journeys.steps import settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# a watch that a test walks; each step comes 20 s after the one before
WALK = """(() => {
  const takers = new Map(), now = Date.now.bind(Date);
  let later = 0;
  window.watches = 0;
  Date.now = () => now() + later;
  Geolocation.prototype.watchPosition = (take) => { takers.set(++window.watches, take); return window.watches; };
  Geolocation.prototype.clearWatch = (id) => { takers.delete(id); };
  window.watching = () => takers.size;
  window.walk = (longitude, latitude) => {
    later += 20_000;
    for (const take of takers.values()) take({ coords: { longitude, latitude, accuracy: 8 } });
  };
})()"""
WAY = [(120.91511, 30.50522), (120.91611, 30.50622), (120.91711, 30.50722), (120.91811, 30.50822)]
NEWS_IN_AN_HOUR = "() => { const now = Date.now; Date.now = () => now() + 3_700_000; }"
LINES = "section svg path[stroke-width='4']"


def set_track(site: Site, value: str) -> None:
    command = [sys.executable, "-m", "flask", "patrol-track", value, "--document-no", "海网〔2026〕9号"]
    subprocess.run(command, cwd=ROOT, env=environment(site.url, site.data_dir), check=True, stdout=subprocess.DEVNULL)


def on_patrol(site: Site, new_phone: Callable[[Site, str], Phone]) -> tuple[Phone, list[bytes]]:
    """A worker on patrol, and the body of everything that leaves the phone."""
    worker = new_phone(site, "worker")
    told: list[bytes] = []
    worker.link.veto = lambda method, path, body: told.append(path.encode() + b" " + body) is not None
    worker.page.context.add_init_script(LISTENERS)
    worker.page.context.add_init_script(WALK)
    settle(worker)
    worker.tap("patrol-start")
    expect(worker.find("patrol-checkpoint").first).to_be_visible()
    return worker, told


def watching(phone: Phone) -> int:
    return int(phone.page.evaluate("() => window.watching()"))


def walk(phone: Phone) -> None:
    for spot in WAY:
        phone.page.evaluate("([lng, lat]) => window.walk(lng, lat)", list(spot))
        phone.page.wait_for_timeout(100)


def test_a_worker_has_their_way_drawn_and_nobody_else_hears_of_it(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    set_track(world_site, "on_phone")
    worker, told = on_patrol(world_site, new_phone)
    switch = worker.find("own-way").get_by_role("switch")
    expect(switch).not_to_be_checked()
    assert worker.page.evaluate("() => window.watches") == 0
    switch.tap()
    expect(switch).to_be_checked()
    worker.page.wait_for_function("() => window.watching() === 1")
    walk(worker)
    expect(worker.page.locator(LINES)).to_have_count(1)
    worker.page.wait_for_function(f'() => document.querySelector("{LINES}").getAttribute("d").split("L").length === 4')
    worker.find("own-way-drop").scroll_into_view_if_needed()
    worker.shoot("drawn")
    seen = Examiner(PHONE_LOOKS, every_look=True)
    seen.see(worker.page, "a patrol with its way")
    assert not seen.findings, "\n".join(seen.findings)

    worker.tap("own-way-drop")
    expect(worker.page.locator(LINES)).to_have_count(0)
    walk(worker)
    expect(worker.page.locator(LINES)).to_have_count(1)
    worker.tap("patrol-checkpoint")
    worker.tap("patrol-finish")
    expect(worker.find("tab-today")).to_be_visible()
    assert watching(worker) == 0
    until = time.monotonic() + 60  # it can be undone for a moment
    while not any(b"patrols.report" in one for one in told):
        assert time.monotonic() < until, "the patrol was never sent"
        worker.page.wait_for_timeout(100)
    worker.wait_until_sent()
    everything = b"".join(told)
    for place in WAY:
        for number in place:
            assert f"{number}".encode() not in everything and f"{number:.3f}".encode() not in everything

    set_track(world_site, "off")
    worker.tap("patrol-start")
    expect(worker.page.locator(LINES)).to_have_count(1)  # the phone has not heard of it yet
    worker.page.evaluate(NEWS_IN_AN_HOUR)
    worker.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    worker.page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(worker.find("own-way")).to_have_count(0)
    expect(worker.page.locator(LINES)).to_have_count(0)
    assert watching(worker) == 0
