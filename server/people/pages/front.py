"""The front door: the right home for whoever comes, the phone app's shell, files, and what monitoring asks."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server.kernel.problems import Problem
from server.people.guard import door, is_signed_in, signed_in
from server.people.rules import FIELD_ROLES, may
from server.platform import metrics, shell
from server.platform.config import current_settings
from server.platform.health import health
from server.text import text

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@door("public")
def start() -> AnyResponse:
    """Sign-in, the phone app or the office, by what the person does."""
    if not is_signed_in():
        return redirect("/sign-in", 303)
    here = signed_in()
    carries_phone = here.restricted or any(p.role in FIELD_ROLES for p in here.holder.posts)
    return redirect("/app" if carries_phone else "/office", 303)


@blueprint.get("/app")
@blueprint.get("/app/<path:screen>")
@door("public")
def app_shell(screen: str = "") -> Response:
    """The shell of the phone app, the same for everybody: it is kept offline and signs in by itself."""
    response = Response(render_template("app.html", assets=shell.build(), screen=screen, text=text))
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/static/<folder>/<path:path>")
@door("public")
def files(folder: str, path: str) -> Response:
    return shell.static_file(folder, path)


@blueprint.get("/sw.js")
@door("public")
def service_worker() -> Response:
    return shell.service_worker()


@blueprint.get("/manifest.webmanifest")
@door("public")
def manifest() -> Response:
    return shell.manifest()


@blueprint.get("/healthz")
@door("public")
def healthz() -> dict[str, str]:
    return health()


@blueprint.get("/metrics")
@door("public")
def figures() -> Response:
    """For the collector that knows the token and for the system administrator; nobody else learns that it is there."""
    if _knows_token() or (is_signed_in() and not signed_in().restricted and may(signed_in().holder, "metrics.see")):
        return metrics.exposition()
    raise Problem("not_found")


def _knows_token() -> bool:
    token = current_settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
