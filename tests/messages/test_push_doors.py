"""Where a device hears messages: told by itself, forgotten at sign-out and revocation, never an address of our own house."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.people.models import PushSubscription
from server.platform import webpush
from server.platform.db import reading
from tests.builders import Browser, code_of, signed_in
from tests.push_host import BrowserKeys, raw

ENDPOINT = "http://127.0.0.1:9/push/a"


def subscribed(app: Flask, name: str, endpoint: str = ENDPOINT) -> Browser:
    phone = signed_in(app, name)
    phone.device = phone.register()  # type: ignore[attr-defined]
    assert phone.call("POST", "/api/v1/push/subscriptions", BrowserKeys(endpoint).told).status_code == 204
    return phone


def kept(app: Flask) -> list[PushSubscription]:
    with app.app_context(), reading() as session:
        return list(session.scalars(sa.select(PushSubscription)))


def test_the_key_is_the_public_one_of_the_installation(app: Flask) -> None:
    key = raw(signed_in(app, "worker").get("/api/v1/push/key").json["key"])
    assert len(key) == 65 and key[0] == 4


def test_a_new_pair_is_printed_as_the_environment_takes_it(app: Flask) -> None:
    line, public = app.test_cli_runner().invoke(args=["vapid-keys"]).output.splitlines()
    name, _, key = line.partition("=")
    made = webpush.read({name: key, "VAPID_SUBJECT": "mailto:push@jiaxing.gov.cn"})
    assert made.is_on and public.endswith(made.public_key)


def test_a_subscription_is_sealed_and_again_is_the_same_row(app: Flask) -> None:
    phone = subscribed(app, "worker")
    assert phone.call("POST", "/api/v1/push/subscriptions", BrowserKeys(ENDPOINT).told).status_code == 204
    assert [one.endpoint for one in kept(app)] == [ENDPOINT]
    with app.app_context(), reading() as session:
        stored = session.execute(sa.text("SELECT endpoint, p256dh, auth FROM push_subscription")).one()
        assert all(b"127.0.0.1" not in bytes(cell) for cell in stored)


def test_a_shared_browser_belongs_to_whoever_subscribed_last(app: Flask) -> None:
    subscribed(app, "worker")
    second = subscribed(app, "worker2")
    assert [one.device_id for one in kept(app)] == [second.device]  # type: ignore[attr-defined]


def test_turning_off_signing_out_and_revoking_forget_it(app: Flask) -> None:
    phone = subscribed(app, "worker")
    assert phone.call("DELETE", "/api/v1/push/subscriptions").status_code == 204
    assert kept(app) == []
    assert subscribed(app, "worker").call("DELETE", "/api/v1/session").status_code == 204
    assert kept(app) == []
    lost = subscribed(app, "worker")
    assert signed_in(app, "worker").call("DELETE", f"/api/v1/devices/{lost.device}").status_code == 204  # type: ignore[attr-defined]
    assert kept(app) == []
    assert code_of(lost.call("POST", "/api/v1/push/subscriptions", BrowserKeys(ENDPOINT).told)) == "restricted_session"


def test_a_phone_under_a_pin_keeps_it_when_the_cookie_is_ended(app: Flask) -> None:
    """Its session goes on outside the cookie (docs/wire.md §1)."""
    phone = subscribed(app, "worker")
    phone.call("POST", "/api/v1/session/token", {})
    phone.call("DELETE", "/api/v1/session")
    assert len(kept(app)) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://10.0.0.1/push",
        "https://intranet.jiaxing.gov.cn/push",
        "https://fcm.googleapis.com.evil.cn/push",
        "http://127.0.0.99/push",
        "https://127.0.0.1@evil.cn/push",
        "file:///etc/passwd",
        "http://[::1/push",
    ],
)
def test_an_address_that_is_no_listed_push_host_is_refused(app: Flask, endpoint: str) -> None:
    phone = signed_in(app, "worker")
    phone.register()
    answer = phone.call("POST", "/api/v1/push/subscriptions", BrowserKeys(endpoint).told)
    assert (answer.status_code, code_of(answer)) == (422, "push_address")


@pytest.mark.parametrize("change", [{"p256dh": "A" * 87}, {"auth": "A" * 24}])
def test_keys_no_push_can_be_encrypted_for_are_refused(app: Flask, change: dict[str, Any]) -> None:
    phone, told = signed_in(app, "worker"), BrowserKeys(ENDPOINT).told
    phone.register()
    told["keys"].update(change)
    assert code_of(phone.call("POST", "/api/v1/push/subscriptions", told)) == "push_address"


def test_before_the_device_is_registered_there_is_nothing_to_push_to(app: Flask) -> None:
    answer = signed_in(app, "worker").call("POST", "/api/v1/push/subscriptions", BrowserKeys(ENDPOINT).told)
    assert code_of(answer) == "unknown_device"
