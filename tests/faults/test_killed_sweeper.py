"""The worker is killed in the middle of delivering, again and again, while push hosts answer 201, 404, 410, 429, 500 or never:
every message ends delivered or undelivered with its reason, and none goes out twice without the retry standing in a row.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.messages.commands import ring
from server.messages.models import Delivery, DeliveryAttempt, Message
from server.platform import webpush
from server.platform.db import reading, transaction
from tests import push_host, world
from tests.builders import signed_in
from tests.push_host import Plan, PushHost, always, first

ROOT = Path(__file__).parents[2]
BUSY: Plan = lambda number: (429, {"Retry-After": "1"}) if number == 1 else (201, {})  # noqa: E731
PLANS: dict[str, Plan] = {  # whose phone meets which trouble, each at a host of its own
    "worker": always(201), "worker2": always(404), "parttime": always(410), "leader": BUSY, "adviser": always(500),
    "worker3": first(None, None), "leader2": first(500, 429),
}  # fmt: skip
PATIENCE_S = 180


class Sweeping:
    """``flask worker`` as a process that can be killed."""

    def __init__(self, folder: Path, more: dict[str, str]) -> None:
        self._env = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "FLASK_APP": "wsgi", **more}
        self._log = (folder / "worker.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "flask", "worker"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self._env, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def kill(self) -> None:
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.kill()
        self._log.close()


@pytest.fixture
def hosts() -> Iterator[dict[str, PushHost]]:
    made = {name: PushHost(f"127.0.0.{number}", delay_s=0.05) for number, name in enumerate(PLANS, 2)}
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=[pytest.mark.prove, pytest.mark.timeout(1500)])])
def test_every_message_ends_and_none_goes_out_twice_unnoted(
    kills: int, tmp_path: Path, hosts: dict[str, PushHost]
) -> None:
    folder, chance = tmp_path / "data", random.Random(kills)
    more = push_host.settings(retry_seconds=0.05)
    app = world.app_on("", folder, push=webpush.read(more))
    made = world.build(app)
    for name, plan in PLANS.items():
        subscribe(app, name, hosts[name], plan)
    sweeping, knocked = Sweeping(folder, more), threading.Event()
    for one in hosts.values():
        one.on_push = lambda _push: knocked.set()
    try:
        for _ in range(kills):
            rung(app, [made.people[name] for name in chance.sample(sorted(set(PLANS) - {"adviser"}), 4)])
            knocked.clear()
            sweeping.start()
            if knocked.wait(30):
                time.sleep(chance.random() * 0.1)  # before, while and after the answer is written down
            sweeping.kill()
        rung(app, list(made.people.values()))
        sweeping.start()
        await_ends(app)
    finally:
        sweeping.close()
    judge(app, hosts)
    world.close(app)
    shutil.rmtree(folder)


def subscribe(app: Flask, name: str, host: PushHost, plan: Plan) -> None:
    phone = signed_in(app, name)
    phone.register()
    told = host.subscribe(name, plan).told
    assert phone.call("POST", "/api/v1/push/subscriptions", told).status_code == 204


def rung(app: Flask, people: list[UUID]) -> None:
    with app.app_context(), transaction() as session:
        for person_id in people:
            ring(session, person_id, "task_assigned", at=clock.now())


def await_ends(app: Flask) -> None:
    until = time.monotonic() + PATIENCE_S
    under_way = sa.select(sa.func.count()).where(Delivery.state.in_(("waiting", "sending")))
    while time.monotonic() < until:
        with app.app_context(), reading() as session:
            if session.scalar(under_way) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("some deliveries never ended")


def judge(app: Flask, hosts: dict[str, PushHost]) -> None:
    """The rows against what the hosts saw: every push that came in stands in a row, and a repeat has a number of its own."""
    with app.app_context(), reading() as session:
        messages = session.scalar(sa.select(sa.func.count()).select_from(Message))
        ends = session.execute(sa.select(Delivery.state, Delivery.reason)).all()
        joined = sa.select(Delivery.message_id, DeliveryAttempt.number, DeliveryAttempt.outcome).join(
            DeliveryAttempt, DeliveryAttempt.delivery_id == Delivery.id
        )
        tries = session.execute(joined).all()
        accepted = {row.message_id.hex for row in tries if row.outcome == "accepted"}
        delivered = session.scalars(sa.select(Delivery.message_id).where(Delivery.state == "delivered"))
        assert {found.hex for found in delivered} <= accepted
    assert len(ends) == messages
    assert all(state in ("delivered", "undelivered") for state, _ in ends), ends
    assert all(reason for state, reason in ends if state == "undelivered")
    assert all(outcome for *_, outcome in tries), "a try without an outcome"
    came = Counter(push.headers["topic"] for host in hosts.values() for push in host.pushes)
    noted = Counter(message_id.hex for message_id, *_ in tries)
    unnoted = {topic: (times, noted[topic]) for topic, times in came.items() if times > noted[topic]}
    assert came and not unnoted
    twice_accepted = Counter(p.headers["topic"] for h in hosts.values() for p in h.pushes if p.answer == 201)
    cut = Counter(message_id.hex for message_id, _, outcome in tries if outcome == "cut")
    assert all(times - 1 <= cut[topic] for topic, times in twice_accepted.items()), "only a cut one may arrive again"
    print(f"{messages} messages, {sum(came.values())} pushes, {sum(cut.values())} cut, {Counter(ends)}")
