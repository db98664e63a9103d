"""For each described door one call that is right in a county that exists, since chance seldom names a device or a photo of it.

A call is what the description may draw, with the parts that must be true put in. ``NATURAL`` are doors where any drawn call is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from server.kernel import clock
from server.people import commands as people
from server.people.queries import holder_of
from tests.builders import writing
from tests.exchange.systems import System
from tests.photos.pictures import jpeg
from tests.photos.test_real_app import hazard as hazard_with
from tests.photos.test_real_app import send
from tests.push_host import BrowserKeys
from tests.sync.phone import Phone
from tests.sync.test_scope import case_of
from tests.world import PASSWORD, World

GRID, SERVICE = "330424102000001", "HAZ-10"
Put = dict[str, dict[str, Any]]  # of a call: the names of ``path_parameters``, ``query``, ``body`` that must be true


@dataclass
class County:
    """A county with a record, a photo, a case; a token that opens everything."""

    app: Flask
    world: World
    outside: System

    def __post_init__(self) -> None:
        self.phone = Phone(self.app, "worker")
        self.photo = send(self.phone, jpeg(7, 64, 48))
        self.told = hazard_with(self.world, self.photo)
        assert self.phone.do("hazards.report", self.told)["outcome"] == "applied"
        self.case = str(case_of(self.app, self.world, str(self.told["id"])))

    @property
    def token(self) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.outside.token}"}}

    def new_phone(self) -> tuple[Phone, dict[str, Any]]:
        """Somebody's new phone, and what a call by it carries."""
        phone = Phone(self.app, "worker2")
        cookie = phone.client.get_cookie("gw_session")
        assert cookie is not None
        return phone, {"cookies": {"gw_session": cookie.value}, "headers": phone.headers}

    def code(self) -> str:
        """A one-time code that the leader shows a worker."""
        with writing(self.app) as session:
            leader = holder_of(session, self.world.people["leader"], clock.today())
            return people.show_reset_code(session, leader, self.world.people["worker2"])


def _device(phone: Phone) -> str:
    return str(phone.device_id)


def _point() -> str:
    told: str = BrowserKeys("").told["keys"]["p256dh"]
    return told


PUTS: Mapping[str, Callable[[County, Phone], Put]] = {
    "POST /api/v1/badge/phone": lambda _c, _p: {"body": {"public_key": _point()}},
    "POST /api/v1/devices": lambda _c, p: {"body": {"device_id": _device(p), "label": "手机", "platform": "test"}},
    "DELETE /api/v1/devices/{device_id}": lambda _c, p: {"path_parameters": {"device_id": _device(p)}},
    "GET /api/v1/photos/{sha256}": lambda c, _p: {"path_parameters": {"sha256": c.photo}, "query": {"size": "thumb"}},
    "POST /api/v1/push/subscriptions": lambda _c, _p: {"body": BrowserKeys("http://127.0.0.1:9/push/a").told},
    "POST /api/v1/session": lambda _c, p: {
        "body": {"username": "worker", "password": PASSWORD, "device_id": _device(p)}
    },
    "POST /api/v1/session/reset": lambda c, _p: {
        "body": {"username": "worker2", "code": c.code(), "new_password": PASSWORD}
    },
    "GET /open311/v2/requests.{form}": lambda c, _p: {"query": {"service_request_id": c.case}},
    "POST /open311/v2/requests.{form}": lambda _c, _p: {
        "body": {"service_code": SERVICE, "address_id": GRID, "external_ref": ""}
    },
    "GET /open311/v2/requests/{request_id}.{form}": lambda c, _p: {"path_parameters": {"request_id": c.case}},
    "GET /open311/v2/services.{form}": lambda _c, _p: {"query": {"jurisdiction_id": ""}},
}


def put_right(case: Any, label: str, county: County, phone: Phone) -> None:
    """Put the true parts into a drawn call."""
    for part, told in PUTS.get(label, lambda _c, _p: {})(county, phone).items():
        kept = getattr(case, part)
        setattr(case, part, {**(kept if isinstance(kept, dict) else {}), **told})
