"""Office home, own devices, devices of people, one-time codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.guard import door, signed_in
from server.people.pages.frame import page
from server.people.registry import add_office_page, neighbours
from server.people.rules import FIELD_ROLES, RESET_MINUTES, Holder, Thing, may, may_show_reset_code
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.qr import svg
from server.platform.security import address_for_codes
from server.text import text

blueprint = Blueprint("office", __name__, url_prefix="/office")

add_office_page("/office", "nav.home", None, order=0)
add_office_page("/office/teams", "nav.teams", "team.name", order=20)
add_office_page("/office/reset-code", "nav.reset_code", "reset_code.show", order=80)
add_office_page("/office/devices/people", "nav.devices_of", "device.list", order=81)
add_office_page("/office/devices", "nav.devices", None, order=90)


@blueprint.get("")
@door("phone")
def home() -> Any:
    """Posts held and what the permission table opens."""
    session, here = db.session(), signed_in()
    posts = []
    for post in here.holder.posts:
        place = neighbours().grid_place(session, post.grid_id) if post.grid_id else None
        units = neighbours().units_above(session, post.org_unit_id)
        posts.append({"post": post, "unit": units[0].name if units else "", "grid": place.name if place else ""})
    carries_phone = any(p.role in FIELD_ROLES for p in here.holder.posts)
    name = queries.person(session, here.person_id).name
    return page("office/home.html", name=name, posts=posts, carries_phone=carries_phone)


@blueprint.get("/devices")
@door("phone")
def devices() -> Any:
    here = signed_in()
    return page(
        "office/devices.html", rows=_device_rows(here.person_id), here_id=here.device_id, may_revoke=True, of=None
    )


@blueprint.post("/devices/<uuid:device_id>/revoke")
@door("phone")
def revoke(device_id: UUID) -> Response:
    """The own device, or any device of the county for the security administrator. ``not_found``."""
    with transaction() as session:
        device = commands.revoke_device(session, signed_in().holder, device_id)
        is_own = device.person_id == signed_in().person_id
        username = queries.person(session, device.person_id).username
    return redirect(
        "/office/devices?done=revoked" if is_own else f"/office/devices/people?username={username}&done=revoked", 303
    )


@blueprint.get("/devices/people")
@door("office", action="device.list")
def devices_of_people() -> Any:
    """Somebody's devices, found by account; nobody outside the county is found."""
    username = request.args.get("username", "").strip()
    if not username:
        return page("office/devices_of.html", of=None, rows=[], username="", may_revoke=False)
    holder = signed_in().holder
    found = queries.person_named(db.session(), username)
    if found is None or not may(holder, "device.list", Thing(county_code=found.county_code)):
        return page(
            "office/devices_of.html", Problem("not_found"), of=None, rows=[], username=username, may_revoke=False
        )
    may_revoke = bool(may(holder, "device.revoke", Thing(county_code=found.county_code)))
    rows = _device_rows(found.id)
    return page("office/devices_of.html", of=found.name, rows=rows, username=username, may_revoke=may_revoke)


@blueprint.get("/reset-code")
@door("phone", action="reset_code.show")
def reset_code() -> Any:
    return page("office/reset_code.html", people=_people_to_reset(signed_in().holder), code=None)


@blueprint.post("/reset-code")
@door("phone", action="reset_code.show")
def show_reset_code() -> Any:
    """Shows the code once. ``not_found`` for nobody of the own grids or county."""
    holder = signed_in().holder
    try:
        with transaction() as session:
            person = _chosen_person(session)
            code = commands.show_reset_code(session, holder, person.id)
    except Problem as problem:
        return page("office/reset_code.html", problem, people=_people_to_reset(holder), code=None)
    return code_page(person, code, back="/office/reset-code")


def code_page(person: Any, code: str, *, back: str) -> Any:
    """A one-time code that was just made, shown once: digits, and a QR code for the person's own phone."""
    until = clock.now() + RESET_MINUTES * 60_000
    shown = f"{code[:4]} {code[4:]}"
    link = _welcome_link(person.username, code)
    qr = svg(link, text("reset_code.qr", language())) if link else None
    return page("office/reset_code.html", people=[], code=shown, qr=qr, of=person.name, until=until, back=back)


def _welcome_link(username: str, code: str) -> str | None:
    """What the QR code says. All of it stands behind the ``#``: a browser sends that part to nobody. None: no address is set."""
    base = address_for_codes()
    return f"{base}/app#/welcome?{urlencode({'u': username, 'c': code})}" if base else None


def _chosen_person(session: Any) -> Any:
    person_id = ids.parse_id(request.form.get("person_id", ""))
    if person_id is not None:
        return queries.person(session, person_id)
    found = queries.person_named(session, request.form.get("username", "").strip())
    if found is None:
        raise Problem("not_found")
    return found


def _people_to_reset(holder: Holder) -> list[Any] | None:
    """The people a leader may choose from; None for the security administrator, who types the account."""
    if may(holder, "reset_code.show", Thing(county_code=holder.county_code)):
        return None
    session, today = db.session(), clock.today()
    led = {p.grid_id for p in holder.posts if p.role == "grid_leader" and p.grid_id}
    people = {p.id: p for grid_id in led for p in queries.in_post(session, grid_id, today)}
    allowed = [p for p in people.values() if may_show_reset_code(holder, queries.holder_of_person(session, p, today))]
    return sorted(allowed, key=lambda p: p.name)


def _device_rows(person_id: UUID) -> list[dict[str, Any]]:
    session = db.session()
    devices = queries.devices_of(session, person_id)
    uses = queries.last_uses(session, [d.id for d in devices])
    return [{"device": d, "last_used_at": uses.get(d.id)} for d in devices]
