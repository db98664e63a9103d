"""What the policy ``pin`` needs of the server: a session outside the cookie, a secret that comes with the password alone."""

from __future__ import annotations

import dataclasses

from flask import Flask

from server.platform.config import Settings
from tests.builders import Browser, code_of, signed_in


def test_a_phone_exchanges_its_cookie_for_a_token_and_the_browser_alone_opens_nothing(app: Flask) -> None:
    phone = signed_in(app, "leader")
    phone.register()
    token = phone.call("POST", "/api/v1/session/token", {}).json["token"]
    own = {"headers": {"Authorization": f"Bearer {token}"}}
    assert phone.call("DELETE", "/api/v1/session").status_code == 204
    for path in ("/api/v1/session", "/api/v1/sync/pull", "/api/v1/looks"):
        assert code_of(phone.get(path)) == "signed_out"
    assert phone.client.get("/office").status_code == 303
    assert phone.get("/api/v1/session", **own).json["person"]["username"] == "leader"
    assert phone.get("/api/v1/devices", **own).json["devices"][0]["this_one"]
    assert phone.call("DELETE", "/api/v1/session", **own).status_code == 204
    assert code_of(phone.get("/api/v1/session", **own)) == "signed_out"


def test_a_token_that_is_none_is_signed_out_and_a_cookie_beside_it_does_not_help(app: Flask) -> None:
    phone = signed_in(app, "worker")
    for wrong in ("Bearer x", "Bearer ", f"Bearer {'x' * 500}"):
        assert code_of(phone.get("/api/v1/session", headers={"Authorization": wrong})) == "signed_out"
    assert phone.get("/api/v1/session", headers={"Authorization": "Basic abc"}).status_code == 200


def test_a_desk_gets_no_token(app: Flask) -> None:
    assert code_of(signed_in(app, "town").call("POST", "/api/v1/session/token", {})) == "not_allowed"


def test_the_phone_secret_comes_with_the_password_alone_and_is_each_persons_own(app: Flask) -> None:
    secrets = [Browser(app).sign_in(who).json["phone_secret"] for who in ("worker", "worker", "worker2")]
    assert secrets[0] == secrets[1] != secrets[2] and len(secrets[0]) == 43
    assert "phone_secret" not in signed_in(app, "worker").get("/api/v1/session").json


def test_the_setting_asks_for_a_pin_and_is_on_by_itself_where_it_is_no_demo(app: Flask) -> None:
    assert signed_in(app, "worker").get("/api/v1/session").json["policy"]["pin"] is False
    app.extensions["settings"] = dataclasses.replace(app.extensions["settings"], pin_lock=True)
    assert signed_in(app, "worker").get("/api/v1/session").json["policy"]["pin"] is True
    assert Settings.from_environment({}).pin_lock
    assert not Settings.from_environment({"GRIDWALK_DEMO": "1"}).pin_lock
    assert not Settings.from_environment({"PIN_LOCK": "0"}).pin_lock
