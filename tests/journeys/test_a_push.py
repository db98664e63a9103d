"""A message that arrives while the app is closed, in Chromium: the push is handed to the service worker through the DevTools
protocol; a tap opens the task's screen, offline too. Chromium asks no person here, so its question is answered by the test.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.kernel import clock
from server.messages.claiming import body_of
from server.messages.commands import ring
from server.messages.models import Message
from server.people.models import Person
from server.platform.db import reading, transaction
from tests import world
from tests.journeys.phone import PATIENCE_MS, Phone
from tests.journeys.reminders import flip, pretend, states
from tests.journeys.site import Site
from tests.journeys.steps import sent, settle
from tests.journeys.test_tasks import assign

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NewPhone = Callable[[Site, str], Phone]
LOST_MS = 15_000
TAP = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
}"""
SHOWN = "async () => (await self.registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }))"


def deliver(phone: Phone, body: dict[str, Any]) -> None:
    """As the browser does when its push service brings something."""
    told = phone.page.context.new_cdp_session(phone.page)
    registrations: list[dict[str, Any]] = []
    told.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    told.send("ServiceWorker.enable")
    phone.page.wait_for_timeout(300)
    registration = registrations[-1]["registrationId"]
    in_worker(
        phone, "() => self.registration.active.state"
    )  # awake: what comes while it is being started may be lost here
    sent = {"origin": phone.link.url, "registrationId": registration, "data": json.dumps(body)}
    told.send("ServiceWorker.deliverPushMessage", sent)


def in_worker(phone: Phone, script: str) -> Any:
    return phone.page.context.service_workers[-1].evaluate(script)


def shown_after(phone: Phone, body: dict[str, Any]) -> list[dict[str, str]]:
    """Delivered again where this door of the browser lost it; a real push service: engines/test_push_in_firefox.py."""
    for _ in range(PATIENCE_MS // LOST_MS):
        deliver(phone, body)
        until = time.monotonic() + LOST_MS / 1000
        while time.monotonic() < until:
            if shown := in_worker(phone, SHOWN):
                return list(shown)
            phone.page.wait_for_timeout(100)
    raise AssertionError("nothing was shown")


def pushed(site: Site) -> dict[str, Any]:
    """What our worker would send for the newest message."""
    app = world.app_on(site.url, site.data_dir)
    with app.app_context(), reading() as session:
        message = session.scalars(sa.select(Message).order_by(Message.at.desc())).first()
        assert message
        body = body_of(message, "zh")
    world.close(app)
    return body


def ring_the_worker(site: Site, task_id: UUID) -> None:
    app = world.app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        person_id = session.scalars(sa.select(Person.id).where(Person.username == "worker")).one()
        ring(session, person_id, "task_due_set", task_id=task_id, at=clock.now())
    world.close(app)


def test_a_push_wakes_the_engine_is_shown_and_a_tap_opens_the_task_offline_too(
    world_site: Site, new_phone: NewPhone
) -> None:
    leader, worker = new_phone(world_site, "leader"), new_phone(world_site, "worker")
    settle(leader, "leader")
    settle(worker)
    worker.page.context.grant_permissions(["notifications"])
    worker.page.reload()  # from its second load on a page is the worker's own
    assign(leader, "请看一下幼儿园门口的电线")
    sent(leader, world_site, "tasks.assign")
    task_id = UUID(str(world_site.query("SELECT id FROM task")[0]["id"]))
    (shown,) = shown_after(worker, pushed(world_site))
    assert (shown["title"], shown["body"]) == ("网格行", "您有一项新任务")
    expect(worker.find("task-row", state="open")).to_be_visible()  # the engine was woken: nobody touched the page
    in_worker(worker, TAP)
    expect(worker.find("task-page", state="open")).to_be_visible()
    assert worker.page.url.endswith(f"/app#/task/{task_id}")
    worker.tap("tab-today")
    worker.go_offline()
    ring_the_worker(world_site, task_id)
    shown_after(worker, pushed(world_site))
    in_worker(worker, TAP)
    expect(worker.find("task-page", state="open")).to_be_visible()
    assert in_worker(worker, SHOWN) == [], "a tap takes the notification away"


def test_the_switch_says_what_is_so_and_asks_only_after_a_tap(world_site: Site, new_phone: NewPhone) -> None:
    phone = new_phone(world_site, "worker")
    pretend(phone)
    settle(phone)
    phone.tap("tab-me")
    for state in states(phone):
        phone.find("reminders").scroll_into_view_if_needed()
        phone.shoot(state)


def test_at_every_start_the_subscription_is_given_anew_for_whoever_wanted_it(
    world_site: Site, new_phone: NewPhone
) -> None:
    phone = new_phone(world_site, "worker")
    pretend(phone)
    settle(phone)
    renewed = "window.renewed = 0; window.pretended = true; window.permission = 'granted';"
    counting = """(() => { const before = window.fetch; window.fetch = (path, init) => {
      if (String(path).endsWith('/push/subscriptions')) window.renewed++;
      return before(path, init); }; })();"""
    phone.page.context.add_init_script(renewed + counting)
    phone.page.reload()
    phone.tap("tab-me")
    expect(phone.find("reminders", state="off")).to_be_visible()
    assert phone.page.evaluate("window.renewed") == 0, "allowed for this site is not yet wanted"
    flip(phone)
    expect(phone.find("reminders", state="on")).to_be_visible()
    phone.open("/app#/today")
    phone.page.reload()
    until = time.monotonic() + 30
    while phone.page.evaluate("window.renewed") != 1:
        assert time.monotonic() < until, "it was not given anew"
        phone.page.wait_for_timeout(100)
