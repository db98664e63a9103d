"""A phone in a pocket costs nothing: hidden it asks nothing; it never watches the place, and stays awake on patrol alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import log_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# what asks for the place or the screen, and every timer, is written down; the page can be hidden and time can be moved on
LISTEN = """(() => {
  window.asked = { watches: 0, locks: 0, released: 0, intervals: 0 };
  Geolocation.prototype.watchPosition = () => { window.asked.watches++; return 1; };
  const awake = { request: async () => { window.asked.locks++; return { release: async () => { window.asked.released++; } }; } };
  Object.defineProperty(navigator, 'wakeLock', { value: awake });
  const every = window.setInterval;
  window.setInterval = (...how) => { window.asked.intervals++; return every(...how); };
  let hidden = false;
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
  Object.defineProperty(Document.prototype, 'hidden', { get: () => hidden });
  window.hide = (now) => { hidden = now; document.dispatchEvent(new Event('visibilitychange')); };
})()"""
MINUTES = 30


def asked_so_far(phone: Phone) -> int:
    """Calls to the server's doors."""
    return len([path for _, path, _ in phone.link.seen if path.startswith("/api/")])


def requests_in(phone: Phone, minutes: int) -> int:
    """How many calls so much time brings."""
    before = asked_so_far(phone)
    for _ in range(minutes):
        phone.page.clock.fast_forward(60_000)
        phone.page.wait_for_timeout(100)
    return asked_so_far(phone) - before


def asks_every_minute(phone: Phone, minutes: int) -> bool:
    """Whether each of so many minutes brings a call; a slow machine is waited for."""
    for _ in range(minutes):
        before, until = asked_so_far(phone), time.monotonic() + 20
        phone.page.clock.fast_forward(60_000)
        while asked_so_far(phone) == before:
            if time.monotonic() > until:
                return False
            phone.page.wait_for_timeout(50)
        phone.page.wait_for_timeout(300)  # what the call brings with it
    return True


def test_hidden_it_asks_nothing_and_seen_again_it_asks_at_once(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(LISTEN)
    worker.page.clock.install()
    settle(worker)
    assert asks_every_minute(worker, 3), "seen, it asks every minute"
    worker.page.evaluate("() => window.hide(true)")
    requests_in(worker, 2)  # the tick that was set before
    assert requests_in(worker, MINUTES) == 0
    assert worker.page.evaluate("() => window.asked.intervals") == 0
    before = asked_so_far(worker)
    worker.page.evaluate("() => window.hide(false)")
    until = time.monotonic() + 30
    while asked_so_far(worker) == before:
        assert time.monotonic() < until, "seen again, it does not ask"
        worker.page.wait_for_timeout(50)


def test_hidden_with_something_unsent_and_no_network_it_tries_no_oftener_than_every_few_minutes(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(LISTEN)
    worker.page.clock.install()
    settle(worker)
    tried: list[str] = []
    worker.page.on("request", lambda request: tried.append(request.url) if "/api/" in request.url else None)
    worker.go_offline()
    log_hazard(worker, "没有网")
    worker.page.evaluate("() => window.hide(true)")
    requests_in(worker, 10)  # until the waits have grown
    tried.clear()
    requests_in(worker, MINUTES)
    assert 0 < len(tried) <= 2 * MINUTES / 2.5


def test_the_screen_stays_awake_on_patrol_alone_and_nobody_watches_the_place(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    worker.page.context.add_init_script(LISTEN)
    settle(worker)
    assert worker.page.evaluate("() => window.asked.locks") == 0
    worker.tap("patrol-start")
    expect(worker.find("patrol-checkpoint").first).to_be_visible()
    worker.page.wait_for_function("() => window.asked.locks === 1")
    worker.tap("patrol-checkpoint")
    worker.page.evaluate("() => { window.hide(true); window.hide(false); }")
    worker.page.wait_for_function("() => window.asked.locks === 2")  # the browser lets go of it in the background
    worker.tap("patrol-finish")
    worker.page.wait_for_function("() => window.asked.released >= 1")
    worker.wait_until_sent()
    assert worker.page.evaluate("() => window.asked.watches") == 0
