"""The office page of the second factor: set up with a QR picture, confirmed by a code, removed by one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request

from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.guard import door, signed_in
from server.people.models import SecondFactor
from server.people.pages.frame import page
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.limits import rate
from server.platform.qr import svg

PATH, RESET = "/office/second-factor", "second_factor.reset"
blueprint = Blueprint("second_factor", __name__, url_prefix=PATH)

add_office_page(PATH, "nav.second_factor", None, order=91)


@blueprint.get("")
@door("office")
def shown() -> Any:
    return _shown()


@blueprint.post("")
@door("office")
def begin() -> Any:
    """A new secret to scan. Shows ``second_factor_there``."""
    try:
        with transaction() as session:
            commands.begin_factor(session, signed_in().person_id)
    except Problem as problem:
        return _shown(problem)
    return redirect(PATH, 303)


@blueprint.post("/confirm")
@door("office")
@rate("20/minute")
def confirm() -> Any:
    """Shows ``second_factor_wrong``; ``not_found`` where nothing waits."""
    with transaction() as session:
        is_right = commands.confirm_factor(session, signed_in().person_id, _code())
    return redirect(f"{PATH}?done=confirmed", 303) if is_right else _shown(Problem("second_factor_wrong"))


@blueprint.post("/remove")
@door("office")
@rate("20/minute")
def remove() -> Any:
    """Shows ``second_factor_wrong``."""
    with transaction() as session:
        is_right = commands.try_code(session, signed_in().person_id, _code())
        if is_right:
            commands.remove_factor(session, signed_in().person_id)
    return redirect(f"{PATH}?done=removed", 303) if is_right else _shown(Problem("second_factor_wrong"))


@blueprint.post("/reset")
@door("office", action=RESET)
def reset() -> Any:
    """Of somebody who lost the authenticator. Shows ``not_found``, ``not_allowed`` (one's own)."""
    try:
        with transaction() as session:
            person = queries.person_named(session, request.form.get("username", "").strip()[:60])
            if person is None:
                raise Problem("not_found")
            commands.take_factor_away(session, signed_in().holder, person.id)
    except Problem as problem:
        return _shown(problem)
    return redirect(f"{PATH}?done=reset", 303)


def _shown(problem: Problem | None = None) -> Any:
    session, here = db.session(), signed_in()
    found = session.get(SecondFactor, here.person_id)
    waits = found is not None and found.confirmed_at is None
    address = commands.address_of(found, queries.person(session, here.person_id).username) if found and waits else ""
    return page(
        "office/second_factor.html",
        problem,
        factor=found,
        waits=waits,
        picture=svg(address, say("factor.picture")) if address else "",
        may_reset=bool(may(here.holder, RESET)),
    )


def _code() -> str:
    return request.form.get("code", "").replace(" ", "")[:12]
