"""The guard before every door. A door without a declared guard is shut (404) and a test names it.

``@door("public")`` anybody · ``@door("signed_in")`` any session · ``@door("phone")`` a session that is not restricted ·
``@door("queue")`` a session, restricted ones too (push, uploads, pull) · ``@door("office")`` somebody with an office role ·
``@door("office", action="team.name")`` an office role that holds a right of the permission table somewhere; the
command then asks again for the thing itself. ``@door("phone", action=…)`` asks the same of whoever is in post.
``@door(…, longest_body=…)`` lets whoever may come in send more bytes than the installation's limit for everybody.
``@door("outside", scope="records")`` another system, with a token that opens this kind of data (``server/exchange``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import Flask, current_app, g, redirect, request
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import commands
from server.people.queries import OpenSession, open_session
from server.people.rules import OFFICE, may
from server.platform import audit, csrf
from server.platform.config import current_settings
from server.platform.db import aside, reading

F = TypeVar("F", bound=Callable[..., Any])
KINDS = ("public", "signed_in", "phone", "queue", "office", "outside")
COOKIE = "gw_session"
PERSON_HEADER = "X-Person"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FACTOR_PAGE = "/office/second-factor"
TOUCH_MS = 60_000
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def door(
    kind: str, action: str | None = None, longest_body: int | None = None, scope: str | None = None
) -> Callable[[F], F]:
    """Declare who may knock. The app's ``before_request`` enforces it."""
    if kind not in KINDS or (kind == "outside") != (scope is not None):
        raise ValueError(kind)

    def declare(view: F) -> F:
        view.guard = (kind, action)  # type: ignore[attr-defined]
        view.longest_body = longest_body  # type: ignore[attr-defined]
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return declare


_admit_outside: list[Callable[[str], None]] = []


def admit_outside(check: Callable[[str], None]) -> None:
    """The room of the exchange judges the tokens of other systems: ``check(scope)`` raises, or lets the call in."""
    _admit_outside[:] = [check]


class SignedIn(UserMixin):
    """Flask-Login's user: the living session."""

    def __init__(self, session: OpenSession) -> None:
        self.session = session

    def get_id(self) -> str:
        return str(self.session.person_id)


def signed_in() -> OpenSession:
    """The session of the request. Problem ``signed_out``."""
    if not current_user.is_authenticated:
        raise Problem("signed_out")
    found: OpenSession = current_user.session
    return found


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def guard_of(view: Any, method: str) -> tuple[str, str | None] | None:
    """The declared guard of a view function, or of the method of a view class."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, method.lower(), None) or (method == "HEAD" and getattr(view_class, "get", None))
        return getattr(handler, "guard", None)
    found: tuple[str, str | None] | None = getattr(view, "guard", None)
    return found


def init_guard(app: Flask) -> None:
    manager = LoginManager()
    manager.session_protection = None  # our own rows are the session, nothing lies in a cookie of Flask's
    manager.init_app(app)
    manager.request_loader(_load)
    app.before_request(_enforce)


def _load(_request: Any) -> SignedIn | None:
    token = _token()
    if not token or len(token) > 100:
        return None
    settings = current_settings()
    with reading() as session:
        found = open_session(session, token, settings.office_idle_minutes, settings.phone_session_days)
    if found is None:
        return None
    g.language, g.person_id, g.sign_in_id = found.language, found.person_id, found.id
    now = clock.now()
    if now - found.last_used_at >= TOUCH_MS:
        with aside() as writing:
            commands.touch_session(writing, found.id, now)
    return SignedIn(found)


def _token() -> str:
    """From the cookie, or as a phone under a PIN sends it, which keeps it in no cookie (docs/wire.md §1)."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else request.cookies.get(COOKIE, "")


def _enforce() -> Response | None:
    g.reading = request.method in SAFE_METHODS
    if request.endpoint is None:
        return None  # no such route: the router answers
    declared = guard_of(current_app.view_functions[request.endpoint], request.method)
    if declared is None:
        _insist_on_options()
        return None
    kind, action = declared
    if request.method not in SAFE_METHODS:
        _refuse_foreign_pages()
    if kind in ("public", "outside"):
        if kind == "outside":
            _admit_outside[0](getattr(current_app.view_functions[request.endpoint], "scope", ""))
        return None
    if not is_signed_in():
        return _ask_to_sign_in(Problem("signed_out"))
    found = signed_in()
    _refuse_another_person(found)
    if found.restricted and kind in ("phone", "office"):
        raise Problem("restricted_session")
    if kind == "office" and (elsewhere := _not_yet_at_the_desk(found)) is not None:
        return elsewhere
    if action is not None and not may(found.holder, action):
        raise Problem("not_allowed")
    if request.method not in SAFE_METHODS:
        _let_write(found, kind, current_app.view_functions[request.endpoint])
    return None


def _not_yet_at_the_desk(found: OpenSession) -> Response | None:
    """An office role, a session of a desk, and the second factor where the installation wants one at every desk."""
    if not found.holder.has_office:
        raise Problem("not_allowed")
    if found.kind != OFFICE:
        return _ask_to_sign_in(Problem("not_allowed"))  # a phone's long session opens no desk
    if not current_settings().office_totp or request.path.startswith(FACTOR_PAGE):
        return None
    with reading() as session:
        is_there = commands.factor_in_force(session, found.person_id)
    if is_there:
        return None
    if request.path.startswith("/api/") or request.method not in SAFE_METHODS:
        raise Problem("second_factor_needed")
    return redirect(FACTOR_PAGE, 303)


def _let_write(found: OpenSession, kind: str, view: Any) -> None:
    _allow_long_body(view)
    check_csrf(found)
    if kind == "office":
        _begin_act(found)


def _begin_act(found: OpenSession) -> None:
    """What is done at a desk stands in the audit log, in the same transaction, whatever the room."""
    about = next((value for value in (request.view_args or {}).values() if isinstance(value, UUID)), None)
    rule = request.url_rule.rule if request.url_rule else ""
    audit.begin_act(rule, county_code=found.holder.county_code, person_id=found.person_id, object_id=about)


def _insist_on_options() -> None:
    """A door without a guard is shut, but for what the framework answers with the list of methods."""
    if request.method != "OPTIONS" or not getattr(request.url_rule, "provide_automatic_options", False):
        raise Problem("not_found")


def _allow_long_body(view: Any) -> None:
    """Before the form is read for its token, and only for somebody who may come in."""
    longest = getattr(view, "longest_body", None)
    if longest is not None:
        request.max_content_length = longest


def check_csrf(found: OpenSession) -> None:
    """The token from the header, or from the hidden field of a form. Problem ``csrf``."""
    token = request.headers.get("X-CSRF-Token", "")
    if not token and request.mimetype in FORMS:
        token = request.form.get("csrf_token", "")
    if not csrf.is_token_of(found.secret, token):
        raise Problem("csrf")


def _refuse_another_person(found: OpenSession) -> None:
    """A browser has one cookie for all who use it: a phone names whose work a call is about (docs/wire.md §1)."""
    if request.headers.get(PERSON_HEADER, str(found.person_id)).lower() != str(found.person_id):
        raise Problem("wrong_person")


def _refuse_foreign_pages() -> None:
    """A browser says where a request comes from; another site's page may not even try a sign-in."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem("csrf")


def _ask_to_sign_in(problem: Problem) -> Response:
    if request.path.startswith("/api/") or request.method not in SAFE_METHODS:
        raise problem
    wanted = request.full_path.rstrip("?")
    return redirect(f"/sign-in?next={quote(wanted, safe='')}", 303)
