"""A real push in a real browser: Firefox subscribes by the switch on Me, our worker process sends through pywebpush, Firefox
receives, decrypts and shows it, and its push service hears that it arrived.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from server.kernel import clock
from server.kernel.ids import new_id
from server.messages.commands import ring
from server.people.models import Person
from server.platform.db import transaction
from tests import push_host, world
from tests.journeys.engines import firefox
from tests.journeys.engines.hand import Hand, selector
from tests.journeys.engines.push_service import ACKED, PushService
from tests.journeys.site import Site, Templates, environment, fill_world
from tools.run import ROOT, stop

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
SHOWN = """const worker = await navigator.serviceWorker.ready;
return (await worker.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }))"""


@pytest.fixture
def service() -> Iterator[PushService]:
    started = PushService()
    yield started
    started.close()


@pytest.fixture
def pushing_site(sqlite_templates: Templates, tmp_path: Path) -> Iterator[Site]:
    with sqlite_templates.site("world", fill_world, tmp_path / "site", **push_host.settings("127.0.0.1")) as site:
        yield site


@pytest.fixture
def browser(service: PushService, tmp_path: Path) -> Iterator[firefox.Firefox]:
    package = firefox.missing()
    assert package is None, f"this engine is not on the machine: apt-get install {package}"
    started = firefox.Firefox(tmp_path / "profile", service.preferences)
    yield started
    started.shoot(tmp_path / "shots" / "firefox-push-end.png")
    started.close()


def rung(site: Site, name: str, task_id: UUID) -> None:
    app = world.app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        person_id = session.scalars(sa.select(Person.id).where(Person.username == name)).one()
        ring(session, person_id, "task_assigned", task_id=task_id, at=clock.now())
    world.close(app)


def worker_of(site: Site) -> subprocess.Popen[bytes]:
    """The worker beside the site's web server, as ``make run`` starts it."""
    env = {**environment(site.url, site.data_dir, site.port), **site.more}
    with (site.data_dir / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "flask", "worker"]
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)


def test_firefox_shows_what_our_worker_pushed_and_acknowledges_it(
    pushing_site: Site, browser: firefox.Firefox, service: PushService
) -> None:
    hand, task_id = Hand(browser), new_id()
    browser.open(f"{pushing_site.line().url}/app")
    hand.fill("sign-in-name", "worker")
    hand.fill("sign-in-password", "gridwalk-test")
    hand.tap("sign-in-submit")
    hand.see(selector("person-switch"))
    browser.run("await navigator.serviceWorker.ready")
    hand.see(selector("sync-chip", waiting="0"))
    hand.tap("tab-me")
    hand.see(selector("reminders", state="off"))
    assert "register" not in service.said, "nothing is subscribed before the tap"
    hand.tap_css(f"{selector('reminders')} input")
    hand.see(selector("reminders", state="on"))
    assert pushing_site.query("SELECT count(*) AS n FROM push_subscription") == [{"n": 1}]
    rung(pushing_site, "worker", task_id)
    sweeping = worker_of(pushing_site)
    try:
        _channel, _version, code = service.await_ack()
    finally:
        stop(sweeping)
    assert code == ACKED and service.posted == 1
    until = time.monotonic() + 20
    while not (shown := browser.run(SHOWN)) and time.monotonic() < until:
        time.sleep(0.2)
    (notification,) = shown
    assert (notification["title"], notification["body"]) == ("网格行", "您有一项新任务")
    assert notification["data"] == {"path": f"/app#/task/{task_id}"}
    own = "SELECT state, reason FROM delivery JOIN person ON person.id = delivery.person_id WHERE username = 'worker'"
    assert pushing_site.query(own) == [{"state": "delivered", "reason": None}]
