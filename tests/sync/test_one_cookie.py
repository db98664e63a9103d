"""A browser has one cookie: a phone's calls name their person, and another's rows never reach it. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.kernel import clock, ids
from server.people.commands import revoke_device
from server.people.queries import holder_of
from server.platform.db import transaction
from tests.sync.phone import Phone
from tests.world import PASSWORD, World


@pytest.fixture
def phone(app: Flask, world: World) -> Phone:
    """worker3's phone, in whose browser leader has signed in on the office's page."""
    made = Phone(app, "worker3")
    made.pull()
    assert made.client.post("/sign-in", data={"username": "leader", "password": PASSWORD}).status_code in (302, 303)
    return made


def pull(phone: Phone, headers: dict[str, str], **query: Any) -> Any:
    return phone.client.get("/api/v1/sync/pull", query_string=query, headers=headers)


def test_every_door_of_a_phone_refuses_a_call_for_somebody_else(phone: Phone) -> None:
    said = {"X-Person": phone.person}
    calls = {
        "pull": pull(phone, said),
        "devices": phone.client.get("/api/v1/devices", headers=said),
        "archive": phone.client.get("/api/v1/archive", headers=said),
        "sign out": phone.client.delete("/api/v1/session", headers=said),
        "missing": phone.client.post("/api/v1/photos/missing", json={"sha256": []}, headers=said),
    }
    told = {name: (got.status_code, got.json["code"]) for name, got in calls.items()}
    assert told == dict.fromkeys(calls, (403, "wrong_person"))


def test_a_phone_of_before_the_header_is_known_by_its_device(phone: Phone) -> None:
    got = pull(phone, {}, device_id=str(phone.device_id))
    assert (got.status_code, got.json["code"]) == (403, "wrong_person")


def test_the_phone_of_the_person_whose_cookie_it_is_reads_on(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    for headers in ({}, {"X-Person": leader.person}, {"X-Person": leader.person.upper()}):
        assert pull(leader, headers, device_id=str(leader.device_id)).status_code == 200


def test_no_other_phone_is_wiped_by_a_restricted_session(app: Flask, world: World) -> None:
    gone, other = Phone(app, "worker"), Phone(app, "worker3")
    gone.push()
    with app.app_context(), transaction() as session:
        security = holder_of(session, world.people["secadmin"], clock.today())
        revoke_device(session, security, gone.device_id)
    assert pull(gone, {"X-Person": gone.person}, device_id=str(gone.device_id)).json["wipe"] is True
    for headers in ({}, {"X-Person": other.person}):
        got = pull(gone, headers, device_id=str(other.device_id))
        assert (got.status_code, got.json["code"]) == (403, "wrong_person")


def test_a_copied_profile_that_takes_a_name_of_its_own_has_to_sign_in(app: Flask, world: World) -> None:
    """Or revoking the copy would shut out the phone that it was copied from, and the other way round."""
    phone, copy = Phone(app, "worker"), str(ids.new_id())
    said = {"X-Person": phone.person, **phone.headers}
    got = phone.client.post(
        "/api/v1/devices", json={"device_id": copy, "label": "copy", "platform": "test"}, headers=said
    )
    assert (got.status_code, got.json["code"]) == (401, "signed_out")
    again = phone.client.post(
        "/api/v1/devices", json={"device_id": str(phone.device_id), "label": "own", "platform": "test"}, headers=said
    )
    assert again.status_code == 200
