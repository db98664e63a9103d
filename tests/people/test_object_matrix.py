"""Every JSON door that names an object, for every role: what is not theirs does not exist.

A room that adds such a door adds its line to ``DOORS``; a door without a line turns this red. Acts inside a push have a
test of their own beside the mutations.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.builders import Browser, code_of, signed_in
from tests.people.matrix_doors import EVERYBODY
from tests.photos.pictures import jpeg, sha256
from tests.strangers import DESKS_B, PHONES_B, add_strangers
from tests.world import World

TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
DOORS = (  # method, rule, path
    ("DELETE", "/api/v1/devices/<uuid:device_id>", "/api/v1/devices/{device}"),
    ("GET", "/api/v1/photos/<sha256>", "/api/v1/photos/{photo}"),
    ("HEAD", "/api/v1/uploads/<upload_id>", "/api/v1/uploads/{upload}"),
    ("PATCH", "/api/v1/uploads/<upload_id>", "/api/v1/uploads/{upload}"),
    ("DELETE", "/api/v1/uploads/<upload_id>", "/api/v1/uploads/{upload}"),
)
OVERRIDDEN = ("POST", "/api/v1/uploads/<upload_id>")  # the three above, named in a header


def _rules(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.arguments:
            methods = set(rule.methods or ()) - {"OPTIONS"}
            yield from ((method, rule.rule) for method in (methods - {"HEAD"} if "GET" in methods else methods))


def test_every_door_that_names_an_object_has_a_line(app: Flask) -> None:
    assert {(method, rule) for method, rule, _ in DOORS} | {OVERRIDDEN} == set(_rules(app))


def _objects(app: Flask) -> dict[str, str]:
    """A device and a begun upload of ``worker2``, and the hash of a photo that only ``worker2`` has sent, whole."""
    owner = signed_in(app, "worker2")
    content = jpeg(width=64, height=48)
    held = _begun(owner, sha256(content), len(content), content)
    assert held.headers["Upload-Offset"] == str(len(content))
    begun = _begun(owner, hashlib.sha256(b"a photo of worker2").hexdigest(), 18, b"")
    upload = begun.headers["Location"].rpartition("/")[2]
    return {"device": str(owner.register()), "photo": sha256(content), "upload": upload}


def _begun(owner: Browser, photo: str, length: int, content: bytes) -> TestResponse:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(length),
        "Upload-Metadata": "sha256 " + base64.b64encode(photo.encode()).decode(),
        "Content-Type": "application/offset+octet-stream",
    }
    answer = owner.call("POST", "/api/v1/uploads", headers=headers, data=content)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize("username", [*sorted(EVERYBODY - {"worker2", "secadmin"}), *PHONES_B, *DESKS_B])
def test_what_is_not_theirs_does_not_exist(app: Flask, world: World, username: str) -> None:
    named = _objects(app)
    if username in PHONES_B + DESKS_B:
        add_strangers(app, world)
    browser = signed_in(app, username)
    for method, rule, path in DOORS:
        answer = browser.call(method, path.format(**named), headers=TUS if "uploads" in rule else {})
        assert answer.status_code == 404, f"{method} {rule}: {answer.status_code}"
        assert method == "HEAD" or code_of(answer) == "not_found"
    for method in ("HEAD", "PATCH", "DELETE"):
        headers = {**TUS, "X-HTTP-Method-Override": method}
        assert browser.call("POST", f"/api/v1/uploads/{named['upload']}", headers=headers).status_code == 404


def test_the_security_administrator_reaches_devices_and_nothing_else(app: Flask) -> None:
    named = _objects(app)
    browser = signed_in(app, "secadmin")
    statuses = {
        (method, rule): browser.call(method, path.format(**named), headers=TUS if "uploads" in rule else {}).status_code
        for method, rule, path in DOORS
    }
    assert statuses.pop(("DELETE", "/api/v1/devices/<uuid:device_id>")) == 204
    assert set(statuses.values()) == {404}


def test_the_owner_reaches_them(app: Flask) -> None:
    """Or the 404s above would prove nothing."""
    named = _objects(app)
    owner = signed_in(app, "worker2")
    assert owner.get(f"/api/v1/photos/{named['photo']}").mimetype == "image/jpeg"
    begun = owner.call("PATCH", f"/api/v1/uploads/{named['upload']}", headers=TUS, data=b"a photo")
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (204, "7")
    assert owner.call("HEAD", f"/api/v1/uploads/{named['upload']}", headers=TUS).status_code == 200
    assert owner.call("DELETE", f"/api/v1/uploads/{named['upload']}", headers=TUS).status_code == 204
    assert owner.call("DELETE", f"/api/v1/devices/{named['device']}").status_code == 204


def test_signed_out_they_do_not_exist_either(app: Flask) -> None:
    named = _objects(app)
    for method, _rule, path in DOORS:
        assert Browser(app).call(method, path.format(**named), headers=TUS).status_code == 401
