"""A lost phone that handed over everything and was told to forget it does not wait for ever in the list of devices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.kernel import ids
from server.people.models import Device
from server.platform.audit import AuditEvent
from server.platform.db import transaction
from tests.builders import at_desk
from tests.sync.phone import Phone, hazard
from tests.sync.test_office import leave
from tests.world import PASSWORD, World

WAITS, WIPED = "已停用，等待交回剩余记录", "已停用，记录已交回，已令其清除"


def revoked(app: Flask, username: str = "worker") -> tuple[Phone, Any]:
    """A phone of the person that was revoked by the security administrator, and that administrator's desk."""
    lost, desk = Phone(app, username), at_desk(app, "secadmin")
    lost.push()
    assert desk.form(f"/office/devices/{lost.device_id}/revoke").status_code == 303
    return lost, desk


def asks(phone: Phone, **query: str) -> Any:
    return phone.client.get("/api/v1/sync/pull", query_string=query)


def shown(desk: Any, username: str = "worker") -> str:
    text: str = desk.get(f"/office/devices/people?username={username}").text
    return text


def noted(app: Flask) -> list[tuple[Any, Any]]:
    with app.app_context(), transaction() as session:
        acts = sa.select(AuditEvent.person_id, AuditEvent.object_id).where(AuditEvent.act == "device_wiped")
        return [(row.person_id, row.object_id) for row in session.execute(acts)]


def wiped_at(app: Flask, phone: Phone) -> int | None:
    with app.app_context(), transaction() as session:
        return session.get_one(Device, phone.device_id).wiped_at


def test_the_page_says_so_once_the_phone_was_told_and_the_log_has_one_line(app: Flask, world: World) -> None:
    lost, desk = revoked(app)
    lost.seq["normal"] = 1
    lost.push()
    assert WAITS in shown(desk) and asks(lost).status_code in (200, 204)
    assert WAITS in shown(desk) and noted(app) == [], "one record is still on it"
    lost.seq["normal"] = 0
    lost.push(lost.mutation("hazards.report", hazard(world)))
    assert asks(lost).json["wipe"] is True
    assert WIPED in shown(desk) and WAITS not in shown(desk)
    first = wiped_at(app, lost)
    assert first is not None and asks(lost).json["wipe"] is True, "an answer that was lost is given again"
    assert wiped_at(app, lost) == first
    assert noted(app) == [(world.people["worker"], lost.device_id)]
    rows = Phone(app, "worker").client.get("/api/v1/devices").json["devices"]
    assert {row["id"]: row["wiped_at"] for row in rows}[str(lost.device_id)] == first


def test_a_phone_that_speaks_again_is_waited_for_again(app: Flask, world: World) -> None:
    lost, desk = revoked(app)
    assert asks(lost).json["wipe"] is True and WIPED in shown(desk)
    assert lost.register().status_code == 200  # after a restore it hands over everything again, and begins with this
    assert WAITS in shown(desk) and wiped_at(app, lost) is None
    assert asks(lost).json["wipe"] is True
    assert WIPED in shown(desk) and len(noted(app)) == 2


def test_of_a_device_of_somebody_else_or_of_none_nothing_is_noted(app: Flask, world: World) -> None:
    other = Phone(app, "worker3")
    other.push()
    leave(app, world, "worker")
    nameless = app.test_client()  # a session of no device: which one it is on is only what it says
    got = nameless.post("/api/v1/session", json={"username": "worker", "password": PASSWORD})
    assert got.status_code == 200 and got.json["restricted"] is True
    for device in (other.device_id, ids.new_id()):
        said = {"X-Person": got.json["person"]["id"]}
        asked = nameless.get("/api/v1/sync/pull", query_string={"device_id": str(device)}, headers=said)
        assert asked.status_code in (200, 204, 403)
    assert wiped_at(app, other) is None and noted(app) == []
