"""Webhooks: what is told, how it is signed, what happens when nobody listens, and when a token or a webhook ends."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.exchange import commands, rules, telling
from server.exchange.models import ExchangeHook, ExchangeNotice
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.queries import holder_of
from server.platform.jobs import Sweeper, Worker
from tests.builders import MINUTE, Hands, writing
from tests.county import looking
from tests.exchange.receiver import Receiver
from tests.exchange.systems import System, revoke, system
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard, mediation
from tests.sync.test_scope import case_of
from tests.world import World

HOSTS = ("127.0.0.1",)


def _hook(app: Flask, world: World, one: System, url: str, *kinds: str) -> str:
    with writing(app) as session:
        by = holder_of(session, world.people["secadmin"], clock.today())
        return commands.add_hook(session, by, one.token_id, url, list(kinds or ("records", "cases")), HOSTS)[1]


def _sweep(app: Flask) -> int:
    return Worker(app, []).sweep(Sweeper("webhooks", 1, telling.round_))


def _report(app: Flask, world: World, **more: Any) -> str:
    told = hazard(world, **more)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"])


def _notices(app: Flask) -> list[ExchangeNotice]:
    with looking(app) as session:
        return list(session.scalars(select(ExchangeNotice).order_by(ExchangeNotice.made_at, ExchangeNotice.id)))


def test_changes_are_told_by_id_and_kind_and_signed(app: Flask, world: World, receiver: Receiver) -> None:
    before = _report(app, world)
    one = system(app, world)
    hands = Hands()
    hands.forward(1000)
    secret = _hook(app, world, one, receiver.url)
    hands.forward(1000)
    record = _report(app, world)
    assert Phone(app, "worker").do("mediations.report", mediation(world))["outcome"] == "applied"
    case = case_of(app, world, record, "dept")
    _sweep(app)
    told = {(notice["kind"], notice["object_id"]) for notice in receiver.notices}
    assert told == {("record", record), ("case", case)} and before not in str(receiver.notices)
    headers, body = receiver.told[0]
    stamp = headers["X-Gridwalk-Timestamp"]
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Gridwalk-Signature"] == f"sha256={expected}"
    assert set(json.loads(body)) == {"hook_id", "sent_at", "notices"}
    assert all(set(notice) == {"id", "kind", "object_id", "version", "at"} for notice in receiver.notices)
    count = len(receiver.notices)
    _sweep(app)
    assert len(receiver.notices) == count, "each change is told once"
    assert {notice.state for notice in _notices(app)} == {"delivered"}


def test_a_step_that_becomes_visible_late_is_told(app: Flask, world: World, receiver: Receiver) -> None:
    """Its id is older than the last look: a transaction that was open for a minute."""
    _hook(app, world, system(app, world), receiver.url)
    hands = Hands()
    hands.forward(2 * MINUTE)
    _sweep(app)
    hands.forward(-MINUTE)
    record = _report(app, world)
    hands.forward(MINUTE + 1000)
    _sweep(app)
    assert [notice["object_id"] for notice in receiver.notices] == [record]


def test_many_steps_are_told_in_many_rounds(
    app: Flask, world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_STEPS", 2)
    _hook(app, world, system(app, world), receiver.url, "records")
    hands = Hands()
    records = []
    for _ in range(5):
        hands.forward(10)
        records.append(_report(app, world))
    for _ in range(4):
        hands.forward(MINUTE)
        _sweep(app)
    assert sorted(notice["object_id"] for notice in receiver.notices) == sorted(records)


def test_trouble_is_tried_again_for_a_day_and_then_given_up(app: Flask, world: World, receiver: Receiver) -> None:
    _hook(app, world, system(app, world), receiver.url)
    hands = Hands()
    _report(app, world)
    receiver.answers = [500, 302, 404]
    waits = [0, 1, 4]
    for number, wait in enumerate(waits, 1):
        hands.forward(wait * MINUTE)
        _sweep(app)
        assert len(receiver.told) == number, "a redirect is not followed"
    hands.forward(15 * MINUTE)
    _sweep(app)
    assert len(receiver.told) == 3, "not before its time"
    hands.forward(MINUTE)
    _sweep(app)
    assert [(n.state, n.tries, n.status) for n in _notices(app)] == [("delivered", 4, 204)]
    _report(app, world)
    receiver.answers = [503] * 20
    for _ in range(12):
        _sweep(app)
        hands.forward(6 * 60 * MINUTE)
    last = _notices(app)[-1]
    assert (last.state, last.tries, last.status) == ("given_up", rules.MOST_TRIES, 503)


def test_nobody_listens_and_nothing_is_lost(app: Flask, world: World, receiver: Receiver) -> None:
    _hook(app, world, system(app, world), receiver.url)
    receiver.close()
    _report(app, world)
    _sweep(app)
    (notice,) = _notices(app)
    assert (notice.state, notice.status, notice.outcome) == ("waiting", None, "unreachable")
    with looking(app) as session:
        (hook,) = session.scalars(select(ExchangeHook))
        assert hook.shut_until > clock.now()


@pytest.mark.parametrize("how", ["revoked", "hook", "expired"])
def test_an_ended_token_tells_nothing_more(app: Flask, world: World, receiver: Receiver, how: str) -> None:
    one = system(app, world)
    _hook(app, world, one, receiver.url)
    hands = Hands()
    _report(app, world)
    receiver.answers = [500]
    _sweep(app)
    if how == "revoked":
        revoke(app, world, one)
    elif how == "hook":
        with looking(app) as session:
            (hook,) = session.scalars(select(ExchangeHook.id))
        with writing(app) as session:
            commands.end_hook(session, holder_of(session, world.people["secadmin"], clock.today()), one.token_id, hook)
    hands.forward((40 * 24 * 60 if how == "expired" else 2) * MINUTE)
    _report(app, world)
    _sweep(app)
    assert len(receiver.told) == 1
    assert [(n.state, n.outcome) for n in _notices(app)] == [("given_up", "out_of_scope")]


def test_a_webhook_tells_no_more_than_its_token_may_fetch(app: Flask, world: World, receiver: Receiver) -> None:
    add_strangers(app, world)
    one = system(app, world, "cases", area="town_b")
    with pytest.raises(Problem, match="invalid"):
        _hook(app, world, one, receiver.url, "records")
    _hook(app, world, one, receiver.url, "cases")
    case_of(app, world, _report(app, world))
    _sweep(app)
    assert receiver.told == []


@pytest.mark.parametrize(
    "url",
    ["https://example.com/", "http://hook.gov.cn/", "https://hook.gov.cn:8443/", "https://a@hook.gov.cn/", "file:///etc/passwd",
     "https://hook.gov.cn.evil.com/", "https://hook.gov.cn\\@evil.com/", "http://169.254.169.254/"],
)  # fmt: skip
def test_only_https_to_a_host_of_the_list(app: Flask, world: World, url: str) -> None:
    one = system(app, world)
    with writing(app) as session:
        by = holder_of(session, world.people["secadmin"], clock.today())
        with pytest.raises(Problem, match="hook_address"):
            commands.add_hook(session, by, one.token_id, url, ["cases"], ("hook.gov.cn",))
        assert commands.add_hook(session, by, one.token_id, "https://a.hook.gov.cn/x?y=1", ["cases"], ("hook.gov.cn",))


def test_old_notices_leave(app: Flask, world: World, receiver: Receiver) -> None:
    _hook(app, world, system(app, world), receiver.url)
    hands = Hands()
    _report(app, world)
    _sweep(app)
    hands.forward(93 * clock.DAY_MS)
    with writing(app) as session:
        assert telling.drop_old(session, hands.now) == 1
    assert _notices(app) == []
