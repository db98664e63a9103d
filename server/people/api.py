"""Small JSON doors of the people room: session, password reset, devices (docs/wire.md §1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.guard import COOKIE, door, signed_in
from server.people.queries import OpenSession
from server.people.registry import neighbours
from server.people.rules import PHONE
from server.people.schemas import (
    DeviceAnswer,
    DeviceList,
    DeviceRequest,
    ResetRequest,
    SessionAnswer,
    SignInRequest,
    TokenAnswer,
)
from server.people.scopes import holder_from_json
from server.people.sign_in import Credentials, reset_password, sign_in
from server.platform import csrf
from server.platform.config import current_settings
from server.platform.cookies import forget_cookie, set_cookie
from server.platform.db import db, reading, transaction
from server.platform.keys import b64, keyring
from server.platform.limits import counted_address, rate

blueprint = Blueprint("people", __name__, url_prefix="/api/v1", description="Session and devices")


@blueprint.post("/session")
@door("public")
@rate("30/minute")
@blueprint.arguments(SignInRequest)
@blueprint.response(200, SessionAnswer)
def sign_in_door(typed: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Sign in; the cookie ``gw_session`` is the session. ``wrong_credentials``, ``account_locked``."""
    settings = current_settings()
    credentials = Credentials(typed["username"], typed["password"], counted_address(), typed.get("device_id"))
    token = sign_in(credentials, settings)
    with reading() as session:
        found = queries.open_session(session, token, settings.office_idle_minutes, settings.phone_session_days)
    assert found is not None, "a session that was begun just now is open"
    answer = Response()
    set_cookie(answer, COOKIE, token, lasting=found.kind == "phone")
    with transaction() as session:
        body = {**_session_answer(session, found), "phone_secret": b64(_phone_secret(found.person_id))}
    return body, 200, {"Set-Cookie": answer.headers["Set-Cookie"]}


@blueprint.get("/session")
@door("signed_in")
@blueprint.response(200, SessionAnswer)
def session_door() -> dict[str, Any]:
    """Who is signed in here, with a fresh CSRF token. ``signed_out``."""
    return _session_answer(db.session(), signed_in())


@blueprint.post("/session/token")
@door("queue")
@blueprint.response(200, TokenAnswer)
def token_door() -> dict[str, Any]:
    """The same session once more, outside the cookie, for phones under a PIN. ``not_allowed`` at a desk.

    A locked phone keeps the token sealed, and ends the cookie's session when it has it: whoever holds the phone then
    opens no door with the browser alone.
    """
    here = signed_in()
    if here.kind != PHONE:
        raise Problem("not_allowed")
    with transaction() as session:
        return {"token": commands.double_session(session, here)}


@blueprint.delete("/session")
@door("signed_in")
@blueprint.response(204)
def sign_out_door() -> Response:
    """Sign out."""
    with transaction() as session:
        commands.end_session(session, signed_in().id)
    answer = Response(status=204)
    forget_cookie(answer, COOKIE)
    return answer


@blueprint.post("/session/reset")
@door("public")
@rate("20/minute")
@blueprint.arguments(ResetRequest)
@blueprint.response(204)
def reset_door(typed: dict[str, Any]) -> Response:
    """A new password by a one-time code. ``reset_code_wrong``, ``password_too_short``."""
    reset_password(typed["username"], typed["code"], typed["new_password"])
    return Response(status=204)


@blueprint.post("/devices")
@door("queue")
@blueprint.arguments(DeviceRequest)
@blueprint.response(200, DeviceAnswer)
def register_device_door(named: dict[str, Any]) -> dict[str, Any]:
    """Register this browser; the same id again is the same device. ``device_of_another_person``, ``signed_out``."""
    with transaction() as session:
        device = commands.register_device(session, signed_in(), **named)
        return {
            "device_id": device.id,
            "epoch": neighbours().epoch(session),
            "expected": neighbours().expected(session, device.id),
        }


@blueprint.get("/devices")
@door("phone")
@blueprint.response(200, DeviceList)
def devices_door() -> dict[str, Any]:
    """The own devices, the newest first."""
    session, here = db.session(), signed_in()
    devices = queries.devices_of(session, here.person_id)
    uses = queries.last_uses(session, [d.id for d in devices])
    return {"devices": [_device_row(d, uses.get(d.id), here.device_id) for d in devices]}


@blueprint.delete("/devices/<uuid:device_id>")
@door("phone")
@blueprint.response(204)
def revoke_device_door(device_id: UUID) -> Response:
    """Revoke a device: it hands over its queue and is wiped. ``not_found`` for any other's."""
    with transaction() as session:
        commands.revoke_device(session, signed_in().holder, device_id)
    return Response(status=204)


def _phone_secret(person_id: UUID) -> bytes:
    """The same for one person at every sign-in; the phone wraps its key with it and does not keep it."""
    return keyring().blind(str(person_id), "phone.key")


def _session_answer(session: Any, found: OpenSession) -> dict[str, Any]:
    scope = commands.current_scope(session, found.person_id, clock.now(), found.holder)
    held = holder_from_json(scope.holder)
    if set(held.posts) != set(
        found.holder.posts
    ):  # the office went on meanwhile: the number and the roles are of one moment
        found = replace(found, holder=held)
    return {
        **queries.session_answer(session, found),
        "csrf_token": csrf.token_of(found.secret),
        "scope_version": scope.version,
        "server_time": clock.now(),
        "receipt_keys": keyring().receipt_public_keys(),
        "sealing_key": keyring().export_public_key(),
        "demo": current_settings().demo,
        "filing_no": current_settings().filing_no,
    }


def _device_row(device: Any, last_used_at: int | None, here: UUID | None) -> dict[str, Any]:
    return {
        "id": device.id,
        "label": device.label,
        "platform": device.platform,
        "registered_at": device.registered_at,
        "last_used_at": last_used_at,
        "revoked_at": device.revoked_at,
        "wiped_at": device.wiped_at,
        "this_one": device.id == here,
    }
