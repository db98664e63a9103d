"""Sign-in, sign-out and password reset for browsers at a desk; no JavaScript needed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from server.kernel.problems import Problem
from server.people import commands
from server.people.guard import COOKIE, door, signed_in
from server.people.pages.frame import THEME, THEMES, page, typed
from server.people.schemas import ResetRequest, SignInRequest
from server.people.sign_in import Credentials, reset_password, sign_in
from server.platform.config import current_settings
from server.platform.cookies import forget_cookie, set_cookie
from server.platform.db import transaction
from server.platform.limits import counted_address, rate
from server.text import LANGUAGES

blueprint = Blueprint("signing", __name__)
SIGN_IN, RESET = SignInRequest(exclude=["device_id"]), ResetRequest()


@blueprint.get("/sign-in")
@door("public")
def sign_in_page() -> Any:
    return page("office/sign_in.html", next=_wanted(), was_reset=request.args.get("done") == "reset")


@blueprint.post("/sign-in")
@door("public")
@rate("30/minute")
def sign_in_form() -> Any:
    """A desk's session: 15 idle minutes. Shows ``wrong_credentials``, ``account_locked``, ``no_longer_in_post``,
    ``second_factor_needed``, ``second_factor_wrong``."""
    form = {k: request.form.get(k, "") for k in ("username", "password")}
    try:
        found = SIGN_IN.load(form)
        code = request.form.get("code", "").replace(" ", "")[:12]
        credentials = Credentials(found["username"], found["password"], counted_address(), code=code)
        token = sign_in(credentials, current_settings(), kind="office")
    except ValidationError:
        return page("office/sign_in.html", Problem("wrong_credentials"), next=_wanted())
    except Problem as problem:
        return page("office/sign_in.html", problem, next=_wanted())
    answer = redirect(_wanted() or "/", 303)
    set_cookie(answer, COOKIE, token, lasting=False)  # type: ignore[arg-type]
    return answer


@blueprint.post("/sign-out")
@door("signed_in")
def sign_out_form() -> Response:
    with transaction() as session:
        commands.end_session(session, signed_in().id)
    answer = redirect("/sign-in", 303)
    forget_cookie(answer, COOKIE)  # type: ignore[arg-type]
    return answer


@blueprint.get("/reset")
@door("public")
def reset_page() -> Any:
    return page("office/reset.html")


@blueprint.post("/reset")
@door("public")
@rate("20/minute")
def reset_form() -> Any:
    """Shows ``reset_code_wrong``, ``password_too_short``."""
    try:
        found = typed(RESET)
        reset_password(found["username"], found["code"].replace(" ", ""), found["new_password"])
    except ValidationError:
        return page("office/reset.html", Problem("reset_code_wrong"))
    except Problem as problem:
        return page("office/reset.html", problem)
    return redirect("/sign-in?done=reset", 303)


@blueprint.post("/language")
@door("signed_in")
def language_form() -> Response:
    """The language of the person's own pages and phone."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise Problem("invalid", fields=["language"])
    with transaction() as session:
        commands.set_language(session, signed_in().person_id, language)
    return redirect(_wanted() or "/office", 303)


@blueprint.post("/theme")
@door("signed_in")
def theme_form() -> Response:
    """Light or dark pages on this desk; kept by its browser alone."""
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        raise Problem("invalid", fields=["theme"])
    answer = redirect(_wanted() or "/office", 303)
    set_cookie(answer, THEME, theme, lasting=True)  # type: ignore[arg-type]
    return answer


def _wanted() -> str:
    """Where to go after; a path of ours, nothing else."""
    wanted = request.values.get("next", "")
    is_ours = (
        wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and "\\" not in wanted and wanted.isprintable()
    )
    return wanted if is_ours else ""
