"""Devices: registered, listed, revoked by their owner or the security administrator, and by nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from server.kernel.ids import new_id
from tests.builders import Browser, at_desk, code_of, signed_in


def test_registering_answers_where_the_queue_stands(app: Flask) -> None:
    phone, device = signed_in(app, "worker"), new_id()
    answer = phone.call(
        "POST", "/api/v1/devices", {"device_id": str(device), "label": "旧手机", "platform": "Android 14"}
    )
    assert answer.json["device_id"] == str(device)
    assert answer.json["expected"] == {"urgent": 1, "normal": 1}
    assert answer.json["epoch"] == phone.get("/api/v1/session").json["epoch"]


def test_the_same_id_again_is_the_same_device(app: Flask) -> None:
    phone = signed_in(app, "worker")
    device = phone.register()
    phone.register(device)
    assert [d["id"] for d in phone.get("/api/v1/devices").json["devices"]] == [str(device)]


def test_an_id_of_another_person_is_refused(app: Flask) -> None:
    device = signed_in(app, "worker").register()
    other = signed_in(app, "worker2")
    answer = other.call("POST", "/api/v1/devices", {"device_id": str(device), "label": "x"})
    assert (answer.status_code, code_of(answer)) == (409, "device_of_another_person")
    assert other.sign_in("worker2", device_id=device).status_code == 200, "signing in says nothing about the device"


def test_only_own_devices_are_listed(app: Flask) -> None:
    signed_in(app, "worker").register()
    assert signed_in(app, "worker2").get("/api/v1/devices").json == {"devices": []}


def test_revoking_leaves_the_queues_doors_alone(app: Flask) -> None:
    lost, other = signed_in(app, "worker"), signed_in(app, "worker")
    device = lost.register()
    here = other.register()
    assert other.call("DELETE", f"/api/v1/devices/{device}").status_code == 204
    assert lost.get("/api/v1/session").json["restricted"] is True
    assert code_of(lost.get("/api/v1/devices")) == "restricted_session"
    assert other.get("/api/v1/session").json["restricted"] is False
    rows = {row["id"]: row for row in other.get("/api/v1/devices").json["devices"]}
    assert rows[str(device)]["revoked_at"] and not rows[str(here)]["revoked_at"]
    assert rows[str(here)]["this_one"] and not rows[str(device)]["this_one"]


def test_a_new_sign_in_on_a_revoked_device_is_restricted_from_the_start(app: Flask) -> None:
    phone = signed_in(app, "worker")
    device = phone.register()
    phone.call("DELETE", f"/api/v1/devices/{device}")
    assert Browser(app).sign_in("worker", device_id=device).json["restricted"] is True
    assert Browser(app).sign_in("worker").json["restricted"] is False


@pytest.mark.parametrize("who", ["worker2", "leader", "village", "town", "county", "city", "sysadmin", "auditor"])
def test_nobody_else_revokes_a_device(app: Flask, who: str) -> None:
    device = signed_in(app, "worker").register()
    answer = signed_in(app, who).call("DELETE", f"/api/v1/devices/{device}")
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_the_security_administrator_finds_and_revokes_a_lost_device(app: Flask) -> None:
    lost = signed_in(app, "worker")
    device = lost.register()
    desk = at_desk(app, "secadmin")
    page = desk.get("/office/devices/people?username=worker")
    assert page.status_code == 200 and f"/office/devices/{device}/revoke" in page.text
    answer = desk.form(f"/office/devices/{device}/revoke")
    assert answer.status_code == 303
    assert lost.get("/api/v1/session").json["restricted"] is True


def test_the_system_administrator_sees_devices_and_revokes_none(app: Flask) -> None:
    device = signed_in(app, "worker").register()
    desk = at_desk(app, "sysadmin")
    page = desk.get("/office/devices/people?username=worker").text
    assert "phone" in page and "/revoke" not in page
    assert desk.form(f"/office/devices/{device}/revoke").status_code == 404


def test_the_owner_revokes_on_the_page(app: Flask) -> None:
    phone = signed_in(app, "worker")
    device = phone.register(new_id())
    other = signed_in(app, "worker")
    assert other.form(f"/office/devices/{device}/revoke").headers["Location"] == "/office/devices?done=revoked"
    assert phone.get("/api/v1/session").json["restricted"] is True
