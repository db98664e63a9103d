"""The door for desks that sign in through another house: there, back, and the second factor of whoever has one."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, request

from server.kernel.problems import Problem
from server.people.guard import COOKIE, door
from server.people.pages.frame import page
from server.platform.config import current_settings
from server.platform.cookies import forget_cookie, set_cookie
from server.platform.limits import rate
from server.signon import signing

STATE = "gw_sign_on"
LONGEST = 2000
blueprint = Blueprint("sign_on", __name__, url_prefix="/sign-in/house")


@blueprint.get("")
@door("public")
@rate("30/minute")
def there() -> Any:
    """To the other house. Shows ``sign_on_silent``; ``not_found`` where none is set up."""
    _insist_it_is_on()
    try:
        state, address = signing.way_there(current_settings())
    except Problem as problem:
        return page("office/sign_in.html", problem, next="")
    answer: Any = redirect(address, 303)
    set_cookie(answer, STATE, state, lasting=False)
    return answer


@blueprint.get("/back")
@door("public")
@rate("30/minute")
def back() -> Any:
    """From it. Shows ``sign_on_refused``, ``sign_on_silent``, ``sign_on_unbound``, ``no_longer_in_post``."""
    _insist_it_is_on()
    try:
        token = signing.come_back(current_settings(), _state(request.args.get("state", "")), _said("code"))
    except Problem as problem:
        return page("office/sign_in.html", problem, next="")
    return page("office/sign_on_code.html") if token is None else _at_the_desk(token)


@blueprint.post("/code")
@door("public")
@rate("20/minute")
def code() -> Any:
    """Shows ``second_factor_wrong``, ``sign_on_refused``, ``no_longer_in_post``."""
    _insist_it_is_on()
    try:
        told = request.form.get("code", "").replace(" ", "")[:12]
        token = signing.take_code(request.cookies.get(STATE, ""), told)
    except Problem as problem:
        is_again = problem.code == "second_factor_wrong"
        return page("office/sign_on_code.html" if is_again else "office/sign_in.html", problem, next="")
    return _at_the_desk(token)


def _at_the_desk(token: str) -> Any:
    answer: Any = redirect("/", 303)
    set_cookie(answer, COOKIE, token, lasting=False)
    forget_cookie(answer, STATE)
    return answer


def _state(said: str) -> str:
    """The browser that comes back is the one that went. Problem ``sign_on_refused``."""
    kept = request.cookies.get(STATE, "")
    if not kept or not secrets.compare_digest(kept.encode("utf-8", "replace"), said.encode("utf-8", "replace")):
        raise Problem("sign_on_refused")
    return kept


def _said(name: str) -> str:
    """Problem ``sign_on_refused`` when the house sends somebody back without it."""
    found = request.args.get(name, "")
    if not 0 < len(found) <= LONGEST:
        raise Problem("sign_on_refused")
    return found


def _insist_it_is_on() -> None:
    if not current_settings().sign_on.is_on:
        raise Problem("not_found")
