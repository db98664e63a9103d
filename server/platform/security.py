"""Headers that tell a browser what pages of ours may do: nothing from elsewhere, nothing inline, no frame around them.

Where an installation has a map source, the phone app may load its tiles, and no other page may.

The name by which a request asked for this server is anybody's word, also where a proxy hands it on: what is printed or kept by
others builds on ``BASE_URL`` (``address_for_codes``).

A 204 carries none of them: it shows nothing, and the answer "nothing changed" is what a phone hears most, on links that
are paid by the byte.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from server.kernel.problems import Problem
from server.platform.config import LOOPBACK, Settings, current_settings


def policy(tiles: str = "") -> str:
    """What a page may load, and from where. ``tiles``: the one foreign host of the map, if there is one."""
    also = f" {tiles}" if tiles else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"img-src 'self' blob: data:{also}",
            "worker-src 'self'",
            f"connect-src 'self'{also}",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


POLICY = policy()
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
WITH_MAP = re.compile(r"/app(/.*)?|/sw\.js")  # the phone app, and the worker that asks for tiles in its place


def address_for_codes() -> str | None:
    """What addresses in QR codes begin with: ``BASE_URL``; without it only what somebody at this very machine asked for."""
    settings = current_settings()
    if settings.base_url:
        return settings.base_url.rstrip("/")
    name = urlsplit(request.host_url).hostname
    return request.host_url.rstrip("/") if settings.host in LOOPBACK and name in LOOPBACK else None


def insist_on_address() -> str:
    """The same for pages that are printed. Problem ``base_url_missing``."""
    found = address_for_codes()
    if found is None:
        raise Problem("base_url_missing")
    return found


def init_security(app: Flask, settings: Settings) -> None:
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]

    @app.after_request
    def guard_browser(response: Response) -> Response:
        if response.status_code == 204:
            response.headers.pop("Content-Type", None)
            return response
        if WITH_MAP.fullmatch(request.path):
            response.headers["Content-Security-Policy"] = policy(settings.map.host)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
